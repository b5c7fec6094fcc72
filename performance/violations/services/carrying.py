"""Carrying out what was decided: a deduction, a repayment by claw-back, the end of an agreement (S4-32)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.agreements.services import agreements
from performance.consequences.services import proposals
from performance.consequences.services.proposals import Finding
from performance.decided import numbers
from performance.life.services import clawbacks
from performance.models import Clawback, ClawbackShare, Consequence, Line, MonthRun, Statement, StatementLine
from performance.services.rights import require
from performance.violations.models import RUN, Evidence, Penalty, Violation
from performance.violations.refusals import ViolationRefused
from performance.violations.services import table

DECIDED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)


def _begin(by: Membership, penalty: Penalty, measure: str) -> Violation:
    require(by, RUN)
    if penalty.measure != measure or penalty.carried_at is not None:
        raise ViolationRefused("carried")
    return penalty.violation


def _done(by: Membership, penalty: Penalty, now: datetime, **kept: Any) -> Penalty:
    Penalty.objects.filter(pk=penalty.pk).update(carried_by=by, carried_at=now, **kept)
    penalty.refresh_from_db()
    journal.write(by=by, verb="violation.carried_out", about=penalty.violation, measure=penalty.measure)
    return penalty


@transaction.atomic
def deduct(*, by: Membership, penalty: Penalty, month: Month, now: datetime) -> Penalty:
    """Open the deduction of a month's performance pay as a consequence; its amount is decided by its vote.

    Raises PermissionDenied, ViolationRefused (carried, deducted).
    """
    row = _begin(by, penalty, Penalty.Measure.DEDUCT)
    kind, period = Consequence.Kind.VIOLATION, str(month)
    there = Consequence.objects.filter(kind=kind, institution=row.institution_id, period=period)
    if there.exclude(state=Consequence.State.WITHDRAWN).exists():
        raise ViolationRefused("deducted", month=month)
    rule = table.in_force(row.kind, timezone.localdate(row.found_at))
    run = MonthRun.objects.filter(month=month.first_day, state__in=DECIDED).first()
    lines = Line.objects.filter(settlement=run.settlement_id if run else None, institution=row.institution_id)
    finding = Finding(
        kind, period, {"violation": row.pk, "number": row.number, "low": rule.low, "high": rule.high},
        institution=row.institution_id, percent=penalty.percent, low=rule.low, high=rule.high,
        base_fen=lines.values_list("basis_fen", flat=True).first(),
    )  # fmt: skip
    proposals.review([finding], [], now=now)
    opened = there.exclude(state=Consequence.State.WITHDRAWN).get()
    return _done(by, penalty, now, consequence=opened)


def chargeable(violation: Violation, statement: Statement) -> list[StatementLine]:
    """Rejected lines of the institution nothing charges yet; where cases are in evidence, theirs alone."""
    cases = list(violation.evidence.filter(kind=Evidence.Kind.CASE).values_list("object_id", flat=True))
    rows = StatementLine.objects.filter(
        statement=statement, institution=violation.institution_id, rejected_fen__gt=0
    ).exclude(pk__in=ClawbackShare.objects.filter(line__statement=statement).values("line"))
    return list(rows.filter(case__in=cases) if cases else rows)


@transaction.atomic
def repay(*, by: Membership, penalty: Penalty, statement: Statement, into: Month, now: datetime) -> Clawback:
    """Draft the claw-back 扣回 of what the insurer rejected; it is put before its second person there.

    Raises PermissionDenied, ViolationRefused (carried, lines), and what `clawbacks.make` raises.
    """
    row = _begin(by, penalty, Penalty.Measure.REPAY)
    lines = chargeable(row, statement)
    if not lines:
        raise ViolationRefused("lines")
    made = clawbacks.make(
        by=by, statement=statement, lines=lines, into=into, reason=f"{row.number} {row.title}"[:300], now=now
    )
    _done(by, penalty, now, clawback=made)
    return made


@transaction.atomic
def paid(*, by: Membership, penalty: Penalty, outcome: str, now: datetime) -> Penalty:
    """The institution repaid outside the system: by which document.

    Raises PermissionDenied, ViolationRefused (carried, outcome).
    """
    _begin(by, penalty, Penalty.Measure.REPAY)
    return _done(by, penalty, now, outcome=numbers.of_decision(outcome, ViolationRefused, "outcome"))


@transaction.atomic
def end_agreement(*, by: Membership, penalty: Penalty, last: date, now: datetime) -> Penalty:
    """End the agreement as decided. Raises PermissionDenied, ViolationRefused (carried), AgreementRefused."""
    row = _begin(by, penalty, Penalty.Measure.END)
    assert penalty.agreement is not None, "the database keeps an ending with its agreement"
    agreements.cease(
        agreement=penalty.agreement, last=last, why=f"{row.number} {row.title}", by=row.decided_by, now=now
    )
    return _done(by, penalty, now)
