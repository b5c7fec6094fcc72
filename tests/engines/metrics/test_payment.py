"""Payment of cases under DRG and DIP: every row of the independent results."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction

import pytest

from grouping.engine import payment
from grouping.engine.payment import Case, DipRules, Paid, Preset
from grouping.engine.statement import Statement, statements
from tests.shared import shared

CAP = Fraction(5, 100)
LEVELS = {"tertiary": Fraction(3), "secondary": Fraction(2), "primary": Fraction(2)}
TWO = dict.fromkeys(LEVELS, Fraction(2))
POINTS = ((Fraction(100), Fraction(3)), (Fraction(300), Fraction(2)), (None, Fraction(3, 2)))
PRESETS = {
    "national": Preset("national", "standard", Fraction(30, 100), LEVELS, "cost", "cost", cap=CAP),
    "default": Preset("default", "standard", Fraction(40, 100), LEVELS, "excess", "cost", cap=CAP),
    "point": Preset("point", "mean", Fraction(40, 100), {}, "points", "points", by_points=POINTS),
    "simple": Preset("simple", "standard", Fraction(35, 100), TWO, "standard", "standard"),
}


def rows(name: str) -> list[dict[str, str]]:
    with shared(f"oracles/payment/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cases() -> list[Case]:
    return [
        Case(
            id=row["case_id"], hospital=row["hospital"], level=row["level"],
            weight=Decimal(row["weight"]) if row["weight"] else None, rate_fen=int(row["rate_fen"]),
            k=Decimal(row["k"]), q=Decimal(row["q"]), stay_days=int(row["los"]),
            bed_day=row["bed_day"] == "1", cost_fen=int(row["cost_fen"]),
            unreasonable_fen=int(row["unreasonable_fen"] or 0),
            mean_fen=int(row["level_mean_fen"]) if row["level_mean_fen"] else None,
            patient_pay_fen=int(row["patient_pay_fen"]), other_fen=int(row["other_fen"]),
        )
        for row in rows("input")
    ]  # fmt: skip


def text(value: object) -> str:
    return "" if value is None else str(value)


def line(case: Case, paid: Paid) -> dict[str, str]:
    """A case as the results write it."""
    head = {
        "standard_fen": text(paid.standard_fen), "class": paid.kind, "high_rank": text(paid.rank),
        "points": text(paid.shown_points), "payment_fen": text(paid.payment_fen),
    }  # fmt: skip
    if paid.payment_fen is None:
        names = ("fund_booked_fen", "fund_due_difference_fen", "fund_due_ratio_fen",
                 "settlement_difference_a_fen", "settlement_difference_b_fen", "surplus_fen")  # fmt: skip
        return head | dict.fromkeys(names, "")
    share = payment.fund_share(case, paid.payment_fen)
    return head | {
        "fund_booked_fen": text(share.booked),
        "fund_due_difference_fen": text(share.difference),
        "fund_due_ratio_fen": text(share.ratio),
        "settlement_difference_a_fen": text(share.difference - share.booked),
        "settlement_difference_b_fen": text(None if share.ratio is None else share.ratio - share.booked),
        "surplus_fen": text(paid.payment_fen - case.cost_fen),
    }


@pytest.mark.parametrize("preset", PRESETS)
def test_every_case_is_paid_as_the_independent_result(preset: str) -> None:
    expected = [row for row in rows("expected") if row["preset"] == preset]
    assert len(expected) == 400
    given = {case.id: case for case in cases()}
    paid = payment.pay(given.values(), PRESETS[preset])
    wrong = [
        (row["case_id"], name, value, row[name])
        for row in expected
        for name, value in line(given[row["case_id"]], paid[row["case_id"]]).items()
        if value != row[name]
    ]
    assert not wrong, wrong[:10]


def as_written(found: Statement) -> dict[str, str]:
    deposits = dict(zip("ab", found.deposits(CAP), strict=True))
    due = {"a": found.fund_due_difference_fen, "b": found.fund_due_ratio_fen}
    plain = {name: text(getattr(found, name)) for name in Statement.__dataclass_fields__}
    for way in "ab":
        plain[f"deposit_{way}_fen"] = text(deposits[way])
        plain[f"prepaid_{way}_fen"] = text(due[way] - deposits[way])
    plain["cap"] = text(found.cap(CAP))
    plain["surplus_fen"] = text(found.surplus_fen)
    plain["settlement_pass_rate_pct"] = text(found.settlement_pass_rate_pct)
    return plain


@pytest.mark.parametrize("preset", PRESETS)
def test_every_statement_equals_the_independent_result(preset: str) -> None:
    expected = {row["hospital"]: row for row in rows("statement") if row["preset"] == preset}
    assert len(expected) == 4
    given = cases()
    found = statements(given, payment.pay(given, PRESETS[preset]))
    assert {
        place: as_written(one) | {"hospital": place, "preset": preset} for place, one in found.items()
    } == expected


def test_dip_equals_the_independent_result() -> None:
    expected = {row["case_id"]: row for row in rows("dip_expected")}
    assert len(expected) == 50
    for row in rows("dip_input"):
        cost = int(row["cost_fen"])
        paid = payment.pay_dip(
            Decimal(row["rw"]), int(row["point_value_fen"]), Decimal(row["k"]),
            int(row["level_mean_last_year_fen"]), cost, DipRules(),
        )  # fmt: skip
        assert paid.payment_fen is not None
        found = (paid.kind, text(paid.shown_points), text(paid.payment_fen), text(paid.payment_fen - cost))
        wanted = expected[row["case_id"]]
        assert found == (wanted["class"], wanted["points"], wanted["payment_fen"], wanted["surplus_fen"])


def test_rates_equal_the_independent_result() -> None:
    expected = {row["id"]: row for row in rows("rate_expected")}
    assert len(expected) == 20
    for row in rows("rate_input"):
        total, rate = payment.rate_fen(
            int(row["fund_fen"]), Decimal(row["reimbursement_ratio"]), Decimal(row["total_weight_or_points"])
        )
        wanted = expected[row["id"]]
        assert (text(total), text(rate)) == (
            wanted["total_cost_budget_fen"], wanted["rate_or_point_value_fen"],
        )  # fmt: skip


def test_the_worked_example_of_the_definitions() -> None:
    """Rate 10,000 yuan, weight 1.34, coefficient 1.05: 14,070 yuan."""
    assert payment.rate_fen(12_000_000_000, Decimal(1), Decimal(12_000)) == (12_000_000_000, 1_000_000)
    case = Case(
        id="1", hospital="H", level="secondary", weight=Decimal("1.34"), rate_fen=1_000_000,
        k=Decimal("1.05"), q=Decimal(1), stay_days=5, bed_day=False, cost_fen=1,
    )  # fmt: skip
    assert payment.standard_fen(case) == 1_407_000
