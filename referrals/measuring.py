"""Counting rows of a month by institution, department or doctor, with the ids behind every number.

The one way in which the rooms beside the referral make their facts: measures of one model are counted in one
query, whatever the number of rows or places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Q, QuerySet, Value

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Staff

LEVELS = ("institution", "department", "doctor")
Ids = dict[int, dict[str, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One countable thing: its place at each level, the time that puts it in a month, which rows count.

    A level without a column does not know the measure.
    """

    name: str
    places: Mapping[str, str]
    stamp: str
    counts: Callable[[], Q]


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """What one place did in a month: `ids` holds for each measure the keys of its rows, ascending.

    `level` institution, department or doctor; `pk` the key of that place; `institution` the code of the
    institution it belongs to; `name` what it is called. `sums` holds totals that are no counts (minutes).
    """

    level: str
    pk: int
    institution: str
    name: str
    month: Month
    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sums: Mapping[str, int] = field(default_factory=dict)

    def count(self, what: str) -> int:
        """The number of rows of a measure; 0 where there were none."""
        return len(self.ids.get(what, ()))


def bounds(month: Month) -> tuple[datetime, datetime]:
    """First instant of the month and of the next one in Asia/Shanghai."""
    first, after = month.first_day, month.next().first_day
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(after, time(), SHANGHAI)


def rows_of(rows: QuerySet[Any], measure: Measure, month: Month) -> QuerySet[Any]:
    """The rows of a measure in a month."""
    begin, end = bounds(month)
    within = {f"{measure.stamp}__gte": begin, f"{measure.stamp}__lt": end}
    return rows.filter(measure.counts(), **within)


def counted(rows: QuerySet[Any], measures: Sequence[Measure], month: Month, level: str) -> Ids:
    """place -> measure -> ids, of all measures the level knows; one query."""
    known = [_grouped(rows, one, month, one.places[level]) for one in measures if level in one.places]
    found: Ids = {}
    if known:
        for place, what, ids in known[0].union(*known[1:], all=True):
            if place is not None:
                found.setdefault(place, {})[what] = tuple(ids)
    return found


def _grouped(rows: QuerySet[Any], measure: Measure, month: Month, column: str) -> Any:
    return (
        rows_of(rows, measure, month)
        .order_by()
        .annotate(what=Value(measure.name, output_field=CharField()))
        .values_list(column, "what")
        .annotate(ids=ArrayAgg("pk", order_by="pk"))
    )


def facts(
    level: str, month: Month, found: Ids, sums: Mapping[int, Mapping[str, int]] | None = None
) -> list[PlaceFact]:
    """One fact a place, by institution and code: every institution, departments and doctors with something.

    Raises KeyError for an unknown level; one query.
    """
    return [
        PlaceFact(level, pk, code, name, month, found.get(pk, {}), (sums or {}).get(pk, {}))
        for pk, code, name in _places(level, set(found))
    ]


def _places(level: str, found: set[int]) -> list[tuple[int, str, str]]:
    asked: Mapping[str, Callable[[], Any]] = {
        "institution": lambda: Institution.objects.order_by("code").values_list("pk", "code", "short_name"),
        "department": lambda: _inside(Department, found),
        "doctor": lambda: _inside(Staff, found),
    }
    return list(asked[level]())


def _inside(model: Any, found: set[int]) -> Any:
    rows = model.objects.filter(pk__in=found).order_by("institution__code", "code")
    return rows.values_list("pk", "institution__code", "name")
