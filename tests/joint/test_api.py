"""The API of joint work: steps of persons done in a hospital's own system, cases of techniques."""

from __future__ import annotations

import json
from typing import Any

import time_machine
from django.test import Client

from alliance.joint.models import TechniqueCase
from alliance.models import Journal
from tests.joint.scene import NOW, doctor, enrolled, opened, registered, steps
from tests.world import World

ROOT = "/api/v1/joint/"


def send(client: Client, address: str, data: Any = None) -> Any:
    return client.post(f"{ROOT}{address}", json.dumps(data or {}), content_type="application/json")


@time_machine.travel(NOW, tick=False)
def test_each_side_finishes_its_own_steps(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    plan, follow_up = steps(row)
    doctor(qinghe.lead, "D201")
    lin, zhao = qinghe.client("lin"), qinghe.client("zhao")
    said = {"done_on": "2026-10-12", "staff": "D201", "version": 1}
    assert send(zhao, f"steps/{plan.pk}/finish/", said).json()["fields"].keys() == {"staff"}
    assert send(lin, f"steps/{follow_up.pk}/finish/", said).status_code == 403
    done = send(lin, f"steps/{plan.pk}/finish/", said).json()
    assert done["patient"] == "周建国"
    assert [(one["side"], one["state"], one["done_by"]) for one in done["steps"]] == [
        ("hospital", "done", "D201"), ("primary", "open", None),
    ]  # fmt: skip
    late = send(lin, f"steps/{plan.pk}/finish/", said)
    assert (late.status_code, late.json()["stored"]["id"]) == (409, row.pk)
    assert Journal.objects.filter(verb="patient.read", about_id=row.pk).exists()


@time_machine.travel(NOW, tick=False)
def test_n1_n2_persons_are_known_to_the_two_sides(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    for name in ("tan", "qian"):
        client = qinghe.client(name)
        assert client.get(f"{ROOT}persons/{row.pk}/").status_code == 404
        assert client.get(f"{ROOT}persons/").json()["count"] == 0
    office = qinghe.client("luo")
    assert office.get(f"{ROOT}persons/{row.pk}/").json()["patient"] == "周**"
    assert qinghe.client("zhao").get(f"{ROOT}persons/").json()["results"][0]["patient"] == "周**"


@time_machine.travel(NOW, tick=False)
def test_a_case_of_a_technique_is_entered_once(qinghe: World) -> None:
    technique = registered(qinghe)
    doctor(qinghe.shiqiao, "D109")
    zhao = qinghe.client("zhao")
    case = {"technique": technique.code, "staff": "D109", "day": "2026-11-10", "record_no": "MZ-1"}
    made = send(zhao, "technique-cases/", case)
    assert (made.status_code, made.json()["state"], made.json()["fen"]) == (201, "entered", 2_000)
    assert send(zhao, "technique-cases/", case).json()["fields"].keys() == {"non_field_errors"}
    wrong = send(zhao, "technique-cases/", case | {"technique": "X"}).json()["fields"]
    assert wrong.keys() == {"technique"} and "X" in wrong["technique"][0]
    assert zhao.get(f"{ROOT}technique-cases/?month=2026-10").json()["count"] == 0
    assert qinghe.client("lin").get(f"{ROOT}technique-cases/?month=2026-11").json()["count"] == 1, "who pays"
    assert qinghe.client("tan").get(f"{ROOT}technique-cases/").json()["count"] == 0
    assert TechniqueCase.objects.count() == 1
