"""A sample anybody can draw again: rule, seed and the list of what could be drawn decide it (S3-36).

Rule: SHA-256 of "seed:key" in hexadecimal, ascending; the first n. n = share of the list rounded up, at least
`least`, at most the whole list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

RULE = "sha256(seed:key), ascending; first n"


def size(population: int, *, share: Decimal, least: int) -> int:
    """How many of a list are drawn; `share` in percent."""
    wanted = max(ceil(Fraction(share) * population / 100), least)
    return min(wanted, population)


def draw(keys: Sequence[str], *, seed: str, count: int) -> list[str]:
    """The keys drawn, in the order of the draw; the order in which the list is given never matters."""
    return sorted(keys, key=lambda key: (_rank(seed, key), key))[:count]


def _rank(seed: str, key: str) -> str:
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def population_digest(keys: Sequence[str]) -> str:
    """SHA-256 over the sorted list, so that a third party knows it has the same one."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


def error_rate(wrong: int, checked: int) -> Fraction | None:
    """Wrong of checked values in percent; None where nothing was checked."""
    return Fraction(100 * wrong, checked) if checked else None


def above(wrong: int, checked: int, limit: Decimal) -> bool:
    """Whether the error rate lies strictly above the limit in percent (X6-10: 5.0 % gives no notice)."""
    rate = error_rate(wrong, checked)
    return rate is not None and rate > Fraction(limit)
