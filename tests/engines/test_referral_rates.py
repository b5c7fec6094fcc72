"""Referral rates: the band is inclusive and judged on the exact rate; transfers round once (X6-7, X6-9)."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import pytest

from referrals.rates import VARIANTS, part_of, rate
from tests.shared import shared

V1 = next(one for one in VARIANTS if one.code == "V1")
BAND = (Decimal(15), Decimal(25))


@pytest.mark.parametrize(
    ("arrived", "required"), [(149, True), (150, False), (250, False), (251, True), (0, True), (200, False)]
)
def test_x6_9_outside_the_band_an_explanation_is_required(arrived: int, required: bool) -> None:
    figure = rate(V1, {"up_effective": arrived, "down_effective": 0, "discharges": 1000}, BAND)
    assert (figure.required, figure.shown()) == (required, Decimal(arrived) / 10)


def test_no_discharges_are_not_assessed_and_ask_for_nothing() -> None:
    for nothing in (None, 0):
        figure = rate(V1, {"up_effective": 3, "discharges": nothing}, BAND)
        assert (figure.exact, figure.required, figure.shown()) == (None, False, None)


def test_the_band_rows_of_the_scoring_results_are_equal() -> None:
    expected: dict[str, dict[str, str]] = {}
    with shared("oracles/scoring/expected.csv").open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            expected.setdefault(row["case_id"], {})[row["line"]] = row["value"]
    compared = 0
    with shared("oracles/scoring/input.csv").open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            if row["kind"] != "referral_trigger":
                continue
            asked = json.loads(row["params"])
            counts = {
                "up_effective": asked["up_arrived"], "down_effective": asked["down_arrived"],
                "discharges": asked["discharges"],
            }  # fmt: skip
            figure = rate(V1, counts, (Decimal(asked["low"]), Decimal(asked["high"])))
            want = expected[row["case_id"]]
            if figure.exact is None:
                assert want["status"] == "not_assessed", row
            else:
                assert want["status"] == "ok", row
                assert figure.shown(2) == Decimal(want["rate_pct"]), row
                assert figure.required == (want["required"] == "1"), row
            compared += 1
    assert compared == 12


def test_x6_7_sixty_percent_of_ten_thousand_yuan_are_six_thousand() -> None:
    assert part_of(1_000_000, Decimal(60)) == 600_000
    assert (part_of(1, Decimal(50)), part_of(5, Decimal(10)), part_of(4, Decimal(10))) == (1, 1, 0)
