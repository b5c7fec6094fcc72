"""The standard of a case: worked examples, the narrowest row, days, adjustments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from grouping.engine.tariff import Adjustment, Coefficient, Rate, Subject, Tariff

D = Decimal
OLD, NEW, ON = date(2025, 1, 1), date(2026, 7, 1), date(2026, 10, 12)
LATER = date(2027, 1, 1)
CASE = Subject(D("1.34"), "QH01", "secondary", "employee", "ES21", minimal=True, way=1)


def test_the_worked_example_of_the_definitions() -> None:
    """T = 120 M, TW = 12,000: rate 10,000 yuan; W = 1.34, k = 1.05: 14,070 yuan."""
    tariff = Tariff([Rate(1_000_000, OLD)], [Coefficient(D("1.05"), OLD, "QH01")])
    found = tariff.standard(CASE, ON)
    assert found.fen == 1_407_000
    assert [(one.part, one.value) for one in found.factors] == [
        ("weight", D("1.34")), ("rate", D(1_000_000)), ("coefficient", D("1.05")),
    ]  # fmt: skip


def test_a_low_weight_minimally_invasive_case_with_good_outcome_gets_ten_percent() -> None:
    bonus = Adjustment("mini", "微创", D("1.10"), OLD, most_weight=D("2"), minimal=True, ways=(1, 3))
    tariff = Tariff([Rate(1_000_000, OLD)], [], [bonus])
    assert tariff.standard(CASE, ON).fen == 1_474_000
    for other in (
        Subject(D("2.01"), minimal=True, way=1), Subject(D("1.34"), minimal=False, way=1),
        Subject(D("1.34"), minimal=None, way=1), Subject(D("1.34"), minimal=True, way=5),
        Subject(D("1.34"), minimal=True, way=None),
    ):  # fmt: skip
        assert [one.part for one in tariff.standard(other, ON).factors] == ["weight", "rate", "coefficient"]


def test_it_is_rounded_once_half_up() -> None:
    tariff = Tariff([Rate(333, OLD)], [Coefficient(D("1.5"), OLD)])
    assert tariff.standard(Subject(D("1")), ON).fen == 500  # 499.5
    assert tariff.standard(Subject(D("0.333")), ON).fen == 166  # 166.3335, never 111 x 1.5


def test_without_a_rate_there_is_no_standard_and_without_a_coefficient_it_counts_one() -> None:
    assert Tariff().standard(CASE, ON).fen is None
    assert Tariff([Rate(100, NEW)]).standard(CASE, OLD).fen is None
    assert Tariff([Rate(100, NEW)]).standard(CASE, ON).factors[-1].id == 0


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([Rate(1, OLD), Rate(2, NEW)], 2),
        ([Rate(1, OLD, level="secondary"), Rate(2, NEW)], 1),
        ([Rate(1, OLD, "employee"), Rate(2, NEW, level="secondary")], 1),
        ([Rate(1, OLD, "employee", "secondary"), Rate(2, NEW, "employee")], 1),
        ([Rate(1, OLD, "resident"), Rate(2, OLD, level="primary"), Rate(3, OLD)], 3),
        ([Rate(1, NEW), Rate(2, date(2027, 1, 1))], 1),
    ],
)
def test_the_narrowest_rate_holds_then_the_latest(rates: list[Rate], expected: int) -> None:
    found = Tariff(rates).rate(CASE, ON)
    assert found is not None and found.fen == expected


def test_an_institutions_own_coefficient_holds_before_its_levels() -> None:
    rows = [
        Coefficient(D("1.0"), NEW, level="secondary"), Coefficient(D("1.2"), OLD, "QH01"),
        Coefficient(D("0.9"), OLD, "QH02"), Coefficient(D("0.8"), NEW),
    ]  # fmt: skip
    for code, level, value in (
        ("QH01", "secondary", "1.2"),
        ("X", "secondary", "1.0"),
        ("X", "primary", "0.8"),
    ):
        found = Tariff([], rows).coefficient(Subject(D(1), code, level), ON)
        assert found is not None and found.value == D(value)


def test_an_adjustment_ends_with_a_factor_of_one_and_several_multiply() -> None:
    rows = [
        Adjustment("a", "甲", D("1.10"), OLD), Adjustment("a", "甲", D("1"), NEW),
        Adjustment("b", "乙", D("1.05"), OLD, drgs=("ES21",)),
        Adjustment("c", "丙", D("1.02"), OLD, drgs=("XX1",)),
        Adjustment("d", "丁", D("1.01"), OLD),
    ]  # fmt: skip
    assert [row.code for row in Tariff((), (), rows).adjustments_of(CASE, ON)] == ["b", "d"]
    assert [row.code for row in Tariff((), (), rows).adjustments_of(CASE, OLD)] == ["a", "b", "d"]


def test_quality_multiplies_the_standard_only_while_the_switch_is_on() -> None:
    rows = [Coefficient(D("1.02"), OLD, "QH01"), Coefficient(D("0.98"), OLD, level="secondary")]
    for linked, fen in (
        ((), 1_340_000),
        (((OLD, True),), 1_366_800),
        (((OLD, True), (LATER, False)), 1_366_800),
    ):
        found = Tariff([Rate(1_000_000, OLD)], qualities=rows, linked=linked).standard(CASE, ON)
        assert found.fen == fen
        assert [factor.part for factor in found.factors if factor.part == "quality"] == ["quality"] * bool(
            linked
        )
    off = Tariff([Rate(1_000_000, OLD)], qualities=rows, linked=[(OLD, False), (LATER, True)])
    assert off.standard(CASE, ON).fen == 1_340_000


def test_the_days_on_which_something_changes_are_all_told() -> None:
    tariff = Tariff([Rate(1, OLD)], points=[Rate(1, NEW)], linked=[(ON, True)])
    assert tariff.days == {OLD, NEW, ON}


def test_a_point_is_worth_what_the_narrowest_row_says() -> None:
    tariff = Tariff(points=[Rate(100, OLD), Rate(120, OLD, level=CASE.level), Rate(999, NEW)])
    found = tariff.point_value(CASE, ON)
    assert found is not None and found.fen == 120 and Tariff().point_value(CASE, ON) is None
