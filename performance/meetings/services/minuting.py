"""Minutes: written in versions until chair and secretary, two people, sign the newest; then corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation

from alliance.lib.canonical import to_plain
from alliance.lib.documents import Document, Part
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal, steps
from performance.meetings import minutes as papers
from performance.meetings import sql
from performance.meetings.models import Meeting, Minutes, Resolution, Seat
from performance.meetings.refusals import MeetingRefused
from performance.meetings.services.meetings import require_desk

CHINESE = "zh-hans"
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
    return _kept(by, meeting, now, found.title, found.line, parts)


@transaction.atomic
def correct(
    *, by: Membership, meeting: Meeting, texts: Mapping[int, str], reason: str, now: datetime
) -> Minutes:
    """Write a corrigendum (更正纪要) of the signed minutes: other texts and why; what was decided stays.

    It takes the place of what it corrects when both have signed it. Raises PermissionDenied, MeetingRefused
    (unsigned, why, unchanged).
    """
    require_desk(by, meeting.body)
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    stands = standing(meeting)
    if meeting.state != Meeting.State.SIGNED or stands is None:
        raise MeetingRefused("unsigned")
    if not reason.strip():
        raise MeetingRefused("why")
    said = stands.content()
    parts = [replace(part, text=texts.get(place, part.text).strip()) for place, part in enumerate(said)]
    if [_lines(part.text) for part in parts] == [_lines(part.text) for part in said]:
        raise MeetingRefused("unchanged", n=stands.number)
    with translation.override(CHINESE):
        title = papers.corrected(meeting)
    return _kept(by, meeting, now, title, stands.line, parts, corrects=stands, reason=reason.strip())


def standing(meeting: Meeting) -> Minutes | None:
    """The signed version that stands; the signed ones before it are replaced."""
    found: Minutes | None = Minutes.objects.signed().filter(meeting=meeting).order_by("-number").first()
    return found


def _lines(text: str) -> list[str]:
    """A text without the line ends a browser adds."""
    return text.strip().splitlines()


def _kept(
    by: Membership, meeting: Meeting, now: datetime, title: str, line: str, parts: list[Part], **more: Any
) -> Minutes:
    last = Minutes.objects.filter(meeting=meeting).aggregate(last=Max("number"))["last"]
    row: Minutes = Minutes.objects.create(
        meeting=meeting, number=(last or 0) + 1, title=title[:160], line=line[:200],
        parts=to_plain(tuple(parts)), written_by=by, written_at=now, **more,
    )  # fmt: skip
    said = {"corrects": row.corrects.number, "reason": row.reason[:200]} if row.corrects else {}
    journal.write(
        by=by, verb="minutes.corrected" if said else "minutes.written", about=meeting, number=row.number,
        **said,
    )  # fmt: skip
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
    if newest.decided != sql.decided(row.pk):
        raise MeetingRefused("outdated")
    part = signs_as(by, row, newest)
    if part is None:
        raise MeetingRefused("not_signer")
    setattr(newest, part, by)
    setattr(newest, f"{part}_at", now)
    newest.save(update_fields=[part, f"{part}_at"])
    journal.write(by=by, verb="minutes.signed", about=row, number=newest.number, part=part)
    if newest.signed and newest.corrects_id is None:
        steps.take(steps.open_now("sign", row), by=by, row=row, verb="meeting.signed", now=now)
    return newest  # type: ignore[no-any-return]


def signs_as(by: Membership, meeting: Meeting, newest: Minutes | None) -> str | None:
    """As what the member may sign the newest minutes now: chair, secretary, or not at all.

    The deputy signs where the chair did not come. Who has signed one side does not sign the other. A
    corrigendum may also be signed by who holds the function today: who held it then may have left.
    """
    if newest is None or (newest.corrects_id is None) != (meeting.state == Meeting.State.HELD):
        return None
    signed = {"chair": newest.chair_id, "secretary": newest.secretary_id}
    if by.pk in signed.values():
        return None
    days = [timezone.localdate(meeting.begins_at), *([timezone.localdate()] if newest.corrects_id else [])]
    mine = {
        function
        for day in days
        for function in Seat.objects.on(day)
        .filter(body=meeting.body_id, user=by.user_id)
        .values_list("function", flat=True)
    }
    for part, functions in (("chair", {"chair", "deputy"}), ("secretary", {"secretary"})):
        if signed[part] is None and mine & functions:
            return part
    return None


def document(row: Minutes) -> Document:
    """A version as values, for page, sheet and docx: what it corrects and why, and by what it is replaced."""
    later = Minutes.objects.signed().filter(meeting=row.meeting_id, number__gt=row.number)
    by = later.order_by("-number").first() if row.signed else None
    with translation.override(CHINESE):  # a paper reads the same whoever prints it
        before, foot, signs = papers.standing(row, by), papers.digest(row), papers.signatures(row)
    return Document(row.title, row.line, (*before, *row.content()), foot, signs)
