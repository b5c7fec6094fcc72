"""The months before a month, as they count now: lines and indicator values of one institution or of all.

Months without a result of ours are known from the institutions' own records, where these were brought.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from alliance.lib.period import Month
from alliance.services import parameters
from performance.engine.control import Judged, Reading, Rule, judge
from performance.engine.indicators import Indicator
from performance.models import EarlierValue, IndicatorValue, Line, MonthRun

Key = tuple[int, str]


def rule(month: Month) -> Rule:
    """What counts as unusual in a month (parameter cp.unusual, S3-28)."""
    found = cast("Mapping[str, Any]", parameters.in_force("cp.unusual", on=month.last_day))
    whole = {name: int(found[name]) for name in ("window", "least", "run", "events")}
    return Rule(**whole, jump=Decimal(found["jump"]))


@dataclass(frozen=True)
class Past:
    """The months up to and with the one asked for, oldest first, and what their counting results say."""

    months: Sequence[Month]
    lines: Mapping[tuple[Month, int], Line]
    readings: Mapping[tuple[Month, Key], Reading]
    recorded: Collection[Month] = ()

    def scores(self, institution: int) -> list[Decimal | None]:
        """The institution's score month by month."""
        found = (self.lines.get((month, institution)) for month in self.months)
        return [line.score if line else None for line in found]

    def series(self, institution: int, indicator: str) -> list[Reading]:
        """An indicator month by month; no value where it was not assessed or the month has no result."""
        none = Reading(None)
        return [self.readings.get((month, (institution, indicator)), none) for month in self.months]

    def judged(self, institution: int, indicator: Indicator, by: Rule) -> Judged:
        """The newest value of an indicator within its own past; what is a change already has no jumps."""
        if indicator.form == "change":
            by = replace(by, jump=None)
        return judge(self.series(institution, indicator.code), indicator.direction, by)


def past(month: Month, by: Rule, *, institution: int | None = None, indicator: str | None = None) -> Past:
    """The window of a rule and the month itself; four queries however many months and institutions."""
    spread = [month.plus(-back) for back in range(by.window, -1, -1)]
    runs = MonthRun.objects.filter(
        month__range=(spread[0].first_day, month.first_day), state__in=MonthRun.WITH_RESULT
    )
    counted = {run.settlement_id: Month.of(run.month) for run in runs.order_by("number")}
    narrowed: dict[str, Any] = {"settlement__in": counted}
    if institution is not None:
        narrowed["institution"] = institution
    lines = Line.objects.filter(**narrowed).only("settlement_id", "institution_id", "score", "fen", "column")
    values = IndicatorValue.objects.filter(**narrowed, **({"indicator": indicator} if indicator else {}))
    rows = values.values_list("settlement_id", "institution_id", "indicator", "value", "numerator")
    own = {
        (counted[found], (place, code)): Reading(value, events) for found, place, code, value, events in rows
    }
    before = _recorded(spread, set(counted.values()), institution, indicator)
    return Past(
        spread,
        {(counted[line.settlement_id], line.institution_id): line for line in lines},
        {**before, **own},
        {at for at, _key in before},
    )


def _recorded(
    spread: Sequence[Month], settled: Collection[Month], institution: int | None, indicator: str | None
) -> dict[tuple[Month, Key], Reading]:
    """What own records say of the months that were never settled here; one query."""
    rows = EarlierValue.objects.filter(month__range=(spread[0].first_day, spread[-1].first_day))
    rows = rows.filter(institution=institution) if institution is not None else rows
    rows = rows.filter(indicator=indicator) if indicator is not None else rows
    return {
        (at, (place, code)): Reading(value, counted)
        for day, place, code, value, counted in rows.values_list(
            "month", "institution", "indicator", "value", "counted"
        )
        if (at := Month.of(day)) not in settled
    }
