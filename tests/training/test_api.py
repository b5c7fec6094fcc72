"""The API of training: a hospital's own system plans sessions and delivers who took part."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from alliance.training.models import Attendance, Session
from tests.training.scene import BEGIN, NOW, doctor, planned
from tests.world import World

ROOT = "/api/v1/training/"


def send(client: Client, address: str, data: Any = None) -> Any:
    return client.post(f"{ROOT}{address}", json.dumps(data or {}), content_type="application/json")


def line(code: str, minutes: int = 180, **more: Any) -> dict[str, Any]:
    return {"staff": code, "minutes": minutes, "way": "onsite"} | more


@time_machine.travel(NOW, tick=False)
def test_a_list_is_delivered_whole_and_may_come_again(qinghe: World) -> None:
    session = planned(qinghe, pass_mark=60)
    for code in ("D101", "D102"):
        doctor(qinghe.shiqiao, code)
    doctor(qinghe.lead, "D900")
    han, address = qinghe.client("han"), f"sessions/{session.pk}/attendance/"
    present = [line("D101", points=88), line("D102", 90)]
    wrong = send(han, address, {"present": [*present, line("D900")]})
    assert wrong.status_code == 400 and "D900" in wrong.content.decode()
    assert not Attendance.objects.exists(), "a list is entered whole or not at all"
    assert send(han, address, {"present": present}).json() == {"new": 2, "known": 0}
    assert send(han, address, {"present": present}).json() == {"new": 0, "known": 2}
    other = send(han, address, {"present": [line("D101", 60)]})
    assert list(other.json()["fields"]) == ["staff"], "other minutes are no silent change"
    assert {row.source for row in Attendance.objects.all()} == {"api"}
    closed = send(qinghe.client("kong"), f"sessions/{session.pk}/close/", {"version": 1}).json()
    assert (closed["state"], len(closed["attendance"])) == ("closed", 2)
    again = send(qinghe.client("kong"), f"sessions/{session.pk}/close/", {"version": 1})
    assert (again.status_code, again.json()["stored"]["state"]) == (409, "closed")
    hours = {row["staff"]: row for row in han.get(f"{ROOT}hours/").json()["results"]}
    assert (hours["D101"]["minutes"], hours["D102"]["minutes"], hours["D101"]["least_hours"]) == (180, 90, 40)


@time_machine.travel(NOW, tick=False)
def test_each_institution_reads_its_own_staff_and_plans_its_own_sessions(qinghe: World) -> None:
    session = planned(qinghe)
    doctor(qinghe.shiqiao)
    send(qinghe.client("han"), f"sessions/{session.pk}/attendance/", {"present": [line("D101")]})
    shown = {
        name: len(qinghe.client(name).get(f"{ROOT}sessions/{session.pk}/").json()["attendance"])
        for name in ("han", "kong", "tan", "luo")
    }
    assert shown == {"han": 1, "kong": 1, "tan": 0, "luo": 1}
    assert qinghe.client("qian").get(f"{ROOT}sessions/{session.pk}/").status_code == 404
    plan = {
        "title": "高血压规范管理", "teacher": "白露", "starts_at": BEGIN.isoformat(),
        "ends_at": (BEGIN - timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    kong = qinghe.client("kong")
    assert list(send(kong, "sessions/", plan).json()["fields"]) == ["ends_at"]
    made = send(kong, "sessions/", plan | {"ends_at": (BEGIN + timedelta(hours=1)).isoformat()})
    assert (made.status_code, made.json()["organiser"], made.json()["minutes"]) == (201, "QH01", 60)
    assert send(kong, f"sessions/{made.json()['id']}/cancel/").json()["fields"].keys() == {"why"}
    assert Session.objects.get(pk=made.json()["id"]).state == "planned"
