"""What postings tell the month: confirmed days only, with the rows behind every number."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.postings import facts, services, year
from tests.postings.scene import DONE, MONDAY, NOW, agreed, confirmed, day, expert
from tests.world import World

NOVEMBER, UNTIL = Month(2026, 11), date(2026, 11, 12)


def test_a_month_counts_what_the_host_confirmed(qinghe: World) -> None:
    posting = agreed(qinghe)
    first, second = confirmed(qinghe, posting), confirmed(qinghe, posting, MONDAY + timedelta(days=2))
    services.absent(by=qinghe.zhao, visit=day(posting, MONDAY + timedelta(days=7)), absence="ill")
    (fact,) = facts.posting_facts(NOVEMBER)
    assert (fact.sender, fact.host, fact.visits, fact.half_days) == ("QH01", "QH11", 2, 4)
    assert (fact.patients_seen, fact.teaching_minutes, fact.retained) == (36, 180, 6)
    assert fact.allowance_fen == 4 * 8_000
    assert fact.ids == (first.pk, second.pk)
    assert [row.pk for row in facts.records(NOVEMBER, fact.ids)] == [first.pk, second.pk]
    assert facts.posting_facts(Month(2026, 10)) == []


def test_each_expert_has_a_row_whoever_the_posting_names(qinghe: World) -> None:
    posting, other = agreed(qinghe), expert(qinghe.lead, code="D002", name="江枫")
    services.swap(by=qinghe.lin, visit=day(posting), day=date(2026, 11, 3), staff=other, why="调班")
    confirmed(qinghe, posting, date(2026, 11, 3))
    confirmed(qinghe, posting, date(2026, 11, 4))
    assert {fact.staff_id for fact in facts.posting_facts(NOVEMBER)} == {posting.staff_id, other.pk}


def test_the_year_is_forecast_from_what_was_kept(qinghe: World) -> None:
    posting = agreed(qinghe)
    for offset in (0, 2, 7):
        confirmed(qinghe, posting, MONDAY + timedelta(days=offset))
    (promise,) = year.promises(UNTIL)
    # Four days were due until 12 November, three confirmed; four more are planned: 3 + 4 * 3/4.
    assert (promise.institution, promise.done, promise.due, promise.planned) == (qinghe.lead, 3, 4, 4)
    assert (promise.kept_share, promise.forecast) == (Decimal("0.75"), 6)
    assert (promise.least_year, promise.least_week) == (200, 4)
    assert promise.weeks[-1] == (MONDAY, 2)
    assert promise.weeks_kept == 0


def test_what_waits_for_the_host_is_no_failure_of_the_sender(qinghe: World) -> None:
    posting = agreed(qinghe)
    confirmed(qinghe, posting)
    services.report(by=qinghe.lin, visit=day(posting, MONDAY + timedelta(days=2)), figures=DONE, now=NOW)
    (promise,) = year.promises(UNTIL)
    # Two of three days due are left unreported; the reported one is as good as planned: 1 + 5 * 1/3.
    assert (promise.done, promise.due, promise.planned, promise.forecast) == (1, 3, 5, 3)


def test_a_backbone_doctor_who_was_never_there_stands_with_nothing(qinghe: World) -> None:
    agreed(qinghe, backbone=True, weekdays=(1, 2, 3, 4, 5))
    (dispatch,) = year.dispatches(UNTIL)
    # Eleven working days from 13 to 29 November are still planned: 11 of 21.
    assert (dispatch.name, dispatch.by_month, dispatch.months) == ("白露", (), Decimal("0.0"))
    assert dispatch.forecast == Decimal("0.5")


def test_no_forecast_before_anything_was_due(qinghe: World) -> None:
    (promise,) = year.promises(date(2026, 1, 5))
    assert (promise.forecast, promise.done) == (None, 0)


def test_months_of_dispatch_are_days_over_working_days(qinghe: World) -> None:
    every = {
        "kind": "resident",
        "backbone": True,
        "weekdays": (1, 2, 3, 4, 5),
        "last_day": date(2026, 11, 12),
    }
    posting = agreed(qinghe, **every)
    for offset in range(11):
        on = MONDAY + timedelta(days=offset)
        if on.weekday() < 5:
            confirmed(qinghe, posting, on)
    (dispatch,) = year.dispatches(UNTIL)
    # November 2026 has 21 working days; nine of them are confirmed.
    assert dispatch.by_month == ((NOVEMBER, 9, 21),)
    assert (dispatch.months, dispatch.least) == (Decimal("0.4"), 6)


def test_a_doctor_who_is_no_backbone_has_no_months(qinghe: World) -> None:
    confirmed(qinghe, agreed(qinghe))
    assert year.dispatches(UNTIL) == []


def test_satisfaction_sums_the_points(qinghe: World) -> None:
    posting = agreed(qinghe)
    confirmed(qinghe, posting)
    services.evaluate(
        by=qinghe.zhao,
        posting=posting,
        month=NOVEMBER,
        attendance=5,
        service=4,
        teaching=3,
        words="",
        now=NOW,
    )
    assert [
        (fact.sender_id, fact.sender, len(fact.ids), fact.attendance, fact.service, fact.teaching)
        for fact in facts.satisfaction(NOVEMBER)
    ] == [(qinghe.lead.pk, "QH01", 1, 5, 4, 3)]


def queries(call: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        call()
    return len(seen)


def test_the_number_of_queries_stays_with_more_experts(qinghe: World) -> None:
    confirmed(qinghe, agreed(qinghe))
    asked = [
        lambda: facts.posting_facts(NOVEMBER),
        lambda: year.promises(UNTIL),
        lambda: year.dispatches(UNTIL),
    ]
    few = [queries(one) for one in asked]
    for n in range(5):
        who = expert(qinghe.lead, code=f"E{n}", name=f"专家{n}")
        confirmed(qinghe, agreed(qinghe, who, backbone=True))
    assert [queries(one) for one in asked] == few
