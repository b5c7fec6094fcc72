"""The DIP catalogue by worked examples: means 1:2:7, core and comprehensive list, points with deviation."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from grouping.engine.dip import Catalogue, Combination, Sums, build, combination, weights_of
from grouping.engine.payment import DipRules

WEIGHTS = weights_of(2026, (Decimal(1), Decimal(2), Decimal(7)))
PNEUMONIA = combination("J18.900", [])
BYPASS = combination("I25.103", ["36.1100", "39.6100"])
RULES = DipRules()


def sums(year: int, of: Combination, cases: int, mean_yuan: int, level: str = "secondary") -> Sums:
    return Sums(year, level, of, cases, cases * mean_yuan * 100)


def built(*found: Sums, core: int = 15) -> Catalogue:
    catalogue = build(found, WEIGHTS, core_cases=core)
    assert catalogue is not None
    return catalogue


def test_a_combination_is_four_characters_and_procedures_in_any_order() -> None:
    assert str(PNEUMONIA) == "J18.9" and str(combination("J18", [])) == "J18"
    assert combination("I25.103", ["39.6100", "36.1100", "39.6100"]) == BYPASS
    assert str(BYPASS) == "I25.1 + 36.1100 + 39.6100"
    assert (str(PNEUMONIA.category), str(BYPASS.category)) == ("J18", "I25 + *")


def test_worked_example_means_of_three_years_weigh_1_2_7() -> None:
    # m = (8,000 x 1 + 9,000 x 2 + 10,000 x 7) / 10 = 9,600; the only line, so M = m and RW = 1
    alone = built(*(sums(2024 + n, PNEUMONIA, 20, 8_000 + 1_000 * n) for n in range(3)))
    assert alone.mean_fen == 960_000 and alone.core[PNEUMONIA].rw == Decimal("1.0000")
    # with as many bypasses of 30,000 yuan a year: M = (9,600 + 30,000) / 2 = 19,800
    both = built(
        *(sums(2024 + n, PNEUMONIA, 20, 8_000 + 1_000 * n) for n in range(3)),
        *(sums(2024 + n, BYPASS, 20, 30_000) for n in range(3)),
    )
    assert both.mean_fen == 1_980_000
    assert both.core[PNEUMONIA].rw == Decimal("0.4848")  # 9,600 / 19,800
    assert both.core[BYPASS].rw == Decimal("1.5152")  # 30,000 / 19,800


def test_a_year_without_cases_leaves_its_weight_to_the_others() -> None:
    # (8,000 x 1 + 10,000 x 7) / 8 = 9,750
    found = built(sums(2024, PNEUMONIA, 20, 8_000), sums(2026, PNEUMONIA, 20, 10_000))
    assert found.core[PNEUMONIA].mean_fen == 975_000


def test_fifteen_cases_over_the_years_make_a_line_of_its_own() -> None:
    found = built(
        sums(2025, PNEUMONIA, 7, 9_000), sums(2026, PNEUMONIA, 8, 9_000), sums(2026, BYPASS, 14, 30_000)
    )
    assert set(found.core) == {PNEUMONIA} and found.core[PNEUMONIA].cases == 15
    assert set(found.comprehensive) == {BYPASS.category}
    entry = found.entry(BYPASS)
    assert entry is not None and not entry.core and entry.cases == 14
    assert found.entry(combination("I25.900", ["36.0600"])) == entry  # same class, never seen before
    assert found.entry(combination("I25.900", [])) is None  # no procedure: another class


def test_small_combinations_of_one_class_are_valued_together() -> None:
    one, two = combination("K80.000", ["51.2300"]), combination("K80.100", ["51.2200"])
    found = built(sums(2026, one, 4, 10_000), sums(2026, two, 6, 20_000))
    assert found.comprehensive[one.category].mean_fen == 1_600_000
    assert found.comprehensive[one.category].cases == 10


@pytest.mark.parametrize(
    ("yuan", "points"),
    [
        # last year's mean at the same level is 10,000; RW = 1; strictly above 2 and below 0.5 times
        (20_000, Fraction(1)),
        (25_000, Fraction(3, 2)),  # 2.5 - 2 + 1
        (5_000, Fraction(1)),
        (4_000, Fraction(2, 5)),
        (12_000, Fraction(1)),
    ],
)
def test_points_deviate_from_last_years_mean_of_the_same_level(yuan: int, points: Fraction) -> None:
    found = built(sums(2025, PNEUMONIA, 30, 10_000))
    assert found.points(PNEUMONIA, "secondary", yuan * 100, RULES) == points
    assert found.points(PNEUMONIA, "primary", yuan * 100, RULES) == 1  # no mean there: RW as it is


def test_the_weights_of_all_cases_of_one_year_average_one() -> None:
    chance = random.Random(8)
    found = [
        sums(2026, combination(f"J{n:02}.900", []), chance.randint(1, 60), chance.randint(900, 40_000))
        for n in range(60)
    ]
    catalogue = built(*found)
    total = sum(one.cases for one in found)
    value = sum((Fraction(e.rw) * e.cases for e in catalogue.core.values()), start=Fraction(0))
    value += sum((Fraction(e.rw) * e.cases for e in catalogue.comprehensive.values()), start=Fraction(0))
    assert abs(value / total - 1) < Fraction(1, 10_000)


def test_years_without_a_weight_and_cases_without_a_diagnosis_are_left_out() -> None:
    assert build([sums(2020, PNEUMONIA, 99, 9_000)], WEIGHTS, core_cases=15) is None
    assert build([Sums(2026, "primary", combination("", []), 20, 1_000)], WEIGHTS, core_cases=15) is None
