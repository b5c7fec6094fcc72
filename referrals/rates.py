"""Referral rates by variant id, and when a written explanation is required: exact, without a database.

Source: definitions section 4 (rates), S3-58 (band, both bounds inclusive), S3-61, worked example 9. A variant
whose denominator is missing or 0 is not assessed; a ratio above 1 is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Variant:
    """One formula: `numerator` and `denominator` name counts that are added up; per hundred or per thousand.

    `level` says whose rate it is: alliance, hospital, primary; `band` that the alliance's band applies.
    """

    code: str
    level: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    scale: int = 100
    band: bool = False


VARIANTS: tuple[Variant, ...] = (
    Variant("V1", "alliance", ("up_effective", "down_effective"), ("discharges",), band=True),
    Variant("V2", "primary", ("up_effective",), ("primary_visits",), scale=1000),
    Variant("V3", "hospital", ("down_persons",), ("discharges",)),
    Variant("success", "alliance", ("arrived",), ("submitted",)),
    Variant("punctual", "alliance", ("accepted_in_time",), ("due",)),
    Variant("effective", "alliance", ("effective",), ("arrived",)),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate with what was put in; `exact` None: not assessed. `required`: an explanation must be written."""

    variant: Variant
    numerator: int
    denominator: int | None
    exact: Fraction | None
    required: bool

    def shown(self, places: int = 1) -> Decimal | None:
        """The rate in percent (or per thousand), half-up; None when it is not assessed."""
        return None if self.exact is None else rounded(self.exact, places)


def rate(
    variant: Variant, counts: Mapping[str, int | None], band: tuple[Decimal, Decimal], *, ended: bool = True
) -> Figure:
    """One variant of the counts of an object; outside the band, judged on the exact rate, it is explained.

    A month that has not `ended` is judged by nobody: its rate is still growing.
    """
    top = sum(counts.get(name) or 0 for name in variant.numerator)
    parts = [counts.get(name) for name in variant.denominator]
    bottom = None if None in parts else sum(part or 0 for part in parts)
    if not bottom:
        return Figure(variant, top, bottom, None, required=False)
    exact = Fraction(variant.scale * top, bottom)
    outside = not Fraction(band[0]) <= exact <= Fraction(band[1])
    return Figure(variant, top, bottom, exact, required=variant.band and outside and ended)


def rounded(exact: Fraction, places: int) -> Decimal:
    """An exact number at some decimals, half-up."""
    step = Decimal(1).scaleb(-places)
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return value.quantize(step, ROUND_HALF_UP)


def part_of(fen: int, percent: Decimal) -> int:
    """So many percent of an amount in fen, rounded once half-up (S2-33: 60 % of 10,000 yuan are 6,000)."""
    exact = Decimal(fen) * percent / 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
