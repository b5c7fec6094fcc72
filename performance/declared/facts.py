"""Declared values as a month reads them, and the values behind each number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from alliance.lib.period import Month
from performance.declared import book
from performance.engine.amounts import exact
from performance.engine.formula import Number
from performance.engine.spans import counted
from performance.models import DeclaredValue
from performance.show import labels


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """What a month counts of one fact: by code of the institution, and for the narrower levels of whom."""

    institution: str
    key: str
    value: Number
    id: int
    department: int | None = None
    staff: int | None = None
    team: str = ""


def declared_facts(
    month: Month, keys: Iterable[str], *, level: str = DeclaredValue.Level.INSTITUTION
) -> Iterator[DeclaredFact]:
    """The confirmed values a month counts among the keys, of one level; one query.

    A span that was not delivered gives nothing: it is missing, and no older one stands in for it.
    """
    wanted = [key for key in keys if book.booked(key)]
    rows = of_spans(month, wanted).filter(level=level, state=DeclaredValue.State.CONFIRMED)
    names = ("institution__code", "fact", "value", "pk", "department", "staff", "team")
    for code, key, value, pk, department, staff, team in rows.values_list(*names):
        number = exact(value, labels.facts()[key].unit)
        yield DeclaredFact(code, key, number, pk, department, staff, team)


def behind(month: Month, key: str) -> Mapping[str, tuple[int, ...]]:
    """The value a month counts, by code of the institution; one query."""
    return {fact.institution: (fact.id,) for fact in declared_facts(month, [key])}


def rows(ids: Iterable[int]) -> QuerySet[DeclaredValue]:
    """Values, and of institutions those they replaced: what a posted month rests on stays in sight."""
    these = list(ids)
    later = DeclaredValue.objects.filter(
        pk__in=these, level=OuterRef("level"), institution=OuterRef("institution"), fact=OuterRef("fact"),
        first_day=OuterRef("first_day"),
    )  # fmt: skip
    replaced = Q(level=DeclaredValue.Level.INSTITUTION, state=DeclaredValue.State.SUPERSEDED)
    found: QuerySet[DeclaredValue] = DeclaredValue.objects.named().filter(
        Q(pk__in=these) | replaced & Exists(later)
    )
    return found.order_by("institution__code", "-revision")


def of_spans(month: Month, keys: Iterable[str]) -> QuerySet[DeclaredValue]:
    """The values of the spans that a month counts of each key."""
    by_day: dict[tuple[str, object], list[str]] = defaultdict(list)
    for key in keys:
        frequency = book.often()[key]
        by_day[frequency, counted(month, frequency).first.first_day].append(key)
    where = Q(pk__in=[])
    for (frequency, day), of_day in by_day.items():
        where |= Q(frequency=frequency, first_day=day, fact__in=of_day)
    found: QuerySet[DeclaredValue] = DeclaredValue.objects.filter(where)
    return found
