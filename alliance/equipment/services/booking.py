"""Booking a slot: what speaks against it, and storing it so that nobody else has it (N32)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from alliance.equipment.engine import slots
from alliance.equipment.models import Booking, Device, ExamItem, Qualification
from alliance.equipment.services import rooms
from alliance.equipment.services.refusals import EquipmentRefused, SlotTaken
from alliance.models import Institution, Membership, Person, Staff
from alliance.services import journal, parameters

LONGEST = 720
AHEAD = "equipment.book_ahead"
Purpose = Booking.Purpose


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked. `minutes` counts only without an item; `person` only for a patient."""

    device: Device
    starts_at: datetime
    item: ExamItem | None = None
    minutes: int = 0
    purpose: str = Purpose.PATIENT
    person: Person | None = None
    operator: Staff | None = None
    safety_confirmed: bool = False
    note: str = ""

    @property
    def length(self) -> int:
        """How many minutes it takes."""
        return int(self.item.minutes) if self.item is not None else self.minutes

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.length)


@transaction.atomic
def book(*, by: Membership, wish: Wish, now: datetime) -> Booking:
    """Book a slot for the member's institution.

    Raises EquipmentRefused with the first fault, SlotTaken when somebody else holds the time.
    """
    device = rooms.hold(wish.device)
    for fault in faults(wish, by=by, now=now):
        raise fault
    made = place(by=by, wish=wish, institution=own(by), device=device, now=now, told_at=now)
    journal.write(by=by, verb="equipment.booked", about=made, device=device.pk)
    return made


def faults(wish: Wish, *, by: Membership, now: datetime) -> Iterator[EquipmentRefused]:
    """Everything about the wish itself that has to be corrected; whether the time is free comes after it."""
    yield from _wrong_device(wish.device, by)
    yield from _wrong_content(wish, by)
    yield from wrong_time(wish, now)
    yield from _wrong_operator(wish, by)


def place(
    *, by: Membership, wish: Wish, institution: Institution, device: Device, now: datetime, **more: Any
) -> Booking:
    """Store a booking on the first free place of the held device. Raises SlotTaken, EquipmentRefused (out,
    closed, off_step).
    """
    room = rooms.room_of(device, wish.starts_at, wish.ends_at)
    free = _free_place(room, wish, device)
    made = Booking(
        device=device, place=free, item=wish.item, purpose=wish.purpose, person=wish.person,
        institution=institution, booked_by=by, operator=wish.operator, starts_at=wish.starts_at,
        ends_at=wish.ends_at, safety_confirmed=wish.safety_confirmed, note=wish.note, booked_at=now, **more,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "equipment_no_double_booking" in str(error):
            raise SlotTaken from error
        raise
    return made


def own(by: Membership) -> Institution:
    """The member's institution. Raises EquipmentRefused (no_institution)."""
    if by.institution is None:
        raise EquipmentRefused("no_institution")
    return by.institution


def wrong_time(wish: Wish, now: datetime) -> Iterator[EquipmentRefused]:
    """A time that has passed, or lies further ahead than bookings are taken."""
    today = rooms.day_of(now)
    days = int(str(parameters.in_force(AHEAD, on=today)))
    if wish.starts_at < now:
        yield EquipmentRefused("past")
    if rooms.day_of(wish.starts_at) > today + timedelta(days=days):
        yield EquipmentRefused("too_far", days=days)


def _free_place(room: slots.Room, wish: Wish, device: Device) -> int:
    begin, end = wish.starts_at, wish.ends_at
    if not room.is_open(begin, end):
        raise EquipmentRefused("closed", opening=device.opening)
    if not room.on_step(begin):
        raise EquipmentRefused("off_step", minutes=room.step)
    if room.is_out(begin, end):
        raise EquipmentRefused("out")
    free = room.free_place(begin, end)
    if free is None:
        raise SlotTaken
    return free


def _wrong_device(device: Device, by: Membership) -> Iterator[EquipmentRefused]:
    if by.institution_id is None:
        yield EquipmentRefused("no_institution")
    elif not device.shared and device.institution_id != by.institution_id:
        yield EquipmentRefused("not_shared")
    if not device.is_active:
        yield EquipmentRefused("retired")
    if device.own_system:
        yield EquipmentRefused("own_system")


def _wrong_content(wish: Wish, by: Membership) -> Iterator[EquipmentRefused]:
    if wish.purpose not in Purpose.values:
        yield EquipmentRefused("purpose")
    patient = wish.purpose == Purpose.PATIENT
    if patient and wish.item is None:
        yield EquipmentRefused("item")
    if wish.item is not None and (wish.item.device_id != wish.device.pk or not wish.item.is_active):
        yield EquipmentRefused("item")
    if not 1 <= wish.length <= LONGEST:
        yield EquipmentRefused("length")
    if patient and wish.person is None:
        yield EquipmentRefused("person")
    if not patient and wish.person is not None:
        yield EquipmentRefused("nobody")
    if wish.purpose == Purpose.MAINTENANCE and by.institution_id != wish.device.institution_id:
        yield EquipmentRefused("maintenance")
    if patient and wish.device.questions and not wish.safety_confirmed:
        yield EquipmentRefused("safety")


def _wrong_operator(wish: Wish, by: Membership) -> Iterator[EquipmentRefused]:
    device, operator = wish.device, wish.operator
    if operator is None:
        if device.operated_by == Device.Operator.USER:
            yield EquipmentRefused("operator")
        return
    if operator.institution_id not in (by.institution_id, device.institution_id):
        yield EquipmentRefused("operator_place")
    yield from unqualified(device, operator, wish.starts_at)


def unqualified(device: Device, operator: Staff | None, at: datetime) -> Iterator[EquipmentRefused]:
    """An operator who does not hold the qualification of the device on the day of a time."""
    day = rooms.day_of(at)
    if operator is not None and device.skill and not qualified(operator, device.skill, day):
        yield EquipmentRefused(
            "operator_skill", name=operator.name, skill=device.get_skill_display(), day=day
        )


def qualified(operator: Staff, skill: str, day: date) -> bool:
    """Whether somebody holds a qualification on a day."""
    held = Qualification.objects.filter(staff=operator, skill=skill, valid_from__lte=day)
    return bool(held.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day)).exists())
