"""Minutes: written in versions until chair and secretary have signed the newest, two people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.lib.canonical import to_plain
from alliance.lib.documents import Document
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal, steps
from performance.meetings import minutes as papers
from performance.meetings.models import Meeting, Minutes, Resolution, Seat
from performance.meetings.refusals import MeetingRefused
from performance.meetings.services.meetings import require_desk

UNDECIDED = {"decided": Resolution.State.DRAFT, "voting": Resolution.State.PUT}


@transaction.atomic
def write(
    *, by: Membership, meeting: Meeting, now: datetime, texts: Mapping[int, str] | None = None
) -> Minutes:
    """Write the next version: from attendance, agenda and resolutions as they are, with texts of one's own.

    Raises PermissionDenied, MeetingRefused (closed).
    """
    require_desk(by, meeting.body)
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.state != Meeting.State.HELD:
        raise MeetingRefused("closed")
    found = papers.fill(meeting, now)
    parts = [
        replace(part, text=texts.get(place, part.text).strip()) if texts else part
        for place, part in enumerate(found.parts)
    ]
    last = Minutes.objects.filter(meeting=meeting).aggregate(last=Max("number"))["last"]
    row: Minutes = Minutes.objects.create(
        meeting=meeting, number=(last or 0) + 1, title=found.title[:160], line=found.line[:200],
        parts=to_plain(tuple(parts)), written_by=by, written_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="minutes.written", about=meeting, number=row.number)
    return row


@transaction.atomic
def sign(*, by: Membership, meeting: Meeting, number: int, now: datetime) -> Minutes:
    """Chair or secretary of the day signs the newest version; with both signatures the meeting is closed.

    Raises MeetingRefused (no_minutes, decided, voting, outdated, not_signer), Stale (another version was
    written meanwhile).
    """
    row = Meeting.objects.select_for_update(of=("self",)).select_related("body").get(pk=meeting.pk)
    newest = Minutes.objects.select_for_update().filter(meeting=row).order_by("-number").first()
    if newest is None:
        raise MeetingRefused("no_minutes")
    if newest.number != number:
        raise Stale(newest)
    for reason, state in UNDECIDED.items():
        if left := Resolution.objects.filter(meeting=row, state=state).count():
            raise MeetingRefused(reason, n=left)
    if not papers.holds(newest):
        raise MeetingRefused("outdated")
    part = signs_as(by, row, newest)
    if part is None or row.state != Meeting.State.HELD:
        raise MeetingRefused("not_signer")
    setattr(newest, part, by)
    setattr(newest, f"{part}_at", now)
    newest.save(update_fields=[part, f"{part}_at"])
    journal.write(by=by, verb="minutes.signed", about=row, number=newest.number, part=part)
    if newest.signed:
        steps.take(steps.open_now("sign", row), by=by, row=row, verb="meeting.signed", now=now)
    return newest  # type: ignore[no-any-return]


def signs_as(by: Membership, meeting: Meeting, newest: Minutes | None) -> str | None:
    """As what the member may sign the newest minutes now: chair, secretary, or not at all.

    The deputy signs where the chair did not come. Who has signed one side does not sign the other.
    """
    if newest is None:
        return None
    signed = {"chair": newest.chair_id, "secretary": newest.secretary_id}
    if by.pk in signed.values():
        return None
    seats = Seat.objects.on(timezone.localdate(meeting.begins_at)).filter(body=meeting.body_id)
    mine = set(seats.filter(user=by.user_id).values_list("function", flat=True))
    for part, functions in (("chair", {"chair", "deputy"}), ("secretary", {"secretary"})):
        if signed[part] is None and mine & functions:
            return part
    return None


def document(row: Minutes) -> Document:
    """A version as values, for page, sheet and docx."""
    return Document(row.title, row.line, row.content(), "", papers.signatures(row))
