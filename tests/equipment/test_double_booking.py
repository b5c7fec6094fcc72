"""N32: no two bookings of one place overlap, whatever comes at once; the database has the last word."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.equipment import services
from alliance.equipment.models import Booking, Device, Outage
from alliance.equipment.services import EquipmentRefused
from alliance.tenancy.scope import act_in
from tests.equipment.scene import MONDAY, NOW, at, booked, item, patient, prepare, scanner
from tests.world import World, make_world

AT_ONCE = 32


@pytest.fixture
def stage(own_database: str) -> tuple[World, Device]:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        device = scanner(world)
        item(device)
        for serial in range(AT_ONCE):
            patient(world.zhao, serial)
        return world, device


def together(world: World, times: int, deed: Callable[[int], str]) -> Counter[str]:
    """Run a deed so many times at once, each in a thread and transaction of its own; count the words."""
    gate = threading.Barrier(times)

    def one(number: int) -> str:
        try:
            gate.wait(60)
            with transaction.atomic(), act_in(world.qinghe):
                return deed(number)
        except EquipmentRefused as refused:
            return refused.reason
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))


def test_n32_of_32_at_once_one_gets_the_slot(stage: tuple[World, Device]) -> None:
    world, device = stage

    def deed(number: int) -> str:
        booked(world, device, "09:30", by="zhao" if number % 2 else "lin", serial=number)
        return "booked"

    assert together(world, AT_ONCE, deed) == {"booked": 1, "taken": AT_ONCE - 1}
    with transaction.atomic(), act_in(world.qinghe):
        assert Booking.objects.count() == 1


def test_an_outage_and_bookings_at_once_never_stand_in_each_other(stage: tuple[World, Device]) -> None:
    world, device = stage

    def deed(number: int) -> str:
        if number == 0:
            declared = services.declare(
                by=world.kong,
                device=device,
                kind="fault",
                starts_at=at("08:00"),
                ends_at=at("12:00"),
                now=NOW,
            )
            return f"outage asked {len(declared.asked)}"
        clock = (at("08:00") + timedelta(minutes=30 * (number % 8))).strftime("%H:%M")
        booked(world, device, clock, serial=number)
        return "booked"

    said = together(world, 17, deed)
    with transaction.atomic(), act_in(world.qinghe):
        assert not Booking.objects.holding().exists()
        assert said["booked"] == Booking.objects.filter(state="asked", outage__isnull=False).count()
        assert Outage.objects.count() == 1


# The database alone ------------------------------------------------------------------
def raw(device: Device, world: World, begin: str, end: str, **more: object) -> Booking:
    fields: dict[str, object] = {"purpose": "teaching", "institution": world.lead, "booked_by": world.lin}
    return Booking.objects.create(
        device=device, starts_at=at(begin), ends_at=at(end), booked_at=NOW, **(fields | more)
    )


def refused_by(deed: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        deed()
    return str(refused.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_the_database_refuses_an_overlap_without_any_service(qinghe: World) -> None:
    device = scanner(qinghe)
    raw(device, qinghe, "09:00", "10:00")
    for begin, end in (("09:30", "10:30"), ("08:30", "09:01"), ("09:10", "09:20"), ("08:00", "12:00")):
        assert refused_by(lambda b=begin, e=end: raw(device, qinghe, b, e)) == "equipment_no_double_booking"
    assert refused_by(lambda: raw(device, qinghe, "10:00", "22:01")) == "equipment_booking_longest"
    raw(device, qinghe, "10:00", "10:30")
    raw(device, qinghe, "09:00", "10:00", place=2)
    moved = raw(device, qinghe, "11:00", "11:30")
    moved.starts_at = at("10:15")
    assert refused_by(moved.save) == "equipment_no_double_booking"


def test_the_database_refuses_a_booking_in_an_outage_and_an_outage_over_a_booking(qinghe: World) -> None:
    device = scanner(qinghe)

    def out(begin: str, end: str) -> Outage:
        return Outage.objects.create(
            device=device, kind="fault", starts_at=at(begin), ends_at=at(end), declared_by=qinghe.kong,
            declared_at=NOW,
        )  # fmt: skip

    gone = out("08:00", "09:00")
    assert refused_by(lambda: raw(device, qinghe, "08:30", "09:30")) == "equipment_booking_outside_outages"
    Outage.objects.filter(pk=gone.pk).update(lifted_at=NOW)
    raw(device, qinghe, "08:30", "09:30")
    assert refused_by(lambda: out("09:00", "10:00")) == "equipment_outage_beside_bookings"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["book", "move", "cancel", "outage", "lift", "shorten"]),
            st.integers(0, 7),
            st.integers(0, 7),
            st.sampled_from([30, 60, 90]),
        ),
        max_size=14,
    )
)
def test_whatever_is_done_bookings_never_overlap(
    qinghe: World, deeds: list[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic():
        device = scanner(qinghe, code=f"P{Device.objects.count()}", capacity=2)
        items = {minutes: item(device, f"I{minutes}", minutes) for minutes in (30, 60, 90)}
        for serial, (name, first, second, minutes) in enumerate(deeds):
            try:
                _do(qinghe, device, name, first, second, items[minutes], serial)
            except (EquipmentRefused, IndexError):
                continue
            _nothing_overlaps(device)
        transaction.set_rollback(True)


def _do(world: World, device: Device, name: str, first: int, second: int, what: object, serial: int) -> None:
    begin = at("08:00") + timedelta(minutes=30 * first)
    live = list(Booking.objects.filter(device=device, state__in=Booking.LIVE).with_names().order_by("pk"))
    if name == "book":
        booked(world, device, begin.strftime("%H:%M"), item=what, serial=serial)
    elif name == "move":
        services.move(by=world.zhao, booking=live[second], starts_at=begin, now=NOW)
    elif name == "cancel":
        services.cancel(by=world.zhao, booking=live[second], reason="patient", now=NOW)
    elif name == "shorten":
        services.shorten(
            by=world.zhao, booking=live[second], ends_at=live[second].ends_at - timedelta(minutes=30), now=NOW
        )
    elif name == "outage":
        end = begin + timedelta(minutes=30 * (1 + second))
        services.declare(
            by=world.kong,
            device=device,
            kind="fault",
            starts_at=begin,
            ends_at=end,
            now=NOW,
            move=bool(second % 2),
        )
    else:
        services.lift(by=world.kong, outage=list(device.outages.filter(lifted_at=None))[second], now=NOW)


def _nothing_overlaps(device: Device) -> None:
    held = list(Booking.objects.filter(device=device).holding().order_by("place", "starts_at"))
    for one, after in pairwise(held):
        assert one.place != after.place or one.ends_at <= after.starts_at
    for out in device.outages.filter(lifted_at=None):
        assert not [one for one in held if one.starts_at < out.ends_at and out.starts_at < one.ends_at]
    assert all(one.starts_at.astimezone(at("08:00").tzinfo).date() >= MONDAY for one in held)
