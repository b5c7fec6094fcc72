"""The month worked by hand (README.md): every number, from front pages to fen, equals the paper."""

from typing import Any

import pytest

from alliance.lib.workdays import WorkCalendar, deadline
from performance.engine.month import MonthResult
from performance.engine.settlement import recompute, settle
from tests.engines.performance.reading import written
from tests.goldens.hand.golden import FOLDER, GIVEN, grouped_pages, month_inputs, number, read

EXPECTED = read("expected.toml")
INSTITUTIONS = ["H01", "H02", "T01"]
LIMITS = {"ordinary": "WD1", "urgent": "M30"}


@pytest.fixture(scope="module")
def result() -> MonthResult:
    return settle(month_inputs())


def test_step_1_groups() -> None:
    found = {
        page.record_no: [drawn.drg, drawn.status.value, "" if drawn.weight is None else str(drawn.weight)]
        for _, page, drawn in grouped_pages()
    }
    assert len(found) == 12
    assert found == EXPECTED["groups"]


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_step_2_facts(code: str) -> None:
    inputs = month_inputs()
    found = {
        one.key: one.value for one in inputs.facts if (one.institution, one.month) == (code, inputs.month)
    }
    assert found == {key: number(value) for key, value in EXPECTED["facts"][code].items()}


def test_step_2_the_limits_are_those_of_the_calendar() -> None:
    calendar = WorkCalendar.from_library()
    for one in GIVEN["referrals"]:
        due = deadline(one["logged"], LIMITS[one["urgency"]], calendar)
        accepted_in_time = one["answer"] == "accepted" and due.on_time(one["answered"])
        assert accepted_in_time == one["in_time"], one["number"]


def test_step_2_the_ineffective_ones_are_those_of_the_rule() -> None:
    """S3-49, the plain way: every pair of the paper looked at, every arrival asked for its treatment."""
    came = [one for one in GIVEN["referrals"] if "arrived" in one]
    bounced = {
        number
        for down in came
        for up in came
        if (down["direction"], up["direction"]) == ("down", "up")
        and patient_of(down) == patient_of(up)
        and 0 <= (up["logged"].date() - down["arrived"].date()).days <= 14
        for number in (down["number"], up["number"])
    }
    untreated = {one["number"] for one in came if "replied" in one and "treated" not in one}
    assert bounced | untreated == {one["number"] for one in came if "ineffective" in one}


def patient_of(referral: dict[str, Any]) -> str:
    return str(referral.get("patient", referral["number"]))


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_step_3_indicators(code: str, result: MonthResult) -> None:
    found = {one.code: one for one in result.values if one.institution == code}
    expected = EXPECTED["values"][code]
    assert list(found) == sorted(expected)
    for key, paper in expected.items():
        value = found[key]
        assert (value.numerator, value.denominator) == (
            number(paper.get("numerator")),
            number(paper.get("denominator")),
        )
        assert ("" if value.value is None else str(value.value)) == paper.get("value", "")
        assert (value.reason.code if value.reason else None) == paper.get("reason")
        assert written(value.formula) == paper["line"]


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_step_4_points(code: str, result: MonthResult) -> None:
    found = {
        one.indicator: {
            "score": "" if one.score is None else str(one.score),
            "weight": "" if one.weight_in_effect is None else str(one.weight_in_effect),
            "limited": one.limited,
            "line": written(one.formula),
        }
        for one in result.scores
        if one.institution == code
    }
    nothing = {"score": "", "weight": "", "limited": ""}
    assert found == {key: nothing | paper for key, paper in EXPECTED["scores"][code].items()}


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_step_5_scores(code: str, result: MonthResult) -> None:
    total = next(one for one in result.totals if one.institution == code)
    assert {
        "column": total.column,
        "status": total.status,
        "score": str(total.score),
        "points": str(total.points),
        "possible": str(total.possible),
        "missing": list(total.missing),
        "dimensions": {one.dimension: str(one.points) for one in total.dimensions},
    } == EXPECTED["totals"][code]


def test_step_6_shares(result: MonthResult) -> None:
    found = {
        one.institution: {
            "weight": str(one.weight),
            "quota": str(one.quota),
            "fen": one.fen,
            "rank": one.remainder_rank,
            "extra": one.got_extra_fen,
        }
        for one in result.lines
    }
    assert found == EXPECTED["lines"]
    assert str(result.weight) == EXPECTED["settlement"]["weight"]
    assert sum(one.fen for one in result.lines) == GIVEN["pool"]["fen"]


def test_the_frozen_month_gives_the_same_digests_for_ever(result: MonthResult) -> None:
    """N31: the file holds the inputs as they were frozen; nothing of today's data enters."""
    digests = read("digests.toml")
    again = recompute((FOLDER / "frozen.json").read_bytes())
    assert (again.inputs_digest, again.digest) == (digests["inputs"], digests["result"])
    assert again.lines == result.lines


def test_a_month_closed_under_an_earlier_form_of_its_indicators_stays_what_it_was() -> None:
    """A changed form of an indicator reaches months computed anew; a closed one carries its own (N31)."""
    digests = read("digests.toml")["earlier"]
    again = recompute((FOLDER / "frozen_earlier.json").read_bytes())
    assert (again.inputs_digest, again.digest) == (digests["inputs"], digests["result"])
    assert [one.fen for one in again.lines] == [6_717_479, 2_771_936, 510_585]
