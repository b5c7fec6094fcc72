"""What a difference to last month's line is made of, factor by factor; the parts add up to it to the fen."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from alliance.web.parts import Bar
from performance.models import PayLine


def bars(line: PayLine, whole: Decimal, before: PayLine, whole_before: Decimal) -> list[Bar]:
    """The pot, the points of the others and the own points as divided, put in one after the other.

    `whole`: the points of everybody of the pot. Each step is rounded to fen once; the last takes the rest.
    """
    pot = _share(line.pot.fen, before.points, whole_before)
    others = _share(line.pot.fen, before.points, whole - line.points + before.points)
    return [
        Bar(_("the pot"), pot - before.fen),
        Bar(_("points of the others"), others - pot),
        Bar(_("own points"), line.fen - others),
    ]


def corrected(now: int, before: int) -> list[Bar]:
    """What corrections make of a difference (fen): those of this month's line, those of the line before."""
    bars = [
        Bar(_("corrections of this line"), now), Bar(_("corrections of last month's line"), -before),
    ]  # fmt: skip
    return [bar for bar in bars if bar.fen]


def _share(fen: int, points: Decimal, whole: Decimal) -> int:
    return round(Fraction(fen) * Fraction(points) / Fraction(whole)) if whole else 0
