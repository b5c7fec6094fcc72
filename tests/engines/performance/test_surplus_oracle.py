"""Surplus, overspend, packages, per-head money: every line of the shared cases is equal."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from alliance.lib.register import load_register
from performance.engine.pay import surplus
from performance.engine.pay.divided import between
from performance.engine.pay.entitled_rules import KINDS as SHEETS
from performance.engine.pay.surplus import SurplusRefused, percent_of
from tests.surplus_cases import STORED, expected_of, rows

A = {"member_performance": Decimal(60), "collaboration_fund": Decimal(20), "staff_welfare": Decimal(20)}
C = {"tertiary": Decimal(40), "primary": Decimal(60)}
SHARES = {"mismanagement": {"fund": Decimal(0), "alliance": Decimal(100)}}


def handback(p: dict[str, Any]) -> dict[str, Any]:
    found = surplus.handback(
        p["budget_fen"], p["actual_fen"], threshold=Decimal(p["threshold_pct"]), band=Decimal(p["band_pct"])
    )
    band = "" if found.in_band is None else int(found.in_band)
    return {"gross": found.gross, "gross_rate_pct": abs(found.rate) if not found.rate else found.rate,
            "net": found.net, "handed_back": found.handed_back, "in_band": band}  # fmt: skip


def template(p: dict[str, Any]) -> dict[str, Any]:
    if p["template"] == "B":
        return surplus.reward_and_staff(p["amount_fen"], members=Decimal(50), staff=Decimal(30))
    return surplus.divide(p["amount_fen"], {"A": A, "C": C}[p["template"]])


def chain(p: dict[str, Any]) -> dict[str, Any]:
    """As the sheet of a surplus divides it, with the percentages of the case for those of the register."""
    terms = terms_of("surplus", **{"qe.surplus_handback": Decimal(p["threshold_pct"])})
    head = {"budget_fen": p["budget_fen"], "actual_fen": p["actual_fen"], "carry_in_fen": p["carry_in_fen"],
            "carry_out_percent": Decimal(p["carry_out_pct"])}  # fmt: skip
    rows = {code: {"side": int(group == "primary"), "contribution": Decimal(weight)}
            for code, group, weight in p["members"]}  # fmt: skip
    how = SHEETS["surplus"]
    down = {part.name: part.fen for part in how.above(terms, head, rows)}
    names = ("gross", "available", "carried_out", "distributed", "member_performance", "collaboration_fund",
             "staff_welfare")  # fmt: skip
    members = between("member_performance", down["member_performance"], terms, rows)
    return {
        "handed_back": down.get("handed_back", 0), "net": down.get("net", 0),
        **{name: down[name] for name in names}, **{f"member:{one.code}": one.sum for one in members},
    }  # fmt: skip


def overspend(p: dict[str, Any]) -> dict[str, Any]:
    causes = dict.fromkeys(("uncontrollable", "mismanagement"), 0)
    for cause, fen in p["causes"]:
        causes[cause] += fen
    terms = terms_of("overspend", **{"gb.overspend_strict": bool(p["strict"])})
    head = {"budget_fen": p["budget_fen"], "actual_fen": p["actual_fen"],
            **{f"{cause}_fen": fen for cause, fen in causes.items()}}  # fmt: skip
    rows = {code: {"side": int(code == "primary"), "contribution": Decimal(1)} for code in C}
    down = {part.name: part.fen for part in SHEETS["overspend"].above(terms, head, rows)}
    fund = down["uncontrollable_borne"] + down["mismanagement_borne"]
    return {"overspend": down["overspend"], "fund": fund, "alliance": down["alliance_bears"],
            "patients": down["patients_bear"], "primary": down["side_primary"],
            "tertiary": down["side_tertiary"]}  # fmt: skip


def terms_of(kind: str, **change: Any) -> dict[str, Any]:
    """The defaults of the register, where the case says nothing else."""
    known = load_register()
    return {key: change.get(key, known[key].value) for key in SHEETS[kind].keys}


def fd_package(p: dict[str, Any]) -> dict[str, Any]:
    tiers = [(p[f"price_{tier}_fen"], p[f"months_{tier}"]) for tier in ("low", "mid", "high")]
    found = surplus.package(
        tiers, p["saving_fen"], reward=Decimal(50), deduction=Decimal(30), floor=bool(p["floor_at_zero"])
    )
    return {"prepay": found.prepay, "reward": found.reward, "deduction": found.deduction,
            "settlement": found.settlement}  # fmt: skip


def per_head(p: dict[str, Any]) -> dict[str, Any]:
    found = surplus.per_head(
        p["heads"], p["per_head_fen"], linked=Decimal(p["linked_pct"]), factor=Decimal(p["factor"])
    )
    return {"total": found.total, "linked_base": found.linked_base, "fixed": found.fixed,
            "linked_paid": found.linked_paid, "paid": found.paid}  # fmt: skip


def fd_surplus(p: dict[str, Any]) -> dict[str, Any]:
    found = surplus.team_reward(p["this_fen"], p["last_fen"], Decimal(p["pct"]))
    return {"status": "not_assessed"} if found is None else {"increase": found[0], "reward": found[1]}


def prevention(p: dict[str, Any]) -> dict[str, Any]:
    weights = {code: Decimal(weight) for code, weight in p["members"]}
    shares = surplus.prevention(p["saving_fen"], Decimal(p["pct"]), weights)
    return {"reward": sum(shares.values()), **{f"member:{code}": fen for code, fen in shares.items()}}


KINDS = {
    "handback": handback, "template": template, "chain": chain, "overspend": overspend,
    "fd_package": fd_package, "per_head": per_head, "fd_surplus": fd_surplus, "prevention": prevention,
}  # fmt: skip


def test_every_line_of_the_surplus_cases_is_equal() -> None:
    cases = rows("input")
    assert {case["kind"] for case in cases} == {*KINDS, *STORED}
    for case in cases:
        if case["kind"] in STORED:
            continue
        try:
            found = KINDS[case["kind"]](json.loads(case["params"]))
        except SurplusRefused:
            found = {"status": "refused"}
        told = {line: str(value) for line, value in found.items()}
        assert told == expected_of(case["case_id"]), case["case_id"]
    assert len(cases) == 79 and len(rows("expected")) == 368


def test_the_worked_examples_of_the_sources() -> None:
    """X6-4, X6-5, X6-7, in fen."""
    assert surplus.team_reward(35_000_000, 10_000_000, Decimal(30)) == (25_000_000, 7_500_000)
    assert list(surplus.divide(100_000_000, A).values()) == [20_000_000, 60_000_000, 20_000_000]
    found = surplus.reward_and_staff(100_000_000, members=Decimal(50), staff=Decimal(30))
    assert (found["member_reward"], found["reward_staff"]) == (50_000_000, 15_000_000)
    assert surplus.divide(100_000_000, C) == {"primary": 60_000_000, "tertiary": 40_000_000}
    assert percent_of(1_000_000, Decimal(60)) == 600_000
    with pytest.raises(SurplusRefused, match=r"add up to 0\.03 yuan"):
        surplus.overspend(10, 14, [("mismanagement", 3)], shares=SHARES)
