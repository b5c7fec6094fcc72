"""Numbers that contradict each other: a part above its whole, something of nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from performance.engine.indicators import Indicator


def contradiction(
    indicator: Indicator, known: Mapping[str, Decimal]
) -> Literal["above", "of_nothing"] | None:
    """What is wrong with the numbers of an indicator; None as long as one of them is not known.

    `of_nothing`: a numerator above 0 over a denominator of 0. `above`: a part larger than its whole.
    """
    keys = (*indicator.numerator, *indicator.denominator)
    if not indicator.denominator or any(key not in known for key in keys):
        return None
    part = sum((known[key] for key in indicator.numerator), Decimal(0))
    whole = sum((known[key] for key in indicator.denominator), Decimal(0))
    if part > 0 and whole == 0:
        return "of_nothing"
    return "above" if indicator.part_of_whole and part > whole else None
