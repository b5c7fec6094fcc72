"""The pages of techniques, case conferences, research and coordination costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.joint import services
from alliance.joint.models import Conference, Research, Technique, TechniqueCase
from alliance.joint.waiting import waiting
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from tests.joint.scene import (
    NOW,
    doctor,
    enrolled,
    entered,
    finished,
    held,
    meeting,
    opened,
    prepare,
    registered,
    steps,
    study,
)
from tests.world import World

HOME = "/a/qinghe/joint/"


@pytest.fixture
def ready(world: World) -> World:
    with act_in(world.qinghe):
        prepare(world)
    return world


def test_registered_allowed_done_confirmed_owed(ready: World) -> None:
    world, today = ready, timezone.localdate()
    office, given = world.client("luo"), {
        "code": "T1", "name": "小针刀治疗", "source": "institution", "payer": world.lead.pk, "fen": "20.50",
        "from_day": "2026-01-01", "decided_by": "管委会第 3 号",
    }  # fmt: skip
    made = office.post(f"{HOME}techniques/new/", given)
    assert made.status_code == 302
    allow = {"institution": world.shiqiao.pk, "from_day": "2026-01-01"}
    assert office.post(f"{made.url}allow/", allow).status_code == 302
    with act_in(world.qinghe):
        who = doctor(world.shiqiao)
        technique_pk = Technique.objects.get().pk
    case = {"technique": technique_pk, "day": f"{today}", "operator": who.pk, "record_no": "A1"}
    assert world.client("zhao").post(f"{HOME}cases/new/", case).status_code == 302
    again = world.client("zhao").post(f"{HOME}cases/new/", case)
    assert again.status_code == 400 and "当日该病例已录入" in again.content.decode()
    with act_in(world.qinghe):
        row = TechniqueCase.objects.get()
    assert row.fen == 2_050
    assert world.client("tan").get(f"{HOME}cases/{row.pk}/").status_code == 404
    confirm = f"{HOME}cases/{row.pk}/confirm/?version=1"
    assert world.client("kong").post(confirm).status_code == 302
    assert world.client("luo").post(confirm).status_code == 409
    page = world.client("kong").get(f"{HOME}subsidies/").content.decode()
    assert "20.50" in page and "石桥镇中心卫生院" in page
    text = b"".join(office.get(f"{HOME}subsidies/export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "20.5" in text and str(row.pk) in text


def test_cases_are_read_by_those_who_take_part(ready: World) -> None:
    with act_in(ready.qinghe):
        row = held(ready)
    for name, reads, minutes in (
        ("bai", True, True),
        ("kong", True, True),
        ("tan", False, False),
        ("luo", False, True),
    ):
        page = ready.client(name).get(f"{HOME}conferences/{row.pk}/").content.decode()
        assert ("如何调药" in page, "讨论一例。" in page) == (reads, minutes), name
        assert "欧阳建国" not in page


def test_planned_entered_held_with_a_paper(ready: World, tmp_path: Any) -> None:
    world, today = ready, timezone.localdate()
    with act_in(world.qinghe):
        ours, theirs = doctor(world.lead, "L1"), doctor(world.shiqiao)
    given = {"topic": "糖尿病足", "starts_at": f"{today}T14:00"}
    made = world.client("kong").post(f"{HOME}conferences/new/", given)
    assert made.status_code == 302
    assert world.client("kong").post(f"{made.url}present/", {"staff": ours.pk}).status_code == 302
    assert world.client("bai").post(f"{made.url}present/", {"staff": theirs.pk}).status_code == 302
    early = world.client("kong").post(
        f"{made.url}hold/?version=1", {"held_on": f"{today}", "minutes": "纪要甲"}
    )
    assert early.status_code == 400 and "纪要甲" in early.content.decode()
    with act_in(world.qinghe):
        assert Conference.objects.get().state == "planned"
    assert (
        world.client("bai").post(f"{made.url}question/", {"question": "调药", "record_no": "A1"}).status_code
        == 302
    )
    with override_settings(MEDIA_ROOT=tmp_path):
        scan = SimpleUploadedFile("x.pdf", b"%PDF-1.4")
        assert world.client("kong").post(f"{made.url}paper/", {"paper": scan}).status_code == 302
        wrong = world.client("kong").post(f"{made.url}paper/", {"paper": SimpleUploadedFile("x.pdf", b"MZ")})
        assert wrong.status_code == 400
        with act_in(world.qinghe):
            paper = Conference.objects.get().papers.get()
        for name, status in (("bai", 200), ("tan", 404), ("luo", 404)):
            assert world.client(name).get(f"{HOME}conferences/papers/{paper.pk}/").status_code == status, name
    done = world.client("kong").post(
        f"{made.url}hold/?version=1", {"held_on": f"{today}", "minutes": "纪要甲"}
    )
    assert done.status_code == 302
    late = world.client("kong").post(
        f"{made.url}hold/?version=1", {"held_on": f"{today}", "minutes": "纪要乙"}
    )
    page = late.content.decode()
    assert late.status_code == 409 and "纪要甲" in page and "纪要乙" in page
    assert "尚未参加" in world.client("luo").get(f"{HOME}conferences/quarter/").content.decode()


def test_research_is_registered_and_ended(ready: World) -> None:
    world = ready
    with act_in(world.qinghe):
        leader = doctor(world.lead, "L1", "林静")
    given = {
        "title": "基层糖尿病管理研究", "number": "K-1", "leader": leader.pk, "first_day": "2026-01-01",
        "last_day": "2027-12-31", "partners": [world.shiqiao.pk],
    }  # fmt: skip
    made = world.client("kong").post(f"{HOME}research/new/", given)
    assert made.status_code == 302
    assert "林静" in world.client("bai").get(made.url).content.decode()
    assert world.client("tan").get(made.url).status_code == 404
    ends = {"ended_on": f"{timezone.localdate()}", "finished": "yes", "result": "结题"}
    assert world.client("kong").post(f"{made.url}end/?version=1", ends).status_code == 302
    assert world.client("kong").post(f"{made.url}end/?version=1", ends).status_code == 409
    with act_in(world.qinghe):
        assert Research.objects.get().state == "ended"


def test_coordination_costs_lead_to_their_records(ready: World) -> None:
    with act_in(ready.qinghe):
        row = enrolled(ready, opened(ready))
        step = steps(row)[1]
        finished(ready, step, step.begins_on, doctor(ready.shiqiao, "D1", "沈梅"))
        value = {"record_update": 550, "follow_up": 0, "teaching_hour": 0}
        parameters.decide(
            by=ready.luo, key="cp.coordination_cost", value=value, from_date=row.first_day, decided_by="x"
        )
    query = f"month=2026-10&institution={ready.shiqiao.pk}&kind=records"
    page = ready.client("luo").get(f"{HOME}costs/?month=2026-10").content.decode()
    assert "5.50" in page and query.replace("&", "&amp;") in page and "部分单价尚未确定" in page
    records = ready.client("bai").get(f"{HOME}costs/records/?{query}").content.decode()
    assert "沈梅" in records and f"/persons/{row.pk}/" in records
    assert "沈梅" not in ready.client("kong").get(f"{HOME}costs/records/?{query}").content.decode()
    answer = ready.client("luo").get(f"{HOME}costs/export/?month=2026-10")
    assert "5.5" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_lists_ask_the_same_number_of_queries(ready: World) -> None:
    with act_in(ready.qinghe):
        technique, who = registered(ready), doctor(ready.shiqiao)
        entered(ready, technique, who, record_no="A0")
        conference = held(ready)
        study(ready)

    def asked(address: str) -> int:
        client = ready.client("luo")
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = [
        f"{HOME}cases/", f"{HOME}techniques/", f"{HOME}subsidies/?month=2026-11", f"{HOME}conferences/",
        f"{HOME}conferences/quarter/?quarter=2026-Q4", f"{HOME}research/", f"{HOME}costs/?month=2026-11",
        f"{HOME}techniques/{technique.pk}/", f"{HOME}conferences/{conference.pk}/",
    ]  # fmt: skip
    few = [asked(page) for page in pages]
    with act_in(ready.qinghe):
        for n in range(1, 5):
            case = entered(ready, technique, who, record_no=f"A{n}")
            services.confirm_case(by=ready.bai, case=case)
            registered(ready)
            meeting(ready)
            study(ready, number=f"K-{n + 1}", leader=doctor(ready.lead, f"S{n}"))
    with act_in(ready.qinghe):
        services.confirm_case(by=ready.bai, case=TechniqueCase.objects.get(record_no="A0"))
    again = [asked(page) for page in pages]
    # A month without a confirmed case asks for no names of institutions and techniques.
    assert [n for at, n in enumerate(again) if at != 2] == [n for at, n in enumerate(few) if at != 2]
    with act_in(ready.qinghe):
        for n in range(5, 8):
            services.confirm_case(by=ready.bai, case=entered(ready, technique, who, record_no=f"A{n}"))
    assert asked(pages[2]) == again[2]


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_the_inbox_says_what_waits_for_whom(ready: World) -> None:
    with act_in(ready.qinghe):
        enrolled(ready, opened(ready))
        entered(ready, registered(ready), doctor(ready.shiqiao), record_no="A1")
        meeting(ready)
        later = NOW.replace(month=12, day=20)
        said = {
            name: {todo.url.split("/joint/")[1].split("?")[0] for todo in waiting(ready.people[name], later)}
            for name in ("lin", "zhao", "kong", "bai", "luo", "tan")
        }
    assert said == {
        "lin": {""}, "zhao": {""}, "kong": {"", "cases/", "conferences/"}, "bai": {"", "cases/"},
        "luo": {"cases/"}, "tan": set(),
    }  # fmt: skip
