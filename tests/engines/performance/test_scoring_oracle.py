"""The scoring forms give exactly the independently computed results of oracles/scoring."""

import csv
import json
from decimal import Decimal
from fractions import Fraction

import pytest

from alliance.lib import sampling
from performance.engine.consequences import (
    StepRule,
    add_deduct,
    grade,
    raised,
)
from performance.engine.exact import half_up
from performance.engine.forms import AddDeduct, Form, FormRefused
from performance.engine.restore import restore
from performance.engine.scoring import Part, score, total
from referrals import rates
from tests.shared import shared

FORMS = ("linear_higher", "linear_lower", "steps", "band", "mean", "own_last")
SCORES = dict(zip(FORMS, (23, 14, 17, 18, 15, 12), strict=True))
Lines = dict[str, str]


def cases(*kinds: str) -> list[tuple[str, str, dict]]:
    with shared("oracles/scoring/input.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["case_id"], row["kind"], json.loads(row["params"])) for row in rows if row["kind"] in kinds]


@pytest.fixture(scope="module")
def expected() -> dict[str, Lines]:
    found: dict[str, Lines] = {}
    with shared("oracles/scoring/expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["case_id"], {})[row["line"]] = row["value"]
    return found


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def score_lines(kind: str, params: dict) -> Lines:
    value, last = number(params.pop("value")), number(params.pop("last", None))
    if "steps" in params:
        params["steps"] = [{"at": at, "points": points} for at, points in params["steps"]]
    try:
        scored = score(restore(Form, {"kind": kind, **params}), value, last)
    except FormRefused:
        return {"score": "", "status": "refused"}
    if scored.score is None:
        assert scored.reason is not None
        return {"score": "", "status": "not_assessed"}
    return {"score": str(scored.score), "status": "ok"}


def total_lines(params: dict) -> Lines:
    parts = [
        Part(code, Decimal(weight), number(points), params["policy"])
        for code, weight, points in params["items"]
    ]
    try:
        whole = total(parts)
    except FormRefused:
        return {"score": "", "status": "refused", "points": "", "possible": "", "missing": ""}
    lines = {
        "score": "" if whole.score is None else str(whole.score),
        "status": "ok" if whole.status == "assessed" else whole.status,
        "points": str(whole.points),
        "possible": str(whole.possible),
        "missing": "|".join(whole.missing),
    }
    if whole.status == "reweighted":
        lines |= {f"weight:{code}": str(weight) for code, weight in whole.weights}
    return lines


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_scores_as_the_oracle(kind: str, expected: dict[str, Lines]) -> None:
    rows = cases(kind)
    assert len(rows) == SCORES[kind]
    assert {case: score_lines(kind, params) for case, kind, params in rows} == {
        case: expected[case] for case, _, _ in rows
    }


def test_a_total_adds_up_as_the_oracle(expected: dict[str, Lines]) -> None:
    rows = cases("total")
    assert len(rows) == 33
    assert {case: total_lines(params) for case, _, params in rows} == {
        case: expected[case] for case, _, _ in rows
    }


def decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in texts)


def events_lines(params: dict) -> Lines:
    events = [(Decimal(points), count) for points, count in params["events"]]
    start, floor, ceiling = decimals(params["start"], params["floor"], params["ceiling"])
    try:
        found = add_deduct(start, events, floor=floor, ceiling=ceiling)
    except FormRefused:
        return {"score": "", "status": "refused"}
    if len(events) == 1 and floor >= 0 and ceiling <= 100:  # the form of one kind of event gives the same
        form = AddDeduct(start, events[0][0], floor, ceiling)
        assert score(form, Decimal(events[0][1])).score == found
    return {"score": str(found), "status": "ok"}


def raised_lines(params: dict) -> Lines:
    weights = {code: Decimal(weight) for code, weight in params["weights"]}
    found = raised(weights, params["raise_code"], Decimal(params["to"]))
    return {"status": "ok", **{f"weight:{code}": str(weight) for code, weight in found.items()}}


def step_lines(params: dict) -> Lines:
    rule = StepRule(
        Decimal(params["step"]), Decimal(params["reward"]), params["mode"], params["rule"] == "cost",
        number(params["cap"]),
    )  # fmt: skip
    now, last, budget = number(params["current"]), number(params["last"]), params["budget_fen"]
    found = rule.percent(now, last)
    if found is None:
        return {"amount_fen": "", "pct": "", "status": "not_assessed"}
    fen = "" if budget is None else str(rule.fen(now, last, int(budget)))
    return {"amount_fen": fen, "pct": str(half_up(found, 4)), "status": "ok"}


def grade_lines(params: dict) -> Lines:
    if params["score"] is None:
        return {"budget_pct": "", "grade": "", "status": "not_assessed"}
    excellent, fail = decimals(params["excellent"], params["fail"])
    found = grade(Decimal(params["score"]), excellent=excellent, fail=fail)
    return {
        "budget_pct": {"excellent": "5", "pass": "0", "fail": "-3"}[found],
        "grade": found,
        "status": "ok",
    }


def trigger_lines(part: int, whole: int, required: bool | None) -> Lines:
    if required is None:
        return {"rate_pct": "", "required": "", "status": "not_assessed"}
    shown = half_up(Fraction(100 * part, whole), 2)
    return {"rate_pct": str(shown), "required": str(int(required)), "status": "ok"}


def referral_lines(params: dict) -> Lines:
    v1 = next(one for one in rates.VARIANTS if one.band)
    counts = {
        "up_effective": params["up_arrived"], "down_effective": params["down_arrived"],
        "discharges": params["discharges"],
    }  # fmt: skip
    low, high = decimals(params["low"], params["high"])
    found = rates.rate(v1, counts, (low, high))
    known = None if found.exact is None else found.required
    return trigger_lines(found.numerator, params["discharges"], known)


def error_lines(params: dict) -> Lines:
    part, whole = params["errors"], params["records"]
    known = sampling.above(part, whole, Decimal(params["max_pct"])) if whole else None
    return trigger_lines(part, whole, known)


OTHERS = {
    "add_deduct": (events_lines, 11), "raise_weight": (raised_lines, 6), "fd_step": (step_lines, 42),
    "grade": (grade_lines, 8), "referral_trigger": (referral_lines, 12), "error_trigger": (error_lines, 7),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_what_follows_is_that_of_the_oracle(kind: str, expected: dict[str, Lines]) -> None:
    lines, count = OTHERS[kind]
    rows = cases(kind)
    assert len(rows) == count
    assert {case: lines(params) for case, _, params in rows} == {case: expected[case] for case, _, _ in rows}


def test_no_row_of_the_oracle_is_left_out(expected: dict[str, Lines]) -> None:
    assert len(cases(*FORMS, "total", *OTHERS)) == len(expected) == 218
