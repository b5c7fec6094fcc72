"""Facts behind the metrics of a month (definitions 1): known once the sums of the month are up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from grouping.metrics import monthly
from performance.collect.source import Keys, Source
from performance.engine.fact import Fact

METRIC = "metric"


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for fact in monthly.monthly_facts(month):
        for key in sorted(keys & fact.values.keys()):
            yield Fact(fact.institution, month, key, fact.values[key], METRIC, fact.cases)


SOURCES = (Source(METRIC, monthly.KEYS, _read),)
