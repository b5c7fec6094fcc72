"""The pages of training."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.tenancy.scope import act_in
from alliance.training.models import Session, Spending
from tests.training.scene import NOW, attended, doctor, planned, prepare
from tests.world import World, member

HOME = "/a/qinghe/training/"


@pytest.fixture
def session(world: World) -> Session:
    with act_in(world.qinghe):
        prepare()
        return planned(world)


def test_planned_entered_closed(world: World) -> None:
    with act_in(world.qinghe):
        prepare()
        who = doctor(world.shiqiao)
    given = {
        "title": "卒中早期识别", "teacher": "白露", "mode": "onsite", "starts_at": "2026-01-12T14:00",
        "ends_at": "2026-01-12T17:00",
    }  # fmt: skip
    made = world.client("kong").post(f"{HOME}plan/", given)
    assert made.status_code == 302
    host, address = world.client("han"), made.url
    assert "沈梅" in host.get(address).content.decode()
    entered = host.post(f"{address}attend/", {"staff": who.pk, "minutes": "180", "way": "onsite"})
    assert entered.status_code == 302
    assert world.client("kong").post(f"{address}close/?version=1").status_code == 302
    with act_in(world.qinghe):
        assert Session.objects.get().state == "closed"
    assert world.client("luo").get(f"{HOME}hours/").content.decode().count("沈梅") == 1
    again = world.client("kong").post(
        f"{address}close/?version=1"
    )  # a second tab that still shows the button
    assert again.status_code == 409 and "已被他人先处理" in again.content.decode()


def test_a_session_that_ends_before_it_begins_keeps_what_was_typed(world: World) -> None:
    with act_in(world.qinghe):
        prepare()
    given = {
        "title": "题目甲", "teacher": "白露", "mode": "onsite", "starts_at": "2026-01-12T17:00",
        "ends_at": "2026-01-12T14:00",
    }  # fmt: skip
    answer = world.client("kong").post(f"{HOME}plan/", given)
    assert answer.status_code == 400 and "题目甲" in answer.content.decode()


def test_names_of_other_institutions_stay_with_them(world: World, session: Session) -> None:
    with act_in(world.qinghe):
        attended(world, session, doctor(world.shiqiao))
    for name, sees in (("han", True), ("kong", True), ("luo", True), ("tan", False)):
        page = world.client(name).get(f"{HOME}{session.pk}/").content.decode()
        assert ("沈梅" in page) is sees, name


def test_a_wrong_sheet_says_which_line(world: World, session: Session) -> None:
    file = SimpleUploadedFile("x.csv", "工号,分钟\nD999,60\n".encode())
    answer = world.client("han").post(f"{HOME}{session.pk}/sheet/", {"sheet": file})
    assert answer.status_code == 400 and "第 2 行" in answer.content.decode()


def test_a_payment_goes_through_two_hands(world: World, session: Session) -> None:
    with act_in(world.qinghe):
        world.people["he"] = member("he", "何院长", world.shiqiao, "institution_head")
    given = {"day": "2026-11-10", "fen": "1,200.00", "purpose": "进修费", "voucher": "P-1"}
    assert world.client("he").post(f"{HOME}fund/", given).status_code == 302
    with act_in(world.qinghe):
        payment = Spending.objects.get()
    assert payment.fen == 120_000
    own = world.client("he").post(f"{HOME}fund/{payment.pk}/confirm/?version=1", follow=True)
    assert "录入人以外" in own.content.decode()
    world.client("cai").post(f"{HOME}fund/{payment.pk}/confirm/?version=1")
    with act_in(world.qinghe):
        assert Spending.objects.get().state == "confirmed"


@time_machine.travel(NOW)
def test_the_fund_of_another_year_and_what_waits_of_any(world: World, session: Session) -> None:
    with act_in(world.qinghe):
        world.people["he"] = member("he", "何院长", world.shiqiao, "institution_head")
    he, given = world.client("he"), {"fen": "1,200.00", "purpose": "进修费"}
    answer = he.post(f"{HOME}fund/", given | {"day": "2025-11-10", "voucher": "P-25"})
    assert answer["Location"].endswith("fund/?year=2025")
    he.post(f"{HOME}fund/", given | {"day": "2026-11-10", "voucher": "P-26"})
    pages = [f"{HOME}fund/", f"{HOME}fund/?year=2025", f"{HOME}fund/?year=2999"]
    assert all("P-25" in he.get(page).content.decode() for page in pages), "it waits for its second person"
    with act_in(world.qinghe):
        Spending.objects.update(state="confirmed", decided_by=world.cai)
    seen = [("P-25" in page, "P-26" in page) for page in (he.get(one).content.decode() for one in pages)]
    assert seen == [(False, True), (True, False), (False, True)]


def test_the_home_page_says_how_far_the_hours_are(world: World, session: Session) -> None:
    with act_in(world.qinghe):
        doctor(world.shiqiao, "F1", "医生")
    assert "培训满 40 学时的医生" in world.client("han").get("/a/qinghe/").content.decode()


def test_lists_ask_the_same_number_of_queries(world: World, session: Session) -> None:
    def asked(address: str) -> int:
        client = world.client("luo")
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = [HOME, f"{HOME}hours/", f"{HOME}fund/", f"{HOME}{session.pk}/"]
    with act_in(world.qinghe):
        attended(world, session, doctor(world.shiqiao, "F99", "护士"))
    few = [asked(page) for page in pages]
    with act_in(world.qinghe):
        for n in range(60):
            attended(world, session, doctor(world.shiqiao, f"G{n}", f"护士{n}"))
        for n in range(5):
            given: dict[str, Any] = {"title": f"第{n}讲"}
            attended(world, planned(world, **given), doctor(world.shiqiao, f"E{n}", f"医生{n}"))
            attended(world, session, doctor(world.shiqiao, f"F{n}", f"护士{n}"))
    assert [asked(page) for page in pages] == few
