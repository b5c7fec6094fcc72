"""Fen, yuan text and the division of a pool (N30), against the shared split problems and by properties."""

import csv
import re
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.money import LEAST_FEN, MOST_FEN, MoneyRefused, SplitRefused, fen, split_pool, yuan
from tests.shared import shared

WEIGHTS = st.dictionaries(
    st.text(min_size=1, max_size=4),
    st.decimals(min_value=0, max_value=10**6, places=4) | st.integers(0, 2**70),
    min_size=1,
    max_size=12,
).filter(lambda weights: any(weights.values()))
POOLS = st.integers(LEAST_FEN, MOST_FEN)


def rows(name):
    with open(shared(f"oracles/split/{name}.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number_or_text(text, kind):
    """Hand a cell over as a number where it is one and as the very text where it is not."""
    try:
        return kind(text)
    except (ValueError, InvalidOperation):
        return text


def test_every_row_of_the_split_problems_is_equal():
    weights, expected = defaultdict(list), defaultdict(list)
    for row in rows("input"):
        weights[row["problem"]].append((row["code"], number_or_text(row["weight"], Decimal)))
    for row in rows("expected"):
        expected[row["problem"]].append(
            (row["code"], int(row["part_fen"]), int(row["remainder_rank"]), row["got_extra_fen"] == "1")
        )
    status = {row["problem"]: row for row in rows("status")}
    problems = rows("problems")
    assert len(problems) == len(status) == 200
    for problem in problems:
        name = problem["problem"]
        try:
            split = split_pool(number_or_text(problem["pool_fen"], int), weights[name])
        except SplitRefused as refused:
            assert ["refused", refused.reason] == list(status[name].values())[1:], name
        else:
            assert status[name]["status"] == "ok", name
            got = [(part.code, part.fen, part.remainder_rank, part.got_extra_fen) for part in split.parts]
            assert sorted(got) == sorted(expected[name]), name
            assert sum(part.fen for part in split.parts) == split.pool, name


def test_n30_a_hundred_fen_over_three_equal_institutions_and_mirrored():
    """N30"""
    equal = {"H1": 1, "H2": 1, "H3": 1}
    assert split_pool(100, equal).fen_by_code() == {"H1": 34, "H2": 33, "H3": 33}
    assert split_pool(-100, equal).fen_by_code() == {"H1": -34, "H2": -33, "H3": -33}
    with pytest.raises(SplitRefused) as refused:
        split_pool(100, {"H1": 0, "H2": Decimal("0.00")})
    assert refused.value.reason == "all_weights_zero"


def test_each_part_explains_itself():
    first, second = split_pool(101, [("b", Decimal("0.6")), ("a", Decimal("0.4"))]).parts
    assert (first.code, first.fen, first.floor, first.remainder) == ("a", 40, 40, Fraction(2, 5))
    assert (second.fen, second.floor, second.remainder, second.remainder_rank) == (61, 60, Fraction(3, 5), 1)
    assert second.got_extra_fen and not first.got_extra_fen
    assert second.weight == Decimal("0.6")


@pytest.mark.parametrize("weight", [1.5, True, None, "1", Decimal("NaN"), Decimal("1E+1000000000")])
def test_a_weight_that_is_no_exact_number_is_refused(weight):
    with pytest.raises(SplitRefused) as refused:
        split_pool(100, {"a": weight, "b": 1})
    assert refused.value.reason == "weight_not_a_number"


@pytest.mark.parametrize("pool", [1.0, True, None, Decimal(1)])
def test_a_pool_that_is_no_integer_is_refused(pool):
    with pytest.raises(SplitRefused) as refused:
        split_pool(pool, {"a": 1})
    assert refused.value.reason == "pool_not_an_integer"


@given(POOLS, WEIGHTS)
def test_parts_always_add_up_and_stay_within_one_fen_of_the_quota(pool, weights):
    split = split_pool(pool, weights)
    assert sum(part.fen for part in split.parts) == pool
    for part in split.parts:
        assert abs(part.fen - pool * Fraction(part.weight) / split.weight) < 1
        assert Fraction(part.weight) or not part.fen


@given(POOLS.filter(lambda pool: pool != LEAST_FEN), WEIGHTS)
def test_a_negative_pool_is_the_mirror_image(pool, weights):
    mirrored = split_pool(-pool, weights).fen_by_code()
    assert mirrored == {code: -share for code, share in split_pool(pool, weights).fen_by_code().items()}


@given(POOLS, WEIGHTS, st.randoms())
def test_the_order_of_the_input_has_no_effect(pool, weights, random):
    shuffled = list(weights.items())
    random.shuffle(shuffled)
    assert split_pool(pool, shuffled) == split_pool(pool, weights)


@given(POOLS, WEIGHTS)
def test_a_heavier_part_never_gets_less(pool, weights):
    parts = sorted(split_pool(pool, weights).parts, key=lambda part: Fraction(part.weight))
    for lighter, heavier in pairwise(parts):
        if lighter.weight < heavier.weight:
            assert abs(lighter.fen) <= abs(heavier.fen)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (-5, "-0.05"),
        (123456, "1,234.56"),
        (52655421, "526,554.21"),
        (10**8, "1,000,000.00"),
    ],
)
def test_yuan_is_written_with_commas_and_two_decimals(amount, text):
    assert yuan(amount) == text
    assert yuan(amount, display=True) == text.replace("-", "−")
    assert fen(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"), [(" 12 ", 1200), ("12.3", 1230), ("+0.5", 50), ("−1,234.5", -123450), ("0007", 700)]
)
def test_yuan_text_is_read(text, amount):
    assert fen(text) == amount


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("-", "not_a_number"),
        ("1e3", "not_a_number"),
        ("１２", "not_a_number"),
        ("12元", "not_a_number"),
        ("1.", "not_a_number"),
        (".5", "not_a_number"),
        ("--5", "not_a_number"),
        ("1,5", "comma_position"),
        ("1234,567", "comma_position"),
        ("1,234,56", "comma_position"),
        ("1.234,56", "comma_position"),
        ("12.345", "too_fine"),
        ("92233720368547758.08", "out_of_range"),
        ("-92233720368547758.09", "out_of_range"),
        ("9" * 5000, "out_of_range"),
    ],
)
def test_text_that_is_no_amount_is_refused_with_its_problem(text, reason):
    with pytest.raises(MoneyRefused) as refused:
        fen(text)
    assert refused.value.reason == reason
    assert str(refused.value) == refused.value.template % refused.value.params


@given(POOLS, st.booleans())
def test_what_is_written_is_read_back(amount, display):
    text = yuan(amount, display=display)
    assert re.fullmatch(r"[-−]?[0-9]{1,3}(,[0-9]{3})*\.[0-9]{2}", text)
    assert fen(text) == amount
