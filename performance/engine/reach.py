"""What a score lost and what would bring it back: points an indicator, and the value that gives more (S3-13).

Pure arithmetic over a month's own results: nothing is guessed about next month, and nothing speaks of codes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import singledispatch
from math import ceil, floor

from performance.engine.forms import (
    AgainstLast,
    AgainstMean,
    Band,
    LinearHigher,
    LinearLower,
    ScoringForm,
    Steps,
)
from performance.engine.formula import result

FULL = Fraction(100)


@dataclass(frozen=True, slots=True)
class Points:
    """One indicator of a score: points of 100 and the weight in effect; None where nothing was assessed."""

    indicator: str
    score: Decimal | None
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class Lost:
    """What an indicator cost the total: weight in effect x (100 - points) / 100, in points of the total."""

    indicator: str
    lost: Fraction


def losses(rows: Iterable[Points]) -> list[Lost]:
    """Every indicator that cost something, dearest first (then by code); their sum is 100 less the total."""
    found = [
        Lost(row.indicator, Fraction(row.weight) * (FULL - Fraction(row.score)) / 100)
        for row in rows
        if row.score is not None and row.weight is not None
    ]
    return sorted((one for one in found if one.lost > 0), key=lambda one: (-one.lost, one.indicator))


@dataclass(frozen=True, slots=True)
class Goal:
    """A value that scores better and the points (0..100) it gives."""

    value: Fraction
    points: Fraction


@singledispatch
def goal(form: ScoringForm, value: Decimal, last: Decimal | None) -> Goal | None:
    """The nearest value with full points, of steps the next better step; None when there is nothing to gain.

    `last` is the own earlier value. Also None where the form compares with something that is not known.
    """
    del form, value, last
    return None


@goal.register
def _(form: LinearHigher, value: Decimal, last: Decimal | None) -> Goal | None:
    del last
    return Goal(Fraction(form.target), FULL) if value < form.target else None


@goal.register
def _(form: LinearLower, value: Decimal, last: Decimal | None) -> Goal | None:
    del last
    return Goal(Fraction(form.target), FULL) if value > form.target else None


@goal.register
def _(form: Steps, value: Decimal, last: Decimal | None) -> Goal | None:
    now = form.points(result("value", value), result("last", last)).exact or Fraction(0)
    higher = form.direction == "higher"
    ahead = [step for step in form.steps if (step.at > value) == higher and step.at != value]
    for step in ahead if higher else ahead[::-1]:
        if step.points > now:
            return Goal(Fraction(step.at), Fraction(step.points))
    return None


@goal.register
def _(form: Band, value: Decimal, last: Decimal | None) -> Goal | None:
    del last
    if form.low <= value <= form.high:
        return None
    return Goal(Fraction(form.low if value < form.low else form.high), FULL)


@goal.register
def _(form: AgainstMean, value: Decimal, last: Decimal | None) -> Goal | None:
    del last
    return _against(form, form.mean, form.score_at_mean, value)


@goal.register
def _(form: AgainstLast, value: Decimal, last: Decimal | None) -> Goal | None:
    return _against(form, last, form.score_at_equal, value)


def _against(
    form: AgainstMean | AgainstLast, other: Decimal | None, score: Decimal, value: Decimal
) -> Goal | None:
    """Full points of what is compared with another number, where they lie on the better side."""
    if other is None or not form.slope or (form.mode == "relative" and not other):
        return None
    change = (FULL - Fraction(score)) / Fraction(form.slope)
    change *= 1 if form.mode == "pp" else abs(Fraction(other)) / 100
    wanted = Fraction(other) + (change if form.direction == "higher" else -change)
    better = wanted > value if form.direction == "higher" else wanted < value
    return Goal(wanted, FULL) if better else None


@dataclass(frozen=True, slots=True)
class Missing:
    """How many of what is counted stand between the value and its goal while the whole stays as it is.

    `count` more are needed (`few` False), or `count` fewer (`few` True) of `whole`.
    """

    count: int
    whole: Decimal
    few: bool


def missing(form: str, scale: Decimal, counted: Decimal, whole: Decimal, wanted: Fraction) -> Missing | None:
    """A goal of a ratio in counted things; None where it is no ratio, or the goal lies outside the whole.

    `counted` and `whole` are numerator and denominator as summed, `wanted` the goal's value in the
    indicator's unit (`scale` 100: percent).
    """
    if form != "ratio" or whole <= 0 or counted != int(counted) or whole != int(whole):
        return None
    exact = wanted * Fraction(whole) / Fraction(scale)
    more = ceil(exact) - int(counted) if exact > counted else floor(exact) - int(counted)
    inside = counted + more >= 0 and (scale != 100 or counted + more <= whole)
    return Missing(abs(more), whole, more < 0) if more and inside else None
