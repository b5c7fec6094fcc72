"""Exact arithmetic of the performance engine: fractions until the last step, then one half-up rounding."""

from decimal import Context, Decimal, localcontext
from fractions import Fraction


def half_up(value: Fraction, places: int) -> Decimal:
    """Round an exact fraction once, half away from zero, to `places` decimals (conventions 11)."""
    return rounded(value.numerator, value.denominator, places)


def rounded(top: int, bottom: int, places: int) -> Decimal:
    """The same of two whole numbers that need not be in lowest terms; `bottom` is above zero."""
    units = (2 * abs(top) * 10**places + bottom) // (2 * bottom)
    digits = tuple(map(int, str(units)))
    return Decimal((1 if top < 0 and units else 0, digits, -places))


def product(score: Decimal, fen: int) -> Decimal:
    """Multiply a score (points) by an amount (fen) without rounding; the unit is point-fen."""
    with localcontext(Context(prec=80)):
        return score * fen


def exact_sum(values: list[Decimal]) -> Decimal:
    """Add decimals without rounding, whatever their length."""
    with localcontext(Context(prec=80)):
        return sum(values, Decimal(0))


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros behind the last digit."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
