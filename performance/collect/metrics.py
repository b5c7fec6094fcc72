"""Facts behind the metrics of a month (definitions 1): known once the sums of the month are up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from grouping.metrics import monthly
from performance.collect.source import Keys, Part, Parts, Source
from performance.engine.fact import Fact

METRIC = "metric"


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for fact in monthly.monthly_facts(month):
        for key in sorted(keys & fact.values.keys()):
            yield Fact(fact.institution, month, key, fact.values[key], METRIC, fact.cases)


def _part(month: Month, keys: Keys, ids: frozenset[int]) -> Parts:
    """What some cases give to each sum; the number of groups is none."""
    rows = monthly.shares_of(month, sorted(ids))
    places = Institution.objects.filter(pk__in=[row.institution_id for row in rows])
    codes = dict(places.values_list("pk", "code"))
    return {
        (codes[row.institution_id], key): Part(row.values[key], row.cases)
        for row in rows
        for key in keys & row.values.keys()
    }


SOURCES = (Source(METRIC, monthly.KEYS, _read, part=_part),)
