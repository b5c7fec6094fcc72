"""The API: list, log, read, amend, act, by session and by key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.throttling import ScopedRateThrottle

from alliance.models import Journal, Person
from alliance.services import people
from alliance.tenancy.scope import act_in
from alliance.web import tokens
from referrals import services
from referrals.models import Referral
from tests.referrals.scene import NOW, SOON, logged, number_of, patient, prepare
from tests.world import World

ROOT = "/api/v1/referrals/"


@pytest.fixture
def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The cast with Qinghe prepared, no alliance open, throttles counted for this test alone."""
    monkeypatch.setattr(ScopedRateThrottle, "cache_format", f"{uuid4().hex}_%(scope)s_%(ident)s")
    with act_in(world.qinghe):
        prepare(world)
    yield world


def key_of(world: World, name: str) -> Client:
    """A program with a key of one of the cast."""
    with act_in(world.qinghe):
        text = tokens.issue(
            membership=world.people[name], name="HIS", expires_at=timezone.now() + timedelta(days=1)
        )
    return Client(headers={"Authorization": f"Bearer {text}"})


def body(**change: Any) -> dict[str, Any]:
    return {
        "direction": "up", "urgency": "urgent", "reason": "difficult", "diagnosis_code": "I50.900",
        "diagnosis_name": "心力衰竭", "summary": "活动后气促 3 天。", "consent": True,
        "target_institution": "QH01",
        "target_department": "03", "patient": {"name": "龚建良", "id_number": number_of(1)},
    } | change  # fmt: skip


def send(client: Client, method: str, address: str, data: Any = None) -> Any:
    if method == "get":
        return client.get(address)
    return getattr(client, method)(address, json.dumps(data or {}), content_type="application/json")


def make(world: World, **change: Any) -> Referral:
    with act_in(world.qinghe):
        return logged(world, **change)


def stored(world: World) -> list[Referral]:
    with act_in(world.qinghe):
        return list(Referral.objects.order_by("pk"))


@pytest.mark.parametrize("way", ["session", "key"])
def test_a_referral_is_logged_read_accepted_and_completed(ready: World, way: str) -> None:
    def of(name: str) -> Client:
        return ready.client(name) if way == "session" else key_of(ready, name)

    sender, receiver = of("zhao"), of("lin")
    answer = send(sender, "post", ROOT, body())
    made = answer.json()
    assert answer.status_code == 201
    assert (made["state"], made["version"], made["steps"], made["target_department"]) == (
        "submitted",
        1,
        ["cancel"],
        "03",
    )
    seen = receiver.get(f"{ROOT}{made['id']}/").json()
    assert (seen["person"]["name"], seen["steps"]) == ("龚建良", ["accept", "ask", "decline"])
    assert number_of(1) not in json.dumps(seen)
    assert send(receiver, "post", f"{ROOT}{made['id']}/accept/", {"version": 1}).json()["state"] == "accepted"
    assert send(receiver, "post", f"{ROOT}{made['id']}/arrive/").json()["state"] == "arrived"
    done = send(receiver, "post", f"{ROOT}{made['id']}/complete/", {"reply": "好转"}).json()
    assert (done["state"], done["reply"]) == ("completed", "好转")
    assert done["completed_at"] is not None


def test_declining_cancelling_and_not_coming(ready: World) -> None:
    one, two, three = (make(ready, serial=serial) for serial in (1, 2, 3))
    lin, zhao = ready.client("lin"), ready.client("zhao")
    assert send(lin, "post", f"{ROOT}{one.pk}/decline/", {"decline_reason": "x"}).json()["fields"].keys() == {
        "decline_reason"
    }
    answer = send(lin, "post", f"{ROOT}{one.pk}/decline/", {"decline_reason": "no_bed"})
    assert (answer.status_code, answer.json()["decline_reason"]) == (200, "no_bed")
    assert send(zhao, "post", f"{ROOT}{two.pk}/cancel/").status_code == 400
    assert send(zhao, "post", f"{ROOT}{two.pk}/cancel/", {"note": "不去了"}).json()["state"] == "cancelled"
    with act_in(ready.qinghe):
        services.accept(by=ready.lin, referral=three, now=SOON)
    assert send(lin, "post", f"{ROOT}{three.pk}/no-show/").json()["state"] == "no_show"


def test_nobody_without_a_session_or_a_valid_key(ready: World) -> None:
    referral = make(ready)
    for client in (Client(), Client(headers={"Authorization": "Bearer qinghe." + "x" * 43})):
        assert client.get(ROOT).status_code == 401
        assert client.get(f"{ROOT}{referral.pk}/").status_code == 401
        assert send(client, "post", ROOT, body()).status_code == 401
    assert ready.client("han").get(ROOT).status_code == 403
    assert send(ready.client("wu"), "post", ROOT, body()).status_code == 403
    assert send(ready.client("zhao"), "post", f"{ROOT}{referral.pk}/accept/").status_code == 403


