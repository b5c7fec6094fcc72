"""What can be promised, and what a promise has come to: from the facts of a year's months (S3-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import cast

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters
from performance import collect
from performance.declared import book as declared_book
from performance.dictionary import book
from performance.engine.commitments import (
    WEEK,
    Found,
    Measured,
    Promise,
    PromiseRefused,
    Rule,
    judge,
    measure,
)
from performance.engine.formula import Number
from performance.engine.indicators import Indicator
from performance.engine.interval import of_share
from performance.engine.spans import STANDING, counted
from performance.show import labels

WEEKS = 52  # of a year, so that four a week are 208 a year (A14)
SIDES = {"higher": "at_least", "lower": "at_most"}


@cache
def indicators() -> Mapping[str, Indicator]:
    """The indicators that can be promised: with a better side, and a value that adds up over a year."""
    return {
        code: entry.indicator
        for code, entry in book.entries().items()
        if entry.indicator.direction in SIDES and entry.indicator.form != "change"
        and "institution" in entry.levels and not declared_book.unlike(code)
        and code != "commitment_kept"
    }  # fmt: skip


@cache
def facts() -> Mapping[str, Indicator]:
    """The facts that can be promised by themselves, each as the amount it is."""
    found = {}
    for key, fact in labels.facts().items():
        counts = fact.unit in ("count", "times") and not key.startswith("commitment")
        if counts and "institution" in fact.levels:
            found[key] = Indicator(
                key, fact.name_zh, fact.name_en, "count", "higher", "amount", (key,), (), Decimal(1), 0, 0,
                "", "", fact.source,
            )  # fmt: skip
    return found


def indicator_of(promise: Promise) -> Indicator:
    """What a promise measures. Raises PromiseRefused (measure)."""
    found = (indicators() if promise.of == "indicator" else facts()).get(promise.code)
    if found is None:
        raise PromiseRefused("measure", name=promise.code)
    return found


def side_of(code: str, of: str) -> str:
    """On which side of its target a promise is kept."""
    return SIDES[indicators()[code].direction] if of == "indicator" and code in indicators() else "at_least"


def names(promises: Iterable[Promise]) -> dict[str, str]:
    """What the promises are called, by code."""
    return {one.code: labels.named(indicator_of(one)) for one in promises}


def rule(on: date) -> Rule:
    """The band of a breach and the line of partial fulfilment in force on a day (cp.commit_penalty)."""
    read = parameters.several_in_force(("cp.commit_penalty", "cp.commit_partial"), on=on)
    band = cast("Mapping[str, Decimal]", read["cp.commit_penalty"])
    return Rule(band["min"], band["max"], cast("Decimal", read["cp.commit_partial"]))


def target(key: str, on: date) -> Decimal:
    """The number behind `cp.expert_min:per_year` in force on a day."""
    name, _colon, field = key.partition(":")
    value = parameters.in_force(name, on=on)
    return Decimal(str(value[field] if isinstance(value, Mapping) else value))


@dataclass(frozen=True, slots=True)
class Reached:
    """One promise of one institution, measured and judged, with what each month gave."""

    promise: Promise
    indicator: Indicator
    measured: Measured
    found: Found
    months: Mapping[Month, tuple[Number | None, Number | None]]


@dataclass(frozen=True, slots=True)
class Clock:
    """How far a year has come: its months that are over, and whether all of them are."""

    year: int
    months: tuple[Month, ...]

    @property
    def over(self) -> bool:
        """Whether December has ended."""
        return len(self.months) == 12

    @classmethod
    def at(cls, year: int, today: date) -> Clock:
        """The months of a year that have ended before a day."""
        return cls(year, tuple(Month(year, n) for n in range(1, 13) if Month(year, n).last_day < today))


Known = Mapping[tuple[str, Month, str], Number]


def reached(
    promises: Mapping[str, Sequence[Promise]], rules: Mapping[str, Rule], clock: Clock
) -> dict[str, list[Reached]]:
    """What all institutions' promises have come to, by code; queries grow with months, not with letters."""
    keys = {key for lines in promises.values() for one in lines for key in _keys(indicator_of(one))}
    known = read(sorted(promises), keys, clock.months)
    on = Month(clock.year, 12).last_day
    confidence = Decimal(str(parameters.in_force("penalty.confidence", on=on)))
    return {
        code: [_reached(code, one, rules[code], known, clock, confidence) for one in lines]
        for code, lines in promises.items()
    }


def read(codes: Sequence[str], keys: Iterable[str], months: Iterable[Month]) -> Known:
    """Facts by institution, month and key; village rooms count for their township."""
    wanted = frozenset(keys)
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    home = {one.code: collect.member_of(one).through or one.code for one in places}
    found: dict[tuple[str, Month, str], Number] = defaultdict(int)
    for fact in collect.facts_of(dict.fromkeys(months, wanted), places):
        if fact.value is not None:
            place = (home[fact.institution], fact.month, fact.key)
            found[place] = found[place] + fact.value  # type: ignore[operator]
    return {place: value for place, value in found.items() if place[0] in set(codes)}


def _keys(indicator: Indicator) -> tuple[str, ...]:
    return (*indicator.numerator, *indicator.denominator)


def due(key: str, months: Sequence[Month]) -> tuple[Month, ...]:
    """The months of which a fact is delivered: those in which its month, quarter or year ends."""
    frequency = declared_book.often().get(key, "month")
    return tuple(month for month in months if counted(month, frequency).last == month)


def _reached(
    code: str, promise: Promise, rule: Rule, known: Known, clock: Clock, confidence: Decimal
) -> Reached:
    indicator = indicator_of(promise)
    table = {(month, key): value for (place, month, key), value in known.items() if place == code}
    wanted = {key: due(key, clock.months) for key in _keys(indicator)}
    stock = [key for key in wanted if labels.facts()[key].unit == STANDING and indicator.form == "amount"]
    measured = measure(indicator, table, wanted, stock=stock)
    missing = set(measured.missing)
    days = sum(len(list(month.days())) for month in clock.months if month not in missing)
    found = judge(
        promise, measured, rule, adds_up=indicator.form == "amount", elapsed=len(clock.months),
        weeks=WEEKS if clock.over else days // WEEK, over=clock.over,
        interval=of_share(indicator, measured.numerator, measured.denominator, confidence),
    )  # fmt: skip
    return Reached(promise, indicator, measured, found, _months(indicator, table, wanted, clock.months))


def _months(
    indicator: Indicator, table: Mapping[tuple[Month, str], Number], wanted: Mapping[str, Sequence[Month]],
    months: Sequence[Month],
) -> dict[Month, tuple[Number | None, Number | None]]:  # fmt: skip
    """Both sums of every month that is due; None where one of their facts is missing."""

    def part(keys: Sequence[str], month: Month) -> Number | None:
        found = [table.get((month, key)) for key in keys if month in wanted[key]]
        known = [one for one in found if one is not None]
        return sum(known) if found and len(known) == len(found) else None  # type: ignore[arg-type]

    return {
        month: (part(indicator.numerator, month), part(indicator.denominator, month))
        for month in months
        if any(month in one for one in wanted.values())
    }
