"""Bodies, meetings and tasks of one institution, small, of any alliance; their texts bear its mark."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from alliance.models import Institution, Membership
from alliance.services import files
from performance.meetings.models import (
    Attendance,
    Body,
    CaseReview,
    DrawnCase,
    Meeting,
    Minutes,
    Resolution,
    Task,
)
from performance.meetings.services import agenda, bodies, meetings, minuting, resolving, tasks

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
BEGINS = datetime(2026, 11, 12, 1, tzinfo=UTC)


def body(office: Membership, place: Institution, person: Membership, mark: str, serial: int) -> Body:
    """A body of the institution with one member."""
    row = bodies.found(
        by=office, code=f"b{serial}", kind="fund", rhythm="monthly", due_day=10, document=mark, name=mark,
        institution=place, now=NOW,
    )  # fmt: skip
    bodies.seat(
        by=office, body=row, membership=person, function="member", post="other", from_date=date(2026, 1, 1),
        document=mark, now=NOW,
    )  # fmt: skip
    return row


def meeting(office: Membership, row: Body, mark: str) -> Meeting:
    """Held, with a point, a resolution and minutes."""
    from alliance.lib.period import Month

    made = meetings.plan(
        by=office, body=row, month=Month(2026, 10), title=mark, begins_at=BEGINS, place=mark, now=BEGINS
    )
    made = meetings.invite(by=office, meeting=named(made), now=BEGINS)
    agenda.add(by=office, meeting=named(made), title=mark, text=mark)
    presence = {one.pk: "present" for one in Attendance.objects.filter(meeting=made)}
    made = meetings.hold(by=office, meeting=named(made), presence=presence, now=NOW)
    resolution: Resolution = resolving.write(by=office, meeting=named(made), text=mark, now=NOW)
    assert resolution
    minutes: Minutes = minuting.write(by=office, meeting=named(made), now=NOW)
    assert minutes
    return named(made)


def named(row: Any) -> Any:
    """The row as its service asks for it."""
    return type(row).objects.named().get(pk=row.pk)


def task(office: Membership, place: Institution, person: Membership, row: Body, mark: str) -> Task:
    """Answered by its owner with a file."""
    made = tasks.give(
        by=office, about=row, title=mark, text=mark, owner=person, institution=place, now=NOW,
        due_on=date(2026, 11, 20),
    )  # fmt: skip
    file = files.store(
        by=person, name=f"{mark}.pdf", content=[b"%PDF-1.4"], purpose="evidence",
        content_type="application/pdf", limit=9_999, institution=place,
    )  # fmt: skip
    tasks.answer(by=person, task=named(made), text=mark, now=NOW, files=[file])
    return named(made)  # type: ignore[no-any-return]


def drawn(office: Membership, row: Meeting, case: Any, mark: str) -> DrawnCase:
    """One case drawn for the meeting."""
    review = CaseReview.objects.create(
        meeting=row, seed=mark, size=1, population=1, drawn_by=office, drawn_at=NOW
    )
    made: DrawnCase = DrawnCase.objects.create(review=review, place=1, case=case)
    return made
