"""The API of recognition: order and see what exists, decide, deliver results."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from rest_framework.throttling import ScopedRateThrottle

from alliance.models import Journal
from alliance.tenancy.scope import act_in
from referrals.recognition.models import Order, Result
from tests.recognition.scene import after, order, register, result
from tests.referrals.scene import number_of
from tests.world import World

ROOT = "/api/v1/recognition/"


@pytest.fixture
def scene(ready: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A register and a valid result of the lead hospital; throttles counted for this test alone."""
    monkeypatch.setattr(ScopedRateThrottle, "cache_format", f"{uuid4().hex}_%(scope)s_%(ident)s")
    with act_in(ready.qinghe):
        register(ready)
        result(ready)
    with time_machine.travel(after(hours=1), tick=False):
        yield ready


def body(**change: Any) -> dict[str, Any]:
    patient = {"name": "龚建良", "id_number": number_of(1)}
    return {"patient": patient, "item": "CT002", "external_number": "HIS-9", "department": "03"} | change


def send(client: Client, address: str, data: Any = None) -> Any:
    return client.post(f"{ROOT}{address}", json.dumps(data or {}), content_type="application/json")


def test_ordering_answers_with_what_the_alliance_holds(scene: World) -> None:
    zhao = scene.client("zhao")
    answer = send(zhao, "orders/", body())
    made = answer.json()
    assert (answer.status_code, made["state"], made["steps"]) == (
        201,
        "open",
        ["recognise", "repeat", "withdraw"],
    )
    (found,) = made["results"]
    assert (found["institution"], found["item"], found["conclusion"]) == ("QH01", "CT001", "右肺下叶炎症。")
    assert number_of(1) not in answer.content.decode()
    assert send(zhao, "orders/", body()).status_code == 200  # the same number is the same order
    done = send(zhao, f"orders/{made['id']}/recognise/", {"result": found["id"], "version": 1}).json()
    assert (done["state"], done["result"]) == ("recognised", found["id"])
    late = send(zhao, f"orders/{made['id']}/repeat/", {"reason": "R1", "version": 1})
    assert (late.status_code, late.json()["stored"]["state"]) == (409, "recognised")
    with act_in(scene.qinghe):
        assert Order.objects.count() == 1
        assert {tuple(row.detail["results"]) for row in Journal.objects.filter(verb="patient.read")} == {
            (found["id"],)
        }


def test_repeating_needs_a_reason(scene: World) -> None:
    with act_in(scene.qinghe):
        row = order(scene)
    zhao = scene.client("zhao")
    assert send(zhao, f"orders/{row.pk}/repeat/", {}).json()["fields"].keys() == {"reason"}
    assert send(zhao, f"orders/{row.pk}/repeat/", {"reason": "R6"}).json()["fields"].keys() == {"reason_text"}
    assert send(zhao, f"orders/{row.pk}/repeat/", {"reason": "R4"}).json()["reason"] == "R4"


def test_a_program_delivers_results_once(scene: World) -> None:
    lin = scene.client("lin")
    report = {
        "patient": {"name": "施玉兰", "id_number": number_of(2)}, "item": "LAB01", "number": "L1",
        "taken_at": "2026-11-12T08:00:00+08:00", "conclusion": "6.8 %",
    }  # fmt: skip
    assert [send(lin, "results/", report).status_code for _ in range(2)] == [201, 200]
    assert "number" in send(lin, "results/", report | {"conclusion": "7 %"}).json()["fields"]
    assert "item" in send(lin, "results/", report | {"item": "X", "number": "L2"}).json()["fields"]
    with act_in(scene.qinghe):
        assert Result.objects.get(number="L1").channel == "api"
    assert lin.get(f"{ROOT}results/").json()["count"] == 2
    assert scene.client("tan").get(f"{ROOT}results/").json()["count"] == 0
    assert {row["code"] for row in lin.get(f"{ROOT}items/").json()["results"]} == {"CT001", "CT002", "LAB01"}


def test_n1_n2_what_is_not_ones_own_is_not_found(scene: World) -> None:
    with act_in(scene.qinghe):
        row = order(scene)
    for name in ("tan", "lin", "qian"):
        client = scene.client(name)
        assert client.get(f"{ROOT}orders/{row.pk}/").status_code == 404
        assert send(client, f"orders/{row.pk}/repeat/", {"reason": "R1"}).status_code == 404
        assert client.get(f"{ROOT}orders/").json()["count"] == 0
    office = scene.client("luo").get(f"{ROOT}orders/{row.pk}/").json()
    assert (office["results"][0]["conclusion"], office["person"]["name"]) == ("", "龚**")
    assert Client().get(f"{ROOT}orders/").status_code == 401
    assert scene.client("han").get(f"{ROOT}orders/").status_code == 200
    assert send(scene.client("han"), "orders/", body()).status_code == 403


def test_what_is_wrong_stands_at_its_field(scene: World) -> None:
    zhao = scene.client("zhao")
    for change, field in (
        ({"item": "X"}, "item"), ({"department": "77"}, "department"),
        ({"patient": {"name": "龚"}}, "patient"),
    ):  # fmt: skip
        answer = send(zhao, "orders/", body(**change))
        assert answer.status_code == 400 and field in answer.json()["fields"]
    with act_in(scene.qinghe):
        assert not Order.objects.exists()


def test_the_schema_names_every_address(scene: World) -> None:
    from drf_spectacular.generators import SchemaGenerator

    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert {path for path in paths if path.startswith(ROOT)} == {
        f"{ROOT}items/", f"{ROOT}results/", f"{ROOT}orders/", f"{ROOT}orders/{{id}}/",
        *(f"{ROOT}orders/{{id}}/{step}/" for step in ("recognise", "repeat", "withdraw")),
    }  # fmt: skip
