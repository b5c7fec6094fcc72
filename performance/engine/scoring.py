"""From values to points, and from points to one total; rounded once, half-up, to four decimals.

Conventions 11 (exact arithmetic) and 21 (missing is not zero).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Literal

from alliance.lib.money import split_pool
from performance.engine.exact import half_up
from performance.engine.forms import Form, FormRefused
from performance.engine.formula import Expr, Formula, parameter, result
from performance.engine.indicators import Reason

Limit = Literal["", "floor", "ceiling"]
Status = Literal["assessed", "reweighted", "not_assessed", "blocked"]
WhenMissing = Literal["reweight", "block", "not_assessed"]
PLACES = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """Points 0..100 with four decimals, or None with the reason; `limited` tells the end they were cut at."""

    score: Decimal | None
    formula: Formula
    limited: Limit = ""
    reason: Reason | None = None


def score(form: Form, value: Decimal | None, last: Decimal | None = None) -> Scored:
    """Points of one value (`last`: the own earlier value, used by `own_last` only).

    Not assessed when the value is missing, or what it is compared with is missing or zero.
    Raises FormRefused when the form's parameters contradict each other (checked first).
    """
    if refusal := form.refusal():
        raise FormRefused(refusal)
    if value is None:
        return Scored(None, Formula(form.kind), reason=Reason("value_missing"))
    found = form.points(result("value", value), result("last", last))
    formula = Formula(form.kind, found.tokens)
    if found.exact is None:
        return Scored(None, formula, reason=Reason("comparison_missing"))
    limited: Limit = "floor" if found.exact < 0 else "ceiling" if found.exact > 100 else ""
    return Scored(half_up(min(max(found.exact, Fraction(0)), Fraction(100)), PLACES), formula, limited)


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator on its way into a total: its weight, its points (None = not assessed), what then."""

    code: str
    weight: Decimal
    score: Decimal | None
    when_missing: WhenMissing


@dataclass(frozen=True, slots=True)
class Total:
    """The weighted total of several parts.

    `points` of the `possible` (both of 100, with the missing counted as nothing); `score` is the total after
    re-weighting; `weights` are those in effect, of 100, four decimals. status: assessed, reweighted,
    not_assessed (score None), blocked (score None and the month must wait).
    """

    status: Status
    score: Decimal | None
    points: Decimal
    possible: Decimal
    missing: tuple[str, ...]
    weights: tuple[tuple[str, Decimal], ...]
    formula: Formula


def total(parts: Sequence[Part]) -> Total:
    """Weighted mean of the parts that have a score; a part of weight 0 takes no part (conventions 21).

    What a missing part does is its own `when_missing`; the strictest wins: block, not_assessed, reweight.
    Raises FormRefused when a weight is negative or all are zero.
    """
    weighed = [part for part in parts if part.weight]
    if any(part.weight < 0 for part in weighed) or not weighed:
        raise FormRefused("negative_weight" if weighed else "all_weights_zero")
    present = [part for part in weighed if part.score is not None]
    missing = [part for part in weighed if part.score is None]
    all_weight, held = _weight(weighed), _weight(present)
    earned = sum((Fraction(part.weight) * Fraction(part.score or 0) for part in present), Fraction(0))
    status = _status(present, missing)
    mean = _mean(present) if status in ("assessed", "reweighted") else None
    return Total(
        status,
        half_up(mean.exact, PLACES) if mean is not None and mean.exact is not None else None,
        half_up(earned / all_weight, PLACES),
        half_up(100 * held / all_weight, PLACES),
        tuple(part.code for part in missing),
        _weights_in_effect(present) if mean is not None else (),
        Formula(status, mean.tokens if mean is not None else ()),
    )


def _weight(parts: Sequence[Part]) -> Fraction:
    return sum((Fraction(part.weight) for part in parts), Fraction(0))


def _status(present: Sequence[Part], missing: Sequence[Part]) -> Status:
    rules = {part.when_missing for part in missing}
    if "block" in rules:
        return "blocked"
    if "not_assessed" in rules or not present:
        return "not_assessed"
    return "reweighted" if missing else "assessed"


def _mean(parts: Sequence[Part]) -> Expr:
    """(weight x score + ...) / (weight + ...), every number linked to its indicator."""
    weights = [parameter(f"weight:{part.code}", part.weight) for part in parts]
    scores = [result(f"score:{part.code}", part.score) for part in parts]
    return reduce(Expr.__add__, map(Expr.__mul__, weights, scores)) / reduce(Expr.__add__, weights)


def _weights_in_effect(parts: Sequence[Part]) -> tuple[tuple[str, Decimal], ...]:
    """The weights of the parts that take part, of 100, four decimals that add up (largest remainder)."""
    shares = split_pool(100 * 10**PLACES, {part.code: part.weight for part in parts}).fen_by_code()
    return tuple((part.code, half_up(Fraction(shares[part.code], 10**PLACES), PLACES)) for part in parts)
