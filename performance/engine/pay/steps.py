"""One step of money downwards: an amount divided by weights, each share with its explanation. Pure.

Largest remainder to the fen, ties by code (walls.md section 2, conventions 11). A weight is a product of
named factors, so that a page can put the numbers into the formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from alliance.lib.money import Fen, SplitRefused, split_pool
from alliance.lib.refusal import Refused
from performance.engine.exact import half_up
from performance.engine.formula import Expr, Formula, Number, result

PLACES = 4
Factors = tuple[tuple[str, Decimal], ...]


class PayRefused(Refused):
    """Money that cannot flow on as things stand."""

    reasons = {
        "negative": "A pool below zero is not paid to persons; it is taken back by its own pool.",
        "nobody": "Nobody in %(parent)s has worked this month by the roster: there is nobody to pay. "
        "Correct the roster of the month and try again.",
        "weightless": "%(parent)s, %(groups)s: people worked, but the points of all of them are 0 (post "
        "coefficient × time worked). Correct the post coefficients in the roster, or the coefficients of the "
        "pool's rule.",
        "no_points": "All points are 0, so nothing says how to divide the pot. Give at least one person "
        "points above 0.",
        "absent": "%(person)s is not on the roster of %(parent)s this month. Correct the roster, or leave "
        "the person out.",
        "no_team": "%(parent)s has no team of this month, but the rule pays teams first.",
        "team_share": "At least %(least)s %% of the reward go to the teams first; "
        "the rule says %(percent)s %%.",
        "points": "Points of %(person)s are not a number from zero on.",
    }
    fields = {
        "nobody": "month", "weightless": "month", "no_points": "", "absent": "", "no_team": "", "points": "",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """What one receives: whole fen, its weight as factors, exact quota (fen, four decimals), place in the
    queue for the last fen.
    """

    code: str
    fen: Fen
    factors: Factors
    quota: Decimal
    remainder_rank: int
    got_extra_fen: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One division: the level reached, from whom (`parent`), how much, sum of the weights, the shares."""

    level: str
    parent: str
    fen: Fen
    weight: Fraction
    shares: tuple[Share, ...]

    def by_code(self) -> dict[str, Fen]:
        """Fen of each."""
        return {share.code: share.fen for share in self.shares}


def weight_of(factors: Factors) -> Fraction:
    """The product of the factors, exact."""
    return reduce(lambda left, factor: left * Fraction(factor[1]), factors, Fraction(1))


def divide(level: str, parent: str, fen: Fen, weights: Mapping[str, Factors]) -> Step:
    """Divide an amount from zero on. Raises PayRefused (negative, nobody), SplitRefused."""
    if fen < 0:
        raise PayRefused("negative")
    exact = {code: weight_of(factors) for code, factors in weights.items()}
    try:
        split = split_pool(fen, exact)
    except SplitRefused as refused:
        if refused.reason in ("no_parts", "all_weights_zero"):
            raise PayRefused("nobody", parent=parent) from None
        raise
    shares = (
        Share(
            part.code, part.fen, weights[part.code], half_up(part.floor + part.remainder, PLACES),
            part.remainder_rank, part.got_extra_fen,
        )
        for part in split.parts
    )  # fmt: skip
    return Step(level, parent, fen, split.weight, tuple(shares))


def explain(fen: Fen, factors: Factors, weight: Number) -> Formula:
    """Amount above x factors / sum of the weights, with numbers put in: what is shown was computed."""
    above = result("above_fen", fen)
    product = reduce(_times, (result(name, value) for name, value in factors), above)
    quota = product / result("weight_sum", weight)
    return Formula("pay.share", quota.tokens)


def _times(left: Expr, right: Expr) -> Expr:
    return left * right


def total(values: Iterable[Decimal]) -> Decimal:
    """A sum of four-place numbers."""
    return sum(values, Decimal(0))
