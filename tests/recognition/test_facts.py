"""Facts and figures: rates by place and month with the ids behind them; duplicates by rule R11."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.models import Staff
from referrals.recognition import facts, figures, services
from tests.recognition.scene import NOW, after, order, register, result
from tests.world import World

NOVEMBER = Month(2026, 11)


def fact(world: World, place: str, level: str = "institution") -> facts.PlaceFact:
    code = getattr(world, place).code
    return next(one for one in facts.recognition_facts(NOVEMBER, level) if one.institution == code)


def test_rates_of_a_month_with_their_ids(qinghe: World) -> None:
    register(qinghe)
    made = [result(qinghe, serial=serial) for serial in range(5)]
    rows = [order(qinghe, serial=serial) for serial in range(6)]  # the sixth has nothing to recognise
    for at in (0, 1):
        services.recognise(by=qinghe.zhao, order=rows[at], now=after(hours=1), result=made[at].pk)
    services.repeat(by=qinghe.zhao, order=rows[2], now=after(hours=30), reason="R1")
    services.withdraw(by=qinghe.zhao, order=rows[3], now=after(hours=1), note="不做了")
    found = fact(qinghe, "shiqiao")
    assert {what: found.count(what) for what in facts.ORDERS} == {
        "examinations_ordered": 5, "results_recognisable": 4, "results_recognised": 2,
        "examinations_repeated": 1, "decided_in_time": 2, "orders_undecided": 1,
    }  # fmt: skip
    assert found.ids["results_recognised"] == (rows[0].pk, rows[1].pk)
    lead = fact(qinghe, "lead")
    assert (lead.count("results_made"), lead.count("results_shared"), lead.count("examinations_ordered")) == (
        5,
        5,
        0,
    )
    line = figures.lines(qinghe.luo, NOVEMBER)[1]
    assert (line.recognition, line.below, line.in_time) == (0.5, True, 0.5)
    behind = facts.records(NOVEMBER, "results_recognised", "institution", qinghe.shiqiao.pk)
    assert list(behind) == rows[:2]


def test_departments_and_doctors_have_rows_of_their_own(qinghe: World) -> None:
    register(qinghe)
    result(qinghe)
    room = qinghe.shiqiao.departments.get()
    doctor = Staff.objects.create(
        institution=qinghe.shiqiao, code="D1", name="赵敏学", kind="doctor", user=qinghe.zhao.user
    )
    row = order(qinghe, department=room)
    assert row.ordering_doctor == doctor
    by_room, by_doctor = fact(qinghe, "shiqiao", "department"), fact(qinghe, "shiqiao", "doctor")
    assert (by_room.pk, by_room.ids["results_recognisable"]) == (room.pk, (row.pk,))
    assert (by_doctor.pk, by_doctor.name, by_doctor.count("orders_undecided")) == (doctor.pk, "赵敏学", 1)
    assert facts.DUPLICATE not in by_room.ids


def test_a_duplicate_repeats_a_valid_result_of_the_family_without_a_reason_beforehand(qinghe: World) -> None:
    register(qinghe)

    def again(serial: int, **more: object) -> object:
        return result(qinghe, by="zhao", serial=serial, item="CT002", days_ago=1, number=f"Z{serial}", **more)

    for serial in range(1, 6):
        result(qinghe, serial=serial, days_ago=10)
    plain = again(1)
    with_reason = order(qinghe, serial=2, now=NOW - timedelta(days=2))
    services.repeat(by=qinghe.zhao, order=with_reason, now=NOW - timedelta(days=2), reason="R1")
    again(2)
    recognised = order(qinghe, serial=3, now=NOW - timedelta(days=2))
    services.recognise(
        by=qinghe.zhao,
        order=recognised,
        now=NOW - timedelta(days=2),
        result=recognised.offers.get().result_id,
    )
    though = again(3)  # recognised and made all the same
    gone = result(qinghe, serial=6, days_ago=3)
    services.withdraw_result(by=qinghe.lin, result=gone, why="错", now=NOW)
    again(6)
    result(qinghe, serial=7, item="LAB01", days_ago=9)
    result(
        qinghe, by="zhao", serial=7, item="LAB01", days_ago=1, number="Z7"
    )  # 8 days later: no longer valid
    assert facts.duplicates(NOVEMBER) == {
        qinghe.shiqiao.pk: {facts.DUPLICATE: (plain.pk, though.pk)}  # type: ignore[attr-defined]
    }
    line = next(one for one in figures.lines(qinghe.luo, NOVEMBER)[0] if one.fact.pk == qinghe.shiqiao.pk)  # type: ignore[union-attr]
    assert line.duplicate is not None and (line.duplicate.numerator, line.duplicate.denominator) == (2, 5)


def test_nothing_is_not_zero_and_the_number_of_queries_stays(qinghe: World) -> None:
    register(qinghe)
    line = figures.lines(qinghe.luo, NOVEMBER)[1]
    assert (line.recognition, line.duplicate, line.below) == (None, None, False)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            facts.recognition_facts(NOVEMBER)
        return len(captured)

    result(qinghe)
    order(qinghe)
    one = queries()
    for serial in range(2, 30):
        result(qinghe, serial=serial)
        order(qinghe, serial=serial)
    assert queries() == one <= 4


def test_an_institution_sees_its_own_line_only(qinghe: World) -> None:
    register(qinghe)
    result(qinghe)
    order(qinghe)
    order(qinghe, by="tan", serial=1)
    assert [line.fact.institution for line in figures.lines(qinghe.tan, NOVEMBER)[0]] == ["QH02"]  # type: ignore[union-attr]
    assert figures.months(qinghe.luo, NOVEMBER) == [(NOVEMBER, 2, 0)]
    assert figures.months(qinghe.tan, NOVEMBER) == [(NOVEMBER, 1, 0)]
