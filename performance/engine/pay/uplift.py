"""How far an institution's pay total rises with its score in the linked indicators. Pure.

Source: S3-38. The score is the points earned in the linked indicators over the points they could give, months
of the year together; what was not assessed counts on neither side. Their share of the scheme is wanted to be
`cp.linked_score_share`: with a smaller share the percentage shrinks in proportion, with a larger one it stays
(the maximum is a maximum). Amounts are rounded down to the fen, so that no rounding passes it. Per head, the
new total over the heads of the last month never exceeds the base over those of the first by more than it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.money import Fen
from alliance.lib.refusal import Refused

SHARE, MOST = "cp.linked_score_share", "cp.salary_uplift_max"
KEYS = (SHARE, MOST)
FULL = 100


class UpliftRefused(Refused):
    """An uplift that has nothing to stand on, or would be more than the maximum."""

    reasons = {
        "no_base": "%(institution)s has no approved pay total for %(year)s to rise from. Enter it under "
        "“Sources and limits” and let a second person confirm it.",
        "no_month": "%(institution)s has no decided month in %(year)s whose scores count. Approve a month "
        "first.",
        "no_list": "No confirmed list says which indicators are linked in the decided months of %(year)s. "
        "Enter one and let a second person confirm it.",
        "no_score": "%(institution)s was assessed in none of the linked indicators in %(year)s. Look at the "
        "list of linked indicators, or wait for a month that assesses one.",
        "no_heads": "The roster of %(month)s names nobody at %(institution)s. Import it first.",
        "over": "%(institution)s would rise by more than %(most)s %% a head.",
    }
    fields = {
        "no_base": "institution", "no_month": "institution", "no_list": "", "no_score": "institution",
        "no_heads": "institution", "over": "",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A linked indicator of a month: its weight in the scheme and its score of 100, None if not assessed."""

    weight: Decimal
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Given:
    """What an uplift follows from: the base total (fen), linked points, the weight of all indicators of the
    same months, and heads (full posts) of the first and the last of them.
    """

    institution: str
    year: int
    base_fen: Fen
    points: Sequence[Point]
    weight_all: Decimal
    heads_first: Decimal
    heads: Decimal


@dataclass(frozen=True, slots=True)
class Uplift:
    """The way from points to fen: `earned` of `full` points, `score` of 100, the linked indicators' `share`
    of the scheme, `factor` for a share below the wanted one, `percent` of the base, what that gives
    (`by_score`), what the heads leave room for (`room`), and the lesser of both.
    """

    earned: Fraction
    full: Fraction
    score: Fraction
    share: Fraction
    factor: Fraction
    percent: Fraction
    by_score: Fen
    room: Fen
    fen: Fen


def uplift(given: Given, terms: Mapping[str, Any]) -> Uplift:
    """Work an uplift out. Raises UpliftRefused (no_score)."""
    scored = [one for one in given.points if one.score is not None and one.weight]
    if not scored:
        raise UpliftRefused("no_score", institution=given.institution, year=given.year)
    full = sum((Fraction(one.weight) for one in scored), Fraction(0))
    earned = sum((Fraction(one.weight) * Fraction(one.score or 0) / FULL for one in scored), Fraction(0))
    linked = sum((Fraction(one.weight) for one in given.points), Fraction(0))
    score, share = FULL * earned / full, FULL * linked / Fraction(given.weight_all)
    wanted, most = Fraction(terms[SHARE]), Fraction(terms[MOST])
    factor = min(Fraction(1), share / wanted) if wanted else Fraction(1)
    percent = most * factor * score / FULL
    by_score = int(given.base_fen * percent / FULL)
    room = room_of(given.base_fen, most, given.heads_first, given.heads)
    fen = min(by_score, room)
    within(given.institution, given.base_fen, fen, Decimal(terms[MOST]), given.heads_first, given.heads)
    return Uplift(earned, full, score, share, factor, percent, by_score, room, fen)


def room_of(base: Fen, most: Fraction, first: Decimal, heads: Decimal) -> Fen:
    """How much more fits under the maximum a head; nothing where fewer heads use it up already."""
    limit = base * (1 + most / FULL) * Fraction(heads) / Fraction(first)
    return max(0, int(limit) - base)


def within(institution: str, base: Fen, fen: Fen, most: Decimal, first: Decimal, heads: Decimal) -> None:
    """A rise stays within the maximum, in all and a head. Raises UpliftRefused (over)."""
    limit = base * (1 + Fraction(most) / FULL)
    if fen < 0 or base + fen > limit or (fen and base + fen > limit * Fraction(heads) / Fraction(first)):
        raise UpliftRefused("over", institution=institution, most=most)


def again(institution: str, year: int, kept: Mapping[str, Any]) -> Uplift:
    """A sheet as a bundle keeps it, worked out again. Raises UpliftRefused."""
    points = [
        Point(Decimal(one["weight"]), None if one["score"] is None else Decimal(one["score"]))
        for one in kept["points"]
    ]
    numbers = (Decimal(kept[name]) for name in ("weight_all", "heads_first", "heads"))
    given = Given(institution, year, kept["base_fen"], points, *numbers)
    return uplift(given, {key: Decimal(str(value)) for key, value in kept["terms"].items()})
