"""The API of postings: a hospital's roster reads the days, reports and confirms them."""

from __future__ import annotations

import json
from typing import Any

import time_machine
from django.test import Client

from alliance.postings.models import Visit
from tests.postings.scene import NOW, agreed, day
from tests.world import World

ROOT = "/api/v1/postings/"


def send(client: Client, address: str, data: Any = None) -> Any:
    return client.post(f"{ROOT}{address}", json.dumps(data or {}), content_type="application/json")


@time_machine.travel(NOW, tick=False)
def test_a_day_is_reported_by_the_sender_and_confirmed_by_the_host(qinghe: World) -> None:
    visit = day(agreed(qinghe))
    lin, zhao = qinghe.client("lin"), qinghe.client("zhao")
    figures = {"patients_seen": 18, "teaching_minutes": 90, "retained": 3, "version": 1}
    page = lin.get(f"{ROOT}days/{visit.pk}/").json()
    assert (page["host"], page["expert"], page["steps"]) == (
        "QH11", "D001", ["report", "absent", "move"],
    )  # fmt: skip
    assert "patients_seen" in send(lin, f"days/{visit.pk}/report/", {"patients_seen": 1}).json()["fields"]
    done = send(lin, f"days/{visit.pk}/report/", figures)
    assert (done.status_code, done.json()["state"], done.json()["patients_seen"]) == (200, "reported", 18)
    late = send(lin, f"days/{visit.pk}/report/", figures)
    assert (late.status_code, late.json()["stored"]["state"]) == (409, "reported")
    assert send(lin, f"days/{visit.pk}/confirm/").status_code == 403, "the host confirms"
    confirmed = send(zhao, f"days/{visit.pk}/confirm/", {"version": 2}).json()
    assert (confirmed["state"], confirmed["retained"]) == ("confirmed", 3)
    waiting = zhao.get(f"{ROOT}days/?state=planned&month=2026-11").json()
    assert waiting["count"] == Visit.objects.count() - 1
    assert zhao.get(f"{ROOT}days/?month=now").json()["fields"].keys() == {"month"}


@time_machine.travel(NOW, tick=False)
def test_n1_n2_only_the_two_sides_know_of_a_posting(qinghe: World) -> None:
    posting = agreed(qinghe)
    visit = day(posting)
    for name in ("tan", "qian"):
        client = qinghe.client(name)
        assert client.get(ROOT).json()["count"] == client.get(f"{ROOT}days/").json()["count"] == 0
        assert client.get(f"{ROOT}{posting.pk}/").status_code == 404
        assert send(client, f"days/{visit.pk}/absent/", {"absence": "ill"}).status_code in (403, 404)
    assert qinghe.client("luo").get(f"{ROOT}{posting.pk}/").json()["purpose"] == "心血管门诊与查房"
    assert send(qinghe.client("lin"), f"days/{visit.pk}/drop/").status_code == 404
    assert Client().get(ROOT).status_code == 401
    assert visit.state == Visit.State.PLANNED
