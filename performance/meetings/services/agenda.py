"""The agenda: points entered by hand, and those the month brings by itself when it is asked (S1-52)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from alliance.models import Membership
from alliance.services import journal
from performance.meetings import filling
from performance.meetings.models import AgendaItem, Meeting, Resolution
from performance.meetings.refusals import MeetingRefused
from performance.meetings.services.meetings import require_desk


def _open(by: Membership, meeting: Meeting) -> Meeting:
    """The meeting with a turn on its agenda."""
    require_desk(by, meeting.body)
    row: Meeting = Meeting.objects.select_for_update(of=("self",)).select_related("body").get(pk=meeting.pk)
    if not row.open:
        raise MeetingRefused("closed")
    return row


def _next(meeting: Meeting) -> int:
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("place"))["last"]
    return int(last or 0) + 1


@transaction.atomic
def add(*, by: Membership, meeting: Meeting, title: str, text: str = "") -> AgendaItem:
    """Enter a point. Raises PermissionDenied, MeetingRefused (closed, title)."""
    meeting = _open(by, meeting)
    if not title.strip():
        raise MeetingRefused("title")
    row: AgendaItem = AgendaItem.objects.create(
        meeting=meeting, place=_next(meeting), source=AgendaItem.Source.HAND,
        key=f"hand-{secrets.token_hex(8)}", title=title.strip(), text=text.strip(),
    )  # fmt: skip
    journal.write(by=by, verb="meeting.point_added", about=meeting, point=row.title)
    return row


@transaction.atomic
def fill(*, by: Membership, meeting: Meeting, now: datetime) -> int:
    """Bring what the month knows: each thing once, however often it is asked; returns how many were new.

    In the language of who asks. Raises PermissionDenied, MeetingRefused (closed).
    """
    meeting = _open(by, meeting)
    known = set(AgendaItem.objects.filter(meeting=meeting).values_list("key", flat=True))
    place = _next(meeting)
    fresh = [one for one in filling.points(by, meeting, now) if one.key not in known]
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting, place=place + number, source=one.source, key=one.key, title=one.title[:160],
            text=one.text[:2000], page=one.page, arguments=list(one.arguments),
        )
        for number, one in enumerate(fresh)
    )  # fmt: skip
    journal.write(by=by, verb="meeting.filled", about=meeting, points=len(fresh))
    return len(fresh)


@transaction.atomic
def say(*, by: Membership, meeting: Meeting, point: AgendaItem, said: str) -> AgendaItem:
    """Keep what was said about a point. Raises PermissionDenied, MeetingRefused (closed)."""
    meeting = _open(by, meeting)
    row: AgendaItem = AgendaItem.objects.get(pk=point.pk, meeting=meeting)
    row.said = said.strip()
    row.save(update_fields=["said"])
    journal.write(by=by, verb="meeting.point_said", about=meeting, point=row.title)
    return row


@transaction.atomic
def remove(*, by: Membership, meeting: Meeting, point: AgendaItem) -> None:
    """Take a point out. Raises PermissionDenied, MeetingRefused (closed, used)."""
    meeting = _open(by, meeting)
    if Resolution.objects.filter(point=point).exists():
        raise MeetingRefused("used")
    journal.write(by=by, verb="meeting.point_removed", about=meeting, point=point.title)
    AgendaItem.objects.get(pk=point.pk, meeting=meeting).delete()
