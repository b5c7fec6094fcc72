"""The week of a device as the calendar needs it: read once, then laid out without asking again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

from alliance.equipment.engine import grid, slots
from alliance.equipment.models import Booking, Device, ExamItem, Outage
from alliance.equipment.services import rooms
from alliance.lib.workdays import SHANGHAI

SHOWN = ("booked", "used", "missed")
LEAST_ROW = 30


@dataclass(frozen=True)
class Week:
    """A device from Monday to Sunday: bookings and outages by day, what is free, how much is taken."""

    device: Device
    monday: date
    bookings: Sequence[Booking]
    outages: Sequence[Outage]
    minutes: int  # the length that is looked for
    now: datetime

    @property
    def height(self) -> int:
        """Minutes of one row of the table."""
        return max(LEAST_ROW, self.device.step_minutes)

    @cached_property
    def room(self) -> slots.Room:
        """The week as the engine of free times takes it."""
        opening = self.device.open_hours
        return slots.Room(
            spans=[span for day in self.all_days for span in opening.on(day, SHANGHAI)],
            outages=[(one.starts_at, one.ends_at) for one in self.outages],
            taken=[
                slots.Taken(one.place, one.starts_at, one.ends_at)
                for one in self.bookings
                if one.state in Booking.HOLDS
            ],
            capacity=self.device.capacity,
            step=self.device.step_minutes,
        )

    @property
    def all_days(self) -> list[date]:
        """Monday to Sunday."""
        return [self.monday + timedelta(days=number) for number in range(7)]

    @cached_property
    def days(self) -> list[date]:
        """The days with opening hours or with something in them."""
        weekdays = set(self.device.open_hours.weekdays)
        used = {rooms.day_of(one.starts_at) for one in self.bookings}
        return [day for day in self.all_days if day.isoweekday() in weekdays or day in used]

    @cached_property
    def starts(self) -> dict[date, list[datetime]]:
        """Free beginnings by day."""
        found: dict[date, list[datetime]] = {}
        for at in slots.free_starts(self.room, self.minutes, not_before=self.now):
            found.setdefault(rooms.day_of(at), []).append(at)
        return found

    def column(self, day: date) -> grid.Day:
        """A day as the table takes it."""
        return grid.Day(
            spans=self.device.open_hours.spans.get(day.isoweekday(), ()),
            blocks=list(self._blocks(day)),
            starts=[minute(at) for at in self.starts.get(day, ())],
        )

    def _blocks(self, day: date) -> Iterator[grid.Block]:
        for one in self.bookings:
            if rooms.day_of(one.starts_at) == day:
                yield grid.Block(minute(one.starts_at), minute(one.ends_at) or 1440, key_of(one), (one.pk,))
        begin = rooms.midnight(day)
        for out in self.outages:
            first, last = max(out.starts_at, begin), min(out.ends_at, begin + timedelta(days=1))
            yield from (
                grid.Block(max(low, minute(first)), min(high, minute(last) or 1440), f"out{out.pk}", ())
                for low, high in self.device.open_hours.spans.get(day.isoweekday(), ())
                if first < last and low < (minute(last) or 1440) and minute(first) < high
            )

    # How much is taken ---------------------------------------------------------------
    @cached_property
    def taken(self) -> Counter[int]:
        """Minutes held, by institution."""
        found: Counter[int] = Counter()
        for one in self.bookings:
            if one.state in Booking.HOLDS:
                found[one.institution_id] += one.minutes
        return found

    @property
    def utilisation(self) -> Fraction | None:
        """Minutes held out of minutes open on all places; None where nothing is open."""
        available = self.device.open_hours.total(self.all_days) * self.device.capacity
        return Fraction(sum(self.taken.values()), available) if available else None

    @property
    def others(self) -> Fraction | None:
        """Minutes held by other institutions out of all minutes held; None where none are."""
        total = sum(self.taken.values())
        own = self.taken[self.device.institution_id]
        return Fraction(total - own, total) if total else None


def week_of(
    device: Device, day: date, now: datetime, item: ExamItem | None, items: Sequence[ExamItem]
) -> Week:
    """The week a day lies in; two queries. Free times are looked for in the length of the item, else of the
    shortest item, else of one step.
    """
    monday = day - timedelta(days=day.weekday())
    begin, end = rooms.midnight(monday), rooms.midnight(monday + timedelta(days=7))
    shortest = min((one.minutes for one in items), default=device.step_minutes)
    bookings = (
        Booking.objects.filter(device=device, state__in=SHOWN)
        .between(begin, end)
        .select_related("institution", "item", "person")
        .order_by("starts_at", "pk")
    )
    out = Outage.objects.filter(device=device, lifted_at=None, starts_at__lt=end, ends_at__gt=begin)
    return Week(device, monday, list(bookings), list(out), item.minutes if item else shortest, now)


def key_of(booking: Booking) -> str:
    """What makes bookings one block: who booked, or that it is missed, taught or maintained."""
    if booking.state == Booking.State.MISSED:
        return f"miss{booking.institution_id}"
    if booking.purpose != Booking.Purpose.PATIENT:
        return str(booking.purpose)
    return f"i{booking.institution_id}"


def minute(at: datetime) -> int:
    """Minutes after the local midnight."""
    here = at.astimezone(SHANGHAI)
    return here.hour * 60 + here.minute
