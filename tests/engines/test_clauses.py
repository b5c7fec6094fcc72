"""Clauses of agreements: periods, months together, kept, at risk, broken."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.period import Month
from performance.engine import clauses
from performance.engine.indicators import shipped_indicators

RATIO = replace(
    next(one for one in shipped_indicators().values() if one.form == "ratio"), scale=Decimal(100), decimals=2
)
COUNTS = st.integers(1, 10_000).map(Decimal)


def test_periods_are_whole_ones_of_the_calendar() -> None:
    february, december = Month(2026, 2), Month(2026, 12)
    quarters = clauses.months_of("quarter", february, december)
    assert [str(one[0]) for one in quarters] == ["2026-04", "2026-07", "2026-10"]
    assert clauses.months_of("year", february, december) == []
    assert len(clauses.months_of("month", february, december)) == 11
    assert clauses.months_of("month", december, february) == []


def test_worked_examples() -> None:
    # 30 of 40 and 10 of 60 are 40 of 100: 40 %, not the mean of 75 % and 16.67 %.
    pairs = [(Decimal(30), Decimal(40)), (Decimal(10), Decimal(60))]
    assert clauses.over(RATIO, pairs) == Decimal("40.00")
    assert clauses.over(replace(RATIO, form="complement"), pairs) == Decimal("60.00")
    assert clauses.over(replace(RATIO, form="amount", scale=Decimal(1)), pairs) == Decimal("40.00")
    assert clauses.over(RATIO, [*pairs, (None, Decimal(3))]) is None
    assert clauses.over(RATIO, [(Decimal(0), Decimal(0))]) is None and clauses.over(RATIO, []) is None
    ninety, five = Decimal(90), Decimal(5)
    assert clauses.standing(Decimal("89.99"), ninety, "at_least", five) == "broken"
    assert clauses.standing(ninety, ninety, "at_least", five) == "at_risk"
    assert clauses.standing(Decimal("94.5"), ninety, "at_least", five) == "kept"
    assert clauses.standing(Decimal("90.01"), ninety, "at_most", five) == "broken"
    assert clauses.standing(Decimal("85.51"), ninety, "at_most", five) == "at_risk"
    assert clauses.standing(Decimal("-1"), Decimal(0), "at_most", five) == "kept"


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=12))
def test_a_share_of_months_lies_between_theirs(pairs: list[tuple[Decimal, Decimal]]) -> None:
    single = [clauses.over(RATIO, [one]) for one in pairs]
    together = clauses.over(RATIO, pairs)
    known = [one for one in single if one is not None]
    assert together is not None and min(known) <= together <= max(known)


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_both_sides_mirror_each_other(value: Decimal, bound: Decimal) -> None:
    margin = Decimal(5)
    assert clauses.standing(value, bound, "at_least", margin) == clauses.standing(
        -value, -bound, "at_most", margin
    )
