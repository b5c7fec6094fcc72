"""What surveys tell a month: first where one stands, not known below the minimum, else what is declared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from alliance.lib.period import Month
from alliance.models import Department, Institution, Team
from complaints.surveys import facts, services
from complaints.surveys.models import Result
from performance import collect
from performance.collect.declared import DECLARED
from performance.collect.surveys import SURVEY
from performance.engine.spans import Span
from performance.levels import facts as level_facts
from performance.levels import subjects
from performance.models import Level
from tests.performance import declared_scene as declaring
from tests.surveys.scene import LATER, NOW, adopt, answered, discharged, inside, link_of, opened
from tests.world import World

JULY, SEPTEMBER, OCTOBER, DECEMBER = (Month(2026, number) for number in (7, 9, 10, 12))
PAIR = frozenset({"satisfaction_points", "satisfaction_answers"})


def found(month: Month, *keys: str) -> dict[tuple[str, str], Any]:
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    return {
        (one.institution, one.key): (one.value, one.evidence_kind)
        for one in collect.facts_of({month: frozenset(keys)}, places)
    }


def third_quarter(world: World, code: str, places: list[Any], answers: int, level: int = 4) -> Any:
    """A survey of July to September, counted after so many answers a place."""
    made = opened(world, code, places, month=JULY, months=3, handed=40)
    for at in places:
        answered(made, made.tickets.filter(stratum__institution=at)[:answers], level)
    return services.close(by=world.luo, campaign=made, now=LATER)


def test_a_survey_of_the_quarter_counts_in_the_months_that_count_the_quarter(qinghe: World) -> None:
    third_quarter(qinghe, "outpatient", [qinghe.lead], 30)
    known = found(OCTOBER, *PAIR, "questionnaires_sent", "attitude_points", "outpatient_points")
    assert known == {
        ("QH01", "satisfaction_points"): (Decimal("2400.0000"), SURVEY),
        ("QH01", "satisfaction_answers"): (30, SURVEY),
        ("QH01", "questionnaires_sent"): (40, SURVEY),
        ("QH01", "attitude_points"): (Decimal("2400.0000"), SURVEY),
        ("QH01", "outpatient_points"): (Decimal("2400.0000"), SURVEY),
    }
    assert set(found(SEPTEMBER, *PAIR)) == set(found(OCTOBER, *PAIR))
    assert found(Month(2026, 12), *PAIR) == found(Month(2026, 8), *PAIR) == {}


def test_inpatients_and_outpatients_add_up_by_their_answers(qinghe: World) -> None:
    third_quarter(qinghe, "outpatient", [qinghe.lead], 30, level=5)
    third_quarter(qinghe, "outpatient", [qinghe.lead], 40, level=3)
    known = found(OCTOBER, *PAIR)
    assert known["QH01", "satisfaction_points"][0] == 30 * 100 + 40 * 60
    assert known["QH01", "satisfaction_answers"][0] == 70


def test_where_none_stands_what_is_declared_counts_and_below_the_minimum_nothing_does(
    qinghe: World,
) -> None:
    for place in (qinghe.lead, qinghe.tcm):
        for key, value in (("satisfaction_points", "9000"), ("satisfaction_answers", "100")):
            number = declaring.entry(place, key, value, Span(JULY, "quarter"))
            declaring.confirmed(qinghe, number, by="luo", second="meng", now=LATER)
    before = found(OCTOBER, *PAIR)
    assert before["QH01", "satisfaction_answers"] == (100, DECLARED)
    third_quarter(qinghe, "outpatient", [qinghe.lead], 29)
    after = found(OCTOBER, *PAIR)
    assert after["QH01", "satisfaction_answers"] == after["QH01", "satisfaction_points"] == (None, SURVEY)
    assert after["QH02", "satisfaction_answers"] == (100, DECLARED)


def test_quizzes_give_questions_answered_right_and_staff_who_passed(qinghe: World) -> None:
    made = opened(qinghe, "health_quiz", [qinghe.shiqiao], month=JULY, months=3, handed=40)
    right = {one.code: one.right for one in made.edition.questions}
    for ticket in made.tickets.all():
        services.answer_by_link(typed=link_of(made, ticket), given=right, now=NOW)
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    known = found(OCTOBER, "knowledge_right", "knowledge_asked")
    assert {value for value, _kind in known.values()} == {200}


def test_a_department_has_its_own_points_and_a_hidden_one_none(ready: World) -> None:
    adopt(ready)
    discharged(ready, ready.lead, ready.lin, {"03": 80, "04": 12, "05": 11})
    with inside(ready):
        for code in ("04", "05"):
            Department.objects.create(institution=ready.lead, code=code, name=code, kind="clinical")
        made = opened(ready, "inpatient", [ready.lead])
        by_unit = {one.department_code: one for one in made.strata.all()}
        answered(made, made.tickets.filter(stratum=by_unit["03"]), level=5)
        answered(made, made.tickets.filter(stratum=by_unit["04"]), level=4)
        answered(made, made.tickets.filter(stratum=by_unit["05"])[:9], level=2)
        services.close(by=ready.luo, campaign=made, now=LATER)
        rows = level_facts.facts_of({DECEMBER: PAIR}, Level.DEPARTMENT, [])
        names = dict(Department.objects.values_list("pk", "code"))
        assert {(names[one.pk], one.key): one.value for one in rows} == {
            ("03", "satisfaction_points"): Decimal("1600.0000"), ("03", "satisfaction_answers"): 16,
        }  # fmt: skip


def test_a_team_has_its_own_points_and_none_of_few_answers(qinghe: World) -> None:
    for place, codes in ((qinghe.shiqiao, ("T1", "T2", "T3")), (qinghe.lead, ())):
        for code in codes:
            Team.objects.create(institution=place, code=code, name=f"{place.short_name}{code}")
    # A department of the same code is somebody else.
    Department.objects.create(institution=qinghe.shiqiao, code="T1", name="全科", kind="clinical")
    Team.objects.create(institution=qinghe.shiqiao, code="S1", name="康复", kind=Team.Kind.SERVICE)
    made = opened(qinghe, "contract", [qinghe.shiqiao, qinghe.lead], month=JULY, months=3, handed=61)
    strata = {(one.institution.code, one.department_code): one for one in made.strata.all()}
    drawn = {place: row.drawn for place, row in strata.items()}
    assert drawn == {("QH11", "T1"): 21, ("QH11", "T2"): 20, ("QH11", "T3"): 20, ("QH01", ""): 61}
    for code, count, level in (("T1", 14, 5), ("T2", 12, 3), ("T3", 4, 1)):
        answered(made, made.tickets.filter(stratum=strata["QH11", code])[:count], level)
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    points = frozenset({"contract_points", "contract_answers", "gain_points"})
    rows = level_facts.facts_of({OCTOBER: points}, Level.TEAM, subjects.of(Level.TEAM))
    names = dict(Team.objects.values_list("pk", "code"))
    # Three have four answers: they are not told, and a second team with them, for its points would follow.
    assert {(names[one.pk], one.key): (one.value, one.kind) for one in rows} == {
        ("T1", "contract_points"): (Decimal("1400.0000"), SURVEY),
        ("T1", "contract_answers"): (14, SURVEY), ("T1", "gain_points"): (Decimal("1400.0000"), SURVEY),
    }  # fmt: skip
    results = {
        (one.department_code, one.measure): (one.value, one.why)
        for one in Result.objects.filter(campaign=made, institution=qinghe.shiqiao)
        if "=" not in one.measure
    }
    assert results["T2", "service"] == (None, "hidden") and results["T3", "service"] == (None, "few")
    assert results["", "service"][0] is not None
    by_department = level_facts.facts_of({OCTOBER: points}, Level.DEPARTMENT, [])
    assert list(by_department) == []


def test_facts_cost_the_same_queries_for_any_number_of_surveys(
    qinghe: World, django_assert_num_queries: Any
) -> None:
    third_quarter(qinghe, "outpatient", [qinghe.lead], 30)
    with django_assert_num_queries(1):
        assert len(facts.survey_facts(JULY, SEPTEMBER)) == 5
    third_quarter(qinghe, "outpatient", [qinghe.lead, qinghe.tcm], 30)
    with django_assert_num_queries(1):
        assert len(facts.survey_facts(JULY, SEPTEMBER)) == 15
    assert facts.survey_facts(JULY.next(), SEPTEMBER) == []


@pytest.mark.parametrize(("first", "last"), [(Month(2026, 6), Month(2026, 8)), (Month(2026, 8), OCTOBER)])
def test_a_survey_that_reaches_out_of_the_span_is_not_counted(
    qinghe: World, first: Month, last: Month
) -> None:
    third_quarter(qinghe, "outpatient", [qinghe.lead], 30)
    assert facts.survey_facts(first, last) == []
    assert len(facts.findings(JULY, SEPTEMBER, "outpatient")) == 2
