"""How far a figure of a sample may lie from the truth by chance: intervals of a share and of a mean. Pure.

The confidence is a dated parameter and comes from outside, in percent.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist


def quantile(confidence: Decimal) -> float:
    """The standard normal quantile of a two-sided interval at a confidence in percent: 95 gives 1.96."""
    return NormalDist().inv_cdf((1 + float(confidence) / 100) / 2)


def wilson(part: int, whole: int, confidence: Decimal) -> tuple[float, float]:
    """Lower and upper end of a share 0..1 at a confidence in percent, both sides alike (Wilson)."""
    z = quantile(confidence)
    share, square = part / whole, z * z / whole
    centre = (share + square / 2) / (1 + square)
    reach = z / (1 + square) * (share * (1 - share) / whole + square / (4 * whole)) ** 0.5
    return max(0.0, centre - reach), min(1.0, centre + reach)


def around(mean: Fraction, variance: Fraction, confidence: Decimal) -> tuple[float, float]:
    """Mean ± z × √variance, where `variance` is that of the estimate and not of single values."""
    reach = quantile(confidence) * float(variance) ** 0.5
    return float(mean) - reach, float(mean) + reach
