"""What a score lost and what would bring it back, checked against the forms themselves."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.engine.forms import (
    AgainstLast,
    AgainstMean,
    Band,
    Form,
    LinearHigher,
    LinearLower,
    Step,
    Steps,
)
from performance.engine.formula import result
from performance.engine.reach import Goal, Missing, Points, goal, losses, missing

D = Decimal
LADDER = (Step(D(60), D(40)), Step(D(75), D(40)), Step(D(80), D(70)), Step(D(90), D(100)))
FORMS: list[Form] = [
    LinearHigher(D(10), D(80)), LinearLower(D(20), D(60)), Steps("higher", LADDER),
    Steps("lower", tuple(Step(one.at, 100 - one.points) for one in LADDER)), Band(D(15), D(25), D(4), D(6)),
    AgainstMean("higher", D(50), D(60), D("0.8")), AgainstMean("lower", D(50), D(60), D("0.8")),
    AgainstLast("higher", "pp", D(70), D(3)), AgainstLast("lower", "relative", D(70), D(2)),
]  # fmt: skip


def points(form: Form, value: Fraction, last: Decimal | None) -> Fraction:
    exact = form.points(result("value", value), result("last", last)).exact  # type: ignore[arg-type]
    assert exact is not None
    return min(max(exact, Fraction(0)), Fraction(100))


@given(st.sampled_from(FORMS), st.decimals(0, 100, places=2), st.decimals(1, 100, places=2))
def test_a_goal_gives_the_points_it_promises_and_more_than_now(form: Form, value: D, last: D) -> None:
    found, now = goal(form, value, last), points(form, Fraction(value), last)
    if found is None:
        assert now == 100 or (isinstance(form, Steps) and now >= max(step.points for step in form.steps))
    else:
        assert points(form, found.value, last) == found.points > now


def test_the_next_step_is_the_next_that_gives_more() -> None:
    assert goal(FORMS[2], D(62), None) == Goal(Fraction(80), Fraction(70))
    assert goal(FORMS[2], D(90), None) is None


def test_without_what_it_is_compared_with_there_is_no_goal() -> None:
    assert goal(FORMS[7], D(10), None) is None
    assert goal(AgainstMean("higher", None, D(60), D(1)), D(10), None) is None
    assert goal(AgainstMean("higher", D(50), D(60), D(0)), D(10), None) is None


def test_losses_are_dearest_first_and_add_up_to_what_the_total_lacks() -> None:
    rows = [
        Points("a", D(50), D(40)),
        Points("b", None, None),
        Points("c", D(100), D(20)),
        Points("d", D(20), D(40)),
    ]
    found = losses(rows)
    assert [(one.indicator, one.lost) for one in found] == [("d", 32), ("a", 20)]
    total = sum(Fraction(row.weight) * Fraction(row.score) / 100 for row in rows if row.score and row.weight)
    assert sum(one.lost for one in found) == 100 - total


@pytest.mark.parametrize(
    ("counted", "wanted", "found"),
    [
        (D(12), Fraction(20), Missing(8, D(100), few=False)),
        (D(12), Fraction(124, 10), Missing(1, D(100), few=False)),
        (D(12), Fraction(5), Missing(7, D(100), few=True)),
        (D(12), Fraction(120), None),
        (D(12), Fraction(12), None),
    ],
)
def test_a_goal_in_counted_things(counted: D, wanted: Fraction, found: Missing | None) -> None:
    assert missing("ratio", D(100), counted, D(100), wanted) == found


def test_money_and_days_are_not_counted_things() -> None:
    assert missing("ratio", D(1), D("10.5"), D(3), Fraction(9)) is None
    assert missing("change", D(100), D(10), D(3), Fraction(9)) is None
