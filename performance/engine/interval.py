"""How far a share of counts may lie from its true value by chance: the interval of Wilson.

Definitions, general conventions: a penalty only when the interval excludes the target. The confidence is a
dated parameter and comes from outside.
"""

from decimal import Decimal
from fractions import Fraction

from alliance.lib.intervals import wilson
from performance.engine.exact import half_up
from performance.engine.formula import Number
from performance.engine.indicators import Indicator

PLACES = 4
SHARES = ("ratio", "complement")
Interval = tuple[Decimal, Decimal]


def of_share(
    indicator: Indicator, top: Number | None, bottom: Number | None, confidence: Decimal
) -> Interval | None:
    """The interval of an indicator that is a part of a whole, in its own unit, four decimals.

    None for any other indicator, and where the sums are no counts of a part and its whole.
    """
    if not indicator.part_of_whole or indicator.form not in SHARES:
        return None
    if not isinstance(top, int) or not isinstance(bottom, int) or not 0 <= top <= bottom or not bottom:
        return None
    part = bottom - top if indicator.form == "complement" else top
    scale = Fraction(indicator.scale)
    low, high = (half_up(scale * Fraction(end), PLACES) for end in wilson(part, bottom, confidence))
    return low, high
