"""Detectors: planted patterns are found, honest twins raise nothing, looks at noise stay within bounds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from performance.engine.gaming import balance, drift, erased, heaping, pingpong, praise, rush, split
from performance.engine.gaming.finding import Common, Looked, Record
from performance.engine.gaming.statistics import (
    adjusted,
    binomial_tail,
    compared_tail,
    fallen_tail,
    normal_tail,
)

BY = Common(0.05, 0.01, 0.001)
PINGPONG = pingpong.Limits(5, 0.05)
SPLIT = split.Limits(5, 1.5, (Decimal("0.9"), Decimal("1.1")))
PRAISE = praise.Limits(10, 3)
DRIFT = drift.Limits(30, 5)
RUSH = rush.Limits(20, 10)
BALANCE = balance.Limits(8, 30)
HEAPING = heaping.Limits(30, 25)


def records(number: int, first: int = 1, kind: str = "referral", **told: str) -> tuple[Record, ...]:
    return tuple(Record(kind, first + step, told) for step in range(number))


def subjects(looked: Looked) -> list[str]:
    return [one.subject for one in looked.findings]


# Statistics ------------------------------------------------------------------------
@given(st.integers(1, 40), st.data(), st.integers(1, 19))
def test_the_binomial_tail_is_exact(trials: int, data: st.DataObject, twentieth: int) -> None:
    hits, chance = data.draw(st.integers(0, trials)), Fraction(twentieth, 20)
    exact = sum(comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1))
    assert abs(binomial_tail(hits, trials, float(chance)) - float(exact)) < 1e-9


def test_tails_of_known_tables() -> None:
    assert round(compared_tail(3, 4, 1, 4), 6) == round(17 / 70, 6)  # Fisher's lady and her tea
    assert abs(fallen_tail(7, [(20, 0.2)]) - binomial_tail(7, 20, 0.2)) < 1e-12
    assert abs(fallen_tail(900, [(4000, 0.2), (500, 0.2)]) - binomial_tail(900, 4500, 0.2)) < 0.01
    assert round(normal_tail(1.6449), 4) == 0.05
    assert binomial_tail(0, 9, 0.1) == 1 and binomial_tail(10, 9, 0.1) == 0
    assert 0 < binomial_tail(900, 100_000, 0.005) < 1e-40


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_probabilities_keep_their_order_and_are_never_smaller(chances: list[float]) -> None:
    found = adjusted(chances)
    assert all(own <= one + 1e-12 and one <= 1 for own, one in zip(chances, found, strict=True))
    ordered = [one for _own, one in sorted(zip(chances, found, strict=True))]
    assert ordered == sorted(ordered)


def test_adjusted_probabilities_of_the_paper() -> None:
    """Benjamini and Hochberg 1995, section 4.1: four of fifteen at 0.05."""
    chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
               0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    assert sum(one <= 0.05 for one in adjusted(chances)) == 4


# Planted and honest ---------------------------------------------------------------
def test_a_pair_that_sends_back_and_forth_is_found_and_a_bounce_or_two_is_not() -> None:
    pairs = [pingpong.Pair("A01", "B01", 60, records(14)), pingpong.Pair("A01", "B02", 40, records(2, 50))]
    looked = pingpong.find(pairs, PINGPONG, BY)
    assert subjects(looked) == ["A01|B01|"] and (looked.tested, looked.small) == (1, 1)
    assert looked.findings[0].numbers["expected"] == Decimal("3.0")
    assert looked.findings[0].severity == "high" and len(looked.findings[0].records) == 14
    honest = [pingpong.Pair("A01", f"B{n:02}", 200, records(9, 100 * n)) for n in range(10)]
    assert pingpong.find(honest, PINGPONG, BY).findings == ()


def wards(rate: dict[str, float], bad: str = "", dice: int = 1) -> list[split.Ward]:
    """Ten institutions with four groups of different rates; the bad one splits a tenth more in cardiology."""
    chance, found, serial = Random(dice), [], 0
    for place in (f"A{n:02}" for n in range(10)):
        for group, share in rate.items():
            more = 0.08 if (place, group) == (bad, "FR1") else 0.0
            hits = sum(chance.random() < share + more for _ in range(150))
            own = tuple(Record("case", serial + n, {"paid": "1.02", "days": "3"}) for n in range(hits))
            serial += hits
            found.append(split.Ward(place, f"{group}科", group, 150, own))
    return found


RATES = {"FR1": 0.02, "ES2": 0.03, "LW1": 0.15, "GZ1": 0.0}


def test_a_ward_that_splits_is_found_by_what_its_groups_explain() -> None:
    looked = split.find(wards(RATES, bad="A03"), SPLIT, BY)
    assert subjects(looked) == ["A03||"] or subjects(looked) == ["A03||FR1科"]
    assert float(looked.findings[0].numbers["ratio"]) >= 1.5 and looked.findings[0].numbers["near"] >= 5  # type: ignore[operator]
    assert split.find(wards(RATES), SPLIT, BY).findings == ()


def test_an_institution_full_of_a_group_that_comes_back_is_not_accused() -> None:
    """Indirect standardisation: A00 has ten times as many of the group everybody readmits."""
    rows = wards(RATES)
    rows += [split.Ward("A00", "血透", "LW1", 1500, records(225, 90_000, "case", paid="", days="3"))]
    assert split.find(rows, SPLIT, BY).findings == ()


def test_who_has_nearly_all_admissions_has_nobody_to_be_compared_with() -> None:
    rows = [
        split.Ward("A01", "内科", "FR1", 3000, records(9, 1, "case", paid="", days="3")),
        split.Ward("B01", "内科", "FR1", 200, ()),
    ]
    assert split.find(rows, SPLIT, BY).findings == ()


def marks(lift: float, dice: int = 3, raters: int = 4) -> list[praise.Mean]:
    """Eight institutions rate each other around each taker's worth; A and B lift each other."""
    chance = Random(dice)
    worth = {f"{letter}01": 72 + 3 * n for n, letter in enumerate("ABCDEFGH")}
    return [
        praise.Mean(giver, taker, raters, min(100, value + chance.uniform(-4, 4)
                    + (lift if {giver, taker} == {"A01", "B01"} else 0)))
        for giver in worth for taker, value in worth.items() if giver != taker
    ]  # fmt: skip


