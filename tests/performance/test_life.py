"""The life of a month: its calendar, publication, pay, closing; guards the database keeps itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from alliance.approvals import services as approvals
from alliance.ledger import proposals as closing
from alliance.lib.period import Month
from alliance.models.base import Stale
from alliance.web.refused import worded
from performance.life import facts, plan, standing
from performance.life.refusals import CalendarRefused, LifeRefused
from performance.life.services import planning, stages
from performance.life.waiting import waiting
from performance.models import CalendarDone, MonthLife, MonthReminder, MonthStep
from tests.performance import life_scene as scene
from tests.performance.life_scene import ENDED, PUBLISHED
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

JUST_BEFORE = ENDED - timedelta(seconds=1)
NOVEMBER = Month(2026, 11)
PAID = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is approved, divided above the pots, and published."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.published(world)
        yield world


def books_closed(world: World) -> None:
    """Luo proposes, Cai agrees."""
    approval = closing.propose_closing(by=world.luo, month=OCTOBER, on=PAID.date())
    approvals.decide(by=world.cai, approval=approval, verdict="yes")


def refused(world: World, **change: Any) -> None:
    """The database refuses the row behind the services."""
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        MonthLife.objects.filter(month=OCTOBER.first_day).update(**change)


# States -----------------------------------------------------------------------------
def test_a_month_is_shown_five_working_days_then_paid_closed_and_final(house: World) -> None:
    row = facts.life(OCTOBER)
    assert row is not None and (row.state, row.published_until) == ("published", ENDED)
    assert facts.published(OCTOBER, JUST_BEFORE) and not facts.payable(OCTOBER, JUST_BEFORE)
    assert facts.payable(OCTOBER, ENDED) and not facts.published(OCTOBER, ENDED)
    with pytest.raises(Stale):
        stages.publish(by=house.luo, month=OCTOBER, now=PUBLISHED)
    with pytest.raises(LifeRefused) as refused:
        stages.pay(by=house.cai, month=OCTOBER, now=JUST_BEFORE)
    assert "11-23 24:00" in worded(refused.value)
    with pytest.raises(LifeRefused, match="second distribution comes first"):
        stages.pay(by=house.cai, month=OCTOBER, now=PAID)
    scene.divided(house)
    with pytest.raises(PermissionDenied):
        stages.pay(by=house.kong, month=OCTOBER, now=PAID)
    with pytest.raises(LifeRefused, match="not paid yet"):
        stages.pay(by=house.cai, month=OCTOBER, now=PAID)
    scene.paid_out(house, OCTOBER, PAID)
    assert stages.pay(by=house.cai, month=OCTOBER, now=PAID).state == "paid"
    with pytest.raises(LifeRefused, match="Two people close them first"):
        stages.close(by=house.cai, month=OCTOBER, now=PAID)
    books_closed(house)
    assert stages.close(by=house.cai, month=OCTOBER, now=PAID).state == "closed"
    assert stages.end(by=house.cai, month=OCTOBER, now=PAID).state == "final"


def test_only_an_approved_month_is_published_and_by_the_office(house: World) -> None:
    with pytest.raises(LifeRefused, match="not approved yet"):
        stages.publish(by=house.luo, month=NOVEMBER, now=PUBLISHED)
    with pytest.raises(PermissionDenied):
        stages.publish(by=house.kong, month=OCTOBER, now=PUBLISHED)
    with pytest.raises(LifeRefused, match="not approved yet"):
        stages.pay(by=house.cai, month=NOVEMBER, now=PAID)


def test_the_database_keeps_the_order_of_a_month(house: World) -> None:
    refused(house, state="closed", closed_at=PAID)  # a step is skipped
    refused(house, state="paid", paid_at=JUST_BEFORE)  # the publication runs
    refused(house, state="paid", paid_at=PAID)  # pots are on their way
    refused(house, published_until=PUBLISHED + timedelta(hours=1))  # what was said stays said
    refused(house, month=NOVEMBER.first_day)
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthLife.objects.filter(month=OCTOBER.first_day).delete()
    scene.divided(house)
    MonthLife.objects.filter(month=OCTOBER.first_day).update(state="paid", paid_at=PAID)
    refused(house, state="closed", closed_at=PAID)  # its books are open
    refused(house, paid_at=PAID + timedelta(days=1))
    books_closed(house)
    MonthLife.objects.filter(month=OCTOBER.first_day).update(state="closed", closed_at=PAID)


def test_a_month_begins_its_life_with_its_posted_run_alone(house: World) -> None:
    run = MonthLife.objects.get().run
    with pytest.raises(DatabaseError, match="posted run"), transaction.atomic():
        MonthLife.objects.create(month=NOVEMBER.first_day, run=run)
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthLife.objects.create(month=NOVEMBER.first_day, run=run, state="final")


# Calendar ---------------------------------------------------------------------------
def test_days_fall_on_working_days_and_belong_to_somebody(house: World) -> None:
    steps = {one.step: one for one in plan.planned(OCTOBER)}
    assert list(steps) == list(MonthStep)
    assert steps[MonthStep.FILES].due_on == date(2026, 11, 3)
    assert steps[MonthStep.DECISION].due_on == date(2026, 11, 16)  # the 15th is a Sunday
    assert steps[MonthStep.DECISION].due_at == datetime(2026, 11, 16, 16, tzinfo=UTC)
    assert steps[MonthStep.FILES].owner == "data_steward"
    assert steps[MonthStep.FILES].escalates_at == datetime(2026, 11, 5, 16, tzinfo=UTC)
    december = {one.step: one.due_on for one in plan.planned(Month(2026, 9))}
    assert december[MonthStep.ROSTER] == date(2026, 10, 8)  # the holiday of October ends with the 7th


def test_a_step_is_moved_from_a_month_on_and_earlier_months_keep_theirs(house: World) -> None:
    asked: dict[str, Any] = {
        "step": MonthStep.PAY, "day": 29, "shift": "before", "owner": "finance", "escalate_workdays": 1,
        "escalate_to": "performance_office", "now": PUBLISHED,
    }  # fmt: skip
    with pytest.raises(CalendarRefused, match="is decided already"):
        planning.change(by=house.luo, from_month=OCTOBER, **asked)
    planning.change(by=house.luo, from_month=NOVEMBER, **asked)
    with pytest.raises(CalendarRefused, match="not a role"):
        planning.change(by=house.luo, from_month=NOVEMBER, **{**asked, "owner": "nobody"})
    with pytest.raises(CalendarRefused, match="1 to 31"):
        planning.change(by=house.luo, from_month=NOVEMBER, **{**asked, "day": 32})
    with pytest.raises(PermissionDenied):
        planning.change(by=house.cai, from_month=NOVEMBER, **asked)
    moved = {one.step: one for one in plan.planned(NOVEMBER)}[MonthStep.PAY]
    assert (moved.due_on, moved.escalate_to) == (date(2026, 12, 29), "performance_office")
    kept = {one.step: one for one in plan.planned(OCTOBER)}[MonthStep.PAY]
    assert kept.due_on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("month", "due"),
    [(Month(2026, 11), date(2026, 12, 31)), (Month(2027, 3), date(2027, 4, 30)),
     (Month(2027, 1), date(2027, 2, 28))],
)  # fmt: skip
def test_day_31_is_the_last_day_of_a_shorter_month_and_no_day_comes_after(
    house: World, month: Month, due: date
) -> None:
    asked: dict[str, Any] = {
        "step": MonthStep.PAY, "shift": "none", "owner": "finance", "escalate_workdays": 1,
        "escalate_to": "performance_office",
    }  # fmt: skip
    row = planning.change(by=house.luo, from_month=NOVEMBER, day=31, now=PUBLISHED, **asked)
    found = {one.step: one for one in plan.planned(month)}[MonthStep.PAY]
    assert (found.day, found.due_on) == (31, due)
    row.pk, row.day, row.revision = None, 32, 9
    with pytest.raises(DatabaseError, match="calendar_step_day"), transaction.atomic():
        row.save(force_insert=True)


def test_steps_stand_by_the_facts_late_ones_escalate(house: World) -> None:
    found = {one.planned.step: one for one in standing.standings(OCTOBER, PAID)}
    assert found[MonthStep.DECISION].state == "done" and found[MonthStep.PUBLISHED].state == "done"
    assert found[MonthStep.PUBLICATION].state == "done" and found[MonthStep.PAY].state == "open"
    assert found[MonthStep.SECOND].state == "late"
    assert {gap.institution_id for gap in found[MonthStep.SECOND].lacking} == {
        house.lead.pk, house.shiqiao.pk,
    }  # fmt: skip
    after = found[MonthStep.SECOND].planned.escalates_at  # due on Monday the 23rd, two working days on
    assert after == datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert not found[MonthStep.SECOND].escalated(PAID) and found[MonthStep.SECOND].escalated(after)
    assert found[MonthStep.MEETING].state == "passed"  # decided without it; nobody is pressed any more
    scene.divided(house)
    again = {one.planned.step: one for one in standing.standings(OCTOBER, PAID)}
    assert again[MonthStep.SECOND].state == "done"


def test_a_step_without_a_fact_is_said_done_once_with_a_note(house: World) -> None:
    asked: dict[str, Any] = {"by": house.luo, "month": NOVEMBER, "step": MonthStep.MEETING, "now": PAID}
    with pytest.raises(CalendarRefused, match="few words"):
        planning.say_done(note=" ", **asked)
    planning.say_done(note="会议纪要〔2026〕11号", **asked)
    with pytest.raises(CalendarRefused, match="said so already"):
        planning.say_done(note="再记", **asked)
    with pytest.raises(CalendarRefused, match="sees itself"):
        planning.say_done(note="已付", **{**asked, "step": MonthStep.PAY})
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDone.objects.create(
            month=NOVEMBER.first_day, step="pay", note="x", done_by=house.luo, done_at=PAID
        )
    found = {one.planned.step: one for one in standing.standings(NOVEMBER, PAID)}
    assert found[MonthStep.MEETING].state == "done"


def test_a_reminder_keeps_what_was_missing_and_is_numbered(house: World) -> None:
    first = planning.remind(by=house.luo, month=NOVEMBER, institution=house.lead, now=PAID)
    assert [one[0] for one in first.missing][:2] == ["roster_frozen", "discharge_files"]
    second = planning.remind(by=house.luo, month=NOVEMBER, institution=house.lead, now=PAID)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(PermissionDenied):
        planning.remind(by=house.kong, month=NOVEMBER, institution=house.lead, now=PAID)
    with pytest.raises(CalendarRefused, match="delivered everything"):
        planning.remind(by=house.luo, month=NOVEMBER, institution=house.liulin, now=PAID)
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthReminder.objects.filter(pk=first.pk).update(number=9)


# Pages and inbox ---------------------------------------------------------------------
@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_late_steps_wait_for_their_owner_and_then_for_the_next_one_up(house: World) -> None:
    world = house
    late = datetime(2026, 11, 24, 2, tzinfo=UTC)
    told = {name: [one.what for one in waiting(world.people[name], late)] for name in ("wu", "kong", "luo")}
    assert told["wu"] == ["2026年10月科室二次分配逾期"]
    assert told["kong"] == [] and told["luo"] == []
    world.people["dean"] = member("dean", "院长", world.lead, "institution_head")
    assert waiting(world.dean, late) == []
    escalated = waiting(world.dean, datetime(2026, 11, 26, 2, tzinfo=UTC))
    assert len(escalated) == 1 and escalated[0].why.startswith("由科主任升级")
    scene.divided(world)
    assert waiting(world.dean, datetime(2026, 11, 26, 2, tzinfo=UTC)) == []


@pytest.fixture
def pages(world: World, tmp_path: Path) -> Iterator[World]:
    """The same, committed as far as a test client sees it."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.published(world)
        yield world


