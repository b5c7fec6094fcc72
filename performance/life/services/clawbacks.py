"""Confirmed rejections charged to who was paid from the cases, by two people, above a floor (扣回)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger.models import LedgerJournal
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.life.refusals import CorrectionRefused
from performance.life.services import bearing, booking, clawback_books
from performance.life.services.clawback_books import BATCH, KIND
from performance.models import Clawback, ClawbackShare, Statement, StatementLine
from performance.models.life import LEAD
from performance.services.rights import require

CARRY = "life.carry"


@transaction.atomic
def make(
    *, by: Membership, statement: Statement, lines: Sequence[StatementLine], into: Month, reason: str,
    now: datetime,
) -> Clawback:  # fmt: skip
    """Draft a claw-back of confirmed rejections: institution, department and persons by the parameter.

    Raises PermissionDenied, CorrectionRefused (not_posted, lines, charged, why, closed, before).
    """
    require(by, LEAD)
    if statement.state != Statement.State.POSTED:
        raise CorrectionRefused("not_posted")
    booking.open_month(into, statement.period)
    if not reason.strip():
        raise CorrectionRefused("why")
    chosen = [one for one in lines if one.statement_id == statement.pk and one.rejected_fen]
    if not chosen:
        raise CorrectionRefused("lines")
    charged = ClawbackShare.objects.filter(line__in=chosen).values("line").distinct().count()
    if charged:
        raise CorrectionRefused("charged", n=charged)
    shares = list(bearing.bearers(statement.period, chosen))
    row: Clawback = Clawback.objects.create(
        statement=statement, month=statement.month, into=into.first_day, reason=reason.strip(), made_by=by,
        made_at=now, digest=_digest(shares),
    )  # fmt: skip
    for share in shares:
        share.clawback = row
    ClawbackShare.objects.bulk_create(shares, batch_size=BATCH)
    journal.write(by=by, verb="clawback.made", about=row, month=str(statement.period), cases=len(chosen))
    return row


def propose(*, by: Membership, row: Clawback, today: date, version: int | None = None) -> Approval:
    """Put a claw-back before a second person. Raises as booking.propose."""
    return booking.propose(by=by, row=row, kind=KIND, verb="clawback.proposed", today=today, version=version)


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: it goes into the books as far as the floor lets it. Else it is a draft again."""
    row = Clawback.objects.select_for_update().select_related("statement").get(pk=approval.about_id)
    booking.decided(row, approval, by, of="clawback", post=_post)


registry.on_decided(KIND, decided)


def _post(row: Clawback, approval: Approval) -> LedgerJournal:
    into = booking.open_month(row.open_month, row.period)
    shares = list(
        ClawbackShare.objects.filter(clawback=row)
        .select_related("staff__institution", "department", "line__institution", "clawback")
        .order_by("pk")
    )
    return clawback_books.write(
        shares, into, by=approval.proposed_by, second=second_person(approval), key=f"{KIND}:{row.pk}",
        text=row.reason, whole=True, about=row.period, inputs=row.digest,
    )  # fmt: skip


@transaction.atomic
def propose_carry(*, by: Membership, row: Clawback, into: Month, today: date) -> Approval:
    """Propose to take from the pay of a later open month what the floor left of a posted claw-back.

    Raises PermissionDenied, CorrectionRefused (closed, before, nothing), and what `approvals.propose` raises.
    """
    require(by, LEAD)
    booking.open_month(into, row.period)
    if not any(one.now_fen for one in bearing.taken(bearing.rest_of(row), into)):
        raise CorrectionRefused("nothing", month=into)
    return approvals.propose(
        by=by, kind=CARRY, about=row, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=CARRY),
        digest=row.digest, terms={"into": str(into)},
    )  # fmt: skip


def carried(approval: Approval, by: Membership) -> None:
    """Agreed: the pay of the month bears what it can, now as it stands."""
    if approval.state != Approval.State.APPROVED:
        return
    row = Clawback.objects.select_for_update().select_related("statement").get(pk=approval.about_id)
    into = booking.open_month(Month.parse(approval.terms["into"]), row.period)
    shares = bearing.rest_of(row)
    if not any(one.now_fen for one in bearing.taken(shares, into)):
        raise CorrectionRefused("nothing", month=into)
    clawback_books.write(
        shares, into, by=approval.proposed_by, second=second_person(approval),
        key=f"{CARRY}:{row.pk}:{approval.pk}", text=row.reason, whole=False, about=row.period,
        inputs=row.digest,
    )  # fmt: skip
    journal.write(by=by, verb="clawback.carried", about=row, month=str(into))


registry.on_decided(CARRY, carried)


def _digest(shares: Sequence[ClawbackShare]) -> str:
    return digest([
        [one.line_id, one.bearer, one.department_id, one.staff_id, one.fen, one.paid_fen] for one in shares
    ])  # fmt: skip


def digest_of(approval: Approval) -> str:
    """The digest of the claw-back an approval is about; what it holds never changes."""
    found: str = Clawback.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