def test_two_that_praise_each_other_are_found_without_any_mark() -> None:
    looked = praise.find(9, marks(24), PRAISE, BY)
    assert subjects(looked) == ["A01|B01|"]
    assert (
        set(looked.findings[0].numbers) == {"raters", "others"} and looked.findings[0].records[0].told == {}
    )
    assert praise.find(9, marks(0), PRAISE, BY).findings == ()
    generous = [
        praise.Mean(one.giver, one.taker, one.raters, min(100, one.mean + (20 if one.giver == "A01" else 0)))
        for one in marks(0)
    ]
    assert praise.find(9, generous, PRAISE, BY).findings == ()


def strata(rise: dict[str, float], everybody: float = 0.0, dice: int = 5) -> list[drift.Stratum]:
    """Ten institutions with five families; the share of heavier groups is 30 % before."""
    chance, found = Random(dice), []
    for place in (f"A{n:02}" for n in range(10)):
        for family in ("ES2", "FR1", "IU2", "GK3", "BR2"):
            before = sum(chance.random() < 0.3 for _ in range(60))
            after = sum(chance.random() < 0.3 + everybody + rise.get(place, 0) for _ in range(60))
            found.append(drift.Stratum(place, family, 60, before, 60, after))
    return found


def test_codes_that_drift_alone_are_found_and_what_moves_everybody_is_not() -> None:
    looked = drift.find(strata({"A04": 0.25}), DRIFT, BY)
    assert subjects(looked) == ["A04||"] and float(looked.findings[0].numbers["rise"]) > 10
    assert drift.risen(strata({"A04": 0.25}), "A04") and drift.find(strata({}), DRIFT, BY).findings == ()
    assert drift.find(strata({}, everybody=0.25), DRIFT, BY).findings == ()


def days(last: dict[str, int], events: int = 90) -> list[rush.Counted]:
    """Ten institutions; nine of ninety lie on the last three days unless told otherwise."""
    sums = {place: last.get(place, 9) for place in (f"A{n:02}" for n in range(10))}
    return [
        rush.Counted(place, "referral", events, hits, 540, 54, 9 * events, sum(sums.values()) - hits, 0.1,
                     records(hits, 1000 * n))
        for n, (place, hits) in enumerate(sums.items())
    ]  # fmt: skip


def test_a_rush_is_found_and_a_month_that_ends_so_for_everybody_is_not() -> None:
    looked = rush.find(days({"A07": 40}), RUSH, BY)
    assert subjects(looked) == ["A07||referral"] and len(looked.findings[0].records) == 40
    assert rush.find(days({}), RUSH, BY).findings == ()
    assert rush.find(days({f"A{n:02}": 40 for n in range(10)}), RUSH, BY).findings == ()


