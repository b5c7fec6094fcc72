"""What a share or a pot gives of what its owner owes: within a part of it, the rest is carried on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from alliance.lib.money import Fen


def taken(fen: Fen, percent: Decimal, owed: Sequence[Fen]) -> tuple[Fen, ...]:
    """What of each amount owed a share or pot of `fen` bears now, in their order; all in fen.

    Together at most `percent` of it, rounded down, and never the last fen: something is left to divide. An
    amount below zero was taken too much before and comes back whole. Source: practice.md 3, S3-31.
    """
    left = max(0, min(int(Fraction(percent) * fen / 100), fen - 1))
    found = []
    for due in owed:
        part = due if due < 0 else min(due, left)
        left -= max(0, part)
        found.append(part)
    return tuple(found)
