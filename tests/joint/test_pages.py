"""The pages of joint projects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.joint.models import Enrolment, Project
from alliance.tenancy.scope import act_in
from tests.joint.scene import doctor, enrolled, opened, patient, prepare, steps
from tests.world import World

HOME = "/a/qinghe/joint/"
EMPTY_STEPS = {"form-TOTAL_FORMS": "8", "form-INITIAL_FORMS": "0"}


@pytest.fixture
def project(world: World) -> Project:
    with act_in(world.qinghe):
        prepare(world)
        return opened(world)


def test_opened_enrolled_recorded(world: World) -> None:
    with act_in(world.qinghe):
        prepare(world)
        who = doctor(world.lead, "L1", "林静")
    today = timezone.localdate()
    given = EMPTY_STEPS | {
        "code": "DM", "name": "糖尿病联合管理", "first_day": f"{today - timedelta(days=90)}",
        "form-0-name": "制定方案", "form-0-side": "hospital", "form-0-parameter": "cp.joint_dm.plan",
        "form-1-name": "随访调药", "form-1-side": "primary", "form-1-days": "60",
    }  # fmt: skip
    made = world.client("luo").post(f"{HOME}projects/new/", given)
    assert made.status_code == 302
    page = world.client("zhao").get(made.url).content.decode()
    assert "糖尿病联合服务时限" in page and "60 天" in page
    form = {
        "name": "周建国", "sex": "1", "birth_date": "1960-05-01", "first_day": f"{today}",
        "other": world.lead.pk,
    }  # fmt: skip
    entered = world.client("zhao").post(f"{made.url}enrol/", form)
    assert entered.status_code == 302
    with act_in(world.qinghe):
        plan, _follow = steps(Enrolment.objects.get())
    # Only the side whose step it is has the button.
    address = f"{HOME}steps/{plan.pk}/finish/?version=1"
    assert address not in world.client("zhao").get(entered.url).content.decode()
    assert address in world.client("lin").get(entered.url).content.decode()
    done = {"day": f"{today}", "doctor": who.pk, "note": "二甲双胍"}
    assert world.client("lin").post(address, done).status_code == 302
    assert "二甲双胍" in world.client("zhao").get(entered.url).content.decode()


def test_n34_a_stale_form_answers_409_with_both(world: World, project: Project) -> None:
    with act_in(world.qinghe):
        row, who = enrolled(world, project), doctor(world.lead, "L1", "林静")
        plan = steps(row)[0]
    today = f"{timezone.localdate()}"
    first = {"day": today, "doctor": who.pk, "note": "甲方案"}
    assert world.client("lin").post(f"{HOME}steps/{plan.pk}/finish/?version=1", first).status_code == 302
    answer = world.client("lin").post(f"{HOME}steps/{plan.pk}/finish/?version=1", first | {"note": "乙方案"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "甲方案" in page and "乙方案" in page


def test_what_was_typed_stays_beside_the_refusal(world: World, project: Project) -> None:
    form = {
        "name": "周建国", "sex": "1", "birth_date": "1960-05-01", "first_day": "2099-01-01",
        "other": world.lead.pk,
    }  # fmt: skip
    answer = world.client("zhao").post(f"{HOME}projects/{project.pk}/enrol/", form)
    page = answer.content.decode()
    assert answer.status_code == 400 and "周建国" in page and "首诊日期早于项目启动日" in page


def test_a_wrong_sheet_says_which_line(world: World, project: Project) -> None:
    text = "姓名,性别,出生日期,首诊日期,对方机构编码\n周建国,男,1960-05-01,2026-10-01,QH99\n"
    file = SimpleUploadedFile("x.csv", text.encode())
    answer = world.client("han").post(f"{HOME}projects/{project.pk}/sheet/", {"sheet": file})
    assert answer.status_code == 400 and "第 2 行" in answer.content.decode()


def test_a_name_is_whole_for_the_two_sides_only(world: World, project: Project) -> None:
    with act_in(world.qinghe):
        row = enrolled(world, project, person=patient(world.zhao, "欧阳建国"))
    for name, status, whole in (
        ("zhao", 200, True),
        ("lin", 200, True),
        ("luo", 200, False),
        ("tan", 404, False),
    ):
        answer = world.client(name).get(f"{HOME}persons/{row.pk}/")
        assert (answer.status_code, "欧阳建国" in answer.content.decode()) == (status, whole), name


def test_the_export_masks_names_and_leads_back(world: World, project: Project) -> None:
    with act_in(world.qinghe):
        row = enrolled(world, project, person=patient(world.zhao, "欧阳建国"))
        plan = steps(row)[0]
    answer = world.client("luo").get(f"{HOME}export/?view=all")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert f"joint.milestone:{plan.pk}" in text and "欧阳建国" not in text and text.count("\n") == 3
    assert world.client("zhao").get(f"{HOME}export/").status_code == 403


def test_lists_ask_the_same_number_of_queries(world: World, project: Project) -> None:
    with act_in(world.qinghe):
        row = enrolled(world, project, doctor=doctor(world.shiqiao, "D0"))

    def asked(address: str) -> int:
        client = world.client("luo")
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages: list[Any] = [
        f"{HOME}?view=all", f"{HOME}persons/", f"{HOME}projects/", f"{HOME}rates/?month=2026-10",
        f"{HOME}projects/{project.pk}/", f"{HOME}persons/{row.pk}/",
    ]  # fmt: skip
    few = [asked(page) for page in pages]
    with act_in(world.qinghe):
        for n in range(5):
            enrolled(
                world, project, person=patient(world.zhao, f"患者{n}"),
                doctor=doctor(world.shiqiao, f"D{n + 1}", f"医生{n}"),
            )  # fmt: skip
    assert [asked(page) for page in pages] == few
