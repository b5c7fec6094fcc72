"""Numbers as people type them into a form, a sheet or another system, in the unit of their fact.

An empty text is no number: it is missing, never 0 (conventions 21).
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from alliance.lib import money
from alliance.lib.digits import plain_digits
from alliance.lib.refusal import Refused
from performance.engine.factbook import FactUnit
from performance.engine.formula import Number

# Decimals a unit may have; money is whole fen, typed in yuan.
PLACES: Mapping[FactUnit, int] = {
    "count": 0, "times": 0, "persons": 0, "fen": 0, "minutes": 0, "days": 0, "years": 2, "weight": 4,
    "index": 4, "points": 2, "grade": 2, "ddd": 2, "tce": 3,
}  # fmt: skip
MOST_DIGITS = 15
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")


class AmountRefused(Refused):
    """A text that is no number in the unit of its fact."""

    reasons = {
        "empty": "Nothing stands here. Write 0 where it is known that there was none.",
        "number": "“%(text)s” is no number. Write digits, such as 1,234.",
        "negative": "“%(text)s” is below zero. A fact counts or sums, it is 0 or more.",
        "whole": "“%(text)s” has decimals, but the unit counts whole ones.",
        "places": "“%(text)s” has more than %(places)d decimals.",
        "large": "“%(text)s” has more than %(digits)d digits. Check the unit.",
        "percent": "“%(text)s” is a finished percentage. Write numerator and denominator as counted.",
    }


def read(text: str, unit: FactUnit) -> Decimal:
    """The number a text means, money in fen. Raises AmountRefused.

    Full-width digits are digits. A percentage is refused whatever the unit: facts are what an indicator
    divides.
    """
    said = plain_digits(text)
    if not said:
        raise AmountRefused("empty")
    shown = text.strip()[:40]
    if said.endswith(("%", "％", "‰")):
        raise AmountRefused("percent", text=shown)
    if said.startswith(("-", "−", "－")):
        raise AmountRefused("negative", text=shown)
    match = _NUMBER.fullmatch(said) if said.isascii() else None
    if match is None:
        raise AmountRefused("number", text=shown)
    if sum(map(str.isdigit, said)) > MOST_DIGITS:
        raise AmountRefused("large", text=shown, digits=MOST_DIGITS)
    return _in_unit(Decimal(said.replace(",", "")), unit, shown)


def _in_unit(number: Decimal, unit: FactUnit, shown: str) -> Decimal:
    if unit == "fen":
        if number != number.quantize(Decimal("0.01")):
            raise AmountRefused("places", text=shown, places=2)
        return Decimal(int(number * 100))
    places = PLACES[unit]
    if number != number.quantize(Decimal(1).scaleb(-places)):
        raise (
            AmountRefused("places", text=shown, places=places)
            if places
            else AmountRefused("whole", text=shown)
        )
    return number.quantize(Decimal(1).scaleb(-places))


def typed(number: Decimal, unit: FactUnit) -> str:
    """A stored number as it is typed again: money in yuan, without commas."""
    if unit == "fen":
        return money.yuan(int(number))
    return format(number.quantize(Decimal(1).scaleb(-PLACES[unit])), "f")


def exact(number: Decimal, unit: FactUnit) -> Number:
    """A stored number as the engine computes with it: whole ones as integers."""
    return int(number) if PLACES[unit] == 0 else number.quantize(Decimal(1).scaleb(-PLACES[unit]))
