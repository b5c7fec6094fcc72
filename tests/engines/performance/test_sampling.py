"""A sample that anybody can draw again, and when an error rate gives a notice (S3-36, X6-10)."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.sampling import above, draw, population_digest, size

KEYS = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=40)


@given(KEYS, st.text(max_size=8), st.integers(0, 50), st.randoms())
def test_only_rule_seed_and_list_decide(keys: list[str], seed: str, count: int, chance: object) -> None:
    drawn, other = draw(keys, seed=seed, count=count), list(keys)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert draw(other, seed=seed, count=count) == drawn and len(drawn) == min(count, len(keys))
    assert set(drawn) <= set(keys) and population_digest(other) == population_digest(keys)


def test_a_third_party_draws_it_with_nothing_but_the_rule() -> None:
    keys = [f"QH{number:02}|contracted|2026-10|1" for number in range(20)]
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"2026-10:{key}".encode()).hexdigest())
    assert draw(keys, seed="2026-10", count=3) == by_hand[:3]
    assert draw(keys, seed="2026-11", count=3) != by_hand[:3]


@pytest.mark.parametrize(
    ("population", "drawn"), [(0, 0), (4, 4), (10, 10), (200, 10), (201, 11), (1000, 50)]
)
def test_how_many_are_drawn(population: int, drawn: int) -> None:
    assert size(population, share=Decimal(5), least=10) == drawn


@pytest.mark.parametrize(("wrong", "checked", "notice"), [(1, 20, False), (501, 10_000, True), (0, 0, False)])
def test_five_percent_gives_no_notice_and_a_little_more_does(wrong: int, checked: int, notice: bool) -> None:
    assert above(wrong, checked, Decimal(5)) is notice
