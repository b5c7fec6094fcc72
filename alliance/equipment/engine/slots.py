"""Which times of a device are still free: opening hours less outages less what is booked, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Time = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking that holds its time on one of the parallel places."""

    place: int
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A device over some days: its open spans, outages, what is taken, and how it is booked."""

    spans: Sequence[Time]
    outages: Sequence[Time]
    taken: Sequence[Taken]
    capacity: int
    step: int  # minutes between two beginnings

    def is_open(self, begin: datetime, end: datetime) -> bool:
        """Whether one open span holds the whole time."""
        return any(first <= begin and end <= last for first, last in self.spans)

    def is_out(self, begin: datetime, end: datetime) -> bool:
        """Whether an outage takes some of the time."""
        return any(first < end and begin < last for first, last in self.outages)

    def on_step(self, begin: datetime) -> bool:
        """Whether a booking may begin then: whole steps after the opening of its span."""
        return any(
            first <= begin < last and (begin - first) % timedelta(minutes=self.step) == timedelta()
            for first, last in self.spans
        )

    def free_place(self, begin: datetime, end: datetime) -> int | None:
        """The lowest place nothing takes in that time; None when all are taken."""
        busy = {one.place for one in self.taken if one.begin < end and begin < one.end}
        return next((place for place in range(1, self.capacity + 1) if place not in busy), None)

    def is_free(self, begin: datetime, end: datetime) -> bool:
        """Whether a booking of that time is possible."""
        return (
            self.is_open(begin, end)
            and not self.is_out(begin, end)
            and self.free_place(begin, end) is not None
        )


def free_starts(room: Room, minutes: int, *, not_before: datetime) -> Iterator[datetime]:
    """Yield every beginning of a free time of so many minutes from `not_before` on, in order of time."""
    length, step = timedelta(minutes=minutes), timedelta(minutes=room.step)
    for first, last in sorted(room.spans):
        begin = first
        while begin + length <= last:
            if begin >= not_before and room.is_free(begin, begin + length):
                yield begin
            begin += step