def sides(pair: tuple[int, int]) -> list[balance.Sides]:
    usual = [(80, 78), (70, 75), (76, 70), (82, 80), (68, 66), (74, 79), (79, 73), (71, 71), (77, 76)]
    return [
        balance.Sides(f"A{n:02}", "process:outcome", Decimal(much), Decimal(worth))
        for n, (much, worth) in enumerate([*usual, pair])
    ]


def test_much_done_and_little_reached_is_found_and_little_of_both_is_not() -> None:
    assert subjects(balance.find(sides((95, 40)), BALANCE, BY)) == ["A09||process:outcome"]
    for honest in ((95, 93), (40, 38), (40, 95), (78, 70)):
        assert balance.find(sides(honest), BALANCE, BY).findings == ()
    assert balance.quadrant(sides((95, 40))[-1], Decimal(76), Decimal(75)) == "much_missed"


def test_round_numbers_are_found_and_counted_ones_are_not() -> None:
    rows = [heaping.Declared("A01", 48, records(11)), heaping.Declared("B01", 40, records(30, 50)),
            heaping.Declared("B02", 9, records(9, 90))]  # fmt: skip
    looked = heaping.find(rows, HEAPING, BY)
    assert subjects(looked) == ["B01||"] and (looked.tested, looked.small) == (2, 1)


def test_readmissions_erased_beyond_what_is_tolerated_are_found_and_care_continued_is_not() -> None:
    rows = [erased.Returned("A01", 12, records(9)), erased.Returned("B01", 40, records(6, 50)),
            erased.Returned("B02", 0, records(4, 90))]  # fmt: skip
    looked = erased.find(rows, erased.Limits(5, 0.2), BY)
    # 9 of 21 are 42.9 %, far above a fifth; 6 of 46 are less than a fifth; 4 are too few to be tested.
    assert subjects(looked) == ["A01||"] and (looked.tested, looked.small) == (2, 1)
    assert looked.findings[0].numbers["returned"] == 21 and str(looked.findings[0].numbers["share"]) == "42.9"


def test_false_clues_on_noise_stay_within_what_is_tolerated() -> None:
    """Alliances where nothing is wrong: few of them raise any clue at all, whatever the look."""
    wrong = {"split": 0, "drift": 0, "rush": 0, "pingpong": 0, "heaping": 0, "praise": 0}
    rounds = 24
    for number in range(rounds):
        dice = Random(1000 + number)
        pairs = [
            pingpong.Pair(
                "A01", f"B{n:02}", 150, records(sum(dice.random() < 0.05 for _ in range(150)), 999 * n)
            )
            for n in range(20)
        ]
        counted = [
            rush.Counted(f"A{n:02}", "x", 60, sum(dice.random() < 0.1 for _ in range(60)), 360,
                         sum(dice.random() < 0.1 for _ in range(360)), 540, 54, 0.1)
            for n in range(10)
        ]  # fmt: skip
        values = [
            heaping.Declared(f"A{n:02}", 60, records(sum(dice.random() < 0.2 for _ in range(60)), 99 * n))
            for n in range(20)
        ]
        wrong["split"] += bool(split.find(wards(RATES, dice=number), SPLIT, BY).findings)
        wrong["drift"] += bool(drift.find(strata({}, dice=number), DRIFT, BY).findings)
        wrong["rush"] += bool(rush.find(counted, RUSH, BY).findings)
        wrong["pingpong"] += bool(pingpong.find(pairs, PINGPONG, BY).findings)
        wrong["heaping"] += bool(heaping.find(values, HEAPING, BY).findings)
        wrong["praise"] += bool(praise.find(1, marks(0, dice=number), PRAISE, BY).findings)
    assert all(count <= 0.05 * rounds + 3 for count in wrong.values()), wrong


@given(st.permutations(range(10)), st.integers(10, 60))
def test_the_order_of_places_changes_nothing(order: list[int], hits: int) -> None:
    rows = days({"A07": hits})
    assert rush.find([rows[n] for n in order], RUSH, BY) == rush.find(rows, RUSH, BY)


@given(st.integers(20, 89))
def test_more_of_it_is_never_less_of_a_clue(hits: int) -> None:
    less, more = (rush.find(days({"A07": n}), RUSH, BY).findings for n in (hits, hits + 1))
    assert not less or (more and more[0].share <= less[0].share)
