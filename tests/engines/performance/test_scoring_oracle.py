"""The scoring forms give exactly the independently computed results of oracles/scoring."""

import csv
import json
from decimal import Decimal

import pytest

from performance.engine.forms import Form, FormRefused
from performance.engine.restore import restore
from performance.engine.scoring import Part, score, total
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
