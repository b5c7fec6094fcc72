"""What days of patients and focus groups tell the floors above, by institution and month (S1-47)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from alliance.lib.period import Month
from alliance.models import Institution
from complaints.events.models import FocusGroup, PatientDay


@dataclass(frozen=True, slots=True)
class EventFact:
    """Of an institution and month: whether its day was held, its visitors, asked and settled (None: not
    held), focus groups held.
    """

    institution_id: int
    code: str
    month: Month
    held: bool
    visitors: int | None
    asked: int | None
    settled: int | None
    groups: int


def event_facts(month: Month) -> list[EventFact]:
    """One row for each active institution but village rooms, those without a day too; three queries."""
    days: dict[int, Mapping[str, Any]] = {
        row["institution"]: row
        for row in days_held(month)
        .order_by()
        .values("institution")
        .annotate(v=Sum("visitors"), a=Sum("asked"), s=Sum("settled"))
    }
    groups: dict[int, int] = dict(
        groups_held(month).order_by().values_list("institution").annotate(n=Count("pk"))
    )
    found = []
    for place in places():
        day = days.get(place.pk, {})
        found.append(
            EventFact(
                place.pk, place.code, month, place.pk in days, day.get("v"), day.get("a"), day.get("s"),
                groups.get(place.pk, 0),
            )
        )  # fmt: skip
    return found


def places() -> list[Institution]:
    """Who holds a day each month."""
    rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    return list(rows.order_by("code"))


def days_held(month: Month) -> QuerySet[PatientDay]:
    """The days of a month that took place; at most one an institution."""
    return _days().filter(month=month.first_day, state=PatientDay.State.HELD)


def groups_held(month: Month) -> QuerySet[FocusGroup]:
    """The focus groups held in a month."""
    return _groups().filter(held_on__gte=month.first_day, held_on__lte=month.last_day)


def days_named(ids: Iterable[int]) -> QuerySet[PatientDay]:
    """Days by their keys, with what a list names."""
    return _days().filter(pk__in=list(ids))


def groups_named(ids: Iterable[int]) -> QuerySet[FocusGroup]:
    """Focus groups by their keys, with what a list names."""
    return _groups().filter(pk__in=list(ids))


def _days() -> QuerySet[PatientDay]:
    rows: QuerySet[PatientDay] = PatientDay.objects.select_related("institution")
    return rows.order_by("institution__code", "held_on", "pk")


def _groups() -> QuerySet[FocusGroup]:
    rows: QuerySet[FocusGroup] = FocusGroup.objects.select_related("institution")
    return rows.order_by("institution__code", "held_on", "pk")
