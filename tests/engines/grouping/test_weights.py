"""Proposed weights: worked by hand, the fences, the five classes, the mean of one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grouping.engine.weights import CLASSES, Cost, Terms, class_fen, propose, variation

D = Decimal
EQUAL = dict.fromkeys(CLASSES, D("0.2"))
PLAIN = Terms("plain", 60, D("1.5"), 5, 30, D(1), EQUAL)
STRUCTURE = replace(PLAIN, method="structure")


def cost(drg: str, fen: int, days: int = 5, **fees: int) -> Cost:
    return Cost(drg, days, fen, class_fen(fees or {"D20": fen}))


def test_worked_by_hand() -> None:
    """Five cases of 100 and five of 300 yuan: the mean is 200, the weights are 0.5 and 1.5."""
    found = propose([*[cost("A", 10_000)] * 5, *[cost("B", 30_000)] * 5], PLAIN)
    assert [(row.drg, row.weight, row.cases) for row in found.rows] == [
        ("A", D("0.500000"), 5), ("B", D("1.500000"), 5),
    ]  # fmt: skip
    assert (found.used, found.mean_fen) == (10, 20_000)


def test_five_classes_count_a_fifth_each() -> None:
    """A: 100 medical and 100 nursing, B: 300 medical and 100 nursing; by hand with two classes charged.

    Means: medical 200, nursing 100. A: (0.5 + 1) / 2 = 0.75, B: (1.5 + 1) / 2 = 1.25; plain: 2/3 and 4/3.
    """
    a, b = cost("A", 200, D20=100, D13=100), cost("B", 400, D20=300, D13=100)
    found = propose([*[a] * 5, *[b] * 5], STRUCTURE)
    assert [row.weight for row in found.rows] == [D("0.750000"), D("1.250000")]
    assert found.empty_classes == ("technical", "material", "management")
    assert [row.weight for row in propose([*[a] * 5, *[b] * 5], PLAIN).rows] == [D("0.666667"), D("1.333333")]


def test_a_group_heavy_for_its_drugs_alone_weighs_less_by_structure() -> None:
    drugs = [cost("A", 1_000, D20=100, D13=50, D16=50, D23=750, D11=50)] * 6
    hands = [cost("B", 1_000, D20=500, D13=200, D16=100, D23=150, D11=50)] * 6
    plain, fair = propose([*drugs, *hands], PLAIN).rows, propose([*drugs, *hands], STRUCTURE).rows
    assert plain[0].weight == plain[1].weight == D("1.000000")
    assert fair[0].weight is not None and fair[1].weight is not None and fair[0].weight < 1 < fair[1].weight


def test_costs_beyond_the_fences_are_dropped() -> None:
    """Quartiles of 100, 110, 120, 130, 140, 9999 by interpolation: 112.5 and 137.5; the fence is 175."""
    found = propose([cost("A", fen) for fen in (100, 110, 120, 130, 140, 9_999)], PLAIN)
    assert [(row.cases, row.dropped, row.mean_fen) for row in found.rows] == [(5, 1, 120)]


def test_what_is_left_out_before_grouping() -> None:
    rows = [cost("A", 100)] * 5
    odd = [cost("A", 100, days=0), cost("A", 100, days=61), cost("A", 0), cost("A", 100, D20=90)]
    found = propose([*rows, *odd], PLAIN)
    assert (found.used, found.left_out) == (5, 4)


def test_charges_of_which_are_not_counted_twice() -> None:
    assert class_fen({"D20": 100, "D20x01": 30, "D20x02": 70, "D23": 5, "D23x01": 5}) == (100, 0, 0, 5, 0)
    assert sum(class_fen({"D19": 10, "D19x01": 10})) == 10


def test_few_cases_give_no_weight_and_an_uncertain_one_says_so() -> None:
    found = propose(
        [*[cost("A", 100)] * 4, *[cost("B", fen) for fen in (1, 1, 1, 300, 400)]], replace(PLAIN, iqr=D(999))
    )
    assert [(row.drg, row.weight is None, row.flags) for row in found.rows] == [
        ("A", True, ("few",)), ("B", False, ("unstable", "spread")),
    ]  # fmt: skip


def test_no_case_is_no_proposal() -> None:
    assert propose([], PLAIN).rows == propose([cost("A", 1)] * 3, STRUCTURE).rows[:0]


def test_the_coefficient_of_variation() -> None:
    """2, 4, 4, 4, 5, 5, 7, 9: mean 5, sample variance 32/7, so 2.1381 / 5 = 0.4276."""
    assert variation([2, 4, 4, 4, 5, 5, 7, 9]) == D("0.4276")
    assert variation([5]) is None and variation([5, 5]) == D("0.0000")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABC"),
            st.integers(1, 10**7),
            st.sampled_from(["D20", "D13", "D16", "D23", "D11"]),
        ),
        min_size=5,
        max_size=60,
    )
)
def test_the_mean_weight_of_the_cases_used_is_one(rows: list[tuple[str, int, str]]) -> None:
    cases = [Cost(drg, 3, fen, class_fen({column: fen})) for drg, fen, column in rows]
    for terms in (PLAIN, STRUCTURE):
        found = propose(cases, terms)
        total = sum(
            (Fraction(row.weight) * row.cases for row in found.rows if row.weight is not None), Fraction()
        )
        assert abs(total - found.used) <= Fraction(found.used, 10**6)
