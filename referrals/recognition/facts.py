"""What recognition tells the floors above: rows by place and month, with the ids behind every number.

Source: S3-09, S3-10, S3-32, S3-62, S3-66; definitions section 5.2 (rates), 5.5 (sharing), 8 (R11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from alliance.lib.period import Month
from referrals import measuring
from referrals.measuring import Ids, Measure, PlaceFact
from referrals.recognition import sql
from referrals.recognition.models import Order, Result

ORDERING = {"institution": "institution", "department": "department", "doctor": "ordering_doctor"}
HOUSE = {"institution": "institution"}
DECIDED = Q(state__in=["recognised", "repeated"])

# Of exactly the orders of the month, whenever they were decided; withdrawn ones count nowhere.
ORDERS: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("examinations_ordered", ORDERING, "ordered_at", lambda: ~Q(state="withdrawn")),
        Measure("results_recognisable", ORDERING, "ordered_at", lambda: ~Q(state__in=["clear", "withdrawn"])),
        Measure("results_recognised", ORDERING, "ordered_at", lambda: Q(state="recognised")),
        Measure("examinations_repeated", ORDERING, "ordered_at", lambda: Q(state="repeated")),
        Measure("decided_in_time", ORDERING, "ordered_at", lambda: DECIDED & Q(decided_at__lte=F("due_at"))),
        Measure("orders_undecided", ORDERING, "ordered_at", lambda: Q(state="open")),
    )
}
# Of the examinations made in the month at the house.
RESULTS: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("results_made", HOUSE, "taken_at", lambda: Q(withdrawn_at__isnull=True)),
        Measure("results_shared", HOUSE, "taken_at", lambda: Q(withdrawn_at__isnull=True) & ~Q(reference="")),
    )
}
DUPLICATE = "examinations_duplicate"
MEASURES = (*ORDERS, *RESULTS, DUPLICATE)


def recognition_facts(month: Month, level: str = "institution") -> list[PlaceFact]:
    """One fact for each place of a level; at most four queries.

    Recognition rate = results_recognised ÷ results_recognisable: several valid results of one family count
    as one, the undecided count below the line. Duplicate rate = examinations_duplicate ÷ results_made: made
    although the alliance held a valid result of the family, without a reason R1 to R6 given beforehand.
    Sharing = results_shared ÷ results_made: with an address under which others read report and images.
    Examinations made are known by institution, not by department or doctor.
    """
    found = measuring.counted(Order.objects.all(), list(ORDERS.values()), month, level)
    if level == "institution":
        _join(found, measuring.counted(Result.objects.all(), list(RESULTS.values()), month, level))
        _join(found, duplicates(month))
    return measuring.facts(level, month, found)


def _join(found: Ids, more: Ids) -> None:
    for place, ids in more.items():
        found.setdefault(place, {}).update(ids)


def duplicates(month: Month) -> Ids:
    """institution -> the duplicate examinations of the month; one query."""
    found: dict[int, list[int]] = {}
    for again, place, _earlier in sql.duplicates(*measuring.bounds(month)):
        found.setdefault(place, []).append(again)
    return {place: {DUPLICATE: tuple(ids)} for place, ids in found.items()}


def orders_named(ids: Iterable[int]) -> QuerySet[Order]:
    """Orders by their keys, with everything a list names."""
    rows: QuerySet[Order] = Order.objects.filter(pk__in=list(ids)).with_names()
    return rows


def results_named(ids: Iterable[int]) -> QuerySet[Result]:
    """Results by their keys, with everything a list names."""
    rows: QuerySet[Result] = Result.objects.filter(pk__in=list(ids))
    return rows.select_related("person", "item", "institution")


def records(month: Month, what: str, level: str, pk: int) -> QuerySet[Any]:
    """The very orders or results behind one number, oldest first. Raises KeyError for an unknown measure."""
    if what == DUPLICATE:
        ids = duplicates(month).get(pk, {}).get(DUPLICATE, ())
        again: QuerySet[Any] = Result.objects.filter(pk__in=ids).order_by("pk")
        return again
    measure, rows = (
        (RESULTS[what], Result.objects.all()) if what in RESULTS else (ORDERS[what], Order.objects.all())
    )
    return measuring.rows_of(rows, measure, month).filter(**{measure.places[level]: pk}).order_by("pk")
