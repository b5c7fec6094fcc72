"""A pool from its making to the books: proposed by one, posted when another agrees (practice.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from performance.decided import numbers
from performance.dues import booking
from performance.engine.pay import redlines
from performance.engine.pay.entitled_rules import KINDS
from performance.engine.pay.redlines import Terms, Year
from performance.engine.pay.steps import Factors, Share, divide
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import sheets
from performance.models import (
    Entitlement,
    EntitlementKind,
    Line,
    MonthRun,
    PayFund,
    PayPool,
    PayRule,
    PayShare,
    PayTotal,
)
from performance.models.entitlement_kinds import POOL
from performance.models.pay import RUN, PayKind
from performance.pay.refusals import PoolRefused
from performance.pay.services import computing, posting, storing
from performance.pay.services.entering import rule_in_force
from performance.services.rights import require

KIND = "performance.pay_pool"
State = PayPool.State


@transaction.atomic
def make_bonus(*, by: Membership, month: Month, now: datetime) -> PayPool:
    """Draft the flow of the collaboration bonus fund: the month's posted shares, down to pots.

    Nothing of the month itself changes. Raises PermissionDenied, PoolRefused (not_posted, no_rule, there,
    no_roster, no_department), PayRefused.
    """
    require(by, RUN)
    run = MonthRun.objects.select_related("settlement__pool").filter(
        month=month.first_day, state=MonthRun.State.POSTED
    ).first()  # fmt: skip
    if run is None or run.settlement is None:
        raise PoolRefused("not_posted", month=month)
    rule, source = _rule(PayKind.BONUS, month), run.settlement.pool
    lines = Line.objects.filter(settlement=run.settlement, fen__gt=0).select_related("institution")
    weight = Decimal(run.settlement.weight)
    shares = [
        storing.Entitled(
            line.institution,
            Share(
                line.institution.code, line.fen or 0,
                (("score", line.score or Decimal(0)), ("basis_fen", Decimal(line.basis_fen))),
                line.quota or Decimal(0), line.remainder_rank or 0, line.got_extra_fen,
            ),
            line.pk,
        )
        for line in lines.order_by("institution__code")
    ]  # fmt: skip
    pool = PayPool(
        month=month.first_day, kind=PayKind.BONUS, source=source.source_kind,
        document=source.document, run=run, rule=rule, fen=sum(one.share.fen for one in shares),
    )  # fmt: skip
    return storing.keep(pool, shares, weight, by, now)


@transaction.atomic
def make_from_fund(
    *, by: Membership, month: Month, kind: str, fund: PayFund, fen: int, name: str, document: str,
    institutions: Iterable[int], now: datetime, persons: bool = True, charges: Iterable[str] = (),
) -> PayPool:  # fmt: skip
    """Draft a pool from a source account; institutions share by score x basis of the month's run.

    Raises PermissionDenied, RedLine, PoolRefused (fen, document, name, no_rule, not_posted, institutions,
    short, there), PayRefused.
    """
    require(by, RUN)
    redlines.check(Terms(fund.source, document, persons, frozenset(charges)))
    number = numbers.of_decision(document, PoolRefused) if document.strip() else ""
    if fen <= 0:
        raise PoolRefused("fen")
    if not name.strip():
        raise PoolRefused("name")
    _covered(fund, fen)
    rule, lines = _rule(kind, month), _lines(month, set(institutions))
    weights: dict[str, Factors] = {
        line.institution.code: (("score", line.score or Decimal(0)), ("basis_fen", Decimal(line.basis_fen)))
        for line in lines
    }
    step = divide("institution", name, fen, weights)
    places = {line.institution.code: line for line in lines}
    shares = [
        storing.Entitled(places[share.code].institution, share, places[share.code].pk)
        for share in step.shares
    ]
    pool = PayPool(
        month=month.first_day, kind=kind, number=_next(kind, month), name=name.strip(), source=fund.source,
        document=number, persons=persons, charges=sorted(charges), fund=fund, rule=rule, fen=fen,
    )  # fmt: skip
    return storing.keep(pool, shares, storing.decimal(step), by, now)


@transaction.atomic
def make_from_entitlement(
    *, by: Membership, sheet: Entitlement, fund: PayFund, name: str, document: str, now: datetime,
    persons: bool = True,
) -> PayPool:  # fmt: skip
    """Draft the pool that pays an entitlement sheet: to the fen what its lines say, below them by the roster.

    Raises PermissionDenied, RedLine, SheetRefused (persons, not_confirmed, paid), PoolRefused (document,
    name, no_rule, short), PayRefused (nobody, absent).
    """
    require(by, RUN)
    redlines.check(Terms(fund.source, document, persons))
    number = numbers.of_decision(document, PoolRefused) if document.strip() else ""
    if not name.strip():
        raise PoolRefused("name")
    if not persons and KINDS[sheet.kind].level == "person":
        raise SheetRefused("persons")
    if sheet.confirmed_at is None:
        raise SheetRefused("not_confirmed")
    if PayPool.objects.filter(entitlement=sheet).exists():
        raise SheetRefused("paid")
    _covered(fund, sheet.fen)
    month, kind = sheet.period, POOL[EntitlementKind(sheet.kind)]
    rule, amounts = _rule(kind, month), sheets.amounts(sheet)
    places = Institution.objects.in_bulk(amounts)
    weights: dict[str, Factors] = {
        places[pk].code: (("entitled_fen", Decimal(sum(inside.values()))),) for pk, inside in amounts.items()
    }
    step = divide("institution", name, sheet.fen, weights)
    by_code = {one.code: one for one in places.values()}
    shares = [storing.Entitled(by_code[share.code], share) for share in step.shares]
    pool = PayPool(
        month=month.first_day, kind=kind, number=_next(kind, month), name=name.strip(), source=fund.source,
        document=number, persons=persons, fund=fund, rule=rule, fen=sheet.fen, entitlement=sheet,
    )  # fmt: skip
    return storing.keep(pool, shares, storing.decimal(step), by, now)


def _next(kind: str, month: Month) -> int:
    """The number of the next pool of a kind and month."""
    last = PayPool.objects.filter(month=month.first_day, kind=kind).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _lines(month: Month, wanted: set[int]) -> list[Line]:
    """The posted month's lines of the institutions wanted that have a weight."""
    run = MonthRun.objects.filter(month=month.first_day, state=MonthRun.State.POSTED).first()
    if run is None:
        raise PoolRefused("not_posted", month=month)
    lines = [
        line
        for line in Line.objects.filter(settlement=run.settlement_id).select_related("institution")
        if line.institution_id in wanted and line.score and line.basis_fen
    ]
    if not lines:
        raise PoolRefused("institutions", month=month)
    return lines


