"""Booking a slot: who, when, for whom, and what speaks against it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from alliance.equipment import services
from alliance.equipment.models import Booking
from alliance.equipment.services import EquipmentRefused, SlotTaken
from alliance.models import Journal
from tests.equipment.scene import MONDAY, NOW, at, booked, item, scanner, technician, wish
from tests.world import World


def refusal(world: World, asked: services.Wish, by: str = "zhao") -> str:
    with pytest.raises(EquipmentRefused) as refused:
        services.book(by=world.people[by], wish=asked, now=NOW)
    assert refused.value.template % refused.value.params
    return refused.value.reason


def test_a_township_books_the_county_scanner(qinghe: World) -> None:
    made = booked(qinghe, scanner(qinghe), "09:30")
    assert (made.state, made.institution, made.ends_at, made.place) == (
        "booked",
        qinghe.shiqiao,
        at("10:00"),
        1,
    )
    assert made.told_at == NOW
    assert Journal.objects.get(verb="equipment.booked").about_id == made.pk


def test_nobody_else_gets_the_same_time(qinghe: World) -> None:
    device = scanner(qinghe)
    booked(qinghe, device, "09:30")
    with pytest.raises(SlotTaken):
        booked(qinghe, device, "09:30", by="lin", serial=2)
    booked(qinghe, device, "10:00", by="lin", serial=2)


def test_two_places_take_two_at_once_and_no_third(qinghe: World) -> None:
    device = scanner(qinghe, capacity=2)
    assert [booked(qinghe, device, "09:30", serial=one).place for one in (1, 2)] == [1, 2]
    with pytest.raises(SlotTaken):
        booked(qinghe, device, "09:30", serial=3)


@pytest.mark.parametrize(
    ("clock", "day", "reason"),
    [
        ("12:00", MONDAY, "closed"),
        ("11:45", MONDAY, "closed"),
        ("07:30", MONDAY, "closed"),
        ("09:00", date(2026, 11, 15), "closed"),  # a Sunday
        ("14:00", date(2026, 11, 14), "closed"),  # Saturday afternoon
        ("09:10", MONDAY, "off_step"),
        ("09:30", date(2026, 11, 12), "past"),
        ("09:30", date(2027, 1, 18), "too_far"),
    ],
)
def test_only_in_operating_hours_ahead_and_on_the_step(
    qinghe: World, clock: str, day: date, reason: str
) -> None:
    assert refusal(qinghe, wish(qinghe, scanner(qinghe), clock, day=day)) == reason


@pytest.mark.parametrize(
    ("change", "by", "reason"),
    [
        ({}, "luo", "no_institution"),
        ({"person": None}, "zhao", "person"),
        ({"item": None}, "zhao", "item"),
        ({"purpose": "teaching"}, "zhao", "nobody"),
        ({"purpose": "teaching", "person": None, "item": None}, "zhao", "length"),
        ({"purpose": "maintenance", "person": None}, "zhao", "maintenance"),
        ({"purpose": "fun"}, "zhao", "purpose"),
    ],
)
def test_what_is_missing_is_named(qinghe: World, change: dict[str, Any], by: str, reason: str) -> None:
    assert refusal(qinghe, wish(qinghe, scanner(qinghe), "09:30", **change), by) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"shared": False}, "not_shared"),
        ({"is_active": False}, "retired"),
        ({"own_system": True}, "own_system"),
        ({"safety": "无起搏器\n已告知时间"}, "safety"),
        ({"operated_by": "user", "skill": "mr"}, "operator"),
    ],
)
def test_what_the_device_asks_for(qinghe: World, change: dict[str, Any], reason: str) -> None:
    assert refusal(qinghe, wish(qinghe, scanner(qinghe, **change), "09:30")) == reason


def test_teaching_takes_its_minutes_and_no_patient(qinghe: World) -> None:
    asked = wish(qinghe, scanner(qinghe), "14:00", purpose="teaching", person=None, item=None, minutes=90)
    assert services.book(by=qinghe.lin, wish=asked, now=NOW).minutes == 90


def test_the_operator_is_qualified_on_the_day(qinghe: World) -> None:
    device = scanner(qinghe, operated_by="user", skill="mr")
    unskilled, skilled = technician(qinghe, code="T1"), technician(qinghe, "mr", code="T2")
    assert refusal(qinghe, wish(qinghe, device, "09:30", operator=unskilled)) == "operator_skill"
    assert booked(qinghe, device, "09:30", operator=skilled).operator == skilled
    later = wish(qinghe, device, "09:30", operator=skilled, day=date(2027, 1, 4))
    assert refusal(qinghe, later) == "operator_skill"  # the certificate ended with the year


def test_an_item_of_another_device_is_none(qinghe: World) -> None:
    device, other = scanner(qinghe), scanner(qinghe, code="CT1", kind="ct")
    assert refusal(qinghe, wish(qinghe, device, "09:30", item=item(other))) == "item"


def test_a_long_item_ends_before_closing(qinghe: World) -> None:
    device = scanner(qinghe)
    long = item(device, "MR-HEART", minutes=60)
    assert refusal(qinghe, wish(qinghe, device, "11:30", item=long)) == "closed"
    assert booked(qinghe, device, "11:00", item=long).ends_at == at("12:00")
    assert Booking.objects.get().ends_at - Booking.objects.get().starts_at == timedelta(hours=1)
