"""Control chart: limits by hand, signals by rule, missing months never zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.engine.control import Judged, Reading, Rule, judge, limits_of

RULE = Rule(window=12, least=6, run=8, jump=Decimal(30), events=10)
CALM = [Decimal(value) for value in (20, 22, 19, 21, 20, 18)]


def kinds(values: list[Decimal | None], direction: str = "higher", rule: Rule = RULE) -> list[str]:
    return [signal.kind for signal in judged(values, direction, rule).signals]


def judged(values: list[Decimal | None], direction: str = "higher", rule: Rule = RULE) -> Judged:
    return judge([Reading(value) for value in values], direction, rule)


def test_limits_are_those_computed_by_hand() -> None:
    # Mean 120/6 = 20; moving ranges 2 3 2 1 2, their mean 2; 2.66 x 2 = 5.32.
    limits = limits_of(CALM, RULE)
    assert limits is not None
    assert (limits.low, limits.centre, limits.high) == (Fraction(1468, 100), 20, Fraction(2532, 100))
    assert limits.months == 6


@pytest.mark.parametrize(
    ("newest", "found"),
    [
        ("25.32", ["rise"]), ("25.33", ["above", "rise"]), ("14.68", []), ("14.67", ["below"]),
        ("12.6", ["below", "fall"]), ("23.4", ["rise"]), ("23.39", []),
    ],
)  # fmt: skip
def test_a_value_outside_the_limits_or_a_jump_is_told(newest: str, found: list[str]) -> None:
    assert kinds([*CALM, Decimal(newest)]) == found


def test_a_fall_is_worse_where_more_is_better_and_better_where_less_is() -> None:
    fallen = [*CALM, Decimal(5)]
    assert {one.side for one in judged(fallen, "higher").signals} == {"worse"}
    assert {one.side for one in judged(fallen, "lower").signals} == {"better"}
    assert {one.side for one in judged(fallen, "band").signals} == {"other"}


def test_few_months_have_no_limits_but_a_jump_is_still_seen() -> None:
    found = judged([Decimal(20), Decimal(9)])
    assert found.limits is None and [one.kind for one in found.signals] == ["fall"]


def test_three_after_five_is_no_fall_and_thirty_after_fifty_is() -> None:
    few = [Reading(Decimal(50), Decimal(5)), Reading(Decimal(30), Decimal(3))]
    many = [Reading(one.value, (one.counted or 0) * 10) for one in few]
    assert [judge(one, "higher", RULE).signals != () for one in (few, many)] == [False, True]


@pytest.mark.parametrize(("last", "newest"), [(-3, 3), (3, -3), (0, 9)])
def test_a_change_across_zero_or_from_it_is_no_jump(last: int, newest: int) -> None:
    assert kinds([Decimal(last), Decimal(newest)]) == []


def test_a_missing_month_is_no_zero() -> None:
    assert kinds([*CALM, None]) == [] and judged([*CALM, None]).value is None
    assert kinds([*CALM[:3], None, *CALM[3:], Decimal(20)]) == []


def test_eight_months_on_one_side_are_told() -> None:
    wavering = [Decimal(value) for value in (30, 26, 30, 26)]
    drifted = [*wavering, *[Decimal(21)] * 8]
    rule = Rule(window=11, least=6, run=8, jump=Decimal(100), events=10)
    assert kinds(drifted, rule=rule) == ["run_below"]
    assert kinds(drifted[:-1], rule=rule) == []


@given(
    st.lists(st.none() | st.integers(0, 1000).map(Decimal), max_size=30),
    st.sampled_from(["higher", "lower", "band", "none"]),
)
def test_what_came_before_the_window_changes_nothing(values: list[Decimal | None], direction: str) -> None:
    found = judged(values, direction)
    known = [value for value in values[:-1] if value is not None][-RULE.window :]
    assert found == judged([*known, *values[-1:]], direction)
    if found.limits:
        assert 0 <= found.limits.low <= found.limits.centre <= found.limits.high
