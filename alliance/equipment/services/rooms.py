"""A device with what is booked, as the engine takes it; and the lock under which it is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from alliance.equipment.engine import slots
from alliance.equipment.models import Booking, Device, Outage
from alliance.lib.workdays import SHANGHAI


def hold(device: Device) -> Device:
    """The device as it is now, locked until COMMIT: whoever changes its bookings takes turns."""
    held: Device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    return held


def midnight(day: date) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, time(), SHANGHAI)


def day_of(instant: datetime) -> date:
    """The local day of an instant."""
    return instant.astimezone(SHANGHAI).date()


def days_between(first: datetime, last: datetime) -> Sequence[date]:
    """The local days two instants touch, in order."""
    begin, end = day_of(first), day_of(last)
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def room_of(device: Device, first: datetime, last: datetime, *, but: Booking | None = None) -> slots.Room:
    """The device over the days two instants touch; `but`: a booking that does not count. Two queries."""
    days = days_between(first, last)
    begin, end = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    opening = device.open_hours
    held = Booking.objects.filter(device=device).holding().between(begin, end)
    held = held if but is None else held.exclude(pk=but.pk)
    out = Outage.objects.filter(device=device, lifted_at=None, starts_at__lt=end, ends_at__gt=begin)
    return slots.Room(
        spans=[span for day in days for span in opening.on(day, SHANGHAI)],
        outages=list(out.values_list("starts_at", "ends_at")),
        taken=[slots.Taken(*row) for row in held.values_list("place", "starts_at", "ends_at")],
        capacity=device.capacity,
        step=device.step_minutes,
    )
