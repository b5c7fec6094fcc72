"""A month from facts to fen: all adds up, all can be computed again, nothing is silently zero."""

import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.lib.canonical import canonical, to_plain
from alliance.lib.money import SplitRefused
from performance.engine.exact import half_up
from performance.engine.fact import Fact, FactsRefused
from performance.engine.forms import AgainstLast
from performance.engine.inputs import Basis, InputsRefused, Member, MonthInputs
from performance.engine.month import InstitutionScore, Line, MonthResult
from performance.engine.restore import ShapeRefused, restore
from performance.engine.scheme import Scheme, SchemeRefused
from performance.engine.settlement import recompute, settle
from tests.engines.performance.cast import MEMBERS, NUMBERS, OCTOBER, a_month, fact, facts_of
from tests.engines.performance.reading import worked_out, written

KEYS = sorted(NUMBERS)
number = st.one_of(st.none(), st.integers(0, 10**9))
facts_strategy = st.lists(
    st.tuples(st.sampled_from(["LEAD", "TCM", "TOWN", "ROOM"]), st.sampled_from(KEYS), number),
    max_size=44,
    unique_by=lambda one: one[:2],
)
base_facts = [one for code in ("LEAD", "TCM", "TOWN") for one in facts_of(code)]


def line(result: MonthResult, code: str) -> Line:
    return next(one for one in result.lines if one.institution == code)


def whole(result: MonthResult, code: str) -> InstitutionScore:
    return next(one for one in result.totals if one.institution == code)


def changed(drawn: list[tuple[str, str, int | None]]) -> list[Fact]:
    """The usual facts with the drawn ones put in their place."""
    drawn_facts = {(code, key): fact(code, key, value) for code, key, value in drawn}
    kept = [
        one for one in base_facts if one.month != OCTOBER or (one.institution, one.key) not in drawn_facts
    ]
    return kept + list(drawn_facts.values())


@settings(deadline=None, max_examples=20)
@given(facts_strategy, st.integers(-(10**13), 10**13), st.integers(0, 99))
def test_lines_add_up_to_the_pool_and_any_order_gives_the_same_bytes(
    drawn: list[tuple[str, str, int | None]], pool_fen: int, seed: int
) -> None:
    facts = changed(drawn)
    inputs = a_month(facts, pool_fen)
    try:
        result = settle(inputs)
    except SplitRefused as refused:
        assert refused.reason == "all_weights_zero"
        return
    assert sum(one.fen for one in result.lines) == pool_fen
    random.Random(seed).shuffle(facts)
    assert settle(a_month(facts, pool_fen)).digest == result.digest
    assert recompute(inputs.frozen()).digest == result.digest


@settings(deadline=None, max_examples=20)
@given(facts_strategy)
def test_every_formula_shown_gives_the_number_shown(drawn: list[tuple[str, str, int | None]]) -> None:
    try:
        result = settle(a_month(changed(drawn)))
    except SplitRefused:
        return
    for part in result.scores:
        if part.score is not None:
            points = half_up(worked_out(part.formula), 4)
            assert part.score == {"": points, "floor": 0, "ceiling": 100}[part.limited]
    for total in result.totals:
        assert total.score is None or total.score == half_up(worked_out(total.formula), 4)
    for share in result.lines:
        assert share.score is None or share.quota == half_up(worked_out(share.formula), 4)


def test_weight_is_score_times_basis() -> None:
    result = settle(a_month())
    for share in result.lines:
        assert share.score is not None
        assert share.weight == share.score * share.basis_fen
    assert result.weight == sum(share.weight for share in result.lines)
    found = line(result, "LEAD")
    shown = f"100000000 × {found.score} × 342000000 ÷ {result.weight}"
    assert written(found.formula) == shown


def test_dimensions_add_up_to_the_points() -> None:
    for found in settle(a_month()).totals:
        assert abs(sum(one.points for one in found.dimensions) - found.points) <= Decimal("0.0002")
        assert sum(one.possible for one in found.dimensions) == found.possible
        assert sum(one.weight for one in found.dimensions) == 100


def test_a_missing_indicator_hands_its_weight_to_the_others() -> None:
    facts = [one for one in base_facts if (one.institution, one.key) != ("TOWN", "referrals_received")]
    result = settle(a_month(facts))
    found = whole(result, "TOWN")
    assert (found.status, found.missing, found.possible) == (
        "reweighted",
        ("accepted_in_time",),
        Decimal("85.0000"),
    )
    town = [one for one in result.scores if one.institution == "TOWN"]
    assert sum(one.weight_in_effect for one in town if one.weight_in_effect is not None) == 100
    missing = next(one for one in town if one.indicator == "accepted_in_time")
    assert missing.reason is not None
    assert (missing.score, missing.weight_in_effect, missing.reason.code) == (None, None, "value_missing")


def test_nothing_assessed_gets_nothing_and_says_why() -> None:
    result = settle(a_month([one for one in base_facts if one.institution != "TCM"]))
    found = line(result, "TCM")
    assert (found.fen, found.weight, found.score) == (0, 0, None)
    assert found.reason is not None
    assert (found.reason.code, len(found.reason.about)) == ("nothing_assessed", 6)
    assert sum(one.fen for one in result.lines) == 100_000_000


def test_nobody_assessed_is_a_named_error() -> None:
    with pytest.raises(SplitRefused) as refused:
        settle(a_month([]))
    assert refused.value.reason == "all_weights_zero"


