"""The year of an institution from its months, streaks of quarters, and who leads an honour's list.

S1-38, S1-71, S2-40, S2-44..46, S3-25, S3-27. Missing is not zero: a month without a score counts only as many
times as the rule allows, and then it is left out, never filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

EVEN = (Decimal(25),) * 4


def year_mean(
    scores: Sequence[Decimal | None], *, weights: Sequence[Decimal] = EVEN, missing: int = 0
) -> Fraction | None:
    """The mean of twelve months by weighted quarters, each the mean of its known months; exact.

    None where more than `missing` months have no score, or a quarter that counts has none at all.
    """
    if sum(score is None for score in scores) > missing:
        return None
    total = Fraction(0)
    for place, weight in enumerate(weights):
        known = [Fraction(one) for one in scores[3 * place : 3 * place + 3] if one is not None]
        if not weight:
            continue
        if not known:
            return None
        total += Fraction(weight) * sum(known, Fraction(0)) / len(known)
    return total / sum(map(Fraction, weights))


@dataclass(frozen=True, slots=True)
class Hit:
    """A streak that has come to its length: at which place of the row, and how long it is by then."""

    place: int
    length: int


def rewards(passed: Sequence[bool | None], every: int) -> list[Hit]:
    """Where a row of periods (oldest first) earns its reward: at each full `every` of a streak."""
    found, count = [], 0
    for place, one in enumerate(passed):
        count = count + 1 if one else 0
        if count and count % every == 0:
            found.append(Hit(place, count))
    return found


def failures(passed: Sequence[bool | None], after: int) -> list[Hit]:
    """Where a row of periods has failed `after` times in a row: once a streak, at the place it is reached.

    A period that was not assessed is no failure; it ends the streak.
    """
    found, count = [], 0
    for place, one in enumerate(passed):
        count = count + 1 if one is False else 0
        if count == after:
            found.append(Hit(place, count))
    return found


def recovered(passed: Sequence[bool | None], since: int, after: int) -> int | None:
    """The place after `since` at which so many periods in a row have passed again; None: not yet."""
    count = 0
    for place in range(since + 1, len(passed)):
        count = count + 1 if passed[place] else 0
        if count == after:
            return place
    return None


def leaders(
    shares: Mapping[int, Sequence[Fraction]], *, months: int, places: int, least: int
) -> list[tuple[int, Fraction]]:
    """The best means over a year, best first; who lacks a month is not compared, ties share the last place.

    Empty where fewer than `least` can be compared.
    """
    means = {key: sum(row, Fraction(0)) / months for key, row in shares.items() if len(row) == months}
    if not months or len(means) < least:
        return []
    ordered = sorted(means.items(), key=lambda item: (-item[1], item[0]))
    if len(ordered) <= places:
        return ordered
    line = ordered[places - 1][1]
    return [one for one in ordered if one[1] >= line]


def share(dimensions: Iterable[Sequence[object]], wanted: Iterable[str]) -> Fraction | None:
    """Percent of what some dimensions [code, points, possible] could give; None: nothing was assessed."""
    codes = frozenset(wanted)
    rows = [(Fraction(str(row[1])), Fraction(str(row[2]))) for row in dimensions if row[0] in codes]
    possible = sum((row[1] for row in rows), Fraction(0))
    return 100 * sum((row[0] for row in rows), Fraction(0)) / possible if possible else None