def test_a_session_without_the_csrf_token_writes_nothing(ready: World) -> None:
    client = ready.client("zhao", enforce_csrf_checks=True)
    assert send(client, "post", ROOT, body()).status_code == 403
    assert stored(ready) == []


def test_n1_and_n2_what_is_not_ones_own_is_not_found(ready: World) -> None:
    referral = make(ready)
    for name in ("tan", "qian"):
        client = ready.client(name)
        missing = client.get(f"{ROOT}999999999/")
        for method, address in (("get", ""), ("patch", ""), ("post", "accept/"), ("post", "cancel/")):
            answer = send(client, method, f"{ROOT}{referral.pk}/{address}")
            assert (answer.status_code, answer.content) == (404, missing.content)
        assert client.get(ROOT).json()["count"] == 0
    with act_in(ready.qinghe):
        assert Journal.objects.filter(verb="request.denied", membership=ready.tan).count() == 5


def test_n3_a_patient_of_the_other_alliance_or_another_institution_is_refused_alike(ready: World) -> None:
    with act_in(ready.jiangzhou):
        foreign = patient(ready.qian, serial=9)
    with act_in(ready.qinghe):
        unknown = patient(ready.tan, serial=8)
    client, answers = ready.client("zhao"), []
    for pk in (foreign.pk, unknown.pk, 999_999_999):
        data = body(person=pk)
        del data["patient"]
        answer = send(client, "post", ROOT, data)
        assert answer.status_code == 400
        answers.append(answer.content.decode().replace(str(pk), "#"))
    assert len(set(answers)) == 1 and stored(ready) == []


def test_a_patient_the_institution_knows_is_referred_by_id(ready: World) -> None:
    first = make(ready)
    with act_in(ready.qinghe):
        services.cancel(by=ready.zhao, referral=first, now=NOW, note="x")
    data = body(person=first.person_id)
    del data["patient"]
    assert send(ready.client("zhao"), "post", ROOT, data).status_code == 201


def test_a_place_of_the_other_alliance_is_refused(ready: World) -> None:
    client = ready.client("zhao")
    for change in (
        {"target_institution": "JZ01"},
        {"target_department": "99"},
        {"target_institution": "QH11"},
    ):
        assert send(client, "post", ROOT, body(**change)).status_code == 400
    assert stored(ready) == []
    with act_in(ready.qinghe):
        assert Person.objects.count() == 0


def test_n4_alliance_state_times_and_origin_cannot_be_written(ready: World) -> None:
    sneaky = {
        "alliance": ready.jiangzhou.pk, "alliance_id": ready.jiangzhou.pk, "state": "completed",
        "number": "ZZ1",
        "version": 7, "logged_at": "2020-01-01T00:00:00Z", "arrived_at": "2020-01-01T00:00:00Z",
        "origin_institution": "QH01", "logged_by": ready.lin.pk, "answer_rule": "D90",
    }  # fmt: skip
    client = ready.client("zhao")
    assert send(client, "post", ROOT, body(**sneaky)).status_code == 201
    (referral,) = stored(ready)

    def untouched(row: Referral) -> bool:
        return (row.alliance_id, row.state, row.answer_rule, row.arrived_at, row.origin_institution_id) == (
            ready.qinghe.pk, "submitted", "M30", None, ready.shiqiao.pk,
        ) and row.logged_by_id == ready.zhao.pk and row.logged_at.year > 2020  # fmt: skip

    assert untouched(referral)
    answer = send(
        client,
        "patch",
        f"{ROOT}{referral.pk}/",
        sneaky | {"version": 1, "summary": "改了", "urgency": "critical"},
    )
    assert answer.status_code == 200
    (referral,) = stored(ready)
    assert untouched(referral) and (referral.summary, referral.urgency, referral.version) == (
        "改了",
        "urgent",
        2,
    )
    send(
        client,
        "post",
        f"{ROOT}{referral.pk}/cancel/",
        sneaky | {"version": 2, "note": "x", "state": "completed"},
    )
    assert stored(ready)[0].state == "cancelled"


def test_n33_the_second_answer_is_409_with_the_row_as_it_is(ready: World) -> None:
    referral = make(ready)
    assert (
        send(ready.client("kong"), "post", f"{ROOT}{referral.pk}/accept/", {"version": 1}).status_code == 200
    )
    answer = send(ready.client("lin"), "post", f"{ROOT}{referral.pk}/accept/", {"version": 1})
    assert (answer.status_code, answer.json()["stored"]["state"]) == (409, "accepted")


