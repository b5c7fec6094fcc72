"""Interviews after a failed year or non-collaboration: planned, held, closed by a figure (S2-40, S3-25)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from alliance.models import Membership
from alliance.services import journal, parameters, steps
from performance.consequences.refusals import InterviewRefused
from performance.consequences.services import proposals
from performance.models import Consequence, Interview
from performance.models.consequences import PROPOSE
from performance.services.rights import require


def plan(row: Consequence, by: Membership) -> None:
    """What was agreed to asks for an interview, owned at first by who proposed it; what was not, for none."""
    if row.state != Consequence.State.AGREED:
        return
    assert row.decided_at is not None and row.proposed_by is not None
    today = proposals.today_of(row.decided_at)
    days = int(str(parameters.in_force("gb.interview_days", on=today)))
    made = Interview.objects.create(
        consequence=row, institution=row.institution, owner=row.proposed_by,
        due_on=today + timedelta(days=days),
    )  # fmt: skip
    journal.write(by=by, verb="interview.planned", about=made)


proposals.EFFECTS[Consequence.Kind.FAIL] = plan


@transaction.atomic
def hold(
    *, by: Membership, row: Interview, held_on: date, minutes: str, target: Decimal, today: date,
    version: int | None = None,
) -> Interview:  # fmt: skip
    """Enter when it was held, its minutes, and the score that will close it.

    Raises PermissionDenied, InterviewRefused (minutes, day, target), Stale.
    """
    require(by, PROPOSE)
    if not minutes.strip():
        raise InterviewRefused("minutes")
    if held_on > today:
        raise InterviewRefused("day")
    if not 0 < target <= 100:
        raise InterviewRefused("target")
    step = steps.open_now("hold", row, version)
    moved: Interview = steps.take(
        step, by=by, row=row, verb="interview.held", held_on=held_on, minutes=minutes.strip(), target=target,
    )  # fmt: skip
    return moved


@transaction.atomic
def close(
    *, by: Membership, row: Interview, closing: Decimal, note: str, today: date, version: int | None = None
) -> Interview:
    """Close it with the figure reached. Raises PermissionDenied, InterviewRefused (closing), Stale."""
    require(by, PROPOSE)
    if row.target is not None and closing < row.target:
        raise InterviewRefused("closing", target=row.target.normalize())
    step = steps.open_now("close", row, version)
    moved: Interview = steps.take(
        step, by=by, row=row, verb="interview.closed", closing=closing, closing_note=note.strip(),
        closed_by=by,
    )  # fmt: skip
    return moved


@transaction.atomic
def hand_over(
    *, by: Membership, row: Interview, owner: Membership, due_on: date, today: date,
    version: int | None = None,
) -> Interview:  # fmt: skip
    """Name another owner or day while it is to be held. Raises PermissionDenied, Stale."""
    require(by, PROPOSE)
    steps.fresh(row, version)
    changed: Interview = Interview.objects.claim(
        row.pk, expect={"state": Interview.State.PLANNED, "version": row.version},
        change={"owner": owner, "due_on": due_on, "version": row.version + 1},
    )  # fmt: skip
    journal.write(by=by, verb="interview.handed_over", about=changed)
    return changed
