"""Planning a meeting, inviting, recording who came, cancelling (X2, S1-52)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.approvals.models import Approval, Decision
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal, parameters, steps
from performance.meetings import planning
from performance.meetings.models import Attendance, Body, Meeting, Resolution, Seat, desk
from performance.meetings.refusals import MeetingRefused

QUORUM = "meeting.quorum"
PRESENT = Attendance.Presence.PRESENT


def require_desk(by: Membership, body: Body) -> None:
    """Raise PermissionDenied unless the member runs the meetings of the body."""
    if not desk(by, body):
        raise PermissionDenied(_("Your role does not include this step."))


@transaction.atomic
def plan(
    *, by: Membership, body: Body, month: Month, title: str, begins_at: datetime, place: str, now: datetime,
    kind: str = Meeting.Kind.REGULAR,
) -> Meeting:  # fmt: skip
    """Plan a meeting of a body about a month, from today on: what a body decided before stands at its
    approval with the document (alliance.approvals). Raises PermissionDenied, MeetingRefused (past, title,
    place).
    """
    require_desk(by, body)
    if timezone.localdate(begins_at) < timezone.localdate(now):
        raise MeetingRefused("past", today=timezone.localdate(now))
    if not title.strip():
        raise MeetingRefused("title")
    if not place.strip():
        raise MeetingRefused("place")
    Body.objects.select_for_update().get(pk=body.pk)  # two plans at once take turns for their number
    last = Meeting.objects.filter(body=body, month=month.first_day).aggregate(last=Max("number"))["last"]
    row: Meeting = Meeting.objects.create(
        body=body, kind=kind, month=month.first_day, number=(last or 0) + 1, title=title.strip(),
        begins_at=begins_at, place=place.strip(), planned_by=by, planned_at=now,
        due_on=planning.due_on(body, month, kind),
    )  # fmt: skip
    journal.write(by=by, verb="meeting.planned", about=row, body=body.code, month=str(month))
    return row


@transaction.atomic
def invite(*, by: Membership, meeting: Meeting, now: datetime, version: int | None = None) -> Meeting:
    """Ask everybody who sits in the body on the day. Raises PermissionDenied, MeetingRefused (nobody),
    Stale.
    """
    step = steps.admitted("invite", by=by, row=meeting, version=version)
    seats = list(Seat.objects.on(timezone.localdate(meeting.begins_at)).filter(body=meeting.body_id))
    if not seats:
        raise MeetingRefused("nobody")
    Attendance.objects.bulk_create(Attendance(meeting=meeting, seat=seat) for seat in seats)
    invited: Meeting = steps.take(
        step, by=by, row=meeting, verb="meeting.invited", now=now, said={"members": len(seats)}
    )
    return invited


@transaction.atomic
def hold(
    *, by: Membership, meeting: Meeting, presence: Mapping[int, str], now: datetime,
    version: int | None = None,
) -> Meeting:  # fmt: skip
    """Record who came: `presence` by id of the attendance; again, to correct it, until they are signed.

    Raises PermissionDenied, MeetingRefused (future, voted), Stale.
    """
    again = meeting.state == Meeting.State.HELD
    step = steps.admitted("recount" if again else "hold", by=by, row=meeting, version=version)
    if now < meeting.begins_at:
        raise MeetingRefused("future")
    # Who gives a vote at this moment waits: voting locks the approval.
    voters = _voters(meeting) if again else set()
    rows = list(Attendance.objects.filter(meeting=meeting).select_related("seat"))
    for row in rows:
        row.presence = Attendance.Presence(presence.get(row.pk, Attendance.Presence.ABSENT))
    if wrong := [row.seat.name for row in rows if row.seat.user_id in voters and row.presence != PRESENT]:
        raise MeetingRefused("voted", names=_(", ").join(wrong))
    Attendance.objects.bulk_update(rows, ["presence"])
    held: Meeting = steps.take(
        step, by=by, row=meeting, verb="meeting.recounted" if again else "meeting.held", now=now,
        said={"present": sum(row.presence == PRESENT for row in rows)},
    )  # fmt: skip
    return held


def _voters(meeting: Meeting) -> set[int]:
    """Ids of the users whose vote counts in a resolution of the meeting; its approvals stay locked."""
    approvals = Approval.objects.filter(pk__in=Resolution.objects.filter(meeting=meeting).values("approval"))
    counts = [one.pk for one in approvals.select_for_update() if one.state != Approval.State.WITHDRAWN]
    return set(Decision.objects.filter(approval__in=counts).values_list("user", flat=True))


@transaction.atomic
def cancel(
    *, by: Membership, meeting: Meeting, reason: str, now: datetime, version: int | None = None
) -> Meeting:
    """It does not take place. Raises PermissionDenied, MeetingRefused (reason), Stale."""
    step = steps.admitted("cancel", by=by, row=meeting, version=version)
    if not reason.strip():
        raise MeetingRefused("reason")
    cancelled: Meeting = steps.take(
        step, by=by, row=meeting, verb="meeting.cancelled", now=now, remark=reason
    )
    return cancelled


def quorum(meeting: Meeting, attendance: list[Any] | None = None) -> tuple[int, int, int]:
    """How many came, of how many, and how many a decision needs: more than the share in force that day."""
    rows = list(Attendance.objects.filter(meeting=meeting)) if attendance is None else attendance
    share = parameters.in_force(QUORUM, on=timezone.localdate(meeting.begins_at))
    needed = int(len(rows) * int(str(share)) // 100) + 1
    return sum(row.presence == PRESENT for row in rows), len(rows), min(needed, max(len(rows), 1))
