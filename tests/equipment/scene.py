"""A magnetic resonance scanner at the county hospital, townships that book it: the smallest stage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from alliance.equipment import services
from alliance.equipment.models import Booking, Device, ExamItem, Qualification, Waiting
from alliance.equipment.services.waiting import Hope
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership, Person, Staff
from alliance.services import calendar, parameters, people
from tests.referrals.scene import number_of
from tests.world import World

# Thursday 12 November 2026, 10:24 in Shanghai.
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
HOURS = "1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"


def at(clock: str, day: date = MONDAY) -> datetime:
    """A local time: "09:30" of Monday 16 November unless another day is named."""
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), SHANGHAI)


def prepare(world: World) -> None:
    """What an alliance needs before it books. Call inside act_in."""
    parameters.load_register()
    calendar.seed(since=2026)


def scanner(world: World, **change: Any) -> Device:
    """The county hospital's scanner, shared, one patient at a time."""
    fields: dict[str, Any] = {
        "code": "MR1", "name": "1.5T 磁共振", "kind": "mri", "institution": world.lead, "large": True,
        "bought_on": date(2022, 3, 1), "cost_fen": 720_000_000, "opening": HOURS,
    }  # fmt: skip
    return Device.objects.create(**(fields | change))


def item(device: Device, code: str = "MR-HEAD", minutes: int = 30, fee_fen: int = 42_000) -> ExamItem:
    """An examination item of a device."""
    return ExamItem.objects.create(
        device=device, code=code, name="头颅磁共振平扫", minutes=minutes, fee_fen=fee_fen
    )


def patient(by: Membership, serial: int = 1, name: str = "龚建良") -> Person:
    """A patient with an ID number of nobody."""
    return people.find_or_create(by=by, name=name, id_number=number_of(serial))


def wish(
    world: World, device: Device, clock: str, *, serial: int = 1, day: date = MONDAY, **change: Any
) -> services.Wish:
    """Half an hour for patient `serial` of Shiqiao."""
    found = ExamItem.objects.filter(device=device).first() or item(device)
    fields: dict[str, Any] = {"item": found, "person": patient(world.zhao, serial)}
    return services.Wish(device=device, starts_at=at(clock, day), **(fields | change))


def booked(
    world: World, device: Device, clock: str, *, by: str = "zhao", now: datetime = NOW, **change: Any
) -> Booking:
    """A booking of Shiqiao (or of another member), just made."""
    return services.book(by=world.people[by], wish=wish(world, device, clock, **change), now=now)


def waits(
    world: World, device: Device, first: str, last: str, *, by: str = "zhao", serial: int = 9, **change: Any
) -> Waiting:
    """A place in the queue between two times of Monday."""
    found = ExamItem.objects.filter(device=device).first() or item(device)
    hope = Hope(device, found, patient(world.zhao, serial), at(first), at(last), **change)
    return services.join(by=world.people[by], hope=hope, now=NOW)


def fill(world: World, device: Device, first: str, last: str, *, by: str = "zhao") -> list[Booking]:
    """Bookings for every half hour between two times of Monday."""
    begin, serial, made = at(first), 20, []
    while begin < at(last):
        made.append(booked(world, device, begin.strftime("%H:%M"), by=by, serial=serial))
        begin, serial = begin + timedelta(minutes=30), serial + 1
    return made


def technician(world: World, skill: str = "", code: str = "T01") -> Staff:
    """Somebody of Shiqiao, with a qualification of this year where one is named."""
    staff = Staff.objects.create(institution=world.shiqiao, code=code, name="技师甲", kind="technician")
    if skill:
        Qualification.objects.create(
            staff=staff, skill=skill, valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31)
        )
    return staff
