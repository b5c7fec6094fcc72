"""The effect of the reform between two periods of stored cases, by institution and in all (S4-35)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.services import parameters
from grouping.engine.effect import Effect, Sums
from grouping.reports import sql
from grouping.sql import fetch

MOST_MONTHS = 36
LEAST = "min_n_rank"


class PeriodRefused(Refused):
    """Two periods that cannot be compared."""

    reasons = {
        "reversed": "The period ends (%(last)s) before it begins (%(first)s). Change one of the months.",
        "too_long": "A period has at most %(limit)s months.",
        "overlap": "The periods overlap in %(month)s: a case would count on both sides. Set them apart.",
    }


@dataclass(frozen=True)
class Period:
    """Months from `first` to `last`, both inclusive."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodRefused("reversed", first=self.first, last=self.last)
        if self.months > MOST_MONTHS:
            raise PeriodRefused("too_long", limit=MOST_MONTHS)

    @property
    def months(self) -> int:
        """How many months the period has."""
        return (self.last.year - self.first.year) * 12 + self.last.number - self.first.number + 1


@dataclass(frozen=True)
class Report:
    """Both periods over the alliance and by institution id (institutions with a case in either)."""

    before: Period
    after: Period
    alliance: Effect
    institutions: dict[int, Effect]


def effect(before: Period, after: Period) -> Report:
    """Compare two periods; one query. Raises PeriodRefused (overlap)."""
    common = max(before.first, after.first)
    if common <= min(before.last, after.last):
        raise PeriodRefused("overlap", month=common)
    periods = {"before": before, "after": after}
    asked = [
        {"name": name, "first": str(one.first.first_day), "last": str(one.last.first_day)}
        for name, one in periods.items()
    ]
    sums: dict[str, dict[int, Sums]] = {name: {} for name in periods}
    for row in fetch(sql.EFFECT, periods=json.dumps(asked)):
        name, place = row.pop("name"), row.pop("institution_id")
        sums[name][place] = Sums(**row, months=periods[name].months)
    return _report(before, after, sums["before"], sums["after"])


def least_cases(on: Month) -> int:
    """Fewer discharges are not assessed (dated parameter)."""
    found = parameters.in_force(LEAST, on=on.last_day)
    assert isinstance(found, int)
    return found


def _report(before: Period, after: Period, was: dict[int, Sums], now: dict[int, Sums]) -> Report:
    nothing = Sums(months=before.months), Sums(months=after.months)
    least = least_cases(after.last)
    places = {
        place: Effect(was.get(place, nothing[0]), now.get(place, nothing[1]), least)
        for place in sorted({*was, *now})
    }
    total = Effect(sum(was.values(), start=nothing[0]), sum(now.values(), start=nothing[1]), least)
    return Report(before, after, total, places)
