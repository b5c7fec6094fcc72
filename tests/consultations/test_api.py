"""The API of consultations: ask, read, change, act, by the same rules as the pages."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.throttling import ScopedRateThrottle

from alliance.models import Journal, Person
from alliance.tenancy.scope import act_in
from referrals.consultations.models import Consultation
from tests.consultations.scene import asked, centre, doctor
from tests.referrals.scene import number_of
from tests.world import World

ROOT = "/api/v1/consultations/"


@pytest.fixture(autouse=True)
def own_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Throttles counted for this test alone."""
    monkeypatch.setattr(ScopedRateThrottle, "cache_format", f"{uuid4().hex}_%(scope)s_%(ident)s")


def body(**change: Any) -> dict[str, Any]:
    return {
        "kind": "consultation", "urgency": "urgent", "question": "需要手术吗？", "diagnosis_name": "胆囊结石",
        "diagnosis_code": "K80.200", "consent": True, "target_institution": "QH01", "target_department": "03",
        "patient": {"name": "龚建良", "id_number": number_of(1)},
    } | change  # fmt: skip


def send(client: Client, method: str, address: str, data: Any = None) -> Any:
    return getattr(client, method)(address, json.dumps(data or {}), content_type="application/json")


def test_asked_read_answered_and_closed(ready: World) -> None:
    zhao, lin = ready.client("zhao"), ready.client("lin")
    with act_in(ready.qinghe):
        doctor(ready.lead)
    made = send(zhao, "post", ROOT, body(impression="可择期"))
    assert made.status_code == 201
    pk = made.json()["id"]
    seen = lin.get(f"{ROOT}{pk}/").json()
    assert (seen["person"]["name"], seen["steps"]) == (
        "龚建良", ["accept", "answer", "send_back", "decline"]
    )  # fmt: skip
    assert number_of(1) not in json.dumps(seen)
    unknown = send(lin, "post", f"{ROOT}{pk}/accept/", {"version": 1, "doctor": "X9"})
    assert unknown.status_code == 400 and "X9" in unknown.json()["fields"]["doctor"][0]
    taken = send(lin, "post", f"{ROOT}{pk}/accept/", {"version": 1, "doctor": "D1"}).json()
    assert (taken["state"], taken["assigned_to"]) == ("accepted", "D1")
    assert send(lin, "post", f"{ROOT}{pk}/answer/", {}).json()["fields"].keys() == {"conclusion"}
    done = send(lin, "post", f"{ROOT}{pk}/answer/", {"conclusion": "择期手术"}).json()
    assert (done["state"], done["conclusion"]) == ("answered", "择期手术")
    end = send(zhao, "post", f"{ROOT}{pk}/close/", {"outcome": "referred_up", "verdict": "agrees"}).json()
    assert (end["state"], end["concordances"][0]["verdict"]) == ("closed", "agrees")


def test_n4_state_times_and_sides_cannot_be_written(ready: World) -> None:
    sneaky = {
        "alliance": ready.jiangzhou.pk, "state": "answered", "number": "HZ1", "version": 7, "conclusion": "x",
        "asked_at": "2020-01-01T00:00:00Z", "origin_institution": "QH01", "answer_rule": "D90",
    }  # fmt: skip
    assert send(ready.client("zhao"), "post", ROOT, body(**sneaky)).status_code == 201
    with act_in(ready.qinghe):
        row = Consultation.objects.get()
    assert (row.alliance_id, row.state, row.version, row.conclusion, row.answer_rule) == (
        ready.qinghe.pk, "requested", 1, "", "H4",
    )  # fmt: skip
    assert row.origin_institution_id == ready.shiqiao.pk and row.asked_at.year > 2020


def test_n33_and_n34_conflicts_are_409_with_the_row_as_it_is(ready: World) -> None:
    with act_in(ready.qinghe):
        row = asked(ready)
    zhao, address = ready.client("zhao"), f"{ROOT}{row.pk}/"
    assert send(zhao, "patch", address, {"version": 1, "question": "先"}).json()["version"] == 2
    answer = send(zhao, "patch", address, {"version": 1, "question": "后"})
    both = answer.json()
    assert answer.status_code == 409
    assert (both["stored"]["question"], both["sent"]["question"]) == ("先", "后")
    assert send(ready.client("kong"), "post", f"{address}accept/", {"version": 2}).status_code == 200
    answer = send(ready.client("lin"), "post", f"{address}accept/", {"version": 2})
    assert (answer.status_code, answer.json()["stored"]["state"]) == (409, "accepted")


def test_n1_n2_what_is_not_ones_own_is_not_found(ready: World) -> None:
    with act_in(ready.qinghe):
        row = asked(ready)
    for name in ("tan", "qian"):
        client = ready.client(name)
        for method, rest in (("get", ""), ("patch", ""), ("post", "answer/"), ("post", "cancel/")):
            answer = (
                client.get(f"{ROOT}{row.pk}/")
                if method == "get"
                else send(client, method, f"{ROOT}{row.pk}/{rest}")
            )
            assert answer.status_code == 404
        assert client.get(ROOT).json()["count"] == 0
    assert (
        send(ready.client("zhao"), "post", f"{ROOT}{row.pk}/answer/", {"conclusion": "x"}).status_code == 403
    )
    assert Client().get(ROOT).status_code == 401 and ready.client("han").get(ROOT).status_code == 403


def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(ready: World) -> None:
    with act_in(ready.qinghe):
        centre(ready, "ecg")
    client = ready.client("zhao")
    for change, field in (
        ({"consent": False}, "consent"), ({"diagnosis_code": "x"}, "diagnosis_code"),
        ({"kind": "imaging", "examination": "CT"}, "target"), ({"kind": "x"}, "kind"),
        ({"target_institution": "JZ01"}, "target_institution"),
        ({"target_department": "77"}, "target_department"),
        ({"target_institution": "QH11", "target_department": ""}, "target"),
        ({"patient": {"name": "龚建良"}}, "patient"),
    ):  # fmt: skip
        answer = send(client, "post", ROOT, body(**change))
        assert answer.status_code == 400 and field in answer.json()["fields"], change
    with act_in(ready.qinghe):
        assert not Consultation.objects.exists() and not Person.objects.exists()


def test_reading_is_journaled_lists_mask_and_cost_the_same_at_60_rows(ready: World) -> None:
    def queries() -> int:
        client = ready.client("lin")
        client.get(ROOT)
        with CaptureQueriesContext(connection) as captured:
            (line, *_rest) = client.get(ROOT).json()["results"]
        assert line["patient"] == "龚**"
        return len(captured)

    with act_in(ready.qinghe):
        for serial in range(10):
            row = asked(ready, serial=serial)
    ten = queries()
    with act_in(ready.qinghe):
        for serial in range(10, 60):
            asked(ready, serial=serial)
    assert queries() == ten <= 12
    ready.client("lin").get(f"{ROOT}{row.pk}/")
    with act_in(ready.qinghe):
        verbs = list(Journal.objects.filter(verb__startswith="patient").values_list("verb", flat=True))
    assert verbs.count("patient.listed") == 4 and verbs.count("patient.read") == 1


def test_the_schema_names_every_address(ready: World) -> None:
    from drf_spectacular.generators import SchemaGenerator

    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    steps = {"accept", "answer", "send-back", "decline", "close", "cancel"}
    assert {path for path in paths if path.startswith(ROOT)} == {
        ROOT, f"{ROOT}{{id}}/", *(f"{ROOT}{{id}}/{step}/" for step in steps)
    }  # fmt: skip