@time_machine.travel(datetime(2026, 11, 24, 2, tzinfo=UTC), tick=False)
def test_the_office_walks_a_month_by_its_pages(pages: World) -> None:
    luo, cai, dr = pages.client("luo"), pages.client("cai"), pages.client("dr")
    base = "/a/qinghe/months/2026-10/"
    page = luo.get(f"{base}calendar/").content.decode()
    assert "科室二次分配" in page and "逾期" in page
    assert f'"{base}life/"' in page and luo.get(f"{base}life/").status_code == 200
    undecided = luo.get("/a/qinghe/months/2026-11/calendar/").content.decode()
    assert "2026-11/life/" not in undecided and luo.get("/a/qinghe/months/2026-11/life/").status_code == 404
    assert luo.get("/a/qinghe/months/calendar/").headers["Location"].endswith("/months/2026-10/calendar/")
    assert "清河县人民医院" in dr.get("/a/qinghe/publications/2026-10/").content.decode()
    assert dr.get("/a/qinghe/publications/2026-10/print/").status_code == 200
    assert "2026" in dr.get("/a/qinghe/publications/").content.decode()
    assert dr.get("/a/qinghe/publications/2026-11/").status_code == 404
    refused = cai.post(f"{base}life/pay/", follow=True).content.decode()
    assert "个分配包未入账" in refused
    assert dr.post(f"{base}life/pay/").status_code == 404
    with inside(pages):
        scene.divided(pages)
        scene.paid_out(pages, OCTOBER, PAID)
    assert cai.post(f"{base}life/pay/?version=1").status_code == 409
    assert cai.post(f"{base}life/pay/?version=2").status_code == 302
    with inside(pages):
        assert MonthLife.objects.get().state == "paid"


