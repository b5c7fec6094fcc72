"""The clocks with frozen time: Spring Festival, the end of 2026, a make-up workday; each escalation once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from alliance.models import Journal, WorkCalendarDay
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from complaints.models import Channel, Complaint, Escalation
from complaints.services import clocks, filing, handling, person
from complaints.show import page
from complaints.tasks import run_clocks
from tests.complaints.scene import answered, assigned, at, department, filed, resolved, said
from tests.world import World


@pytest.mark.parametrize(
    ("filed_at", "first", "result", "provisional"),
    [
        # Spring Festival 2026: 02-15 to 02-23 off, Saturday 02-14 and 02-28 are worked.
        ("2026-02-13 17:30", "2026-02-14 17:30", "2026-02-28 00:00", False),
        ("2026-02-18 10:00", "2026-02-19 10:00", "2026-03-01 00:00", False),
        # National Day: through the make-up Saturday 10-10; Mid-autumn make-up Sunday 09-20.
        ("2026-09-30 09:00", "2026-10-01 09:00", "2026-10-14 00:00", False),
        ("2026-09-18 09:00", "2026-09-19 09:00", "2026-09-25 00:00", False),
        # Over the end of 2026: the plan of 2027 is not published, 01-01 is held for a holiday.
        ("2026-12-29 09:00", "2026-12-30 09:00", "2027-01-07 00:00", True),
        # A plain week: Friday noon, five working days from Monday.
        ("2026-11-13 12:00", "2026-11-14 12:00", "2026-11-21 00:00", False),
    ],
)  # fmt: skip
def test_24_hours_of_wall_clock_and_five_working_days(
    filed_at: str, first: str, result: str, provisional: bool, qinghe: World
) -> None:
    with time_machine.travel(at(filed_at), tick=False):
        row = filed(qinghe.lead, at(filed_at))
    assert (row.first_due_at, row.result_due_at, row.provisional) == (at(first), at(result), provisional)
    assert row.is_late(at(first) + timedelta(seconds=1)) and not row.is_late(at(first))


@pytest.mark.parametrize(
    ("filed_at", "result"),
    [("2026-02-13 17:30", "2026-03-06 00:00"), ("2026-09-30 09:00", "2026-10-21 00:00")],
)
def test_ten_working_days_with_several_departments(filed_at: str, result: str, qinghe: World) -> None:
    second = type(department(qinghe.lead)).objects.create(
        institution=qinghe.lead, code="09", name="收费处", kind="administration"
    )
    row = filed(qinghe.lead, at(filed_at))
    both = [department(qinghe.lead), second]
    joint = handling.assign(by=qinghe.kong, complaint=row, departments=both, now=at(filed_at))
    assert joint.result_due_at == at(result)


def test_a_provisional_limit_is_stated_anew_when_the_plan_comes_and_both_are_kept(qinghe: World) -> None:
    row = filed(qinghe.lead, at("2026-12-29 09:00"))
    assert row.provisional and clocks.run(at("2026-12-29 10:00"))["moved"] == 0
    for day, works in ((date(2027, 1, 1), False), (date(2027, 1, 4), False), (date(2027, 1, 9), True)):
        WorkCalendarDay.objects.create(date=day, is_workday=works, official=True, source="国办")
    assert clocks.run(at("2026-12-29 10:01"))["moved"] == 1
    row.refresh_from_db()
    assert (row.result_due_at, row.provisional) == (at("2027-01-08 00:00"), False)
    assert row.result_stated_at == at("2027-01-07 00:00")
    assert Journal.objects.filter(verb="complaint.restated").count() == 1


def went(row: Complaint) -> list[tuple[str, str, str]]:
    return list(Escalation.objects.filter(complaint=row).values_list("clock", "when", "level"))


def test_one_level_up_before_the_limit_and_one_after_exactly_once(qinghe: World) -> None:
    row = assigned(qinghe, at("2026-11-11 16:20"))
    assert row.level == "department"
    for moment in ("2026-11-12 15:19", "2026-11-12 15:20", "2026-11-12 15:21", "2026-11-12 16:20"):
        clocks.run(at(moment))
    assert went(row) == [("first", "before", "institution")]
    for _twice in range(2):
        clocks.run(at("2026-11-12 16:21"))
    assert went(row) == [("first", "before", "institution"), ("first", "after", "alliance")]
    row.refresh_from_db()
    row = handling.answer(by=qinghe.kong, complaint=row, text="查到了", now=at("2026-11-12 17:00"))
    for moment in ("2026-11-17 12:00", "2026-11-18 12:00", "2026-11-19 00:01", "2026-11-25 00:00"):
        clocks.run(at(moment))
    assert went(row)[2:] == [("result", "before", "alliance"), ("result", "after", "alliance")]
    assert Journal.objects.filter(verb="complaint.escalated").count() == 4
    stamps = Escalation.objects.filter(complaint=row).order_by("pk")
    assert [(one.at, one.due_at) for one in stamps[:2]] == [
        (at("2026-11-12 15:20"), at("2026-11-12 16:20")), (at("2026-11-12 16:21"), at("2026-11-12 16:20")),
    ]  # fmt: skip
    # Who was told stands with each: the institution's office, then the alliance's.
    house, office = (one.told for one in stamps[:2])
    assert qinghe.kong.user.name in house and qinghe.luo.user.name not in house
    assert qinghe.luo.user.name in office and qinghe.kong.user.name not in office
    steps = page.trail(Complaint.objects.get(pk=row.pk), at("2026-11-25 00:00"))
    shown = [step.detail for step in steps if step.kind == "hit"]
    assert len(shown) == 4 and all("told" in one or "告知" in one for one in shown)


def test_a_limit_the_hotline_moves_twice_escalates_after_the_last_one_alone_and_once(qinghe: World) -> None:
    """What was warned of stays; neither the first nor the second limit is one that was missed."""
    order = filing.Order("12345-7", at("2026-11-10 09:00"), None, at("2026-11-13 17:00"))
    said_so = said(qinghe.lead, channel=Channel.HOTLINE_12345, order=order)
    row = filing.file(by=qinghe.kong, said=said_so, mark="o", now=at("2026-11-10 10:00")).complaint
    row = handling.assign(
        by=qinghe.kong, complaint=row, departments=[department(qinghe.lead)], now=at("2026-11-10 10:30")
    )
    row = handling.answer(by=qinghe.kong, complaint=row, text="在查", now=at("2026-11-10 11:00"))
    clocks.run(at("2026-11-13 09:00"))
    assert went(row) == [("result", "before", "institution")]
    for moved, missed in (("2026-11-20 17:00", "2026-11-13 17:01"), ("2026-11-25 17:00", "2026-11-20 17:01")):
        row.refresh_from_db()
        clocks.by_order(by=qinghe.kong, complaint=row, first=None, result=at(moved))
        clocks.run(at(missed))
        assert went(row) == [("result", "before", "institution")]
    clocks.run(at("2026-11-25 16:59"))
    for moment in ("2026-11-25 17:01", "2026-11-26 17:01"):
        clocks.run(at(moment))
    assert went(row) == [("result", "before", "institution"), ("result", "after", "alliance")]
    found = Escalation.objects.filter(complaint=row).order_by("pk")
    assert [one.due_at for one in found] == [at("2026-11-13 17:00"), at("2026-11-25 17:00")]
    assert Journal.objects.filter(verb="complaint.due_moved").count() == 2


def test_an_answer_in_time_stops_its_clock_and_a_new_round_has_clocks_of_its_own(qinghe: World) -> None:
    row = answered(qinghe, at("2026-11-11 16:20"))
    clocks.run(at("2026-11-12 16:30"))
    assert went(row) == []
    done = handling.resolve(
        by=qinghe.kong, complaint=row, text="退", verdict="true", now=at("2026-11-13 09:00")
    )
    again = person.reopen(by=None, complaint=done, reason="没退", now=at("2026-11-16 09:00"))
    clocks.run(at("2026-11-24 00:01"))
    assert went(again) == [("result", "after", "institution")]


def test_silence_closes_without_calling_it_solved(qinghe: World) -> None:
    row = resolved(qinghe, at("2026-11-11 16:20"))
    clocks.run(at("2026-11-18 16:19"))
    row.refresh_from_db()
    assert row.state == "resolved"
    assert clocks.run(at("2026-11-18 16:21"))["closed"] == 1
    row.refresh_from_db()
    assert (row.state, row.solved) == ("closed", None)


def test_limits_are_parameters_that_hold_from_a_day_on(qinghe: World) -> None:
    parameters.decide(
        by=qinghe.su, key="qe.complaint_reply", value="H12", from_date=date(2026, 11, 20), decided_by="理事会"
    )
    assert filed(qinghe.lead, at("2026-11-19 23:00")).first_rule == "H24"
    row = filed(qinghe.lead, at("2026-11-20 08:00"))
    assert (row.first_rule, row.first_due_at) == ("H12", at("2026-11-20 20:00"))


def test_the_worker_runs_the_clock_of_every_alliance(ready: World) -> None:
    with act_in(ready.qinghe), transaction.atomic():
        row = assigned(ready, at("2026-11-11 16:20"))
    with time_machine.travel(at("2026-11-12 16:21"), tick=False):
        run_clocks()
        run_clocks()
    with act_in(ready.qinghe):
        assert went(row) == [("first", "after", "institution")]


def test_the_persons_page_says_the_clock_over_a_holiday(ready: World) -> None:
    from complaints.services import filing
    from tests.complaints.scene import said

    with act_in(ready.qinghe):
        made = filing.file(by=None, said=said(ready.lead), mark="h", now=at("2026-02-13 17:30"))
    with time_machine.travel(at("2026-02-14 12:00"), tick=False):
        client = Client(REMOTE_ADDR="10.78.0.1", HTTP_ACCEPT_LANGUAGE="zh-hans")
        page = client.get(f"/say/qinghe/complaint/t/{made.secret}/").content.decode()
    assert "剩 5 小时 30 分" in page and "02-27 24:00" in page
