"""The pages of postings: propose, agree, report, confirm many, promises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.postings import services
from alliance.postings.models import Posting, Visit
from alliance.tenancy.scope import act_in
from tests.postings.scene import DONE, NOW, agreed, confirmed, day, expert, prepare
from tests.world import World

HOME = "/a/qinghe/postings/"


@pytest.fixture
def posting(world: World) -> Posting:
    with act_in(world.qinghe):
        prepare()
        return agreed(world, kept_salary_fen=1_234_500)


def offer(world: World, **change: Any) -> dict[str, Any]:
    with act_in(world.qinghe):
        prepare()
        who = expert(world.lead)
    today = date.today()
    return {
        "staff": who.pk, "kind": "visiting", "host": world.shiqiao.pk, "purpose": "心血管门诊",
        "first_day": today.isoformat(), "last_day": (today + timedelta(days=60)).isoformat(),
        "weekdays": ["1", "3"], "morning": "on", "allowance_fen": "80.50",
    } | change  # fmt: skip


def test_from_offer_to_confirmed_days(world: World) -> None:
    answer = world.client("kong").post(f"{HOME}propose/", offer(world))
    assert answer.status_code == 302
    with act_in(world.qinghe):
        made = Posting.objects.get()
    assert made.allowance_fen == 8_050
    page = world.client("zhao").get(answer.url).content.decode()
    assert f"/{made.pk}/agree/" in page and f"/{made.pk}/withdraw/" not in page
    assert world.client("zhao").post(f"{HOME}{made.pk}/agree/?version=1").status_code == 302
    with act_in(world.qinghe):
        assert Visit.objects.filter(posting=made, state="planned").exists()


def test_what_was_typed_stays_beside_the_refusal(world: World) -> None:
    answer = world.client("kong").post(
        f"{HOME}propose/", offer(world, allowance_fen="80.505", purpose="查房")
    )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "80.505" in page and "查房" in page


def test_a_day_is_reported_on_its_page_and_confirmed_with_others(world: World, posting: Posting) -> None:
    with act_in(world.qinghe):
        visit = day(posting)
    address = f"{HOME}days/{visit.pk}/"
    given = {"patients_seen": "18", "teaching_minutes": "90", "retained": "3", "note": ""}
    assert world.client("lin").post(f"{address}report/?version=1", given).status_code == 302
    host = world.client("zhao")
    assert f'value="{visit.pk}"' in host.get(f"{HOME}days/").content.decode()
    assert host.post(f"{HOME}days/", {"visit": [visit.pk]}).status_code == 302
    with act_in(world.qinghe):
        assert Visit.objects.get(pk=visit.pk).state == "confirmed"
    assert world.client("zhao").post(f"{address}dispute/?version=2", {"why": "x"}).status_code == 409


def test_a_day_to_come_has_no_button_to_report_it(world: World, posting: Posting) -> None:
    with act_in(world.qinghe):
        who = expert(world.lead, code="F1", name="未来")
        far = agreed(world, who, first_day=date(2099, 11, 2), last_day=date(2099, 11, 4))
        visit = Visit.objects.filter(posting=far).first()
    page = world.client("lin").get(f"{HOME}days/{visit.pk}/").content.decode()
    assert "/absent/" in page and "/report/" not in page


def test_a_sender_ticks_nothing_for_the_host(world: World, posting: Posting) -> None:
    with act_in(world.qinghe):
        services.report(by=world.lin, visit=day(posting), figures=DONE, now=NOW)
        visit = day(posting)
    world.client("lin").post(f"{HOME}days/", {"visit": [visit.pk]})
    with act_in(world.qinghe):
        assert Visit.objects.get(pk=visit.pk).state == "reported"


def test_kept_pay_is_seen_by_the_senders_administration_only(world: World, posting: Posting) -> None:
    address = f"{HOME}{posting.pk}/"
    for name, sees in (("kong", True), ("luo", True), ("lin", False), ("zhao", False)):
        assert ("12,345.00" in world.client(name).get(address).content.decode()) is sees, name


def test_the_week_names_who_is_where(world: World, posting: Posting) -> None:
    page = world.client("zhao").get(f"{HOME}?day=2026-11-04").content.decode()
    assert page.count(posting.staff.name) == 2
    assert world.client("tan").get(f"{HOME}?day=2026-11-04").content.decode().count(posting.staff.name) == 0
    assert world.client("zhao").get(f"{HOME}?day=nonsense").status_code == 200


def test_the_promises_and_the_evaluation(world: World, posting: Posting) -> None:
    with act_in(world.qinghe):
        confirmed(world, posting)
    assert world.lead.name in world.client("luo").get(f"{HOME}promises/").content.decode()
    given = {"month": "2026-11", "attendance": "5", "service": "5", "teaching": "4", "words": "很好"}
    host = world.client("zhao")
    assert host.post(f"{HOME}{posting.pk}/evaluate/", given).status_code == 302
    again = host.post(f"{HOME}{posting.pk}/evaluate/", given)
    assert (
        again.status_code == 400
        and "很好" in world.client("lin").get(f"{HOME}{posting.pk}/").content.decode()
    )


def test_the_months_of_a_backbone_doctor_are_shown_to_the_two_sides_and_the_alliance(world: World) -> None:
    with act_in(world.qinghe):
        prepare()
        posting = agreed(world, backbone=True)
        confirmed(world, posting)
    with time_machine.travel(NOW):  # in the year of the posting
        seen = {
            who: posting.staff.name in world.client(who).get(f"{HOME}promises/").content.decode()
            for who in ("lin", "zhao", "luo", "tan")
        }
    assert seen == {"lin": True, "zhao": True, "luo": True, "tan": False}


def test_lists_ask_the_same_number_of_queries(world: World, posting: Posting) -> None:
    def asked(address: str) -> int:
        client = world.client("luo")
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = [
        f"{HOME}?day=2026-11-04", f"{HOME}all/", f"{HOME}days/", f"{HOME}days/?view=report",
        f"{HOME}days/?view=all", f"{HOME}promises/",
    ]  # fmt: skip
    few = [asked(page) for page in pages]
    with act_in(world.qinghe):
        for n in range(4):
            more = agreed(world, expert(world.lead, code=f"E{n}", name=f"专家{n}"))
            services.report(by=world.lin, visit=day(more), figures=DONE, now=NOW)
    assert [asked(page) for page in pages] == few


def test_days_to_report_and_disputed_ones_are_found_from_the_inbox(world: World, posting: Posting) -> None:
    with time_machine.travel(NOW, tick=False):
        home = world.client("kong").get("/a/qinghe/").content.decode()
    kong = world.client("kong")
    assert "4 个派驻日待填报" in home and "postings/days/?view=report" in home
    assert "本年专家下沉人次" in home
    page = kong.get(f"{HOME}days/?view=report").content.decode()
    assert page.count(posting.staff.name) >= 4 and "11-11" in page
    with act_in(world.qinghe):
        services.report(by=world.lin, visit=day(posting), figures=DONE, now=NOW)
        services.dispute(by=world.zhao, visit=day(posting), why="未到")
    listed = kong.get(f"{HOME}days/?view=all&state=disputed").content.decode()
    assert listed.count(posting.staff.name) == 1 and "11-02" in listed
    assert world.client("tan").get(f"{HOME}days/?view=all").content.decode().count(posting.staff.name) == 0
