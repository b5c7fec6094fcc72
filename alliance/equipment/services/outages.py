"""Outages 停机: declared, what they push aside is moved or asked for another time, and lifted again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.equipment.engine import slots
from alliance.equipment.models import Booking, Device, Outage
from alliance.equipment.services import rooms, steps, waiting
from alliance.equipment.services.booking import unqualified
from alliance.equipment.services.refusals import EquipmentRefused
from alliance.models import Membership
from alliance.services import journal, parameters

LONGEST_DAYS = 120
MOVE_DAYS = "equipment.move_days"


@dataclass(frozen=True, slots=True)
class Declared:
    """The outage, the bookings that were moved by themselves (the new ones), and those asked."""

    outage: Outage
    moved: tuple[Booking, ...]
    asked: tuple[Booking, ...]


@transaction.atomic
def declare(
    *,
    by: Membership,
    device: Device,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    text: str = "",
    move: bool = False,
) -> Declared:
    """Take a device out of use from one time to another.

    Each booking inside loses its time: with `move` it gets the next free one within `equipment.move_days`,
    else, or where there is none, its institution is asked for another. Raises EquipmentRefused (kind, span,
    long_outage), PermissionDenied.
    """
    _admit(by, device)
    _check(kind, starts_at, ends_at)
    held = rooms.hold(device)
    hit = list(
        Booking.objects.filter(device=held, state=Booking.State.BOOKED)
        .between(starts_at, ends_at)
        .select_related("device", "item", "person", "institution", "operator")
    )
    for booking in hit:
        _push_aside(by, booking)
    outage = Outage.objects.create(
        device=held, kind=kind, text=text.strip(), starts_at=starts_at, ends_at=ends_at, declared_by=by,
        declared_at=now,
    )  # fmt: skip
    Booking.objects.filter(pk__in=[booking.pk for booking in hit]).update(outage=outage)
    journal.write(by=by, verb="equipment.outage_declared", about=outage, device=held.pk, bookings=len(hit))
    asked = [Booking.objects.with_names().get(pk=booking.pk) for booking in hit]
    moved = [made for one in asked if move and (made := _next_free(by, held, one, now))]
    replaced = {made.previous_id for made in moved}
    return Declared(outage, tuple(moved), tuple(one for one in asked if one.pk not in replaced))


@transaction.atomic
def lift(*, by: Membership, outage: Outage, now: datetime) -> Outage:
    """End an outage; what is left of its time is free again. Raises EquipmentRefused (lifted)."""
    _admit(by, outage.device)
    if outage.lifted_at is not None or outage.ends_at <= now:
        raise EquipmentRefused("lifted")
    held = rooms.hold(outage.device)
    lifted: Outage = Outage.objects.claim(outage.pk, expect={"lifted_at": None}, change={"lifted_at": now})
    journal.write(by=by, verb="equipment.outage_lifted", about=lifted)
    waiting.move_up(by=by, device=held, begin=max(now, outage.starts_at), end=outage.ends_at, now=now)
    return lifted


def _check(kind: str, starts_at: datetime, ends_at: datetime) -> None:
    if kind not in Outage.Kind.values:
        raise EquipmentRefused("kind")
    if ends_at <= starts_at:
        raise EquipmentRefused("span")
    if ends_at - starts_at > timedelta(days=LONGEST_DAYS):
        raise EquipmentRefused("long_outage", days=LONGEST_DAYS)


def _admit(by: Membership, device: Device) -> None:
    if not device.is_owned_by(by) or not by.can("equipment.manage"):
        raise PermissionDenied(_("Only the owner of the device does this."))


def _push_aside(by: Membership, booking: Booking) -> None:
    """The booking no longer holds its time; the side of the owner needs no right of the booking's own."""
    before = booking.state
    Booking.objects.claim(
        booking.pk, expect={"state": before, "version": booking.version},
        change={"state": Booking.State.ASKED, "version": booking.version + 1},
    )  # fmt: skip
    journal.step(by=by, about=booking, name="ask", before=before, after=Booking.State.ASKED)


def _next_free(by: Membership, device: Device, asked: Booking, now: datetime) -> Booking | None:
    """The booking at the next free time of the same length; None when there is none soon enough, or its
    operator may not work then.
    """
    if asked.purpose == Booking.Purpose.MAINTENANCE:
        return None
    days = int(str(parameters.in_force(MOVE_DAYS, on=rooms.day_of(now))))
    first = max(now, asked.starts_at)
    room = rooms.room_of(device, first, first + timedelta(days=days))
    at = next(slots.free_starts(room, asked.minutes, not_before=first), None)
    if at is None or any(unqualified(device, asked.operator, at)):
        return None
    left: Booking = Booking.objects.claim(
        asked.pk, expect={"state": asked.state, "version": asked.version},
        change={"state": Booking.State.MOVED, "version": asked.version + 1, "closed_at": now},
    )  # fmt: skip
    journal.step(by=by, about=left, name="move", before=asked.state, after=left.state)
    return steps.successor(by=by, left=left, device=device, starts_at=at, now=now, told_at=None)
