"""The figures of the fund's evaluation by a worked example; an empty denominator is not assessed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from grouping.engine.fund import DEFINITIONS, VIEWS, Sums, figures

SUMS = Sums(
    cases=200, stay_days=1_600, cost_fen=200_000_000, stated=150, stated_cost_fen=150_000_000,
    own_pay_fen=45_000_000, drug_fen=60_000_000, consumable_fen=20_000_000, grouped=196, weighted=190,
    weight=Decimal("209"), deaths=1, against_advice=3, passed_on=30, primary_cases=50, long_stays=5, months=3,
)  # fmt: skip
EXPECTED = {
    "fund_month": "350000.00", "mean_cost": "10000.00", "drug_share": "30.00", "consumable_share": "10.00",
    "grouping_rate": "98.00", "cmi": "1.1000", "mortality": "5.00", "against_advice": "1.50",
    "mean_stay": "8.00", "burden": "30.00", "primary_share": "25.00", "passed_on": "15.00",
    "long_stays": "2.50",
}  # fmt: skip


def test_worked_example() -> None:
    found = figures(SUMS, SUMS)
    assert {one.code: str(one.after) for one in found} == EXPECTED
    assert all(one.change == 0 and one.n == 200 for one in found)
    assert {one.view for one in found} == set(VIEWS) and len(found) == len(DEFINITIONS)


def test_the_change_is_in_the_unit_of_the_figure() -> None:
    found = {one.code: one for one in figures(replace(SUMS, stay_days=1_800), SUMS)}
    assert found["mean_stay"].change == Decimal("-1.00") and found["burden"].change == 0


def test_nothing_is_not_zero() -> None:
    found = figures(Sums(), SUMS)
    assert all(one.before is None and one.change is None for one in found)
    silent = {one.code: one.after for one in figures(SUMS, replace(SUMS, stated_cost_fen=0, weighted=0))}
    assert silent["burden"] is None and silent["cmi"] is None and silent["mean_cost"] == 10_000
