"""Indicators: the six of the road, each with its formula, and what happens when something is missing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.canonical import digest
from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.fact import Fact, FactsRefused, tabulate
from performance.engine.formula import Number
from performance.engine.indicators import (
    Indicator,
    IndicatorValue,
    check_form,
    evaluate,
    read_indicators,
    shipped_indicators,
)
from performance.engine.restore import ShapeRefused
from tests.engines.performance.cast import LAST_YEAR, NUMBERS, OCTOBER, fact, facts_of
from tests.engines.performance.reading import worked_out, written

SIX = shipped_indicators()


def value_of(code: str, minimum_n: int | None = None, **changes: Number | None) -> IndicatorValue:
    facts = tabulate(facts_of("A", **changes))
    return evaluate(SIX[code], facts=facts, institution="A", month=OCTOBER, minimum_n=minimum_n)


@pytest.mark.parametrize(
    ("code", "value", "line"),
    [
        ("cmi", "0.9010", "540.60 ÷ 600"),
        (
            "cost_change",
            "4.51",
            "100 × ( 510000000 ÷ 610 − 480000000 ÷ 600 ) ÷ ( 480000000 ÷ 600 )",
        ),
        ("mean_stay", "8.52", "5200 ÷ 610"),
        ("up_arrivals", "0.0400", "1000 × 12 ÷ 300000"),
        ("down_arrivals", "3.7705", "100 × ( 20 + 3 ) ÷ 610"),
        ("accepted_in_time", "92.50", "100 × 37 ÷ 40"),
    ],
)
def test_each_indicator_with_its_numbers_put_in(code: str, value: str, line: str) -> None:
    found = value_of(code)
    assert (str(found.value), written(found.formula)) == (value, line)


def test_the_road_has_these_six() -> None:
    assert list(SIX) == [
        "cmi", "cost_change", "mean_stay", "up_arrivals", "down_arrivals", "accepted_in_time",
    ]  # fmt: skip
    assert all(one.definition_zh and one.definition_en and one.source for one in SIX.values())


def test_every_term_points_to_its_records() -> None:
    facts = [Fact("A", OCTOBER, "stay_days", 52, "case", 8), Fact("A", OCTOBER, "discharges", 8, "case", 8)]
    found = evaluate(SIX["mean_stay"], facts=tabulate(facts), institution="A", month=OCTOBER, minimum_n=1)
    assert [(one.institution, one.month, one.name) for one in found.evidence] == [one.place for one in facts]
    assert [(one.evidence_kind, one.evidence_count) for one in found.evidence] == [("case", 8), ("case", 8)]


def test_missing_is_not_zero() -> None:
    missing, zero = (
        value_of("down_arrivals", down_effective_sent=None),
        value_of("down_arrivals", down_effective_sent=0),
    )
    assert missing.reason is not None
    assert (missing.status, missing.value, missing.reason.code) == ("not_assessed", None, "missing_fact")
    assert missing.reason.about == ("down_effective_sent",)
    assert (zero.status, zero.value) == ("assessed", Decimal("0.4918"))


def test_an_absent_fact_is_missing_too() -> None:
    found = evaluate(SIX["cmi"], facts={}, institution="A", month=OCTOBER)
    assert found.reason is not None
    assert (found.reason.code, found.reason.about) == ("missing_fact", ("total_weight", "weighted_cases"))


def test_an_empty_denominator_is_not_assessed() -> None:
    found = value_of("accepted_in_time", referrals_accepted_in_time=0, referrals_received=0)
    assert found.reason is not None
    assert (found.value, found.reason.code) == (None, "empty_denominator")


def test_too_few_cases_are_not_assessed_and_it_says_how_few() -> None:
    found = value_of("mean_stay", stay_days=40, discharges=7)
    assert found.reason is not None
    assert (found.reason.code, found.reason.n, found.reason.minimum) == ("below_minimum_n", 7, 10)
    assert value_of("mean_stay", minimum_n=7, stay_days=40, discharges=7).value == Decimal("5.71")


def test_a_change_needs_both_years() -> None:
    now = [fact("A", "cost_fen", 100_000), fact("A", "discharges", 20)]
    then = [fact("A", "cost_fen", 0, LAST_YEAR), fact("A", "discharges", 20, LAST_YEAR)]
    alone = evaluate(SIX["cost_change"], facts=tabulate(now), institution="A", month=OCTOBER)
    free = evaluate(SIX["cost_change"], facts=tabulate(now + then), institution="A", month=OCTOBER)
    assert alone.reason is not None
    assert free.reason is not None
    assert (alone.reason.code, free.reason.code) == ("missing_fact", "base_is_zero")


def test_a_fall_is_negative_and_its_two_means_are_shown() -> None:
    found = value_of("cost_change", cost_fen=400_000_000)
    assert (found.value, found.numerator, found.denominator) == (
        Decimal("-18.03"), Decimal("655737.70"), Decimal("800000.00"),
    )  # fmt: skip


def test_a_share_above_one_is_shown_as_it_is_and_flagged() -> None:
    found = value_of("accepted_in_time", referrals_accepted_in_time=44)
    assert (found.value, found.flags) == (Decimal("110.00"), ("above_one",))
    assert value_of("accepted_in_time", referrals_accepted_in_time=40).flags == ()


@given(st.fixed_dictionaries({key: st.integers(0, 10**11) for key in NUMBERS}), st.sampled_from(sorted(SIX)))
def test_the_line_shown_gives_the_value_shown(numbers: dict[str, int], code: str) -> None:
    found = value_of(code, minimum_n=0, **numbers)
    if found.value is None:
        assert found.reason is not None
    else:
        assert half_up(worked_out(found.formula), SIX[code].decimals) == found.value


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([fact("A", "discharges", 1), fact("A", "discharges", 1)], "repeated"),
        ([fact("A", "discharges", -1)], "negative"),
    ],
)
def test_facts_that_cannot_be_true_are_refused(facts: list[Fact], reason: str) -> None:
    with pytest.raises(FactsRefused) as refused:
        tabulate(facts)
    assert refused.value.reason == reason


CMI = """
[[indicator]]
code = "cmi"
name_zh = "a"
name_en = "a"
unit = "ratio"
direction = "higher"
form = "ratio"
numerator = ["w"]
denominator = ["n"]
scale = 1
decimals = 4
minimum_n = 10
definition_zh = "a"
definition_en = "a"
source = "a"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            CMI.replace("scale = 1", "scale = 1.0"),
            "$.indicator[0].scale: write a number with decimals as text",
        ),
        (CMI.replace('unit = "ratio"', 'unit = "mile"'), "$.indicator[0].unit: mile is not one of"),
        (CMI.replace("decimals = 4\n", ""), "$.indicator[0].decimals: the field is absent"),
        (CMI + "colour = 1", "$.indicator[0]: unknown field colour"),
        (CMI + CMI, "the code cmi appears twice"),
        (CMI.replace('["n"]', "[]"), "numerator and denominator each name a fact"),
        (CMI.replace('form = "ratio"', 'form = "change"'), "looks months back"),
        (CMI.replace("scale = 1", "scale = 0"), "out of range"),
    ],
)
def test_a_faulty_register_says_where_and_what(text: str, said: str) -> None:
    with pytest.raises(ShapeRefused) as refused:
        read_indicators(text)
    assert said in str(refused.value)


