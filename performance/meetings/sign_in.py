"""The sheet to sign at the door of a meeting: who is asked, from where, as what, and who was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from performance.meetings.minutes import unit_of
from performance.meetings.models import Attendance, Meeting, Seat
from performance.meetings.services.meetings import quorum

GUESTS = 4  # empty lines for who comes without a seat


@dataclass(frozen=True)
class Line:
    """Somebody who is asked: the seat, where from, and the recorded presence; "" before it is recorded."""

    seat: Seat
    unit: str
    presence: str


def _unit(seat: Seat) -> str:
    return unit_of(seat) or (_("the whole alliance") if seat.membership_id else "")


def page(meeting: Meeting) -> dict[str, Any]:
    """Who was invited; before the invitation who sits in the body on the day. Three queries at most."""
    found = list(
        Attendance.objects.filter(meeting=meeting).select_related(
            "seat__membership__institution", "seat__membership__department"
        )
    )
    held = meeting.held_at is not None
    lines = [
        Line(one.seat, _unit(one.seat), str(one.get_presence_display()) if held else "") for one in found
    ]
    if not found and meeting.state == Meeting.State.PLANNED:
        sitting = Seat.objects.on(timezone.localdate(meeting.begins_at)).filter(body=meeting.body_id)
        lines = [
            Line(seat, _unit(seat), "")
            for seat in sitting.select_related("membership__institution", "membership__department")
        ]
    have, of, need = quorum(meeting, found)
    order = list(Seat.Function.values)
    return {
        "title": pgettext("meeting", "Sign-in sheet"), "meeting": meeting, "held": held,
        "lines": sorted(lines, key=lambda one: (order.index(one.seat.function), one.seat.name)),
        "guests": range(GUESTS), "quorum": {"have": have, "of": of, "need": need},
    }  # fmt: skip
