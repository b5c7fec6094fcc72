"""The reform's effect by worked examples: four figures, percent and percentage points, too few cases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grouping.engine.effect import Change, Effect, Sums, references

BEFORE = Sums(100, 1_000, 120_000_000, 80, 100_000_000, 35_000_000, 6)
AFTER = Sums(120, 960, 119_520_000, 90, 90_000_000, 25_200_000, 3)


def test_worked_example() -> None:
    found = Effect(BEFORE, AFTER, 10)
    assert found.stay == Change(Decimal("10.00"), Decimal("8.00"), Decimal("-20.00"))
    # 1,200,000 fen before, 996,000 after: -17 %
    assert found.cost == Change(1_200_000, 996_000, Decimal("-17.00"))
    assert found.burden == Change(Decimal("35.00"), Decimal("28.00"), Decimal("-7.00"))
    # 65,000,000 in six months against 64,800,000 in three: 10,833,333 and 21,600,000 fen a month
    assert found.fund == Change(10_833_333, 21_600_000, Decimal("99.38"))


def test_fewer_than_ten_cases_are_not_assessed() -> None:
    few = Effect(Sums(9, 90, 900, 9, 900, 300), AFTER, 10)
    nothing = Change(None, None, None)
    assert not few.assessed and few.stay == few.cost == few.burden == few.fund == nothing
    ten = Effect(Sums(10, 90, 900, 9, 900, 300), AFTER, 10)
    assert ten.stay.change is not None and ten.burden == ten.fund == nothing  # nine stays state the payment


def test_nothing_before_has_no_percentage() -> None:
    assert Effect(Sums(10, 0, 0), Sums(10, 50, 0), 10).stay == Change(Decimal("0.00"), Decimal("5.00"), None)


def test_sums_add_but_months_stay() -> None:
    assert Sums(200, 2_000, 240_000_000, 160, 200_000_000, 70_000_000, 6) == BEFORE + BEFORE


@pytest.mark.parametrize("name", ["stay", "cost", "burden"])
def test_the_reference_is_that_of_the_source(name: str) -> None:
    beijing = references()[0]
    assert beijing.cases == 597_000 and beijing.source_zh and beijing.recorded
    assert getattr(beijing, name) == {"stay": -20, "cost": -17, "burden": -7}[name]
