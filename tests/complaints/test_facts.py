"""Facts of complaints worked by hand, by institution and department; the rate per 10,000 visits."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from complaints import facts
from complaints.services import box, handling, merging, person
from tests.complaints.scene import answered, assigned, at, filed, resolved
from tests.world import World

NOVEMBER = Month(2026, 11)
NOON = at("2026-11-11 12:00")


def of(world: World, level: str = "institution") -> facts.ComplaintFact:
    found = facts.complaint_facts(NOVEMBER, level)
    return next(one for one in found if one.institution == world.lead.code)


@time_machine.travel(at("2026-12-01 10:00"))
def test_numbers_worked_by_hand(qinghe: World) -> None:
    filed(qinghe.lead, at("2026-10-31 23:59"))  # October
    person.confirm(by=None, complaint=resolved(qinghe, NOON), now=NOON + timedelta(days=1))
    late = assigned(qinghe, NOON)
    handling.answer(by=qinghe.kong, complaint=late, text="晚了", now=NOON + timedelta(hours=25))
    filed(qinghe.lead, at("2026-11-30 23:59"))  # not answered yet
    first, second = answered(qinghe, NOON), assigned(qinghe, NOON + timedelta(hours=1))
    merging.merge(
        by=qinghe.luo, complaint=second, number=first.number, reason="同一事", now=NOON + timedelta(hours=2)
    )
    box.file(institution=qinghe.lead, text="x", mark="r", now=NOON)  # in no fact
    fact = of(qinghe)
    counts = {name: fact.count(name) for name in facts.MEASURES}
    assert counts == {
        "complaints": 4, "complaints_answered": 3, "complaints_due": 3, "complaints_in_time": 2,
        "complaints_resolved": 1,
        "complaints_result_due": 3, "complaints_resolved_in_time": 1, "complaints_asked": 1,
        "complaints_solved": 1,
        "complaints_solved_noted": 0,
        "complaints_reopened": 0, "complaints_justified": 1,
    }  # fmt: skip
    assert fact.sums[facts.MINUTES] == 25 * 60
    with time_machine.travel(at("2026-12-01 23:59") + timedelta(seconds=1)):
        assert of(qinghe).count("complaints_due") == 4
    assert (
        of(qinghe, "department").count("complaints") == 3
    )  # the one nobody has been given is no department's
    assert {one.pk for one in facts.named(fact.ids["complaints_in_time"])} == set(
        fact.ids["complaints_in_time"]
    )


@time_machine.travel(at("2026-11-20 10:00"))
def test_what_is_withdrawn_before_its_time_is_owed_no_answer_and_after_it_was_late(qinghe: World) -> None:
    early, late, waits = filed(qinghe.lead, NOON), filed(qinghe.lead, NOON), filed(qinghe.lead, NOON)
    person.withdraw(by=None, complaint=early, now=NOON + timedelta(hours=3))
    person.withdraw(by=None, complaint=late, now=NOON + timedelta(hours=25))
    fact = of(qinghe)
    assert fact.ids["complaints_due"] == (late.pk, waits.pk) and fact.count("complaints_in_time") == 0
    left = facts.not_counted(NOVEMBER, "complaints_due")[qinghe.lead.code]
    assert set(left) == {early.pk}


def test_who_takes_no_complaints_knows_nothing_and_a_rate_needs_visits(qinghe: World) -> None:
    assert not facts.taking(NOVEMBER)
    filed(qinghe.lead, at("2026-12-01 00:00"))
    assert not facts.taking(NOVEMBER) and facts.taking(NOVEMBER.next()) == {qinghe.lead.code}
    filed(qinghe.liulin, at("2026-11-30 23:59"))  # a village room of Shiqiao
    assert facts.taking(NOVEMBER) == {qinghe.shiqiao.code}
    assert facts.rate(3, None) is None and facts.rate(3, 0) is None
    assert facts.rate(3, 12_000) == Fraction(5, 2)


def test_facts_ask_two_queries_whatever_there_is(qinghe: World) -> None:
    for _n in range(5):
        answered(qinghe, NOON)
    with CaptureQueriesContext(connection) as asked:
        facts.complaint_facts(NOVEMBER)
    assert len(asked) == 2
