"""Commitment letters: what a year's promise has come to, and what a broken one deducts (S3-31, S3-60, A14).

Missing is not zero and no breach either: what is not known is asked for. Of an amount that is to reach a
line, what is known is a lower bound: once it reaches the line, nothing missing can break the promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from performance.engine.exact import half_up
from performance.engine.formula import Number
from performance.engine.indicators import Indicator
from performance.engine.interval import Interval

Side = Literal["at_least", "at_most"]
Per = Literal["year", "week"]
Standing = Literal["met", "on_track", "at_risk", "broken", "within", "unknown"]
WEEK, FULL = 7, 100
PLACES = 4


class PromiseRefused(Refused):
    """A promise that cannot be measured or deducts outside what the parameter allows."""

    reasons = {
        "share": "%(name)s: the deduction of %(share)s %% lies outside %(low)s to %(high)s %%.",
        "target": "%(name)s: give a target above 0.",
        "no_target": "%(name)s: no parameter gives a target. Type one.",
        "twice": "%(name)s stands twice in the letter. Keep one of the two.",
        "measure": "%(name)s cannot be promised: choose an indicator that adds up over a year.",
        "nothing": "A letter promises at least one thing.",
    }


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of a letter: an indicator's code or a fact's key (`of`), its line, what a breach deducts.

    `target` is in the unit of the indicator, of a weekly one per week; None in a template whose target is
    the parameter `target_key` ("cp.expert_min:per_year"). `share`: percent of the year's pay if broken.
    """

    code: str
    of: Literal["indicator", "fact"]
    share: Decimal
    side: Side = "at_least"
    per: Per = "year"
    target: Decimal | None = None
    target_key: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a breach deducts: the parameter's band in percent, and the line of partial fulfilment.

    Who reached `partial` percent of the target or more is deducted the least share of the band, who reached
    less the promise's own share; all together at most the upper end.
    """

    low: Decimal
    high: Decimal
    partial: Decimal


@dataclass(frozen=True, slots=True)
class Measured:
    """A year of months: the exact value so far, both sums, and the months of which something is missing."""

    value: Fraction | None
    numerator: Number | None
    denominator: Number | None
    missing: tuple[Month, ...]
    known: int


@dataclass(frozen=True, slots=True)
class Found:
    """A promise's value so far, forecast of the year, fulfilment in percent, and where it stands.

    `within`: missed by no more than chance explains, so nothing is deducted; then `interval` says how far the
    true value may lie, in the unit of the target.
    """

    value: Fraction | None
    forecast: Fraction | None
    fulfilment: Fraction | None
    standing: Standing
    deduction: Decimal | None = None
    interval: Interval | None = None


Table = Mapping[tuple[Month, str], Number]


def measure(
    indicator: Indicator,
    table: Table,
    due: Mapping[str, Sequence[Month]],
    *,
    stock: Iterable[str] = (),
) -> Measured:
    """Sum an indicator's facts over the months each is due in; a fact of `stock` counts its newest month.

    `table` holds what is known by month and key. A ratio divides the sums, of months known on both sides.
    """
    keys = tuple(dict.fromkeys((*indicator.numerator, *indicator.denominator)))
    months = sorted({month for key in keys for month in due[key]})
    missing = tuple(
        month for month in months if any(month in due[key] and (month, key) not in table for key in keys)
    )
    known = [month for month in months if month not in missing]
    held = frozenset(stock)
    top = _sum(indicator.numerator, table, due, known, held)
    bottom = _sum(indicator.denominator, table, due, known, held) if indicator.denominator else None
    if not known:
        return Measured(None, None, None, missing, 0)
    return Measured(_value(indicator, top, bottom), top, bottom, missing, len(known))


def _sum(
    keys: Sequence[str], table: Table, due: Mapping[str, Sequence[Month]], known: Sequence[Month],
    held: frozenset[str],
) -> Number:  # fmt: skip
    total: Fraction = Fraction(0)
    for key in keys:
        found = [table[month, key] for month in known if month in due[key]]
        total += sum(map(Fraction, found[-1:] if key in held else found), Fraction(0))
    return int(total) if total.denominator == 1 else half_up(total, PLACES)


def _value(indicator: Indicator, top: Number, bottom: Number | None) -> Fraction | None:
    scale = Fraction(indicator.scale)
    if bottom is None:
        return scale * Fraction(top)
    if not bottom or bottom < indicator.minimum_n:
        return None
    part = Fraction(bottom) - Fraction(top) if indicator.form == "complement" else Fraction(top)
    return scale * part / Fraction(bottom)


def fulfilment(value: Fraction, target: Decimal, side: Side) -> Fraction:
    """Percent of the target that was reached, exact; 100 and more: kept."""
    line = Fraction(target)
    if side == "at_least":
        return FULL * value / line
    return Fraction(FULL) if value <= line else FULL * line / value


def judge(
    promise: Promise, measured: Measured, rule: Rule, *, adds_up: bool, elapsed: int, weeks: int, over: bool,
    interval: Interval | None = None,
) -> Found:  # fmt: skip
    """Where a promise stands after `elapsed` of 12 months (`weeks` whole weeks); `over`: the year has ended.

    `adds_up`: an amount, which grows over the year; a ratio's forecast is its value so far. `interval`: where
    a share's true value may lie; a year that missed a target inside it deducts nothing (definitions).
    """
    assert promise.target is not None, "a letter's promise has its target"
    value = measured.value
    if value is not None and promise.per == "week":
        value = value / weeks if weeks else None
    if value is None:
        return Found(None, None, None, "unknown")
    grows = adds_up and promise.per == "year"
    forecast = value * 12 / measured.known if grows and not over else value
    reached = fulfilment(value, promise.target, promise.side)
    lower_bound = adds_up and promise.side == "at_least" and (grows or over)
    if lower_bound and reached >= FULL:
        return Found(value, forecast, reached, "met")
    if over:
        if measured.missing:
            return Found(value, None, None, "unknown")
        kept = reached >= FULL
        if not kept and interval is not None and interval[0] <= promise.target <= interval[1]:
            return Found(value, value, reached, "within", interval=interval)
        taken = None if kept else deduction(reached, promise.share, rule)
        return Found(value, value, reached, "met" if kept else "broken", taken)
    if elapsed == 0:
        return Found(None, None, None, "unknown")
    ahead = fulfilment(forecast, promise.target, promise.side) >= FULL
    return Found(value, forecast, reached, "on_track" if ahead else "at_risk")


def deduction(reached: Fraction, share: Decimal, rule: Rule) -> Decimal:
    """Percent a broken promise deducts: the least share from the line of partial fulfilment on."""
    return rule.low if reached >= Fraction(rule.partial) else share


def total(deductions: Iterable[Decimal | None], rule: Rule) -> Decimal | None:
    """What a letter's broken promises deduct together, at most the upper end; None: nothing is broken."""
    found = [one for one in deductions if one is not None]
    return min(rule.high, sum(found, Decimal(0))) if found else None


def check(promises: Sequence[Promise], names: Mapping[str, str], rule: Rule) -> None:
    """Raise PromiseRefused for a letter that cannot stand: nothing, twice, target, share."""
    if not promises:
        raise PromiseRefused("nothing")
    seen: set[tuple[str, str]] = set()
    for one in promises:
        name = names.get(one.code, one.code)
        if (one.code, one.per) in seen:
            raise PromiseRefused("twice", name=name)
        seen.add((one.code, one.per))
        if one.target is not None and one.target <= 0:
            raise PromiseRefused("target", name=name)
        if not rule.low <= one.share <= rule.high:
            raise PromiseRefused("share", name=name, share=one.share, low=rule.low, high=rule.high)