def test_a_blocking_indicator_stops_the_month_and_names_who() -> None:
    inputs = a_month([one for one in base_facts if (one.institution, one.key) != ("TCM", "stay_days")])
    blocking = replace(inputs.scheme, when_missing="block")
    result = settle(replace(inputs, scheme=blocking))
    assert (result.status, result.blocked_by, result.lines) == ("blocked", ("TCM",), ())
    assert whole(result, "TCM").missing == ("mean_stay",)


def test_village_rooms_report_and_are_paid_through_their_township() -> None:
    alone = settle(a_month())
    both = settle(a_month([*base_facts, fact("ROOM", "up_effective_sent", 90)]))
    assert [one.institution for one in both.lines] == ["LEAD", "TCM", "TOWN"]
    values = {
        name: next(one for one in result.values if (one.institution, one.code) == ("TOWN", "up_arrivals"))
        for name, result in (("alone", alone), ("both", both))
    }
    assert (values["alone"].numerator, values["both"].numerator) == (12, 102)
    assert values["both"].evidence[0].evidence_count == 2


def test_a_room_that_does_not_know_makes_the_sum_unknown() -> None:
    result = settle(a_month([*base_facts, fact("ROOM", "up_effective_sent", None)]))
    found = next(one for one in result.values if (one.institution, one.code) == ("TOWN", "up_arrivals"))
    assert found.reason is not None
    assert found.reason.code == "missing_fact"


def test_against_the_own_last_month() -> None:
    inputs = a_month(
        [
            *base_facts,
            fact("TOWN", "stay_days", 5000, OCTOBER.previous()),
            fact("TOWN", "discharges", 500, OCTOBER.previous()),
        ]
    )
    form = AgainstLast("lower", "relative", Decimal(60), Decimal(2))
    result = settle(replace(inputs, scheme=with_form(inputs.scheme, "mean_stay", form)))
    scores = {one.institution: one for one in result.scores if one.indicator == "mean_stay"}
    assert scores["TOWN"].score == Decimal("89.6000")  # 60 − 2 × 100 × (8.52 − 10.00) ÷ 10.00
    reason = scores["LEAD"].reason
    assert reason is not None
    assert reason.code == "comparison_missing"


def with_form(scheme: Scheme, indicator: str, form: AgainstLast) -> Scheme:
    columns = tuple(
        replace(
            column,
            items=tuple(
                replace(item, form=form) if item.indicator == indicator else item for item in column.items
            ),
        )
        for column in scheme.columns
    )
    return replace(scheme, columns=columns)


def test_inputs_and_result_survive_json_both_ways() -> None:
    inputs = a_month()
    result = settle(inputs)
    assert restore(MonthInputs, json.loads(inputs.frozen())) == inputs
    assert restore(MonthResult, json.loads(canonical(result))) == result
    assert recompute(to_plain(inputs)).digest == result.digest  # type: ignore[arg-type]
    assert result.inputs_digest == inputs.digest


def test_a_later_indicator_or_scheme_leaves_the_frozen_month_alone() -> None:
    """N31: the frozen inputs carry indicators and scheme themselves."""
    frozen = a_month().frozen()
    before = recompute(frozen).digest
    later = a_month()
    moved = replace(later, indicators=tuple(replace(one, decimals=0) for one in later.indicators))
    assert settle(moved).digest != before
    assert recompute(frozen).digest == before


def refuse(inputs: MonthInputs) -> str:
    with pytest.raises(InputsRefused) as refused:
        settle(inputs)
    return refused.value.reason


def test_inputs_that_make_no_month_are_named() -> None:
    usual = a_month()
    first = usual.bases[0]
    assert refuse(replace(usual, format=2)) == "format"
    assert refuse(replace(usual, members=(*MEMBERS, MEMBERS[0]))) == "repeated"
    assert refuse(replace(usual, members=(*MEMBERS, Member("R2", "member", "village", "ROOM")))) == "through"
    assert refuse(replace(usual, members=(*MEMBERS, Member("V", "member", "village")))) == "no_column"
    assert refuse(replace(usual, bases=usual.bases[1:])) == "no_basis"
    assert (
        refuse(replace(usual, bases=(*usual.bases, replace(first, institution="ROOM"))))
        == "basis_without_line"
    )
    assert refuse(replace(usual, bases=(replace(first, fen=-1), *usual.bases[1:]))) == "negative_basis"
    late = Basis("LEAD", 1, date(2026, 11, 1), "")
    assert refuse(replace(usual, bases=(late, *usual.bases[1:]))) == "not_in_force"
    later = replace(usual.scheme, effective_from=date(2026, 11, 1))
    assert refuse(replace(usual, scheme=later)) == "not_in_force"


def test_a_stranger_s_fact_and_a_faulty_scheme_are_refused() -> None:
    with pytest.raises(FactsRefused) as stranger:
        settle(a_month([*base_facts, fact("ELSEWHERE", "discharges", 1)]))
    assert stranger.value.reason == "institution"
    usual = a_month()
    with pytest.raises(SchemeRefused) as faulty:
        settle(replace(usual, indicators=usual.indicators[1:]))
    assert {problem.code for problem in faulty.value.problems} == {"unknown_indicator"}


def test_frozen_inputs_with_a_float_are_refused() -> None:
    data = json.loads(a_month().frozen())
    data["facts"][0]["value"] = 1.5
    with pytest.raises(ShapeRefused) as refused:
        recompute(data)
    assert (refused.value.reason, refused.value.params["path"]) == ("float", "$.facts[0].value")
