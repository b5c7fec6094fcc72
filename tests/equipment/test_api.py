"""The API of equipment: devices, bookings, 201 and 409; N32 over HTTP."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from alliance.equipment.models import Booking
from alliance.models import Journal
from alliance.services import api_keys
from alliance.tenancy.scope import act_in
from tests.equipment.scene import NOW, at, booked, item, prepare, scanner
from tests.referrals.scene import number_of
from tests.world import World, make_world

AT_ONCE = 32
URL = "/api/v1/equipment/bookings/"


def body(device: Any, serial: int = 1, **change: Any) -> dict[str, Any]:
    patient = {"name": "龚建良", "id_number": number_of(serial)}
    return {
        "device": device.pk, "starts_at": at("09:30").isoformat(), "item": "MR-HEAD", "patient": patient,
    } | change  # fmt: skip


def post(client: Client, data: dict[str, Any], **extra: Any) -> Any:
    return client.post(URL, data, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en", **extra)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_booking_over_the_api(qinghe: World, clock: None) -> None:
    device, zhao = scanner(qinghe), qinghe.client("zhao")
    item(device)
    made = post(zhao, body(device))
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["patient"], made.json()["institution"]) == (
        "booked", "龚建良", "QH11"
    )  # fmt: skip
    taken = post(qinghe.client("lin"), body(device, serial=2))
    assert (taken.status_code, taken.json()) == (
        409, {"error": "This time has just been taken. Choose another time or join the waiting list."}
    )  # fmt: skip
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": "NO"}, "item"),
        ({"starts_at": at("12:30").isoformat()}, "starts_at"),
        ({"patient": {"name": "龚建良", "id_number": "1"}}, "patient"),
        ({"purpose": "fun"}, "purpose"),
    ],
)
def test_what_is_wrong_names_its_field(
    qinghe: World, clock: None, change: dict[str, Any], field: str
) -> None:
    device = scanner(qinghe)
    item(device)
    refused = post(qinghe.client("zhao"), body(device, **change))
    assert refused.status_code == 400
    assert list(refused.json()["fields"]) == [field]
    assert not Booking.objects.exists()


def test_lists_and_one_booking_with_names_only_for_the_sides(qinghe: World, clock: None) -> None:
    made = booked(qinghe, scanner(qinghe), "09:30")
    zhao, tan = qinghe.client("zhao"), qinghe.client("tan")
    assert zhao.get("/api/v1/equipment/").json()["results"][0]["items"][0]["fee_fen"] == 42_000
    assert [one["patient"] for one in zhao.get(URL).json()["results"]] == ["龚**"]
    assert tan.get(URL).json()["results"] == []
    page = zhao.get(f"{URL}{made.pk}/").json()
    assert (page["patient"], page["steps"]) == ("龚建良", ["move", "cancel"])
    assert tan.get(f"{URL}{made.pk}/").status_code == 404
    assert Journal.objects.filter(verb="patient.read").count() == 1


def test_somebody_of_the_whole_alliance_books_nothing(qinghe: World, clock: None) -> None:
    device = scanner(qinghe)
    item(device)
    assert post(qinghe.client("luo"), body(device)).status_code == 403


def test_n32_of_32_requests_at_once_one_is_201_and_31_are_409(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        device = scanner(world)
        item(device)
        expires = timezone.now() + timedelta(days=1)
        text = api_keys.issue(by=world.zhao, name="n32", expires_at=expires)[1]
        begin = at("09:30", (timezone.localdate() + timedelta(days=14 - timezone.localdate().weekday())))
    gate = threading.Barrier(AT_ONCE)

    def one(serial: int) -> int:
        client = Client(raise_request_exception=False)
        try:
            gate.wait(60)
            wanted = body(device, serial, starts_at=begin.isoformat())
            return int(post(client, wanted, HTTP_AUTHORIZATION=f"Bearer {text}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert Counter(pool.map(one, range(AT_ONCE))) == {201: 1, 409: AT_ONCE - 1}
    with transaction.atomic(), act_in(world.qinghe):
        assert Booking.objects.count() == 1
