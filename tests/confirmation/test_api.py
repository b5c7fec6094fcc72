"""The API of mutual confirmation: a hospital's own system compares its counts and says its word."""

from __future__ import annotations

import json
from typing import Any

import time_machine
from django.test import Client

from alliance.confirmation.models import Agreement, Difference
from tests.confirmation.scene import AFTER, NOW, arrived, line, opened
from tests.world import World

ROOT = "/api/v1/confirmations/"
UP = "referral.up"


def send(client: Client, address: str, data: Any) -> Any:
    return client.post(f"{ROOT}{address}", json.dumps(data), content_type="application/json")


def test_both_sides_agree_and_what_changed_is_answered_with_409(qinghe: World) -> None:
    opened(qinghe)
    shi, kong, row = qinghe.client("shi"), qinghe.client("kong"), line(UP)
    with time_machine.travel(NOW, tick=False):
        page = shi.get(f"{ROOT}lines/{row.pk}/").json()
        assert (page["count"], page["state"], page["waits_for_us"]) == (3, "waits", True)
        assert [one["id"] for one in page["records"]] == sorted(line(UP).pictures.get().ids)
        arrived(qinghe, serial=4)
        old = send(shi, f"lines/{row.pk}/confirm/", {"seen": page["seen"]})
        assert (old.status_code, old.json()["stored"]["count"]) == (409, 4)
        for client in (shi, kong):
            seen = client.get(f"{ROOT}lines/{row.pk}/").json()["seen"]
            assert send(client, f"lines/{row.pk}/confirm/", {"seen": seen}).status_code == 200
        assert Agreement.objects.get().count == 4
        months = kong.get(ROOT).json()["results"]
        assert (months[0]["month"], months[0]["lines"], months[0]["agreed"]) == ("2026-10", 3, 1)
        lines = kong.get(f"{ROOT}2026-10/lines/").json()["results"]
        assert {one["kind"]: one["state"] for one in lines}[UP] == "agreed"
    with time_machine.travel(AFTER, tick=False):
        shi = qinghe.client("shi")
        page = shi.get(f"{ROOT}lines/{row.pk}/").json()
        assert page["closed"]
        said = {"seen": page["seen"], "own_count": 5, "reason": "unlogged", "text": "x"}
        assert send(shi, f"lines/{row.pk}/object/", said).json()["fields"].keys() == {"non_field_errors"}


@time_machine.travel(NOW, tick=False)
def test_an_objection_names_what_is_wrong_and_only_a_side_speaks(qinghe: World) -> None:
    opened(qinghe)
    shi, row = qinghe.client("shi"), line(UP)
    said = {"seen": shi.get(f"{ROOT}lines/{row.pk}/").json()["seen"], "reason": "unlogged", "text": "漏一例"}
    assert send(shi, f"lines/{row.pk}/object/", said).json()["fields"].keys() == {"own_count"}
    done = send(shi, f"lines/{row.pk}/object/", said | {"own_count": 4}).json()
    assert (done["state"], done["giver_said"]) == ("differs", "objected")
    assert Difference.objects.get().statement.own_count == 4
    for name in ("tang", "qian"):
        client = qinghe.client(name)
        assert client.get(f"{ROOT}lines/{row.pk}/").status_code == 404
        assert send(client, f"lines/{row.pk}/confirm/", {"seen": said["seen"]}).status_code == 404
    assert qinghe.client("tang").get(f"{ROOT}2026-10/lines/").json()["count"] == 0
    assert qinghe.client("luo").get(f"{ROOT}2026-10/lines/").json()["count"] == 3
