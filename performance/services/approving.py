"""From a computed month to the books: proposed, decided by a chain, posted by two people (practice.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import override

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import Account
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from performance.accounts import institution_account, institution_code
from performance.models import Line, MonthRun, Settlement
from performance.services import months
from performance.services.refusals import MonthRefused
from performance.services.rights import require

KIND = "performance.month"  # of the approval, and of the journal in the books
LINE = "performance.line"  # evidence of an entry
State = MonthRun.State


@transaction.atomic
def propose(*, by: Membership, run: MonthRun, today: date, chain: str = chains.TWO_PEOPLE) -> Approval:
    """Put a computed month before the deciders of a chain.

    Raises PermissionDenied, RunUnderway or Stale (409: somebody was faster), MonthRefused (blocked), and what
    `approvals.propose` raises.
    """
    require(by, "month.propose")
    if run.state == State.BLOCKED:
        names = "、".join(run.settlement.result["blocked_by"]) if run.settlement else ""
        raise MonthRefused("blocked", month=run.period, institutions=names)
    claimed = _claim(run)
    assert claimed.settlement is not None
    approval = approvals.propose(
        by=by,
        kind=KIND,
        about=claimed,
        chain=chains.in_force(chain, on=today, kind=KIND),
        digest=claimed.settlement.result_digest,
    )
    MonthRun.objects.filter(pk=run.pk).update(approval=approval)
    journal.step(by=by, about=claimed, name="propose", before=State.COMPUTED, after=State.PROPOSED)
    journal.write(by=by, verb="month.proposed", about=claimed, digest=claimed.settlement.result_digest)
    return approval


def _claim(run: MonthRun) -> MonthRun:
    """Take the run out of `computed` in one statement; the database lets one run of a month be live."""
    try:
        with transaction.atomic():
            found: MonthRun = MonthRun.objects.claim(
                run.pk, expect={"state": State.COMPUTED}, change={"state": State.PROPOSED}
            )
    except IntegrityError:
        raise months.underway(run.period) from None
    return found


def digest_of(approval: Approval) -> str:
    """The digest of the result the approval is about, as it stands now."""
    run = MonthRun.objects.select_related("settlement").get(pk=approval.about_id)
    return run.settlement.result_digest if run.settlement else ""


def decided(approval: Approval, by: Membership) -> None:
    """What follows from a decision: an approved month is posted, any other may be computed again."""
    run = MonthRun.objects.select_related("settlement__scheme").get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        _step(run, "give_back", by)
        return
    _step(run, "approve", by)
    run.journal = _post(run, approval).journal
    run.save(update_fields=["journal"])
    _step(run, "post", by)
    journal.write(by=by, verb="month.posted", about=run, journal=run.journal.pk)


registry.on_decided(KIND, decided)


def _step(run: MonthRun, name: str, by: Membership) -> None:
    before = run.state
    getattr(run, name)()
    changed = MonthRun.objects.filter(pk=run.pk, state=before).update(state=run.state)
    if not changed:
        raise Stale(run)
    journal.step(by=by, about=run, name=name, before=before, after=run.state)


def _post(run: MonthRun, approval: Approval) -> ledger.Posted:
    """One journal: the pool gives, each institution receives; the proposer and the second person answer."""
    assert run.settlement is not None
    ledger.open_period(by=approval.proposed_by, month=run.period)
    return ledger.post(
        by=approval.proposed_by,
        confirmed_by=second_person(approval),
        month=run.period,
        kind=KIND,
        key=f"{KIND}:{run.period}",
        entries=list(_entries(run.settlement, approval.proposed_by)),
        inputs_digest=run.settlement.inputs_digest,
        rule_version=f"{run.settlement.scheme.code} {run.settlement.scheme.version}",
        code_version=run.settlement.code_version,
        text=str(run.settlement.pool),
    )


def _entries(settlement: Settlement, by: Membership) -> Iterator[ledger.Line]:
    lines = [
        line
        for line in Line.objects.filter(settlement=settlement)
        .select_related("institution")
        .order_by("institution__code")
        if line.fen
    ]
    accounts = _accounts(settlement, lines, by)
    source = accounts[source_code(settlement)]
    yield ledger.Line(source, -settlement.pool_fen, {"rule": "pool", "settlement": settlement.pk})
    for line in lines:
        yield ledger.Line(
            accounts[institution_code(line.institution)], line.fen or 0, _reason(line), (LINE, line.pk)
        )


def _accounts(settlement: Settlement, lines: list[Line], by: Membership) -> dict[str, Account]:
    with override("en"):  # kept as the product's own words; a page says them in its language
        kind = settlement.pool.get_source_kind_display()
    wanted = [ledger.NewAccount(source_code(settlement), str(kind), Account.Kind.SOURCE)]
    wanted += [institution_account(line.institution) for line in lines]
    return ledger.open_accounts(by=by, accounts=wanted)


def source_code(settlement: Settlement) -> str:
    """The account the pool comes from: one for each lawful kind of source."""
    return f"source:{settlement.pool.source_kind}"


def _reason(line: Line) -> dict[str, object]:
    """Why exactly this much: rule, weights, place in the queue for the last fen (walls.md section 2)."""
    return {
        "rule": "share", "score": line.score, "basis_fen": line.basis_fen, "weight": line.weight,
        "quota": line.quota, "remainder_rank": line.remainder_rank, "got_extra_fen": line.got_extra_fen,
    }  # fmt: skip
