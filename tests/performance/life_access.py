"""A published month of any alliance, and a reminder of an institution."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alliance.approvals.models import Approval
from alliance.ledger.models import LedgerJournal
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from performance.models import (
    Clawback,
    ClawbackShare,
    CorrectionLine,
    LockException,
    MonthCorrection,
    MonthLife,
    MonthReminder,
    MonthRun,
    Statement,
    StatementLine,
)
from tests.performance.pay_scene import NOW


def published(run: MonthRun, journal: LedgerJournal) -> MonthLife:
    """As if a second person had agreed and the office had published it."""
    rows = MonthRun.objects.filter(pk=run.pk)
    for state in ("proposed", "approved"):
        rows.update(state=state)
    rows.update(state="posted", journal=journal)
    life = MonthLife.objects.create(month=run.month, run=rows.get())
    MonthLife.objects.filter(pk=life.pk).update(
        state="published", published_at=NOW, published_until=NOW + timedelta(days=7)
    )
    return MonthLife.objects.get(pk=life.pk)  # type: ignore[no-any-return]


def reminded(by: Membership, life: MonthLife, place: Institution) -> MonthReminder:
    """A reminder of the institution."""
    return MonthReminder.objects.create(  # type: ignore[no-any-return]
        month=life.month, institution=place, number=1, missing=[["discharge_files", 1, 2]], issued_by=by,
        issued_at=NOW,
    )  # fmt: skip


def stated(
    by: Membership, result: Any, month: Month, mark: str, approval: Approval, journal: LedgerJournal
) -> Statement:
    """A posted statement with one rejected case of the institution the row is of."""
    row = Statement.objects.create(
        month=month.first_day, into=month.first_day, stage="month", file=result.file, document=mark,
        total_fen=100, digest="d" * 64, made_by=by, made_at=NOW,
    )  # fmt: skip
    StatementLine.objects.create(
        statement=row, result=result, institution=result.institution, expected_fen=200, paid_fen=100,
        rejected_fen=100, rest_fen=0, cause="equal", reason=mark,
    )  # fmt: skip
    return _posted(row, approval, journal)


def charged(
    by: Membership, statement: Statement, mark: str, approval: Approval, journal: LedgerJournal,
    department: Department,
) -> Any:  # fmt: skip
    """A posted claw-back of it, borne by the institution and its department."""
    row = Clawback.objects.create(
        statement=statement, month=statement.month, into=statement.into, reason=mark, digest="d" * 64,
        made_by=by, made_at=NOW,
    )  # fmt: skip
    line = statement.lines.get()
    base: Any = {"clawback": row, "line": line, "institution": line.institution}
    ClawbackShare.objects.create(bearer="institution", fen=60, **base)
    ClawbackShare.objects.create(bearer="department", department=department, fen=40, **base)
    return _posted(row, approval, journal)


def _posted(row: Any, approval: Approval, journal: LedgerJournal) -> Any:
    rows = type(row).objects.filter(pk=row.pk)
    rows.update(state="proposed", approval=approval)
    rows.update(state="posted", journal=journal)
    return rows.get()


def excepted(by: Membership, life: MonthLife, place: Institution, mark: str) -> LockException:
    """An exception asked for now, that waits for its second person."""
    now = timezone.now()
    return LockException.objects.create(  # type: ignore[no-any-return]
        month=life.month, institution=place, reason=mark, opened_by=by, opened_at=now,
        until=now + timedelta(days=3),
    )  # fmt: skip


def corrected(by: Membership, row: LockException, approval: Approval, journal: LedgerJournal) -> Any:
    """A posted correction that moves the institution's own share."""
    made = MonthCorrection.objects.create(
        exception=row, month=row.month, into=row.month, inputs=b"{}", inputs_digest="i" * 64, digest="d" * 64,
        made_by=by, made_at=NOW,
    )  # fmt: skip
    CorrectionLine.objects.create(
        correction=made, institution=row.institution, before_fen=100, after_fen=90, before_score=80,
        after_score=79,
    )  # fmt: skip
    return _posted(made, approval, journal)