def test_n34_a_stale_change_is_409_with_both_versions(ready: World) -> None:
    referral = make(ready)
    client = ready.client("zhao")
    assert (
        send(client, "patch", f"{ROOT}{referral.pk}/", {"version": 1, "summary": "先"}).json()["version"] == 2
    )
    answer = send(client, "patch", f"{ROOT}{referral.pk}/", {"version": 1, "summary": "后"})
    both = answer.json()
    assert answer.status_code == 409
    assert (both["stored"]["summary"], both["stored"]["version"], both["sent"]["summary"]) == ("先", 2, "后")
    assert stored(ready)[0].summary == "先"
    assert send(client, "patch", f"{ROOT}{referral.pk}/", {"summary": "x"}).status_code == 400


def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(ready: World) -> None:
    client = ready.client("zhao")
    for change, field in (
        ({"reason": "stable"}, "reason"), ({"consent": False}, "consent"),
        ({"diagnosis_code": ""}, "diagnosis_code"),
        ({"direction": "across"}, "direction"), ({"person": 1}, "person"), ({"summary": ""}, "summary"),
        ({"patient": {"name": "龚建良"}}, "patient"),
        ({"patient": {"name": "龚建良", "id_number": "330106195903121234"}}, "patient"),
    ):  # fmt: skip
        answer = send(client, "post", ROOT, body(**change))
        assert answer.status_code == 400 and field in answer.json()["fields"], change
    make(ready)
    answer = send(client, "post", ROOT, body())
    assert answer.status_code == 400 and "ZZ261112-0001" in answer.content.decode()
    with act_in(ready.qinghe):
        assert people.Person.objects.count() == 1


def test_the_same_is_refused_in_the_words_of_the_page_and_all_at_once(ready: World) -> None:
    answer = send(
        ready.client("zhao"), "post", ROOT,
        body(consent=False, summary="", diagnosis_code="心衰", expected_at="1900-01-01T08:00:00+08:00"),
    )  # fmt: skip
    fields = answer.json()["fields"]
    assert answer.status_code == 400 and set(fields) == {
        "consent", "summary", "diagnosis_code", "expected_at",
    }  # fmt: skip
    assert fields["expected_at"][0].startswith("预计到达时间应在") and "请改日期" in fields["expected_at"][0]
    gone = make(ready, insurance="resident")
    with act_in(ready.qinghe):
        services.accept(by=ready.lin, referral=gone, now=NOW + timedelta(minutes=5))
    far = send(
        ready.client("lin"), "post", f"{ROOT}{gone.pk}/schedule/", {"planned_at": "2062-01-01T08:00:00Z"}
    )
    assert far.status_code == 400 and "一年以后" in far.json()["fields"]["planned_at"][0]
    nowhere = send(ready.client("zhao"), "post", ROOT, body(target_department="99"))
    assert "没有这个科室" in nowhere.json()["fields"]["target_department"][0]


def test_reading_is_journaled_and_lists_mask(ready: World) -> None:
    referral = make(ready)
    client = ready.client("lin")
    (line,) = client.get(ROOT).json()["results"]
    assert (line["patient"], line["number"]) == ("龚**", referral.number)
    client.get(f"{ROOT}{referral.pk}/")
    office = ready.client("luo").get(f"{ROOT}{referral.pk}/").json()["person"]
    assert (office["name"], office["birth_date"]) == ("龚**", None)
    with act_in(ready.qinghe):
        verbs = list(
            Journal.objects.filter(verb__startswith="patient").order_by("pk").values_list("verb", flat=True)
        )
    assert verbs == ["patient.listed", "patient.read", "patient.read"]


def test_the_list_costs_the_same_queries_at_10_and_at_60_rows(ready: World) -> None:
    def queries() -> int:
        client = ready.client("lin")
        client.get(ROOT)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ROOT).status_code == 200
        return len(captured)

    for serial in range(10):
        make(ready, serial=serial)
    ten = queries()
    for serial in range(10, 60):
        make(ready, serial=serial)
    assert queries() == ten <= 12


def test_writing_is_throttled_apart_from_reading(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"read": "5/min", "write": "1/min"})
    client = ready.client("zhao")
    assert [send(client, "post", ROOT, body()).status_code for _ in range(2)] == [201, 429]
    assert client.get(ROOT).status_code == 200


def test_the_schema_names_every_address(ready: World) -> None:
    from drf_spectacular.generators import SchemaGenerator

    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    found = {path for path in paths if path.startswith(ROOT)}
    steps = {
        "accept", "schedule", "ask", "resubmit", "decline", "arrive", "treat", "no-show", "complete",
        "follow-up", "close", "cancel", "divert",
    }  # fmt: skip
    assert found == {ROOT, f"{ROOT}{{id}}/", *(f"{ROOT}{{id}}/{step}/" for step in steps)}
