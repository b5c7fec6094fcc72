"""Numbers of departments, teams and persons without the records that a decision leaves out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from alliance.lib.period import Month
from grouping.metrics import monthly
from grouping.metrics.facts import Level
from performance.levels.rooms import Amounts


def counts(amounts: Amounts, out: Collection[int]) -> Amounts:
    """Counts without the records a decision leaves out."""
    kept = {place: tuple(pk for pk in ids if pk not in out) for place, (_value, ids) in amounts.items()}
    return {place: (len(ids), ids) for place, ids in kept.items()} if out else amounts


def sums(
    rows: Iterable[monthly.PlaceFact], month: Month, level: Level, out: Collection[int]
) -> list[monthly.PlaceFact]:
    """Sums of cases without those a decision leaves out."""
    taken = {(one.institution_id, one.key): one for one in monthly.shares_of(month, sorted(out), level)}
    found = []
    for row in rows:
        if (part := taken.get((row.institution_id, row.key))) is not None:
            values = {key: value - part.values.get(key, 0) for key, value in row.values.items()}
            row = replace(row, values=values, cases=row.cases - part.cases)
        found.append(row)
    return found
