"""Bars from a middle line for any number: longest 48 of 100, the text as it is to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from alliance.web import words

HALF, LONGEST = 50, 48


@dataclass(frozen=True)
class Bar:
    """One bar in a field 100 wide; lengths as SVG attributes."""

    name: str
    text: str
    negative: bool
    start: str
    width: str


def spread(values: Iterable[tuple[str, Fraction, str]]) -> list[Bar]:
    """Lay out (name, value, text), the longest 48 wide."""
    found = list(values)
    longest = max((abs(value) for _name, value, _text in found), default=Fraction(0)) or Fraction(1)
    return [_bar(name, value, text, abs(value) * LONGEST / longest) for name, value, text in found]


def _bar(name: str, value: Fraction, text: str, width: Fraction) -> Bar:
    start = HALF - width if value < 0 else Fraction(HALF)
    return Bar(name, text, value < 0, _length(start), _length(width))


def _length(value: Fraction) -> str:
    return words.num(value, 2).replace(",", "")
