"""Resolutions: written, put to the vote of who sits there, carried into tasks (practice.md 4, S2-51)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.models import Department, Institution, Membership
from alliance.services import journal, steps
from performance.meetings.models import AgendaItem, Attendance, Meeting, Resolution
from performance.meetings.refusals import MeetingRefused
from performance.meetings.services import tasks
from performance.meetings.services.bodies import chain_of
from performance.meetings.services.meetings import PRESENT, quorum, require_desk

KIND = "meeting.resolution"


@transaction.atomic
def write(
    *, by: Membership, meeting: Meeting, text: str, now: datetime, point: AgendaItem | None = None,
    owner: Membership | None = None, institution: Institution | None = None,
    department: Department | None = None, due_on: date | None = None,
) -> Resolution:  # fmt: skip
    """Write what the meeting is asked to decide, with who does it until when, where something is to be done.

    Raises PermissionDenied, MeetingRefused (closed, text, owner, due_on).
    """
    require_desk(by, meeting.body)
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.state != Meeting.State.HELD:
        raise MeetingRefused("closed")
    if not text.strip():
        raise MeetingRefused("text")
    if (due_on is None) != (owner is None and institution is None) or (department and not institution):
        raise MeetingRefused("owner")
    if due_on is not None and due_on < timezone.localdate(now):
        raise MeetingRefused("due_on")
    last = Resolution.objects.filter(meeting=meeting).aggregate(last=Max("number"))["last"]
    row: Resolution = Resolution.objects.create(
        meeting=meeting, number=(last or 0) + 1, point=point, text=text.strip(), owner=owner,
        institution=institution, department=department, due_on=due_on, written_by=by, written_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="meeting.resolution_written", about=meeting, number=row.number)
    return row


@transaction.atomic
def remove(*, by: Membership, resolution: Resolution) -> None:
    """Take out a resolution that was not put yet. Raises PermissionDenied, Stale."""
    require_desk(by, resolution.meeting.body)
    steps.open_now("put", resolution)
    if resolution.approval_id is not None:
        raise MeetingRefused("closed")
    journal.write(
        by=by, verb="meeting.resolution_removed", about=resolution.meeting, number=resolution.number
    )
    resolution.delete()


@transaction.atomic
def put(*, by: Membership, resolution: Resolution, now: datetime, version: int | None = None) -> Resolution:
    """Put it before who sits in the body that day; its paper may decide as well.

    Raises PermissionDenied, MeetingRefused (unheld, quorum), Stale, and what alliance.approvals raises.
    """
    step = steps.admitted("put", by=by, row=resolution, version=version)
    meeting = resolution.meeting
    if meeting.state != Meeting.State.HELD:
        raise MeetingRefused("unheld")
    have, of, need = quorum(meeting)
    if have < need:
        raise MeetingRefused("quorum", have=have, of=of, need=need)
    approval = approvals.propose(
        by=by, kind=KIND, about=resolution, chain=chain_of(meeting.body, on=timezone.localdate(now)),
        digest=_digest(resolution), institution=meeting.body.institution,
        arguments={"text": resolution.text[:160], "body": meeting.body.code},
    )  # fmt: skip
    moved: Resolution = steps.take(
        step, by=by, row=resolution, verb="meeting.resolution_put", approval=approval
    )
    return moved


def absent(approvals: Sequence[Approval], members: Sequence[Membership]) -> set[tuple[int, int]]:
    """Pairs (approval pk, member pk) of who is not recorded as present at the meeting; two queries."""
    rows = Resolution.objects.filter(pk__in=[one.about_id for one in approvals])
    at = dict(rows.values_list("pk", "meeting"))
    came = Attendance.objects.filter(meeting__in=at.values(), presence=PRESENT)
    there = set(came.values_list("meeting", "seat__user"))
    return {
        (approval.pk, one.pk)
        for approval in approvals
        for one in members
        if (at[approval.about_id], one.user_id) not in there
    }


def digest_of(approval: Approval) -> str:
    """Digest of the resolution as it is now."""
    return _digest(Resolution.objects.get(pk=approval.about_id))


def _digest(row: Resolution) -> str:
    return digest({
        "text": row.text, "owner": row.owner_id, "institution": row.institution_id,
        "department": row.department_id, "due_on": row.due_on.isoformat() if row.due_on else None,
    })  # fmt: skip


def decided(approval: Approval, by: Membership) -> None:
    """The vote is over: carried with its task, lost, or taken back; called by alliance.approvals."""
    row = Resolution.objects.select_related(
        "meeting__body", "owner__user", "institution", "department", "written_by__user"
    ).get(pk=approval.about_id)
    name = {"approved": "carry", "declined": "lose"}.get(approval.state, "take_back")
    row = steps.take(steps.open_now(name, row), by=by, row=row, verb=f"meeting.resolution_{_word(name)}")
    if name == "carry" and row.due_on is not None:
        tasks.give(
            by=row.written_by, about=row, title=row.text[:200], owner=row.owner,
            institution=row.institution, department=row.department, due_on=row.due_on,
            body=row.meeting.body, now=timezone.now(), decided=True,
        )  # fmt: skip


def _word(name: str) -> str:
    return {"carry": "carried", "lose": "lost", "take_back": "taken_back"}[name]
