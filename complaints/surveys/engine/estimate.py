"""What a stratified sample says of its whole: weighted mean, its variance, its interval. Exact, pure.

    mean = Σ W_h × m_h                      W_h = N_h ÷ Σ N_h over the strata that answered
    variance = Σ W_h² × (1 − n_h ÷ N_h) × s_h² ÷ n_h

N_h persons belong to stratum h, n_h of them answered with mean m_h and variance s_h² (n_h − 1 below). A
stratum nobody answered for has no mean: its weight goes to the others in proportion, and the page says so. A
stratum with one answer shows no spread: it takes the pooled s² of the others, where there is none that of all
answers together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from alliance.lib.intervals import around

PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum that answered: persons, answers, its weight (the weights add up to 1), mean, spread."""

    population: int
    answers: int
    weight: Fraction
    mean: Fraction
    variance: Fraction


@dataclass(frozen=True, slots=True)
class Estimate:
    """The weighted mean (0 to 100) with the variance of the estimate, and the strata it rests on."""

    answers: int
    mean: Fraction
    variance: Fraction
    parts: Mapping[str, Part]

    def interval(self, confidence: Decimal) -> tuple[Decimal, Decimal]:
        """Both ends within 0 to 100, four decimals, half-up; confidence in percent."""
        low, high = around(self.mean, self.variance, confidence)
        return rounded(Fraction(max(0.0, low))), rounded(Fraction(min(100.0, high)))


def stratified(values: Mapping[str, Sequence[Fraction]], populations: Mapping[str, int]) -> Estimate | None:
    """The estimate from values by stratum; None without any. No stratum is smaller than its answers."""
    answered = {name: list(found) for name, found in values.items() if found}
    if not answered:
        return None
    sizes = {name: max(populations.get(name, 0), len(found)) for name, found in answered.items()}
    whole, pooled = sum(sizes.values()), _pooled(list(answered.values()))
    parts = {
        name: Part(
            sizes[name], len(found), Fraction(sizes[name], whole), _mean(found), _spread(found, pooled)
        )
        for name, found in sorted(answered.items())
    }
    mean = sum((one.weight * one.mean for one in parts.values()), Fraction(0))
    variance = sum((_of_part(one) for one in parts.values()), Fraction(0))
    return Estimate(sum(one.answers for one in parts.values()), mean, variance, parts)


def _of_part(one: Part) -> Fraction:
    left = 1 - Fraction(one.answers, one.population)
    return one.weight**2 * left * one.variance / one.answers


def together(parts: Sequence[Part]) -> Part | None:
    """Several strata as one, so that none of them can be read: persons, answers, weight, weighted mean."""
    weight = sum((one.weight for one in parts), Fraction(0))
    if not parts or not weight:
        return None
    mean = sum((one.weight * one.mean for one in parts), Fraction(0)) / weight
    persons, answers = sum(one.population for one in parts), sum(one.answers for one in parts)
    return Part(persons, answers, weight, mean, Fraction(0))


def rounded(value: Fraction) -> Decimal:
    """Four decimals, halves away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(PLACES, ROUND_HALF_UP)


def _mean(found: Sequence[Fraction]) -> Fraction:
    return sum(found, Fraction(0)) / len(found)


def _squares(found: Sequence[Fraction]) -> Fraction:
    mean = _mean(found)
    return sum(((one - mean) ** 2 for one in found), Fraction(0))


def _spread(found: Sequence[Fraction], pooled: Fraction) -> Fraction:
    return _squares(found) / (len(found) - 1) if len(found) > 1 else pooled


def _pooled(groups: Sequence[Sequence[Fraction]]) -> Fraction:
    """The common variance within strata; where each has one answer, that of all of them; else nothing."""
    free = sum(len(one) - 1 for one in groups)
    if free:
        return sum((_squares(one) for one in groups), Fraction(0)) / free
    every = [value for one in groups for value in one]
    return _squares(every) / (len(every) - 1) if len(every) > 1 else Fraction(0)
