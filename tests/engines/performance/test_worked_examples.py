"""The worked examples 9, 10, 12 and 13 of the mission, and what must hold whatever the numbers."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.lib import sampling
from alliance.lib.period import Month
from performance.engine.consequences import StepRule, raised
from performance.engine.dictionary import shipped_dictionary
from performance.engine.evaluators import Evaluators, joined, opinion
from performance.engine.exact import half_up
from performance.engine.forms import (
    AddDeduct,
    AgainstLast,
    AgainstMean,
    Band,
    Expert,
    Form,
    FormRefused,
    Lights,
    LinearHigher,
    LinearLower,
    Step,
    Steps,
)
from performance.engine.formula import Number
from performance.engine.indicators import Indicator
from performance.engine.levels import Board
from performance.engine.scoring import Part, score, total
from performance.engine.settlement import settle
from performance.engine.templates import shipped_templates
from referrals import rates
from tests.engines.performance.cast import OCTOBER, a_month

D = Decimal
numbers = st.decimals(-200, 400, places=2, allow_nan=False, allow_infinity=False)
marks = st.decimals(0, 100, places=4, allow_nan=False, allow_infinity=False)
FORMS: tuple[Form, ...] = (
    LinearHigher(D(10), D(90)), LinearLower(D(5), D("66.6")),
    Steps("higher", (Step(D(10), D(30)), Step(D(50), D(90)))), Steps("lower", (Step(D(9), D(80)),)),
    AgainstMean("higher", D(40), D(60), D("0.7")), AgainstMean("lower", D(40), D(60), D("0.7")),
    AgainstMean("lower", D("-4"), D(60), D("0.7")), AgainstMean("higher", D("-4"), D(60), D("0.7")),
    AgainstMean("lower", D(0), D(80), D(5), mode="pp"),
    AgainstLast("higher", "pp", D(60), D("2.3")), AgainstLast("lower", "pp", D(70), D("0.9")),
    AgainstLast("higher", "relative", D(60), D("2.3")), AgainstLast("lower", "relative", D(70), D("0.9")),
    AddDeduct(D(100), D("-2.5"), D(20), D(100)), AddDeduct(D(0), D(4), D(0), D(80)), Expert(D(10)),
    Lights("higher", D(80), D(60), D(100), D(50), D(0)), Lights("lower", D(5), D(10), D(100), D(60), D(10)),
)  # fmt: skip
BAND = Band(D(15), D(25), D(5), D("3.3"))
SHIPPED = tuple(
    {
        item.form: None
        for found in shipped_templates().values()
        for column in found.scheme.columns
        for item in column.items
        if not isinstance(item.form, Band)
    }
)


def test_x6_9_an_explanation_is_asked_outside_the_band_ends_included() -> None:
    band, v1 = (D(15), D(25)), next(one for one in rates.VARIANTS if one.band)
    asked = [
        rates.rate(v1, {"up_effective": up, "down_effective": 49, "discharges": 1000}, band).required
        for up in (100, 101, 201, 202)
    ]
    assert asked == [True, False, False, True]
    scheme = shipped_templates()["alliance_three"].scheme
    form = next(
        item.form
        for column in scheme.columns
        for item in column.items
        if item.indicator == "two_way_referral"
    )
    points = [score(form, D(rate)).score for rate in ("14.9", "15.0", "25.0", "25.1")]
    assert points[1] == points[2] == 100 and points[0] == points[3] and D(0) < (points[0] or D(0)) < 100


def test_x6_10_more_than_five_percent_of_errors_brings_a_notice() -> None:
    assert [sampling.above(errors, 10_000, D(5)) for errors in (500, 501)] == [False, True]
    assert not sampling.above(0, 0, D(5)) and sampling.error_rate(0, 0) is None


def test_x6_12_three_dimensions_of_the_alliance() -> None:
    column = shipped_templates()["alliance_three"].scheme.columns[0]
    marks = {"care": D(90), "health": D(80), "operation": D(70)}
    parts = [Part(item.indicator, item.weight, marks[item.dimension], "reweight") for item in column.items]
    assert total(parts).score == D("81.5000")


def test_x6_13_steps_of_the_family_doctor_s_pay() -> None:
    follow_up = StepRule(D(5), D(2), "step")
    control = StepRule(D(10), D(5), "step")
    cost = StepRule(D(1), D(1), "step", fall=True, cap=D(20))
    assert follow_up.percent(D(82), D(70)) == 4
    assert control.percent(D(75), D(50)) == 10
    assert cost.percent(D(9660), D(10_000)) == 3
    assert replace(cost, mode="linear").percent(D(9660), D(10_000)) == Fraction(34, 10)
    assert follow_up.percent(D(60), D(70)) == 0 and follow_up.percent(None, D(70)) is None


def test_s0_41_the_groups_weigh_forty_while_costs_run_over() -> None:
    column = shipped_templates()["family_doctor_three"].scheme.columns[0]
    weights = {code: column.weight(code) for code in ("process", "outcome", "drg")}
    found = raised(weights, "drg", D(40))
    assert found == {"process": D("25.7143"), "outcome": D("34.2857"), "drg": D("40.0000")}
    with pytest.raises(FormRefused):
        raised(weights, "drg", D(101))


@given(st.sampled_from([*FORMS, BAND]), numbers, numbers)
def test_points_stay_between_nothing_and_everything(form: Form, value: Decimal, last: Decimal) -> None:
    found = score(form, value, last)
    assert found.score is None or 0 <= found.score <= 100
    assert score(form, None, last).score is None  # missing is never zero


@given(st.sampled_from((*FORMS, *SHIPPED)), numbers, numbers, numbers)
def test_a_better_value_never_costs_points(form: Form, one: Decimal, two: Decimal, last: Decimal) -> None:
    worse, better = sorted((one, two), reverse=getattr(form, "direction", "") == "lower")
    low, high = score(form, worse, last).score, score(form, better, last).score
    if low is None or high is None:  # the mean is not known, the change is from nothing: not assessed
        assert low is high and getattr(form, "kind", "") in ("mean", "own_last")
        return
    assert low <= high


@given(numbers, numbers)
def test_a_band_falls_on_both_sides(one: Decimal, two: Decimal) -> None:
    def away(value: Decimal) -> Decimal:
        return max(BAND.low - value, value - BAND.high, D(0))

    near, far = sorted((one, two), key=away)
    if (near < BAND.low) == (far < BAND.low):
        assert (score(BAND, near).score or 0) >= (score(BAND, far).score or 0)


parts_of = st.lists(
    st.tuples(st.decimals(0, 100, places=3), st.one_of(st.none(), marks)), min_size=1, max_size=12
)


@given(parts_of)
def test_weights_in_effect_always_fill_a_hundred(rows: list[tuple[Decimal, Decimal | None]]) -> None:
    parts = [Part(f"i{n}", weight, mark, "reweight") for n, (weight, mark) in enumerate(rows)]
    if not any(part.weight for part in parts):
        return
    found = total(parts)
    if found.score is not None:
        assert sum(weight for _code, weight in found.weights) == 100
        known = [part.score for part in parts if part.weight and part.score is not None]
        assert min(known) <= found.score <= max(known)
    shuffled = list(parts)
    Random(len(rows)).shuffle(shuffled)
    assert (total(shuffled).score, total(shuffled).status) == (found.score, found.status)


@given(st.sampled_from(sorted(shipped_templates())), st.randoms())
@settings(max_examples=40, deadline=None)
def test_what_is_hidden_as_missing_never_becomes_a_zero(code: str, random: Random) -> None:
    scheme = shipped_templates()[code].scheme
    known = {code: entry.indicator for code, entry in shipped_dictionary().items()}
    column = random.choice(scheme.columns)
    keys = {key for item in column.items for key in _facts(known[item.indicator])}
    months = [OCTOBER, OCTOBER.plus(-12)]
    book: dict[tuple[Month, str], Number | None] = {
        (month, key): None if random.random() < 0.3 else random.randint(0, 900)
        for month in months
        for key in keys
    }
    board = Board(scheme, known, OCTOBER)
    found = board.result(column, book)
    for item, cell in zip(column.items, found.cells, strict=True):
        if any(book[OCTOBER, key] is None for key in _facts(known[item.indicator])):
            assert cell.measured.value is None and cell.score is None
    held = [(item.weight, cell.score) for item, cell in zip(column.items, found.cells, strict=True)
            if cell.score is not None]  # fmt: skip
    if found.score is None:
        assert not held
        return
    earned = sum((Fraction(weight) * Fraction(mark) for weight, mark in held), Fraction(0))
    whole = sum((Fraction(weight) for weight, _mark in held), Fraction(0))
    assert (found.score, found.possible) == (half_up(earned / whole, 4), whole)


def _facts(indicator: Indicator) -> tuple[str, ...]:
    return (*indicator.numerator, *indicator.denominator)


@settings(max_examples=8, deadline=None)
@given(st.randoms())
def test_the_order_of_institutions_changes_nothing(random: Random) -> None:
    month = a_month()
    members, facts, bases = list(month.members), list(month.facts), list(month.bases)
    for rows in (members, facts, bases):
        random.shuffle(rows)
    again = replace(month, members=tuple(members), facts=tuple(facts), bases=tuple(bases))
    assert settle(again).digest == settle(month).digest


def test_opinions_are_hidden_below_three_and_the_others_count_more() -> None:
    evaluators = Evaluators(D(40), D(25), D(10), D(10), D(15))
    peers = opinion("peer", [D(80), D(90)], 3)
    assert (peers.n, peers.mean, peers.spread) == (2, None, None)
    own = opinion("internal", [D(60), D(70), D(80)], 3)
    assert (own.mean, own.spread) == (D("70.0000"), D("8.16"))
    patients = opinion("patient", [D(90)] * 4, 3)
    assert joined([own, peers, patients], evaluators) == D("75.4545")  # (40 x 70 + 15 x 90) / 55
    assert joined([peers], evaluators) is None
