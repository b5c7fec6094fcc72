"""Shared equipment of the demonstration: a scanner that is booked, a CT with its own log, October's uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from alliance.demo import DemoAlliance, Patient
from alliance.equipment import facts, services
from alliance.equipment.services import clearing
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership, Person
from alliance.services import people
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground

FIRST, LAST = date(2026, 10, 9), date(2026, 10, 30)
HOURS = "1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"
SCANNER: dict[str, Any] = {
    "code": "MR01", "name": "1.5T 磁共振", "kind": "mri", "large": True, "brand": "联影", "model": "uMR 560",
    "room": "影像楼 1 层", "bought_on": date(2022, 3, 1), "cost_fen": 720_000_000, "opening": HOURS,
    "safety": "无起搏器、金属植入物\n已告知检查时间与地点",
}  # fmt: skip
CT: dict[str, Any] = {
    "code": "CT01", "name": "64 排 CT", "kind": "ct", "large": True, "brand": "东软", "model": "NeuViz 64",
    "room": "影像楼 2 层", "bought_on": date(2021, 6, 1), "cost_fen": 480_000_000, "opening": HOURS,
    "own_system": True,
}  # fmt: skip
SECOND_CT: dict[str, Any] = {
    "code": "CT02", "name": "16 排 CT", "kind": "ct", "large": True, "bought_on": date(2023, 9, 1),
    "cost_fen": 260_000_000, "opening": HOURS, "shared": False,
}  # fmt: skip
SCANS = (
    {"code": "MR-HEAD", "name": "头颅磁共振平扫", "minutes": 30, "fee_fen": 42_000},
    {"code": "MR-HEART", "name": "心脏磁共振平扫", "minutes": 60, "fee_fen": 68_000},
)
# Beginnings of a working day: the owner's patients, the township's on every second day.
OWN, GUEST = ("08:00", "08:30", "09:00", "09:30", "14:00", "14:30"), "10:30"
AHEAD_DAYS, MISSED_EVERY, UNCONFIRMED_DAYS = 5, 9, 3


@dataclass(frozen=True)
class Cast:
    """Who books, operates and confirms, and patients to take turns."""

    owner: Membership
    doctor: Membership
    guest: Membership
    patients: Sequence[Person]


def load(base: Ground, demo: DemoAlliance, today: date) -> int:
    """Register devices, book and use them; returns how many uses both sides stand by."""
    with act_in(base.alliance), transaction.atomic():
        cast = _cast(base, demo.patients)
        if cast is None:
            return 0
        place = cast.owner.institution
        scanner = services.enter_device(by=cast.owner, columns={**SCANNER, "institution": place}, items=SCANS)
        ct = services.enter_device(by=cast.owner, columns={**CT, "institution": place})
        _second_ct(base, cast)
        used = sum(_day(cast, scanner, day, number) for number, day in enumerate(_weekdays(FIRST, LAST)))
        used += _log(cast, ct)
        for number, day in enumerate(_weekdays(today, today + timedelta(days=AHEAD_DAYS))):
            _ahead(cast, scanner, day, number)
        _outage(cast, scanner, today)
        _clear(base, today)
        return used


def book_ahead(base: Ground, demo: DemoAlliance, since: date, today: date) -> int:
    """The scanner is booked for the coming days, where today lies beyond what `load` booked for `since`."""
    with act_in(base.alliance), transaction.atomic():
        cast = _cast(base, demo.patients)
        devices = facts.devices_named(one.device_id for one in facts.device_facts(Month.of(today)))
        scanner = next((one for one in devices if one.code == SCANNER["code"]), None)
        if cast is None or scanner is None or today <= since + timedelta(days=AHEAD_DAYS + 7):
            return 0
        days = _weekdays(today, today + timedelta(days=AHEAD_DAYS))
        for number, day in enumerate(days):
            _ahead(cast, scanner, day, number)
        return len(days)


def _cast(base: Ground, patients: Sequence[Patient]) -> Cast | None:
    def find(action: str, lead: bool) -> Membership | None:
        for one in base.members.values():
            here = one.institution
            if here is not None and (here.role == Institution.Role.LEAD) == lead and one.can(action):
                return one
        return None

    owner, doctor = find("equipment.manage", lead=True), find("equipment.book", lead=True)
    guest = find("equipment.book", lead=False)
    if owner is None or doctor is None or guest is None:
        return None
    known = [one for one in patients if one.id_number][:60]
    identities = [people.Identity(p.name, int(p.sex), p.birth, p.id_number, p.phone) for p in known]
    stored = people.store_many(by=base.steward, identities=identities)
    return Cast(owner, doctor, guest, sorted(stored.values(), key=lambda person: person.key))


def _second_ct(base: Ground, cast: Cast) -> None:
    """Another hospital bought a CT of its own and shares it with nobody."""
    others = (
        place
        for place in base.places.values()
        if place.role != Institution.Role.LEAD and place.level == Institution.Level.SECONDARY
    )
    place = next(others, None)
    if place is not None:
        services.enter_device(by=base.steward, columns={**SECOND_CT, "institution": place})


def _day(cast: Cast, device: Any, day: date, number: int) -> int:
    """A past day: bookings made the day before, used or missed."""
    done = 0
    for turn, clock in enumerate(OWN):
        done += _use(cast, _book(cast, cast.doctor, device, day, clock, 7 * number + turn), number + turn)
    if number % 2 == 0:
        done += _use(cast, _book(cast, cast.guest, device, day, GUEST, 50 + number), number + 1)
    return done


def _book(cast: Cast, by: Membership, device: Any, day: date, clock: str, turn: int) -> Any:
    wish = services.Wish(
        device=device, starts_at=_at(day, clock), item=device.items.get(code="MR-HEAD"),
        person=cast.patients[turn % len(cast.patients)], safety_confirmed=True,
    )  # fmt: skip
    return services.book(by=by, wish=wish, now=_at(day - timedelta(days=1), "15:00"))


def _use(cast: Cast, booking: Any, number: int) -> int:
    if number % MISSED_EVERY == MISSED_EVERY - 1:
        services.miss(by=cast.owner, booking=booking, now=booking.starts_at + timedelta(minutes=20))
        return 0
    begin = booking.starts_at + timedelta(minutes=number % 4)
    end = booking.ends_at - timedelta(minutes=number % 3)
    services.record_booking(
        by=cast.owner, booking=booking, started_at=begin, ended_at=end, now=end, result_ref=f"MR{booking.pk}"
    )
    return 1


def _log(cast: Cast, device: Any) -> int:
    """The CT's own log: the owner's lines, and the township's, which it confirms up to the last days."""
    done, days = 0, _weekdays(FIRST, LAST)
    for number, day in enumerate(days):
        for turn, place in enumerate(
            (cast.owner.institution, cast.owner.institution, cast.guest.institution)
        ):
            assert place is not None
            begin = _at(day, "09:00") + timedelta(minutes=25 * turn)
            log = services.Log(
                device, place, begin, begin + timedelta(minutes=15), item_name="胸部 CT 平扫", fee_fen=21_000,
                log_number=f"{day:%Y%m%d}-{turn + 1}",
            )  # fmt: skip
            made = services.record(by=cast.owner, log=log, now=_at(day, "18:00"), source="sheet")
            waits = number >= len(days) - UNCONFIRMED_DAYS
            if made.awaits(cast.guest) and not waits:
                services.confirm(by=cast.guest, uses=[made], now=_at(day, "19:00"))
            done += not made.awaits(cast.guest) or not waits
    return done


def _ahead(cast: Cast, device: Any, day: date, number: int) -> None:
    for turn, clock in enumerate(OWN[: 2 + number]):
        _book(cast, cast.doctor, device, day, clock, 30 + turn)
    _book(cast, cast.guest, device, day, GUEST, 40 + number)


def _outage(cast: Cast, device: Any, today: date) -> None:
    """Maintenance in two days; the bookings inside move to the next free time."""
    day = today + timedelta(days=2)
    services.declare(
        by=cast.owner, device=device, kind="maintenance", text="厂家工程师", starts_at=_at(day, "08:00"),
        ends_at=_at(day, "10:00"), now=_at(today, "09:00"), move=True,
    )  # fmt: skip


def _clear(base: Ground, today: date) -> None:
    """What October's uses leave between the institutions is computed and waits for a second person."""
    office = next((one for one in base.office if one.can("equipment.clear")), None)
    if office is not None:
        made = clearing.make(by=office, month=Month.of(LAST), now=_at(today, "09:30"))
        clearing.propose(by=office, clearing=made, on=today)


def _weekdays(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.isoweekday() < 6]


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)
