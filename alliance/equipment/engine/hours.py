"""Operating hours of a device: read from one line of text, counted, and laid over a day.

    1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00

Weekdays are 1 (Monday) to 7 (Sunday), single, as a range or with commas; times are local clock readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from alliance.lib.refusal import Refused

_DAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-(([01]?\d|2[0-3]):([0-5]\d)|24:00)")
DAY_MINUTES = 24 * 60


class HoursRefused(Refused):
    """The line of operating hours cannot be read."""

    reasons = {
        "empty": "Write the operating hours as in 1-5 08:00-12:00 14:00-17:30.",
        "days": "“%(text)s” names no weekdays. Write 1 to 7 as in 1-5 or 6,7.",
        "span": "“%(text)s” is no span of hours. Write it like 08:00-12:00.",
        "no_span": "Weekdays %(text)s have no hours. Write them like 08:00-12:00.",
        "order": "“%(text)s” ends before it begins.",
        "overlap": "Two spans of weekday %(text)s overlap. Join them.",
    }


@dataclass(frozen=True, slots=True)
class Opening:
    """Spans of each weekday (1 to 7) in minutes after midnight, ascending, not overlapping."""

    spans: Mapping[int, tuple[tuple[int, int], ...]]

    def minutes(self, weekday: int) -> int:
        """How many minutes a weekday is open."""
        return sum(end - begin for begin, end in self.spans.get(weekday, ()))

    def on(self, day: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """The spans of a day as instants."""
        midnight = datetime.combine(day, time(), zone)
        found = self.spans.get(day.isoweekday(), ())
        return [
            (midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end)) for begin, end in found
        ]

    def total(self, days: Iterable[date]) -> int:
        """How many minutes the days are open together."""
        return sum(self.minutes(day.isoweekday()) for day in days)

    def next_open(self, day: date) -> date:
        """The day itself, or the first after it with hours; the day where there are none at all.

        On a Sunday without hours the week to look at is the coming one, not the one that is over.
        """
        days = (day + timedelta(days=number) for number in range(7))
        return next((one for one in days if self.spans.get(one.isoweekday())), day)

    @property
    def weekdays(self) -> list[int]:
        """The weekdays with hours, ascending."""
        return sorted(weekday for weekday, spans in self.spans.items() if spans)

    @property
    def frame(self) -> tuple[int, int]:
        """The earliest opening and the latest closing of the week, in minutes after midnight."""
        all_spans = [span for spans in self.spans.values() for span in spans]
        return min(begin for begin, _end in all_spans), max(end for _begin, end in all_spans)


def parse(text: str) -> Opening:
    """Read operating hours. Raises HoursRefused: empty, days, span, no_span, order, overlap."""
    groups = [group.split() for group in re.split(r"[;；\n]", text) if group.strip()]
    if not groups:
        raise HoursRefused("empty")
    found: dict[int, list[tuple[int, int]]] = {}
    for days, *spans in groups:
        weekdays = _weekdays(days)
        if not spans:
            raise HoursRefused("no_span", text=days[:40])
        for weekday in weekdays:
            found.setdefault(weekday, []).extend(_span(one) for one in spans)
    return Opening({weekday: _in_order(weekday, spans) for weekday, spans in sorted(found.items())})


def _weekdays(text: str) -> list[int]:
    plain = text.replace("，", ",").replace("、", ",")
    if not _DAYS.fullmatch(plain):
        raise HoursRefused("days", text=text[:40])
    found: list[int] = []
    for part in plain.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    if not found:
        raise HoursRefused("days", text=text[:40])
    return found


def _span(text: str) -> tuple[int, int]:
    plain = text.replace("：", ":").replace("–", "-")
    if not _SPAN.fullmatch(plain):
        raise HoursRefused("span", text=text[:40])
    begin, end = (_minute(clock) for clock in plain.split("-"))
    if begin >= end:
        raise HoursRefused("order", text=text[:40])
    return begin, end


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _in_order(weekday: int, spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    ordered = sorted(spans)
    if any(end > begin for (_b, end), (begin, _e) in pairwise(ordered)):
        raise HoursRefused("overlap", text=weekday)
    return tuple(ordered)
