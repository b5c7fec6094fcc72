"""A finding by somebody uninvolved, put to the vote with what should follow (S4-32, S3-22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.models import Membership
from alliance.services import steps
from performance.violations.models import Penalty, Violation
from performance.violations.refusals import ViolationRefused
from performance.violations.services import cases, table
from performance.violations.services.uninvolved import of_the_place, require_uninvolved

KIND = "violations.finding"
Measure = Penalty.Measure


@transaction.atomic
def find(
    *, by: Membership, violation: Violation, violated: bool, finding: str, follows: Mapping[str, Any],
    chain: str, now: datetime, version: int | None = None,
) -> Violation:  # fmt: skip
    """Propose what was found and what follows; it takes effect when the deciders of a chain agree.

    `follows`: by measure its percent, amount in fen, agreement, or None. Raises PermissionDenied,
    ViolationRefused (involved, opener, early, unanswered, text, penalty, and what the table refuses), Stale,
    and what `approvals.propose` raises.
    """
    step = steps.admitted("find", by=by, row=violation, version=version)
    require_uninvolved(by, violation)
    due = violation.due_at if violation.state == Violation.State.WARNED else None
    if due is not None and now < due:
        raise ViolationRefused("early", due=due)
    if cases.unanswered(violation):
        raise ViolationRefused("unanswered")
    if not finding.strip():
        raise ViolationRefused("text")
    if violated != bool(follows):
        raise ViolationRefused("penalty")
    today = timezone.localdate(now)
    table.check(violation, follows, today)
    attempt = violation.attempt + 1
    Penalty.objects.bulk_create(
        _penalty(violation, attempt, measure, value) for measure, value in sorted(follows.items())
    )
    said: dict[str, Any] = {"attempt": attempt, "violated": violated, "finding": finding.strip()}
    row: Violation = Violation.objects.claim(
        violation.pk, expect={"state": violation.state, "version": violation.version}, change=said
    )
    approval = approvals.propose(
        by=by, kind=KIND, about=row, digest=_content(row, penalties(row)),
        chain=chains.in_force(chain, on=today, kind=KIND),
    )  # fmt: skip
    moved: Violation = steps.take(
        step, by=by, row=row, verb="violation.found", now=now, found_by=by, approval=approval
    )
    return moved


def _penalty(violation: Violation, attempt: int, measure: str, value: Any) -> Penalty:
    return Penalty(
        violation=violation, attempt=attempt, measure=measure,
        percent=value if measure == Measure.DEDUCT else None,
        fen=value if measure == Measure.REPAY else None,
        agreement=value if measure == Measure.END else None,
    )  # fmt: skip


def penalties(violation: Violation) -> list[Penalty]:
    """What follows of the finding that counts."""
    rows = Penalty.objects.filter(violation=violation, attempt=violation.attempt)
    return list(rows.select_related("agreement", "carried_by__user", "consequence", "clawback"))


def _content(row: Violation, rows: Sequence[Penalty]) -> str:
    told = sorted([one.measure, one.percent, one.fen, one.agreement_id] for one in rows)
    return digest([row.pk, row.attempt, row.violated, row.finding, told])


def digest_of(approval: Approval) -> str:
    """The digest of a finding as it stands now."""
    row: Violation = Violation.objects.get(pk=approval.about_id)
    return _content(row, penalties(row))


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: it is decided, a written warning stands at once. Else another finding may be proposed.

    Raises ViolationRefused (involved): nobody of the institution decides.
    """
    row: Violation = Violation.objects.named().get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        steps.take(steps.open_now("decline", row), by=by, row=row, verb="violation.declined")
        return
    second, now = second_person(approval), timezone.now()
    if of_the_place(second, row):
        raise ViolationRefused("involved")
    steps.take(
        steps.open_now("agree", row), by=by, row=row, verb="violation.decided", now=now, decided_by=second
    )
    warnings = Penalty.objects.filter(violation=row, attempt=row.attempt, measure=Measure.WARNING)
    warnings.update(carried_by=second, carried_at=now)