def test_the_year_before_is_twelve_months_back() -> None:
    assert Month(2026, 1).plus(-12) == Month(2025, 1)
    assert SIX["cost_change"].months_back == 12


def form_of(code: str, **changes: object) -> Indicator:
    """One of the six with another form."""
    return replace(SIX[code], **changes)  # type: ignore[arg-type]


AMOUNT = form_of(
    "cmi", form="amount", numerator=("cost_fen",), denominator=(), scale=Decimal("0.01"), minimum_n=0
)


def worth(indicator: Indicator, minimum_n: int | None = None, **changes: Number | None) -> IndicatorValue:
    facts = tabulate(facts_of("A", **changes))
    return evaluate(indicator, facts=facts, institution="A", month=OCTOBER, minimum_n=minimum_n)


def test_an_amount_is_its_facts_times_the_scale() -> None:
    found = worth(AMOUNT, minimum_n=10)
    assert (str(found.value), written(found.formula)) == ("5100000.0000", "0.01 × 510000000")
    assert (found.numerator, found.denominator, found.status) == (510000000, None, "assessed")
    assert worth(AMOUNT, cost_fen=0).value == 0
    missing = worth(AMOUNT, cost_fen=None)
    assert missing.reason is not None and (missing.value, missing.reason.code) == (None, "missing_fact")


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.sampled_from(["0.01", "1", "100"]))
def test_an_amount_adds_up(first: int, second: int, scale: str) -> None:
    both = form_of(
        "cmi", form="amount", numerator=("cost_fen", "stay_days"), denominator=(), scale=Decimal(scale),
        decimals=2, minimum_n=0,
    )  # fmt: skip
    found = worth(both, cost_fen=first, stay_days=second)
    assert found.value == (first + second) * Decimal(scale)