def _rule(kind: str, month: Month) -> PayRule:
    rule = rule_in_force(kind, month)
    if rule is None:
        raise PoolRefused("no_rule", month=month)
    return rule


def _covered(fund: PayFund, fen: int, but: PayPool | None = None) -> None:
    """The account holds the money; what else waits for approval counts as taken, so that of two decided at
    once neither overdraws it.
    """
    account = Account.objects.filter(code=fund.account).first()
    held = books.balance(account) if account else 0
    others = PayPool.objects.filter(fund=fund, state=State.PROPOSED).exclude(pk=but.pk if but else None)
    waiting = others.aggregate(fen=Sum("fen"))["fen"] or 0
    if held - waiting < fen:
        raise PoolRefused("short", fund=fund.name, balance=yuan(held - waiting), fen=yuan(fen))


@transaction.atomic
def discard(*, by: Membership, pool: PayPool) -> None:
    """Throw a draft away with its parts. Raises PermissionDenied, PoolRefused (draft)."""
    require(by, RUN)
    held = PayPool.objects.select_for_update().get(pk=pool.pk)
    if held.state != State.DRAFT:
        raise PoolRefused("draft")
    journal.write(by=by, verb="pay.pool_discarded", about=held, kind=held.kind, month=str(held.period))
    held.delete()


@transaction.atomic
def propose(*, by: Membership, pool: PayPool, today: date, version: int | None = None) -> Approval:
    """Put a draft before a second person. Raises PermissionDenied, PoolRefused (changed, short), RedLine
    (no_total, over_total), Stale, and what `approvals.propose` raises.
    """
    require(by, RUN)
    step = steps.admitted("propose", by=by, row=pool, version=version)
    _still_so(pool)
    if pool.fund is not None:
        _covered(pool.fund, pool.fen)
    keep_total(pool)
    approval = approvals.propose(
        by=by, kind=KIND, about=pool, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=KIND),
        digest=pool.digest,
    )  # fmt: skip
    steps.take(step, by=by, row=pool, verb="pay.pool_proposed", approval=approval, said={"fen": pool.fen})
    return approval


