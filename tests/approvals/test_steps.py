"""The rules of a step, without a database: one, any, all, n of m, quorum, the proposer, recusal."""

from __future__ import annotations

from typing import Any

import pytest

from alliance.approvals.steps import Step, StepInvalid, Votes, outcome, parse_steps

PROPOSER = 1


def stands(step: Step, electors: set[int], yes: set[int] = frozenset(), no: set[int] = frozenset()) -> str:  # type: ignore[assignment]
    return outcome(step, Votes(frozenset(electors), frozenset(yes), frozenset(no)), proposer=PROPOSER)


def test_one_the_first_verdict_decides() -> None:
    step = Step("院长", ("institution_head",), "one")
    assert stands(step, {2, 3}) == "waiting"
    assert stands(step, {2, 3}, yes={2}) == "passed"
    assert stands(step, {2, 3}, no={2}) == "declined"


def test_any_one_yes_passes_and_only_all_noes_decline() -> None:
    step = Step("复核", ("finance",), "any")
    assert stands(step, {2, 3}, no={2}) == "waiting"
    assert stands(step, {2, 3}, yes={3}, no={2}) == "passed"
    assert stands(step, {2, 3}, no={2, 3}) == "declined"


def test_all_wait_for_everybody_and_one_no_declines() -> None:
    step = Step("理事会", ("council",), "all")
    assert stands(step, {1, 2, 3}, yes={1, 2}) == "waiting"
    assert stands(step, {1, 2, 3}, yes={1, 2, 3}) == "passed"
    assert stands(step, {1, 2, 3}, yes={1, 2}, no={3}) == "declined"


def test_all_without_the_recused() -> None:
    assert stands(Step("理事会", ("council",), "all"), {1, 2}, yes={1, 2}) == "passed"


def test_n_of_m_declines_as_soon_as_n_is_out_of_reach() -> None:
    step = Step("理事会", ("council",), "n_of_m", n=3)
    assert stands(step, {1, 2, 3, 4, 5}, yes={1, 2}, no={4, 5}) == "waiting"
    assert stands(step, {1, 2, 3, 4, 5}, yes={1, 2, 3}, no={4, 5}) == "passed"
    assert stands(step, {1, 2, 3, 4, 5}, yes={1}, no={3, 4, 5}) == "declined"


def test_too_few_left_after_recusals_waits_instead_of_declining_what_nobody_refused() -> None:
    assert stands(Step("理事会", ("council",), "n_of_m", n=3), {1, 2}, yes={1, 2}) == "waiting"


def test_a_quorum_counts_noes_too() -> None:
    step = Step("理事会", ("council",), "n_of_m", n=2, least=4)
    assert stands(step, {1, 2, 3, 4, 5}, yes={1, 2}, no={3}) == "waiting"
    assert stands(step, {1, 2, 3, 4, 5}, yes={1, 2}, no={3, 4}) == "passed"


@pytest.mark.parametrize("rule", ["any", "all", "n_of_m"])
def test_the_proposer_alone_never_passes_a_step(rule: str) -> None:
    assert stands(Step("x", ("council",), rule), {PROPOSER}, yes={PROPOSER}) == "waiting"


@pytest.mark.parametrize(
    ("data", "step", "field"),
    [
        ([], 0, "steps"),
        ("x", 0, "steps"),
        ([{"roles": ["council"]}], 1, "name"),
        ([{"name": "x", "roles": "council"}], 1, "roles"),
        ([{"name": "x"}], 1, "roles"),
        ([{"name": "x", "outside": True}, {"name": "y", "roles": ["council"], "rule": "most"}], 2, "rule"),
        ([{"name": "x", "roles": ["council"], "rule": "n_of_m", "n": 0}], 1, "n"),
        ([{"name": "x", "roles": ["council"], "rule": "all", "n": 2}], 1, "n"),
        ([{"name": "x", "roles": ["council"], "least": True}], 1, "least"),
        ([{"name": "x", "roles": ["council"], "place": "elsewhere"}], 1, "place"),
        ([{"name": "x", "roles": ["council"], "bosses": 1}], 1, "fields"),
        ([{"name": "x", "outside": "yes"}], 1, "outside"),
    ],
)
def test_a_wrong_chain_is_named_by_step_and_field(data: Any, step: int, field: str) -> None:
    with pytest.raises(StepInvalid) as found:
        parse_steps(data)
    assert (found.value.step, found.value.field) == (step, field)
