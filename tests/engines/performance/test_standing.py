"""Quarters, years and streaks out of months."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.period import Month, Quarter
from performance.engine.standing import Monthly, Rules, period, standing, streak

RULES = Rules(
    excellent=Decimal(90), fail=Decimal(60), sides=("efficiency", "quality"), double_line=Decimal(80),
    quarters=3, years=3, honour_score=Decimal(85), honour_years=2,
)  # fmt: skip


def monthly(score: str | None, efficiency: int | None = 85, quality: int | None = 85) -> Monthly:
    shares = {"efficiency": efficiency, "quality": quality}
    return Monthly(
        None if score is None else Decimal(score),
        {name: None if share is None else Fraction(share) for name, share in shares.items()},
    )


def year(number: int, score: str) -> dict[Month, Monthly]:
    return {Month(number, month): monthly(score) for month in range(1, 13)}


def test_a_quarter_is_the_mean_of_its_months_and_lacks_it_while_one_is_missing() -> None:
    assert period([monthly("80"), monthly("90"), monthly("85.5")], RULES).mean == Fraction(511, 6)
    lacking = period([monthly("80"), None, monthly(None)], RULES)
    assert (lacking.known, lacking.months, lacking.mean, lacking.double, lacking.complete) == (
        1,
        3,
        None,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("efficiency", "quality", "double"), [(80, 80, True), (79, 99, False), (99, 79, False), (None, 99, None)]
)
def test_both_sides_must_reach_the_line(
    efficiency: int | None, quality: int | None, double: bool | None
) -> None:
    months = [monthly("70", efficiency, quality)] * 3
    assert period(months, RULES).double is double


def test_three_double_quarters_are_due_and_the_running_one_does_not_break_them() -> None:
    months = {Month(2026, number): monthly("70") for number in range(1, 11)}
    found = standing(months, Month(2026, 10), RULES)
    assert (found.doubles, found.due) == (3, ("double",))
    assert found.quarters[Quarter(2026, 4)].known == 1
    months[Month(2026, 5)] = monthly(None)
    broken = standing(months, Month(2026, 10), RULES)
    assert (broken.doubles, broken.due) == (1, ())


@pytest.mark.parametrize(
    ("score", "grade", "due"),
    [
        ("90", "excellent", ("excellent", "double")),
        ("89.9999", "pass", ("double",)),
        ("60", "pass", ("double",)),
        ("59.9999", "fail", ("fail", "double")),
    ],
)
def test_the_grade_of_a_year_lies_on_its_lines(score: str, grade: str, due: tuple[str, ...]) -> None:
    found = standing(year(2026, score), Month(2026, 12), RULES)
    assert (found.years[-1].grade, found.due) == (grade, due)
    running = standing(year(2026, score), Month(2026, 11), RULES)
    assert "excellent" not in running.due and "fail" not in running.due


def test_three_excellent_years_recommend_and_two_years_of_85_allow_honour() -> None:
    months = year(2024, "91") | year(2025, "92") | year(2026, "90")
    found = standing(months, Month(2026, 12), RULES)
    assert (found.excellent_years, found.honour) == (3, True) and "recommend" in found.due
    assert standing(year(2025, "84") | year(2026, "90"), Month(2026, 12), RULES).honour is False
    assert standing(year(2026, "90"), Month(2026, 12), RULES).honour is None


@given(st.lists(st.sampled_from([True, False, None]), max_size=12))
def test_a_streak_counts_from_the_end(passed: list[bool | None]) -> None:
    found = streak(passed)
    assert all(passed[len(passed) - found :])
    assert found == len(passed) or not passed[len(passed) - found - 1]