@time_machine.travel(datetime(2026, 11, 24, 2, tzinfo=UTC), tick=False)
def test_calendar_forms_keep_what_was_typed_and_reminders_open_on_paper(pages: World) -> None:
    luo, kong = pages.client("luo"), pages.client("kong")
    base = "/a/qinghe/months/2026-11/"
    typed = {
        "from_month": "2026-11", "day": "45", "shift": "before", "owner": "finance", "escalate_workdays": "1",
        "escalate_to": "alliance_admin",
    }  # fmt: skip
    refused = luo.post(f"{base}calendar/pay/change/", typed)
    assert refused.status_code == 400 and 'value="45"' in refused.content.decode()
    assert "没有这一天，请填 1 至 31" in refused.content.decode()
    assert luo.post(f"{base}calendar/pay/change/", {**typed, "day": "27"}).status_code == 302
    assert kong.get(f"{base}calendar/pay/change/").status_code == 403
    assert luo.post(f"{base}calendar/bulletin/done/", {"note": ""}).status_code == 400
    assert luo.post(f"{base}calendar/bulletin/done/", {"note": "简报〔2026〕11期"}).status_code == 302
    sent = luo.post(f"{base}remind/QH01/")
    assert sent.status_code == 302
    assert "出院病案报送" in kong.get(sent.headers["Location"]).content.decode()
    assert pages.client("zhao").get(sent.headers["Location"]).status_code == 404
    page = docx.Document(io.BytesIO(kong.get(f"{sent.headers['Location']}?as=docx").content))
    assert "第 1 号" in page.paragraphs[1].text and "出院病案报送" in [
        row.cells[0].text for row in page.tables[0].rows
    ]
    with inside(pages):
        assert plan.entered(NOVEMBER)["pay"].day == 27
        assert CalendarDone.objects.get().note == "简报〔2026〕11期"
        assert MonthReminder.objects.get().institution == pages.lead


def test_the_calendar_asks_a_bounded_number_of_queries(
    pages: World, django_assert_max_num_queries: Any
) -> None:
    luo = pages.client("luo")
    luo.get("/a/qinghe/months/2026-10/calendar/")
    with django_assert_max_num_queries(50):
        luo.get("/a/qinghe/months/2026-10/calendar/")
