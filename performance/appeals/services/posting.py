"""A correction goes before a second person and into the open month of the books (practice 3, walls.md 2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import Account
from alliance.lib.canonical import digest
from alliance.models import Membership
from alliance.services import steps
from performance.accounts import institution_account, person_account
from performance.appeals.involved import sql
from performance.appeals.refusals import AppealRefused, in_words
from performance.appeals.services import following, month
from performance.deductions.services import lifting
from performance.dues import booking, flowing
from performance.models import Appeal, AppealCase, AppealCorrection, AppealLine, Settlement
from performance.pay.services.posting import open_month, pot_accounts

KIND = "performance.appeal"  # of approvals, journals, and the evidence of their entries
Kind = Account.Kind


def entries(appeal: Appeal) -> QuerySet[Any]:
    """The correcting entries of the appeal's present revision, in their order."""
    rows: QuerySet[Any] = AppealCorrection.objects.filter(appeal=appeal, revision=appeal.revision)
    return rows.select_related(
        "institution", "staff__institution", "pay_line__pot__pool", "pool__fund",
        "pot__department__institution", "pot__team", "pot__institution", "pot__pool",
    ).order_by("number")  # fmt: skip


def content_digest(appeal: Appeal) -> str:
    """What the second person agrees to: every entry, to the fen, corrected values, and the answer."""
    rows = entries(appeal).values_list("account", "fen", "before_fen", "after_fen")
    more: list[Any] = [appeal.more_why] if appeal.more_why else []
    if appeal.right or appeal.from_month:
        more.append([appeal.right, appeal.from_month])
    if lifted := [[one.consequence_id, one.charge_id, one.fen] for one in lifting.of(appeal)]:
        more.append(lifted)
    if pools := [list(row) for row in entries(appeal).values_list("number", "pool") if row[1]]:
        more.append(pools)
    right = AppealCase.objects.filter(appeal=appeal, revision=appeal.revision)
    if found := [list(row) for row in right.values_list("line", "counts", "content", "drg", "facts")]:
        more.append(found)
    return digest(
        [appeal.pk, appeal.revision, appeal.answer, appeal.bearer, [list(row) for row in rows], *more]
    )


def digest_of(approval: Approval) -> str:
    """The digest of the correction an approval is about, as it stands now."""
    return content_digest(Appeal.objects.get(pk=approval.about_id))


def propose(*, by: Membership, appeal: Appeal, today: date) -> Approval:
    """Put a correction before a second person. Raises what `approvals.propose` raises."""
    return approvals.propose(
        by=by, kind=KIND, about=appeal, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=KIND),
        digest=content_digest(appeal), terms={"revision": appeal.revision},
        arguments={"kind": appeal.kind, "number": appeal.pk, "month": f"{appeal.month:%Y-%m}"},
    )  # fmt: skip


@in_words()
def decided(approval: Approval, by: Membership) -> None:
    """Agreed: in the books, where money moves, and ended. Declined or withdrawn: it is examined again.

    Raises AppealRefused (involved): nobody concerned by a number agrees to its correction.
    """
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        steps.take(steps.open_now("give_back", appeal), by=by, row=appeal, verb="appeal.given_back")
        return
    second = second_person(approval)
    if not sql.uninvolved(appeal.pk, [second.pk]):
        raise AppealRefused("involved")
    _still_so(appeal)
    now = timezone.now()
    following.change_scheme(by=by, appeal=appeal, now=now)
    if not entries(appeal).exists():
        steps.take(
            steps.open_now("correct", appeal), by=by, row=appeal, verb="appeal.corrected", now=now,
            said={"second": second.pk},
        )  # fmt: skip
        lifting.settle(appeal, by)
        return
    into = open_month(appeal.period, now, approval.proposed_by)
    posted = ledger.post(
        by=approval.proposed_by, confirmed_by=second, month=into, about_month=appeal.period, kind=KIND,
        key=f"{KIND}:{appeal.pk}", entries=list(_lines(appeal, approval.proposed_by)),
        inputs_digest=approval.digest, text=appeal.answer[:300],
    )  # fmt: skip
    booking.owe_entries(entries(appeal), appeal.month, into.first_day, posted.journal)
    steps.take(
        steps.open_now("correct", appeal), by=by, row=appeal, verb="appeal.corrected", now=now,
        journal=posted.journal, said={"journal": posted.journal.pk, "month": str(into)},
    )  # fmt: skip
    lifting.settle(appeal, by)


registry.on_decided(KIND, decided)


def _still_so(appeal: Appeal) -> None:
    """The month and all below it are computed again: nobody agrees to anything but what was previewed with
    everybody affected.

    Raises AppealRefused (changed).
    """
    lifting.still_so(appeal)
    flowing.lock(appeal.period)
    rows = [row for row in entries(appeal) if "facts" in row.why or row.why.get("rule") == month.DOWN["rule"]]
    first = next((row for row in rows if "facts" in row.why), None)
    if first is None:
        return
    facts = {(code, name): Decimal(value) for code, name, value in first.why["facts"]}
    own = AppealLine.objects.filter(appeal=appeal).values_list("institution", flat=True)
    settlement = Settlement.objects.get(pk=first.why["settlement"])
    again = month.of_facts(settlement, facts, appeal.bearer, set(own))
    if sorted(map(_key, again)) != sorted(map(_key, rows)):
        raise AppealRefused("changed")


def _key(row: Any) -> tuple[Any, ...]:
    """What names an entry to the fen, drafted or stored."""
    owners = (row.pool, row.pot, row.pay_line)
    return row.account, *(one.pk if one else 0 for one in owners), row.before_fen or 0, row.fen


def _lines(appeal: Appeal, by: Membership) -> Iterator[ledger.Line]:
    rows = list(entries(appeal))
    pots = {row.pot_id: row.pot for row in rows if row.pot_id}
    divided = {row.pot_id for row in rows if row.pot_id and row.staff_id}
    accounts = ledger.open_accounts(
        by=by, accounts=[*pot_accounts(pots.values()), *(_account(row) for row in rows if _named(row))]
    )
    for row in rows:
        amounts = {"before_fen": row.before_fen, "after_fen": row.after_fen}
        why = {**row.why, **_pool(row), "rule": KIND, **amounts}
        yield ledger.Line(accounts[row.account], row.fen, why, (KIND, appeal.pk))
        if row.pot_id in divided:  # what flows down passes through the account of its pot
            assert row.pot is not None
            yield ledger.Line(accounts[row.pot.account], -row.fen, why, (KIND, appeal.pk))


def _pool(row: AppealCorrection) -> dict[str, str]:
    """The pool an entry is of, as the ledger says it."""
    pool = row.pool or (row.pot.pool if row.pot else None)
    return {"pool": pool.title} if pool is not None else {}


def _named(row: AppealCorrection) -> bool:
    return bool(row.staff_id or row.institution_id or not row.pot_id)


def _account(row: AppealCorrection) -> ledger.NewAccount:
    """The account as the rooms that pay open it."""
    if row.staff is not None:
        return person_account(row.staff)
    if row.institution is not None:
        owes = lifting.account(row.institution)
        return owes if row.account == owes.code else institution_account(row.institution)
    if row.pool is not None and row.pool.fund is not None:
        return ledger.NewAccount(row.account, row.pool.fund.name, Kind.FUND)
    return ledger.NewAccount(row.account, row.account, Kind.SOURCE)
