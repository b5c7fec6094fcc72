"""Another scheme on the same month: the money stays, the points explain the score, a worked example."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.engine import compare
from performance.engine.indicators import shipped_indicators
from performance.engine.scheme import Column, Scheme, check, demonstration_scheme
from performance.engine.settlement import settle
from performance.engine.simulation import gini, points_of, simulate, spearman, under
from tests.engines.performance.cast import OCTOBER, a_month, facts_of

SIX = shipped_indicators()


def weighed(scheme: Scheme, column: str, **weights: int) -> Scheme:
    """The scheme with other weights in one column."""

    def changed(one: Column) -> Column:
        items = [
            replace(item, weight=Decimal(weights.get(item.indicator, item.weight))) for item in one.items
        ]
        return replace(one, items=tuple(items)) if one.code == column else one

    return replace(scheme, columns=tuple(changed(one) for one in scheme.columns))


def every_item(scheme: Scheme, **change: Any) -> Scheme:
    columns = [
        replace(one, items=tuple(replace(item, **change) for item in one.items)) for one in scheme.columns
    ]
    return replace(scheme, columns=tuple(columns))


def test_the_same_scheme_moves_nothing() -> None:
    found = simulate(a_month(), a_month())
    assert (found.gained, found.lost, found.most_places) == (0, 0, 0)
    assert found.concentration_before == found.concentration_after
    assert all(shift.through == () and shift.fen == 0 for shift in found.shifts)


def test_what_one_gains_the_others_lose() -> None:
    facts = [
        *facts_of("LEAD"),
        *facts_of("TCM", total_weight=Decimal("700")),
        *facts_of("TOWN", stay_days=9000),
    ]
    now = a_month(facts)
    scheme = weighed(now.scheme, "lead", cmi=15, mean_stay=30)
    found = simulate(now, under(now, scheme, list(SIX.values())))
    assert sum(shift.fen for shift in found.shifts) == 0
    assert found.gained + found.lost > 0
    lead = next(shift for shift in found.shifts if shift.institution == "LEAD")
    assert {one.indicator for one in lead.through} == {"cmi", "mean_stay"}
    assert lead.score_before is not None and lead.score_after is not None
    explained = sum((one.points for one in lead.through), Decimal(0))
    assert abs(explained - (lead.score_after - lead.score_before)) <= Decimal("0.0003")


def test_points_of_all_indicators_are_the_score() -> None:
    result = settle(a_month())
    for total in result.totals:
        assert total.score is not None
        assert abs(sum(points_of(result)[total.institution].values()) - total.score) <= Decimal("0.0005")


def test_a_frozen_fact_stays_and_a_scheme_of_later_holds_as_if_then() -> None:
    now = a_month()
    other = [replace(fact, value=1) for fact in now.facts[:1]]
    later = replace(now.scheme, effective_from=OCTOBER.plus(6).first_day)
    changed = under(now, later, now.indicators, other)
    assert changed.facts == now.facts
    assert settle(changed).lines == settle(now).lines


def test_a_month_that_blocks_shares_nothing() -> None:
    now = a_month()
    strict = replace(
        now.scheme,
        columns=tuple(
            replace(
                one, items=tuple(replace(item, when_missing="block", minimum_n=10**9) for item in one.items)
            )
            for one in now.scheme.columns
        ),
    )
    found = simulate(now, under(now, strict, now.indicators))
    assert found.blocked_by == ("LEAD", "TCM", "TOWN")
    assert all(shift.fen_after == 0 for shift in found.shifts)


def test_rank_correlation_worked_by_hand() -> None:
    one = [Decimal(n) for n in (90, 80, 70, 60)]
    assert spearman(one, one) == 1
    assert spearman(one, one[::-1]) == -1
    # Places 1 2 3 4 and 1 3 2 4: 1 - 6*2/(4*15)
    assert spearman(one, [Decimal(n) for n in (90, 70, 80, 60)]) == Decimal("0.8000")
    # A tie shares 1.5: sqrt(0.9)
    assert spearman(one, [Decimal(n) for n in (90, 90, 70, 60)]) == Decimal("0.9487")
    assert spearman(one, [Decimal(1)] * 4) is None


@pytest.mark.parametrize(
    ("shares", "expected"), [((1, 1, 1), "0"), ((0, 0, 9), "0.6667"), ((), "0"), ((-3, -1), "0.25")]
)
def test_concentration(shares: tuple[int, ...], expected: str) -> None:
    assert gini(shares) == Decimal(expected)


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12))
def test_concentration_is_the_mean_difference(shares: list[int]) -> None:
    whole, n = sum(shares), len(shares)
    differences = sum(abs(a - b) for a in shares for b in shares)
    exact = Fraction(differences, 2 * n * whole) if whole else Fraction(0)
    assert abs(Fraction(gini(shares)) - exact) <= Fraction(1, 20_000)


def test_differences_name_what_changed_and_nothing_else() -> None:
    old = demonstration_scheme()
    assert compare.changes(old, old) == ()
    new = weighed(old, "lead", cmi=15, mean_stay=30)
    found = compare.changes(old, new)
    assert {(one.column, one.what, one.about) for one in found} >= {
        ("lead", "weight", "cmi"),
        ("lead", "weight", "mean_stay"),
    }
    assert all(one.column == "lead" for one in found)
    back = compare.changes(new, old)
    assert [(one.before, one.after) for one in found] == [(one.after, one.before) for one in back]


def test_an_indicator_taken_out_and_a_column_that_comes() -> None:
    old = demonstration_scheme()
    lead, *others = old.columns
    less = replace(old, columns=(replace(lead, items=lead.items[1:]), *others))
    (gone,) = [one for one in compare.changes(old, less) if one.what == "item_removed"]
    assert (gone.about, gone.after) == (lead.items[0].indicator, None)
    (came,) = compare.changes(replace(old, columns=tuple(others)), old)
    assert (came.what, came.after) == ("column_added", "lead")
    assert check(less, SIX)  # its weights no longer sum to 100


def test_where_all_are_scored_alike_nobody_has_a_place() -> None:
    def ranks(stay_days: int) -> list[int | None]:
        now = a_month([*facts_of("LEAD"), *facts_of("TCM", stay_days=stay_days), *facts_of("TOWN")])
        twins = [replace(one, role="lead", kind="general") for one in now.members if one.code == "TCM"]
        two = replace(now, members=(*(one for one in now.members if one.code != "TCM"), *twins))
        return [shift.rank_after for shift in simulate(two, two).shifts if shift.column == "lead"]

    alike = next(fact.value for fact in facts_of("LEAD") if fact.key == "stay_days")
    assert ranks(int(alike)) == [None, None]
    assert sorted(filter(None, ranks(int(alike) * 2))) == [1, 2]
