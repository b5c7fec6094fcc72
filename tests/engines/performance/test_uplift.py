"""How far a pay total rises with the linked score: a worked example, refusals, properties (S3-38)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.register import load_register
from performance.engine.pay.uplift import KEYS, MOST, SHARE, Given, Point, UpliftRefused, uplift, within

TERMS = {key: load_register()[key].value for key in KEYS}
SCORES = st.one_of(st.none(), st.decimals(0, 100, places=4))
WEIGHTS = st.decimals(1, 50, places=4)
HEADS = st.decimals("0.001", 500, places=3)


def of(*points: tuple[str, str | None], base: int = 100_000_000, heads: Decimal = Decimal(10)) -> Given:
    """A million yuan, a scheme of a hundred points, ten heads at first."""
    made = [Point(Decimal(weight), None if score is None else Decimal(score)) for weight, score in points]
    return Given("石桥", 2026, base, made, Decimal(100), Decimal(10), heads)


def test_thirty_points_of_the_scheme_at_eighty_raise_a_million_by_twelve_percent() -> None:
    """By hand: (20 x 90 + 10 x 60) / 30 = 80 of 100; 15 % x 80 / 100 = 12 %; 1,000,000 yuan + 120,000."""
    found = uplift(of(("20", "90"), ("10", "60")), TERMS)
    assert (found.score, found.share, found.factor, found.percent) == (80, 30, 1, 12)
    assert (found.fen, found.room) == (12_000_000, 15_000_000)


def test_a_smaller_share_than_wanted_shrinks_the_uplift_and_a_larger_one_leaves_the_maximum() -> None:
    less = uplift(of(("15", "100")), TERMS)
    assert (less.factor, less.percent, less.fen) == (Fraction(1, 2), Fraction(15, 2), 7_500_000)
    more = uplift(of(("60", "100")), TERMS)
    assert (more.factor, more.percent, more.fen) == (1, 15, 15_000_000)
    assert uplift(of(("15", "100")), {**TERMS, SHARE: Decimal(0)}).factor == 1


def test_what_was_not_assessed_counts_on_neither_side() -> None:
    found = uplift(of(("20", "90"), ("10", None)), TERMS)
    assert (found.earned, found.full, found.score, found.share) == (18, 20, 90, 30)
    with pytest.raises(UpliftRefused, match="石桥 was assessed in none"):
        uplift(of(("20", None)), TERMS)


def test_a_part_of_a_fen_is_never_given() -> None:
    assert uplift(of(("30", "99.9999"), base=999), TERMS).fen == 149
    assert uplift(of(("30", "100"), base=1_003), TERMS).fen == 150


def test_fewer_heads_leave_less_room_and_more_heads_no_more_than_the_score_gives() -> None:
    fewer = uplift(of(("30", "100"), heads=Decimal("9.5")), TERMS)
    assert (fewer.by_score, fewer.room, fewer.fen) == (15_000_000, 9_250_000, 9_250_000)
    assert uplift(of(("30", "100"), heads=Decimal(8)), TERMS).fen == 0
    assert uplift(of(("30", "100"), heads=Decimal(20)), TERMS).fen == 15_000_000


@pytest.mark.parametrize(("fen", "heads"), [(15_000_001, 10), (-1, 10), (9_250_001, "9.5")])
def test_more_than_the_maximum_is_refused(fen: int, heads: Any) -> None:
    within("石桥", 100_000_000, 9_250_000, Decimal(15), Decimal(10), Decimal("9.5"))
    with pytest.raises(UpliftRefused, match="more than 15 % a head"):
        within("石桥", 100_000_000, fen, Decimal(15), Decimal(10), Decimal(heads))


@given(st.integers(0, 10**13), st.lists(st.tuples(WEIGHTS, SCORES), min_size=1, max_size=8), HEADS, HEADS,
       st.decimals(0, 900, places=4), st.decimals(0, 100, places=2),
       st.decimals(0, 100, places=2))  # fmt: skip
def test_never_above_the_maximum_whatever_is_given(
    base: int, points: list[Any], first: Decimal, heads: Decimal, rest: Decimal, most: Decimal, share: Decimal
) -> None:
    whole = sum((weight for weight, _score in points), rest)
    asked = Given("x", 2026, base, [Point(*one) for one in points], whole, first, heads)
    if all(score is None for _weight, score in points):
        with pytest.raises(UpliftRefused):
            uplift(asked, {MOST: most, SHARE: share})
        return
    found = uplift(asked, {MOST: most, SHARE: share})
    assert type(found.fen) is int and 0 <= found.fen <= base * Fraction(most) / 100
    before, now = Fraction(base) / Fraction(first), Fraction(base + found.fen) / Fraction(heads)
    assert found.fen == 0 or now <= before * (1 + Fraction(most) / 100)
    assert found.by_score <= base * found.percent / 100 < found.by_score + 1


@given(st.integers(0, 10**13), st.lists(st.tuples(WEIGHTS, st.decimals(0, 100, places=4)), min_size=1),
       st.data())  # fmt: skip
def test_a_better_score_never_gives_less(base: int, points: list[Any], data: Any) -> None:
    whole = sum((weight for weight, _score in points), Decimal(10))
    better = data.draw(st.integers(0, len(points) - 1))
    weight, score = points[better]
    raised = [*points[:better], (weight, data.draw(st.decimals(score, 100, places=4))), *points[better + 1 :]]

    def rise(rows: list[Any]) -> int:
        made = Given("x", 2026, base, [Point(*one) for one in rows], whole, Decimal(7), Decimal("6.8"))
        return uplift(made, TERMS).fen

    assert rise(points) <= rise(raised)
