"""Whether an indicator moved more than it usually does: control chart of single values over months (S3-28).

Shewhart's chart for single values (XmR): the centre is the mean of the months before, the limits lie 2.66
mean moving ranges to either side (3 / d2 with d2 = 1.128, a constant of statistics and no setting). The month
that is judged takes no part in its own limits. How many months, what run, what jump: the rule, dated data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

SPREAD = Fraction(266, 100)
Value = Decimal | None
Kind = Literal["above", "below", "run_above", "run_below", "rise", "fall"]
Side = Literal["better", "worse", "other"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`window`: months before that limits rest on, at most; `least`: below so many there are none.

    `run`: so many months in a row on one side of the centre; `jump`: change against the last known month, in
    percent of it, from which a single step is told (inclusive), where at least one of the two months counted
    `events` or more: three referrals after five are no fall. None: jumps are not told.
    """

    window: int
    least: int
    run: int
    jump: Decimal | None
    events: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A month's value and what was counted for it (the numerator; None: the indicator counts nothing)."""

    value: Value
    counted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Centre and limits of usual movement, in the indicator's unit, exact; `months` they rest on."""

    low: Fraction
    centre: Fraction
    high: Fraction
    months: int


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to look: what happened, the number it is compared with, and whether it is the worse side."""

    kind: Kind
    compared: Fraction
    side: Side


@dataclass(frozen=True, slots=True)
class Judged:
    """The newest value among the months before: its limits (None: too few months) and what is unusual."""

    value: Value
    limits: Limits | None
    signals: tuple[Signal, ...]


def judge(readings: Sequence[Reading], direction: str, rule: Rule) -> Judged:
    """The last of the readings (oldest first, no value where a month has none) against those before it.

    `direction` is the indicator's own: higher, lower, band or none. A missing newest value is not judged and
    never read as zero.
    """
    newest = readings[-1].value if readings else None
    before = [one for one in readings[:-1] if one.value is not None][-rule.window :]
    earlier = [one.value for one in before if one.value is not None]
    limits = limits_of(earlier, rule)
    if newest is None:
        return Judged(None, limits, ())
    found = [*_outside(newest, limits), *_run([*earlier, newest], limits, rule)]
    found += _jump(readings[-1], before[-1:], rule)
    return Judged(newest, limits, tuple(Signal(kind, on, _side(kind, direction)) for kind, on in found))


def limits_of(earlier: Sequence[Decimal], rule: Rule) -> Limits | None:
    """Centre and limits of known values, oldest first; None below the least number of months.

    Values that cannot be negative have no limit below zero: where all are 0 or more, so is the lower limit.
    """
    if len(earlier) < max(rule.least, 2):
        return None
    exact = [Fraction(value) for value in earlier]
    centre = sum(exact, Fraction(0)) / len(exact)
    moving = [abs(after - before) for before, after in pairwise(exact)]
    reach = SPREAD * sum(moving, Fraction(0)) / len(moving)
    low = centre - reach
    return Limits(max(low, Fraction(0)) if min(exact) >= 0 else low, centre, centre + reach, len(exact))


def _outside(newest: Decimal, limits: Limits | None) -> list[tuple[Kind, Fraction]]:
    if limits is None:
        return []
    if newest > limits.high:
        return [("above", limits.high)]
    return [("below", limits.low)] if newest < limits.low else []


def _run(known: Sequence[Decimal], limits: Limits | None, rule: Rule) -> list[tuple[Kind, Fraction]]:
    last = known[-rule.run :]
    if limits is None or len(last) < rule.run:
        return []
    if all(value > limits.centre for value in last):
        return [("run_above", limits.centre)]
    return [("run_below", limits.centre)] if all(value < limits.centre for value in last) else []


def _jump(newest: Reading, last: Sequence[Reading], rule: Rule) -> list[tuple[Kind, Fraction]]:
    """Against the last month with a value; nothing can be said of a jump from zero or across it."""
    if (
        rule.jump is None
        or not last
        or newest.value is None
        or newest.value < 0
        or not last[0].value
        or last[0].value < 0
    ):
        return []
    counted = [one.counted for one in (newest, last[0]) if one.counted is not None]
    if counted and max(counted) < rule.events:
        return []
    base = Fraction(last[0].value)
    change = 100 * (Fraction(newest.value) - base) / base
    if abs(change) < Fraction(rule.jump):
        return []
    return [("rise" if change > 0 else "fall", base)]


def _side(kind: Kind, direction: str) -> Side:
    if direction not in ("higher", "lower"):
        return "other"
    up = kind in ("above", "run_above", "rise")
    return "better" if up == (direction == "higher") else "worse"
