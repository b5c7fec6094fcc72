"""Money down to the person: sums, order, least team share, pots by group, red lines. By properties."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.engine.pay import flow as pay
from performance.engine.pay import redlines
from performance.engine.pay.flow import FlowRule, Post
from performance.engine.pay.redlines import RedLine, Terms, Year
from performance.engine.pay.steps import PayRefused, explain, weight_of

RULE = FlowRule(
    (("doctor", Decimal("1.00")), ("nurse", Decimal("0.80")), ("technician", Decimal("0.85"))), Decimal("0.9")
)
SIXTY = Decimal(60)
POSTS = st.lists(
    st.builds(
        Post, person=st.sampled_from([f"P{n}" for n in range(12)]), unit=st.sampled_from("ABC"),
        group=st.sampled_from(pay.GROUPS), coefficient=st.decimals("0.5", "2", places=3),
        time=st.decimals("0.01", "1", places=4), team=st.sampled_from(["", "T1", "T2"]),
    ),
    min_size=1, max_size=20,
).filter(lambda posts: any(post.team for post in posts))  # fmt: skip
SCORES = st.dictionaries(st.sampled_from(["A", "B", "C", "T1", "T2"]), st.decimals(0, 100, places=4)).filter(
    lambda scores: all(scores.values())
)


@given(
    fen=st.integers(0, 10**12), posts=POSTS, scores=SCORES, percent=st.sampled_from([0, 60, 75, 100]),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_every_level_adds_up_and_the_order_changes_nothing(
    fen: int, posts: list[Post], scores: dict[str, Decimal], percent: int, seed: int
) -> None:
    rule = FlowRule(RULE.coefficients, RULE.administration, team_percent=Decimal(percent))
    found = pay.flow("H", fen, posts, rule, scores=scores, least_team=SIXTY)
    for step in found.steps:
        assert sum(share.fen for share in step.shares) == step.fen
        assert all(share.fen >= 0 for share in step.shares)
        for share in step.shares:
            assert abs(share.fen - share.quota) <= 1
            assert sum((weight_of(one.factors) for one in step.shares), Fraction(0)) == step.weight
    assert sum(pot.fen for pot in found.pots) == fen
    if percent:
        teams = sum(pot.fen for pot in found.pots if pot.group == "team")
        assert 100 * teams >= 60 * fen
    for pot in found.pots:
        lines = pay.persons(pot.unit, pot.fen, dict(pot.points)).by_code()
        assert sum(lines.values()) == pot.fen and min(lines.values()) >= 0
    mixed = random.Random(seed).sample(posts, len(posts))
    assert pay.flow("H", fen, mixed, rule, scores=scores, least_team=SIXTY) == found


def post(
    person: str, group: Any, coefficient: str = "1", time: str = "1", unit: str = "A", team: str = ""
) -> Post:
    return Post(person, unit, group, Decimal(coefficient), Decimal(time), team)


def test_doctors_and_nurses_have_pots_apart_and_administration_gets_the_clinical_mean() -> None:
    """By hand: 2 doctors (1.0), 2 nurses (0.8), 1 administrator at 0.9 x (2+1.6)/4 = 0.9 x 0.9 = 0.81."""
    posts = [
        post("D1", "doctor", "1.6"), post("D2", "doctor", "1.2", unit="B"), post("N1", "nurse"),
        post("N2", "nurse"), post("X", "administrator", unit="Z"),
    ]  # fmt: skip
    scores = {"A": Decimal(90), "B": Decimal(80)}
    found = pay.flow("H", 441_00, posts, RULE, scores=scores, least_team=SIXTY)
    groups = next(step for step in found.steps if step.level == "group").by_code()
    assert groups == {"doctor": 200_00, "nurse": 160_00, "administrator": 81_00}
    pots = {(pot.unit, pot.group): pot.fen for pot in found.pots}
    # 1.6 x 90 = 144 and 1.2 x 80 = 96 of 240
    assert pots[("A", "doctor")] == 120_00 and pots[("B", "doctor")] == 80_00
    assert pots[("A", "nurse")] == 160_00 and pots[("Z", "administrator")] == 81_00


def test_a_unit_without_a_score_counts_with_the_mean_or_not_at_all_never_as_zero_by_accident() -> None:
    posts = [post("D1", "doctor"), post("D2", "doctor", unit="B"), post("D3", "doctor", unit="C")]
    scores = {"A": Decimal(60), "B": Decimal(100)}
    step = pay.flow("H", 240, posts, RULE, scores=scores, least_team=SIXTY).steps[-1]
    assert step.by_code() == {"A": 60, "B": 100, "C": 80}
    assert step.shares[2].factors == (("points", Decimal("1.0000")), ("mean_score", Decimal("80.0000")))
    nothing = FlowRule(RULE.coefficients, RULE.administration, unassessed="nothing")
    assert pay.flow("H", 160, posts, nothing, scores=scores, least_team=SIXTY).steps[-1].by_code()["C"] == 0
    assert pay.flow("H", 90, posts, RULE, scores={}, least_team=SIXTY).steps[-1].by_code()["C"] == 30


def test_a_group_of_which_every_department_scored_zero_divides_by_points_and_says_so() -> None:
    """Two technician departments with 0: their money stays theirs, 2 to 1 by points; doctors by score."""
    posts = [
        post("T1", "technician", "2", unit="LAB"), post("T2", "technician", unit="XRAY"),
        post("D1", "doctor", unit="A"), post("D2", "doctor", unit="B"),
    ]  # fmt: skip
    scores = {"LAB": Decimal(0), "XRAY": Decimal(0), "A": Decimal(80), "B": Decimal(0)}
    found = pay.flow("H", 370_00, posts, RULE, scores=scores, least_team=SIXTY)
    pots = {(pot.unit, pot.group): pot.fen for pot in found.pots}
    assert pots == {("LAB", "technician"): 113_33, ("XRAY", "technician"): 56_67, ("A", "doctor"): 200_00}
    step = next(step for step in found.steps if step.level == "unit:technician")
    one = ("alike_score", Decimal(1))
    assert [share.factors[1] for share in step.shares] == [one, one]
    nothing = FlowRule(RULE.coefficients, RULE.administration, unassessed="nothing")
    partly = pay.flow("H", 90, posts[:2], nothing, scores={"LAB": Decimal(0)}, least_team=SIXTY)
    assert partly.steps[-1].by_code() == {"LAB": 90, "XRAY": 0}  # without a score still nothing
    with pytest.raises(PayRefused) as refused:
        pay.flow("H", 90, [post("T1", "technician", "0")], RULE, scores=scores, least_team=SIXTY)
    assert (refused.value.reason, refused.value.params["groups"]) == ("weightless", ("technician",))


def test_sixty_percent_of_the_reward_go_to_the_team_first_to_the_fen() -> None:
    posts = [post("D1", "doctor", team="T1"), post("D2", "doctor", unit="B", team="T2")]
    rule = FlowRule(RULE.coefficients, RULE.administration, team_percent=SIXTY)
    for fen in (1, 2, 3, 7, 1001):
        pots = pay.flow("H", fen, posts, rule, scores={}, least_team=SIXTY).pots
        assert 100 * sum(pot.fen for pot in pots if pot.group == "team") >= 60 * fen
    low = FlowRule(RULE.coefficients, RULE.administration, team_percent=Decimal("59.99"))
    with pytest.raises(PayRefused, match="At least 60 %"):
        pay.flow("H", 100, posts, low, scores={}, least_team=SIXTY)
    with pytest.raises(PayRefused, match="no team"):
        pay.flow("H", 100, [post("D", "doctor")], rule, scores={}, least_team=SIXTY)
    with pytest.raises(PayRefused, match="nobody to pay"):
        pay.flow("H", 100, [post("D", "doctor", time="0")], RULE, scores={}, least_team=SIXTY)
    with pytest.raises(PayRefused, match="below zero"):
        pay.flow("H", -1, posts, RULE, scores={}, least_team=SIXTY)
    with pytest.raises(PayRefused, match="D1"):
        pay.persons("A", 5, {"D1": Decimal(-1)})


def test_time_is_the_share_of_days_worked_while_in_service() -> None:
    assert pay.time_worked(Decimal("0.8"), Decimal(19), Decimal(2)) == Decimal("0.7238")
    assert pay.time_worked(Decimal(1), Decimal(10), Decimal(0), employed=Fraction(14, 31)) == Decimal(
        "0.4516"
    )
    assert pay.time_worked(Decimal(1), Decimal(0), Decimal(0)) == 0


def test_a_share_is_explained_by_the_numbers_it_was_computed_from() -> None:
    factors = (("points", Decimal("1.6000")), ("score", Decimal(90)))
    line = explain(200_00, factors, Decimal(240))
    assert [token.text if token.kind == "sign" else token.name for token in line.tokens] == [
        "above_fen", "×", "points", "×", "score", "÷", "weight_sum",
    ]  # fmt: skip


def test_red_lines_are_refused_by_name() -> None:
    redlines.check(Terms("pay_total"))
    redlines.check(Terms("between", persons=False, charges=frozenset({"test"})))
    crossed = {
        "insurance": Terms("insurance"), "public_health": Terms("public_health"), "source": Terms("sponsor"),
        "document": Terms("retained"), "between": Terms("between"),
        "ordered": Terms("fiscal", charges=frozenset({"drug"})),
    }  # fmt: skip
    for reason, terms in crossed.items():
        with pytest.raises(RedLine) as refused:
            redlines.check(terms)
        assert refused.value.reason == reason
    redlines.within_total("pay_total", [Year("A", 2026, 100, 60, 40)])
    redlines.within_total("retained", [Year("A", 2026, None, 0, 40)])
    with pytest.raises(RedLine, match=r"by 0\.01 yuan"):
        redlines.within_total("pay_total", [Year("A", 2026, 100, 60, 41)])
    with pytest.raises(RedLine, match="no approved pay total"):
        redlines.within_total("fiscal", [Year("A", 2026, None, 0, 1)])
