"""Exact quotients: fractions until the last step, then one half-up rounding; no denominator gives None."""

from decimal import Context, Decimal
from fractions import Fraction

EXACT = Context(prec=120)


def half_up(value: Fraction, places: int) -> Decimal:
    """Round an exact fraction once, half away from zero, to `places` decimals (conventions 11)."""
    scaled = abs(value) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-units if value < 0 else units).scaleb(-places, EXACT)


def fen(value: Fraction) -> int:
    """Round an exact amount once, half away from zero, to whole fen."""
    return int(half_up(value, 0))


def quotient(top: int | Decimal | Fraction, bottom: int | Fraction, places: int) -> Decimal | None:
    """top / bottom rounded half-up to `places` decimals; None when bottom is zero."""
    return half_up(Fraction(top) / bottom, places) if bottom else None


def percent(top: int, bottom: int) -> Decimal | None:
    """top / bottom in percent with two decimals; None when bottom is zero."""
    return quotient(100 * top, bottom, 2)
