"""Shares of a fee: the two parts always add up to the fen, whatever the fee, method and numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.consultations.engine import shares

percents = st.decimals(min_value=0, max_value=100, places=2)
WEIGHTS = {"technique": Decimal(40), "labour": Decimal(40), "risk": Decimal(20)}
ASKER = {"technique": Decimal(20), "labour": Decimal(40), "risk": Decimal(30)}


def rule(method: str = "fixed", fixed: str = "30") -> shares.Rule:
    return shares.Rule(method, Decimal(fixed), WEIGHTS, ASKER)


@given(st.integers(min_value=1, max_value=10**12), percents, st.sampled_from(shares.METHODS), st.booleans())
def test_the_parts_add_up_to_the_fen(fen: int, fixed: Decimal, method: str, primary: bool) -> None:
    found = shares.share(fen, shares.Rule(method, fixed, WEIGHTS, ASKER), primary=primary)
    assert found.asker + found.answerer == fen and found.asker >= 0 and found.answerer >= 0
    exact = fen * found.percent / 100
    assert abs(found.asker - exact) < 1


@given(st.integers(min_value=1, max_value=10**9), st.lists(percents, min_size=3, max_size=3))
def test_factors_give_the_weighted_mean(fen: int, parts: list[Decimal]) -> None:
    asker = dict(zip(WEIGHTS, parts, strict=True))
    found = shares.share(fen, shares.Rule("factors", Decimal(30), WEIGHTS, asker), primary=True)
    mean = sum((Fraction(WEIGHTS[name]) * Fraction(asker[name]) / 100 for name in WEIGHTS), Fraction(0))
    assert found.percent == mean and found.asker + found.answerer == fen


def test_thirty_percent_of_a_reading_go_to_the_primary_institution() -> None:
    assert shares.share(8_000, rule(), primary=True) == shares.Share(2_400, 5_600, Fraction(30))
    assert shares.share(8_001, rule(), primary=True) == shares.Share(2_400, 5_601, Fraction(30))
    assert shares.share(8_000, rule(), primary=False) == shares.Share(0, 8_000, Fraction(0))
    assert shares.share(8_000, rule("none"), primary=True).asker == 0
    assert shares.share(8_000, rule("factors"), primary=True) == shares.Share(2_400, 5_600, Fraction(30))


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="no way to share"):
        shares.share(1, rule("half"), primary=True)
    with pytest.raises(ValueError, match="no share"):
        shares.share(1, rule(fixed="130"), primary=True)
