"""What complaints tell the floors above: rows by place and month, with the ids behind every number.

Source: S1-47, S1-67, S3-17, definitions 5.5 (complaint rate per 10,000 visits), definitions 11. A complaint
counts in the month of its receipt. A duplicate merged into another is the same matter and counts once; a
withdrawn complaint was one. Reports of the sealed box are in no fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from fractions import Fraction
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution
from complaints.models import Complaint, Word

ANSWERED = Q(first_answered_at__isnull=False)
RESOLVED = Q(resolved_at__isnull=False)


def due() -> Q:
    """The first answer was given, or its time is over now: or was, when the complaint ended without it."""
    over = Q(closed_at__isnull=True) & ~Complaint.first_in_time(timezone.now())
    ended = Q(closed_at__isnull=False) & ~Complaint.first_in_time(F("closed_at"))
    return ANSWERED | over | ended


def result_due() -> Q:
    """The same of the result."""
    over = Q(closed_at__isnull=True) & ~Complaint.result_in_time(timezone.now())
    ended = Q(closed_at__isnull=False) & ~Complaint.result_in_time(F("closed_at"))
    return RESOLVED | over | ended


# Of the complaints received in the month: which of them count, whenever it happened.
MEASURES: Mapping[str, Callable[[], Q]] = {
    "complaints": Q,
    "complaints_answered": lambda: ANSWERED,
    "complaints_due": due,
    "complaints_in_time": lambda: ANSWERED & Complaint.first_in_time(F("first_answered_at")),
    "complaints_resolved": lambda: RESOLVED,
    "complaints_result_due": result_due,
    "complaints_resolved_in_time": lambda: RESOLVED & Complaint.result_in_time(F("resolved_at")),
    # What the person said; what staff noted of it is told apart.
    "complaints_asked": lambda: Q(solved=False) | Q(solved=True, word=Word.LINK),
    "complaints_solved": lambda: Q(solved=True, word=Word.LINK),
    "complaints_solved_noted": lambda: Q(solved=True, word=Word.STAFF),
    "complaints_reopened": lambda: Q(round__gt=1),
    "complaints_justified": lambda: Q(verdict__in=["true", "partly"]),
}
KEYS = frozenset({"complaints", "complaints_due", "complaints_in_time"})  # what indicators divide
MINUTES = "first_answer_minutes"
VILLAGE = Institution.Kind.VILLAGE
UNIT = Case(When(kind=VILLAGE, parent__isnull=False, then=F("parent__code")), default=F("code"))
OF_UNIT = Case(
    When(institution__kind=VILLAGE, institution__parent__isnull=False, then=F("institution__parent__code")),
    default=F("institution__code"),
)
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
    unit: str = ""  # the code of the institution it is counted for: a village room's township (practice.md 1)

    def count(self, what: str) -> int:
        """The number of complaints of a measure; 0 where there were none."""
        return len(self.ids.get(what, ()))


def complaint_facts(month: Month, level: str = "institution") -> list[ComplaintFact]:
    """One fact a place of a level ("institution": all of them; "department": those with something).

    Two queries. Answered in time = complaints_in_time ÷ complaints_due: one that waits past its limit is not
    answered in time, one that is not yet due, or was withdrawn before, is in neither. Solved =
    complaints_solved ÷ complaints_asked; what staff noted is complaints_solved_noted. Mean time to the first
    answer = first_answer_minutes ÷ complaints_answered. Raises KeyError for an unknown level.
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
    return [
        _fact(level, pk, code, name, month, found.get(pk), unit)
        for pk, code, name, unit in _places(level, found)
    ]


def _fact(level: str, pk: int, code: str, name: str, month: Month, row: Any, unit: str) -> ComplaintFact:
    if row is None:
        return ComplaintFact(level, pk, code, name, month, unit=unit)
    ids = {what: tuple(row[what]) for what in MEASURES}
    wait = int(row["wait"].total_seconds()) // 60 if row["wait"] is not None else 0
    return ComplaintFact(level, pk, code, name, month, ids, {MINUTES: wait}, unit)


def _places(level: str, found: Mapping[Any, Any]) -> Iterable[tuple[int, str, str, str]]:
    if level == "institution":
        places = Institution.objects.order_by("code").annotate(unit=UNIT)
        return list(places.values_list("pk", "code", "short_name", "unit"))
    rows = Department.objects.filter(pk__in=[pk for pk in found if pk is not None])
    return list(
        rows.order_by("institution__code", "code").values_list(
            "pk", "institution__code", "name", "institution__code"
        )
    )


def received(month: Month) -> QuerySet[Complaint]:
    """The complaints of a month, by the local day of their receipt, duplicates aside."""
    rows: QuerySet[Complaint] = _of_month(month).counted()
    return rows


def _of_month(month: Month) -> Any:
    begin = datetime.combine(month.first_day, time(), SHANGHAI)
    end = datetime.combine(month.next().first_day, time(), SHANGHAI)
    return Complaint.objects.filter(received_at__gte=begin, received_at__lt=end)


def taking(month: Month) -> frozenset[str]:
    """The codes of the institutions that take complaints here: with one received by the end of the month.

    Of any other nothing is known, never zero. A village room makes its township one that does; one query.
    """
    end = datetime.combine(month.next().first_day, time(), SHANGHAI)
    rows = Complaint.objects.filter(received_at__lt=end).order_by().annotate(unit=OF_UNIT)
    return frozenset(rows.values_list("unit", flat=True).distinct())


def not_counted(month: Month, measure: str) -> dict[str, dict[int, str]]:
    """Complaints of a month that a measure of `KEYS` does not count, by institution, each with why; a query.

    In the language of the reader.
    """
    rows = _of_month(month).annotate(
        unit=OF_UNIT, kept=Complaint.first_in_time(F("first_answered_at")), owed=due()
    )
    found: dict[str, dict[int, str]] = {}
    columns = ("unit", "pk", "state", "first_answered_at", "kept", "owed", "merged_into__number")
    for unit, pk, state, answered, kept, owed, target in rows.order_by("pk").values_list(*columns):
        why = ""
        if state == Complaint.State.MERGED:
            why = _("the same matter as %(number)s, which is counted") % {"number": target}
        elif measure == "complaints_due" and not owed:
            why = _("not answered, and its time is not over, or it was withdrawn before")
        elif measure == "complaints_in_time" and answered is None:
            why = _("no first answer yet")
        elif measure == "complaints_in_time" and not kept:
            why = _("first answer after its limit")
        if why:
            found.setdefault(unit, {})[pk] = why
    return found


def named(ids: Iterable[int]) -> QuerySet[Complaint]:
    """Complaints by their keys, with everything a list names."""
    found: Any = Complaint.objects.filter(pk__in=list(ids)).with_names().select_related("institution__parent")
    rows: QuerySet[Complaint] = found.prefetch_related("concerned")
    return rows


def rate(complaints: int, visits: int | None) -> Fraction | None:
    """Complaints per 10,000 visits (definitions 5.5); None where no visits are known."""
    return Fraction(complaints * 10_000, visits) if visits else None