def _still_so(pool: PayPool) -> None:
    """Nobody proposes what has changed since it was drafted: roster and scores are read again, and where they
    are not the same rows, the pots are computed again.
    """
    read = computing.ground(pool.period) if pool.persons else None
    if read is not None and read.mark == pool.read:
        return
    rows = list(
        PayShare.objects.filter(pool=pool).select_related("institution").order_by("institution__code")
    )
    if not rows:
        return
    shares = [
        storing.Entitled(
            row.institution,
            Share(
                row.institution.code, row.fen, tuple((name, Decimal(value)) for name, value in row.factors),
                row.quota, row.remainder_rank, row.got_extra_fen,
            ),
        )
        for row in rows
    ]  # fmt: skip
    if storing.digest_of(pool, shares, storing.flowing(pool, shares, read), read) != pool.digest:
        raise PoolRefused("changed")


def keep_total(pool: PayPool) -> None:
    """Paid this year + this pool stays within the approved total of each institution (practice.md 6).

    Raises RedLine (no_total, over_total).
    """
    if pool.persons:
        redlines.within_total(pool.source, years_of(pool))


def years_of(pool: PayPool) -> list[Year]:
    """Approved, paid and now to pay of each institution of a pool, by code; three queries."""
    rows = PayShare.objects.filter(pool=pool, fen__gt=0).select_related("institution")
    approved, paid = approved_of(pool.month.year), paid_of(pool.month.year)
    return [
        Year(
            row.institution.short_name, pool.month.year, approved.get(row.institution_id),
            paid.get(row.institution_id, 0), row.fen,
        )
        for row in rows.order_by("institution__code")
    ]  # fmt: skip


def approved_of(year: int) -> dict[int, int]:
    """The approved pay total of each institution in a year, fen."""
    rows = PayTotal.objects.filter(year=year, confirmed_at__isnull=False).order_by("revision")
    return dict(rows.values_list("institution", "fen"))


def paid_of(year: int) -> dict[int, int]:
    """What each institution was given within its total by pools of the year's months, and by corrections of
    them, fen; two queries.
    """
    rows = PayShare.objects.filter(
        pool__state=State.POSTED, pool__month__year=year, pool__persons=True,
        pool__source__in=sorted(redlines.WITHIN_TOTAL),
    )  # fmt: skip
    paid: dict[int, int] = booking.given_of(year)
    for one in rows.values("institution").annotate(paid=Sum("fen")).order_by():
        paid[one["institution"]] = paid.get(one["institution"], 0) + one["paid"]
    return paid


def over_total(month: Month, source: str, more: Mapping[int, int]) -> tuple[int, int] | None:
    """The first institution (id) that so much more for its persons (fen by id) would take beyond its approved
    total of the month's year, and by how much; None where it stays within. Source: practice.md 6.
    """
    if source not in redlines.WITHIN_TOTAL:
        return None
    paid, approved = paid_of(month.year), approved_of(month.year)
    for place, fen in sorted(more.items()):
        over = paid.get(place, 0) + fen - approved.get(place, 0)
        if fen > 0 and over > 0:
            return place, over
    return None


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: the money leaves its source. Declined or withdrawn: it is a draft again."""
    pool = PayPool.objects.select_for_update().get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        steps.take(steps.open_now("give_back", pool), by=by, row=pool, verb="pay.pool_given_back")
        return
    if pool.fund is not None:
        _covered(pool.fund, pool.fen, but=pool)
    keep_total(pool)
    posted = posting.pool(pool, by=approval.proposed_by, second=second_person(approval), now=timezone.now())
    steps.take(
        steps.open_now("post", pool), by=by, row=pool, verb="pay.pool_posted", journal=posted.journal,
        said={"fen": pool.fen, "journal": posted.journal.pk},
    )  # fmt: skip


registry.on_decided(KIND, decided)


def digest_of(approval: Approval) -> str:
    """The digest of the pool an approval is about; what a pool holds never changes."""
    found: str = PayPool.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