def test_a_complement_is_what_is_left_of_the_whole() -> None:
    left = form_of(
        "cmi", form="complement", numerator=("stay_days",), denominator=("cost_fen",), scale=Decimal(100)
    )
    found = worth(left, stay_days=92, cost_fen=100)
    assert (str(found.value), written(found.formula)) == ("8.0000", "100 × ( 100 − 92 ) ÷ 100")
    assert (found.numerator, found.denominator) == (92, 100)
    assert worth(left, stay_days=103, cost_fen=100).value == Decimal("-3")
    empty = worth(left, stay_days=0, cost_fen=0)
    assert empty.reason is not None and empty.reason.code == "empty_denominator"


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_complement_and_its_ratio_make_the_whole(part: int, whole: int) -> None:
    terms = {"numerator": ("stay_days",), "denominator": ("cost_fen",), "scale": Decimal(100), "minimum_n": 1}
    left, right = form_of("cmi", form="complement", **terms), form_of("cmi", form="ratio", **terms)
    numbers: dict[str, Number | None] = {"stay_days": part, "cost_fen": whole}
    assert worked_out(worth(left, **numbers).formula) + worked_out(worth(right, **numbers).formula) == 100


def test_a_change_needs_no_denominator() -> None:
    income = form_of("cost_change", denominator=(), minimum_n=0)
    facts = [
        Fact("A", OCTOBER, "cost_fen", 110, "case", 1), Fact("A", LAST_YEAR, "cost_fen", 100, "case", 1)
    ]  # fmt: skip
    found = evaluate(income, facts=tabulate(facts), institution="A", month=OCTOBER)
    assert (str(found.value), written(found.formula)) == ("10.00", "100 × ( 110 − 100 ) ÷ 100")
    base = evaluate(
        income, facts=tabulate([facts[0], replace(facts[1], value=0)]), institution="A", month=OCTOBER
    )
    assert base.reason is not None and base.reason.code == "base_is_zero"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"form": "amount"}, "an amount has no denominator"),
        ({"form": "complement", "denominator": ()}, "each name a fact"),
        ({"form": "amount", "denominator": ()}, "there is none"),
        ({"form": "amount", "numerator": (), "denominator": (), "minimum_n": 0}, "each name a fact"),
    ],
)
def test_a_form_whose_parts_do_not_fit_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(ShapeRefused, match=problem):
        check_form(form_of("cmi", **changes), "$")


def test_the_canonical_form_of_the_six_is_what_months_froze() -> None:
    assert digest(tuple(SIX.values())) == "7ff36bacc775b1b1bac5f0eb495d5311d19c76c0f87542172d0419f066d8d8f1"
