"""What complaints tell the floors above: rows by place and month, with the ids behind every number.

Source: S1-47, S1-67, S3-17, definitions 5.5 (complaint rate per 10,000 visits), definitions 11. A duplicate
merged into another is the same matter and counts once; a withdrawn complaint was one. Reports of the sealed
box are in no fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from fractions import Fraction
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q, QuerySet, Sum

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution
from complaints.models import Complaint

ANSWERED = Q(first_answered_at__isnull=False)
RESOLVED = Q(resolved_at__isnull=False)

# Of the complaints received in the month: which of them count, whenever it happened.
MEASURES: Mapping[str, Callable[[], Q]] = {
    "complaints": Q,
    "complaints_answered": lambda: ANSWERED,
    "complaints_in_time": lambda: ANSWERED & Complaint.first_in_time(F("first_answered_at")),
    "complaints_resolved": lambda: RESOLVED,
    "complaints_resolved_in_time": lambda: RESOLVED & Complaint.result_in_time(F("resolved_at")),
    "complaints_asked": lambda: Q(solved__isnull=False),
    "complaints_solved": lambda: Q(solved=True),
    "complaints_reopened": lambda: Q(round__gt=1),
    "complaints_justified": lambda: Q(verdict__in=["true", "partly"]),
}
KEYS = frozenset({"complaints", "complaints_in_time"})  # what indicators divide
MINUTES = "first_answer_minutes"
PLACES = {"institution": "institution", "department": "department"}


@dataclass(frozen=True, slots=True)
class ComplaintFact:
    """What was said of one place in a month: `ids` holds for each measure the keys of its complaints.

    `sums` holds first_answer_minutes: whole minutes from receipt to the first answer of complaints_answered.
    """

    level: str
    pk: int
    institution: str
    name: str
    month: Month
    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sums: Mapping[str, int] = field(default_factory=dict)

    def count(self, what: str) -> int:
        """The number of complaints of a measure; 0 where there were none."""
        return len(self.ids.get(what, ()))


def complaint_facts(month: Month, level: str = "institution") -> list[ComplaintFact]:
    """One fact a place of a level ("institution": all of them; "department": those with something).

    Two queries. Answered in time = complaints_in_time ÷ complaints: one that still waits is not answered in
    time. Solved = complaints_solved ÷ complaints_asked. Mean time to the first answer = first_answer_minutes
    ÷ complaints_answered. Raises KeyError for an unknown level.
    """
    column = PLACES[level]
    rows = received(month).order_by().values(column).annotate(
        **{
            name: ArrayAgg("pk", filter=counts() or Q(pk__gt=0), order_by="pk", default=[])
            for name, counts in MEASURES.items()
        },
        wait=Sum(F("first_answered_at") - F("received_at"), filter=ANSWERED),
    )  # fmt: skip
    found = {row[column]: row for row in rows}
    return [_fact(level, pk, code, name, month, found.get(pk)) for pk, code, name in _places(level, found)]


def _fact(level: str, pk: int, code: str, name: str, month: Month, row: Any) -> ComplaintFact:
    if row is None:
        return ComplaintFact(level, pk, code, name, month)
    ids = {what: tuple(row[what]) for what in MEASURES}
    wait = int(row["wait"].total_seconds()) // 60 if row["wait"] is not None else 0
    return ComplaintFact(level, pk, code, name, month, ids, {MINUTES: wait})


def _places(level: str, found: Mapping[Any, Any]) -> Iterable[tuple[int, str, str]]:
    if level == "institution":
        return list(Institution.objects.order_by("code").values_list("pk", "code", "short_name"))
    rows = Department.objects.filter(pk__in=[pk for pk in found if pk is not None])
    return list(rows.order_by("institution__code", "code").values_list("pk", "institution__code", "name"))


def received(month: Month) -> QuerySet[Complaint]:
    """The complaints of a month, by the local day of their receipt, duplicates aside."""
    begin = datetime.combine(month.first_day, time(), SHANGHAI)
    end = datetime.combine(month.next().first_day, time(), SHANGHAI)
    rows: QuerySet[Complaint] = Complaint.objects.counted().filter(
        received_at__gte=begin, received_at__lt=end
    )
    return rows


def in_use(month: Month) -> bool:
    """Whether this house takes complaints: none at all until the end of a month is not known, never zero."""
    end = datetime.combine(month.next().first_day, time(), SHANGHAI)
    return bool(Complaint.objects.filter(received_at__lt=end).exists())


def named(ids: Iterable[int]) -> QuerySet[Complaint]:
    """Complaints by their keys, with everything a list names."""
    rows: QuerySet[Complaint] = Complaint.objects.filter(pk__in=list(ids)).with_names()
    return rows


def rate(complaints: int, visits: int | None) -> Fraction | None:
    """Complaints per 10,000 visits (definitions 5.5); None where no visits are known."""
    return Fraction(complaints * 10_000, visits) if visits else None
