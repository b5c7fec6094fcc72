"""Clauses of agreements: what a period of months came to, and whether that keeps the bound (S4-31).

Missing is neither kept nor broken: a period of which one month has no value is not assessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.indicators import Indicator

Side = Literal["at_least", "at_most"]
Standing = Literal["kept", "at_risk", "broken"]
Pair = tuple[Decimal | None, Decimal | None]
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def months_of(per: str, begins: Month, last: Month) -> list[tuple[Month, ...]]:
    """The whole months, calendar quarters or calendar years that lie in `begins` to `last`, oldest first."""
    length = MONTHS[per]
    found = []
    month = begins
    while month.plus(length - 1) <= last:
        if (month.number - 1) % length == 0:
            found.append(tuple(month.plus(step) for step in range(length)))
        month = month.next()
    return found


def over(indicator: Indicator, pairs: Sequence[Pair]) -> Decimal | None:
    """The value of months together in the indicator's unit, rounded once; None where one has no value.

    A share or mean divides the sums of both sides: months weigh as their denominators do. An amount adds up.
    """
    tops = [top for top, _bottom in pairs]
    if not tops or any(top is None for top in tops):
        return None
    top = sum((Fraction(one) for one in tops if one is not None), Fraction(0))
    scale = Fraction(indicator.scale)
    if indicator.form == "amount":
        return half_up(scale * top, indicator.decimals)
    bottoms = [bottom for _top, bottom in pairs]
    bottom = sum((Fraction(one) for one in bottoms if one is not None), Fraction(0))
    if not bottom or any(one is None for one in bottoms):
        return None
    part = bottom - top if indicator.form == "complement" else top
    return half_up(scale * part / bottom, indicator.decimals)


def standing(value: Decimal, bound: Decimal, side: Side, margin: Decimal) -> Standing:
    """Kept, broken, or kept within `margin` percent of the bound: at risk."""
    distance = value - bound if side == "at_least" else bound - value
    if distance < 0:
        return "broken"
    return "at_risk" if distance < abs(bound) * margin / 100 else "kept"
