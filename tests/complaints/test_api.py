"""The API of complaints and of survey results: list, take down, read, answer; walls and limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.throttling import ScopedRateThrottle

from alliance.models import Journal
from alliance.tenancy.scope import act_in
from complaints.models import Complaint
from complaints.services import box
from complaints.surveys import services as surveys
from tests.complaints.scene import answered, assigned, filed, people
from tests.surveys import scene as surveying
from tests.world import World, member

ROOT = "/api/v1/complaints/"
RESULTS = "/api/v1/survey-results/"


@pytest.fixture
def ready(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The cast with its people, no alliance open, throttles counted for this test alone."""
    monkeypatch.setattr(ScopedRateThrottle, "cache_format", f"{uuid4().hex}_%(scope)s_%(ident)s")
    with act_in(world.qinghe):
        people(world)
    with act_in(world.jiangzhou):
        world.people["mo"] = member("mo", "莫离", None, "performance_office")
    yield world


def body(**change: Any) -> dict[str, Any]:
    return {
        "key": "HIS-1", "institution": "QH01", "category": "charge", "text": "心电图收了两次。",
        "channel": "phone", "anonymous": False, "name": "龚国良", "phone": "13800001234",
    } | change  # fmt: skip


def send(client: Client, address: str, data: Any) -> Any:
    return client.post(address, json.dumps(data), content_type="application/json")


def test_one_is_taken_down_once_answered_and_brought_to_its_result(ready: World) -> None:
    office = ready.client("kong")
    first = send(office, ROOT, body())
    made = first.json()
    assert first.status_code == 201 and made["state"] == "received" and "text" not in made
    again = send(office, ROOT, body())
    assert again.status_code == 200 and again.json()["id"] == made["id"]
    other = send(office, ROOT, body(text="别的事"))
    assert other.status_code == 400 and made["number"] in other.json()["fields"]["key"][0]
    page = office.get(f"{ROOT}{made['id']}/").json()
    assert page["text"] == "心电图收了两次。" and page["steps"][0] == "answer"
    assert "龚国良" not in json.dumps(page, ensure_ascii=False) and "13800001234" not in json.dumps(page)
    told = send(
        office, f"{ROOT}{made['id']}/answer/", {"text": "正在核实", "version": page["version"]}
    ).json()
    assert (told["state"], told["answers"][0]["text"]) == ("answered", "正在核实")
    stale = send(office, f"{ROOT}{made['id']}/resolve/", {"text": "已退", "verdict": "true", "version": 1})
    assert stale.status_code == 409 and stale.json()["sent"]["text"] == "已退"
    refused = send(office, f"{ROOT}{made['id']}/resolve/", {"text": "已退"})
    assert refused.status_code == 400 and "verdict" in refused.json()["fields"]
    done = send(office, f"{ROOT}{made['id']}/resolve/", {"text": "已退", "verdict": "true"}).json()
    assert (done["state"], done["verdict"]) == ("resolved", "true")
    with act_in(ready.qinghe):
        assert Complaint.objects.get().name == "龚国良"
        # The page, the answer, the conflict, the result: each showed the complaint; the refused one did not.
        assert Journal.objects.filter(verb="complaint.read", membership=ready.kong).count() == 4


def test_what_is_not_ones_own_is_not_found_and_the_box_is_in_no_list(ready: World) -> None:
    now = timezone.now()
    with act_in(ready.qinghe):
        own, theirs = filed(ready.lead, now), filed(ready.shiqiao, now)
        sealed = box.file(institution=ready.lead, text="密", mark="r", now=now)
    office, other = ready.client("kong"), ready.client("mo")
    listed = office.get(ROOT).json()
    assert [one["id"] for one in listed["results"]] == [own.pk] and sealed.number not in json.dumps(listed)
    assert {one["id"] for one in ready.client("luo").get(ROOT).json()["results"]} == {own.pk, theirs.pk}
    missing = office.get(f"{ROOT}999999999/")
    for client, pk in ((office, theirs.pk), (other, own.pk)):
        for answer in (client.get(f"{ROOT}{pk}/"), send(client, f"{ROOT}{pk}/answer/", {"text": "x"})):
            assert (answer.status_code, answer.content) == (404, missing.content)
    assert other.get(ROOT).json()["count"] == 0
    assert Client().get(ROOT).status_code == 401
    # A department reads what it was given; who may not answer is told so.
    assert ready.client("gu").get(ROOT).json()["count"] == 0
    assert send(ready.client("ji"), ROOT, body()).status_code == 403
    assert office.get(f"{ROOT}?state=x").status_code == 400


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"institution": "XX99"}, "institution"), ({"category": "x"}, "category"), ({"text": " "}, "text"),
        ({"channel": "link"}, "channel"), ({"anonymous": True}, "name"), ({"phone": "12"}, "phone"),
        ({"key": ""}, "key"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_taken_names_its_field(
    ready: World, change: dict[str, Any], field: str
) -> None:
    answer = send(ready.client("kong"), ROOT, body(**change))
    assert answer.status_code == 400 and field in answer.json()["fields"], answer.json()
    with act_in(ready.qinghe):
        assert not Complaint.objects.exists()


def test_ten_cost_no_more_queries_than_two(ready: World) -> None:
    office, now = ready.client("kong"), timezone.now()

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert office.get(address).status_code == 200
        return len(caught)

    with act_in(ready.qinghe):
        one = answered(ready, now)
        assigned(ready, now)
    cost(ROOT)
    before = cost(ROOT), cost(f"{ROOT}{one.pk}/")
    with act_in(ready.qinghe):
        for _n in range(8):
            answered(ready, now)
    assert (cost(ROOT), cost(f"{ROOT}{one.pk}/")) == before


def test_survey_results_are_sums_of_groups_and_nothing_below_five(ready: World) -> None:
    world = ready
    with act_in(world.qinghe):
        surveying.services.adopt_ready(by=world.luo, now=surveying.NOW)
        made = surveying.opened(world, "outpatient", [world.lead, world.tcm], handed=40)
        for place, count in ((world.lead, 30), (world.tcm, 4)):
            surveying.answered(made, made.tickets.filter(stratum__institution=place)[:count], 4)
        running = surveying.opened(world, "outpatient", [world.lead], handed=40)
        surveys.close(by=world.luo, campaign=made, now=surveying.LATER)
    rows = world.client("luo").get(f"{RESULTS}?limit=100&month=2026-10").json()["results"]
    assert {one["survey"] for one in rows} == {made.pk} != {running.pk}
    found = {(one["institution"], one["measure"]): one for one in rows}
    lead, tcm = found["QH01", "total"], found["QH02", "total"]
    assert (lead["value"], lead["answers"]) == ("80.0000", 30)
    assert (tcm["value"], tcm["why"], tcm["answers"]) == (None, "few", None)
    assert not any("=" in one["measure"] for one in rows)
    own = world.client("kong").get(RESULTS).json()["results"]
    assert {one["institution"] for one in own} == {"QH01"}
    assert world.client("mo").get(RESULTS).json()["count"] == 0
    assert Client().get(RESULTS).status_code == 401


def test_the_schema_names_every_address() -> None:
    from drf_spectacular.generators import SchemaGenerator

    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    found = {path for path in paths if path.startswith((ROOT, RESULTS))}
    one = f"{ROOT}{{id}}/"
    assert found == {ROOT, one, f"{one}answer/", f"{one}resolve/", RESULTS}
