"""What postings tell the floors above: one row per sender, host, department, expert and month.

S2-07, S3-05, S3-31, S3-52, S3-60. A day counts in the month it took place, once the host has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet, Sum

from alliance.lib.period import Month
from alliance.postings.models import Evaluation, Visit

KIND = Visit._meta.label_lower


@dataclass(frozen=True, slots=True)
class PostingFact:
    """One expert's month at one host.

    visits: person-times 人次 (an expert on a day at a host); half_days; patients_seen and retained: persons;
    teaching_minutes; allowance_fen: half days times the agreed local allowance, owed by the host. `ids`: the
    confirmed days behind all of it, ascending.
    """

    month: Month
    sender_id: int
    sender: str
    department_id: int | None
    host_id: int
    host: str
    staff_id: int
    half_days: int
    patients_seen: int
    teaching_minutes: int
    retained: int
    allowance_fen: int
    ids: tuple[int, ...]

    @property
    def visits(self) -> int:
        """Person-times."""
        return len(self.ids)


def posting_facts(month: Month) -> list[PostingFact]:
    """All experts' months, by sender, host and expert; one query."""
    half = Count("pk", filter=Q(morning=True)) + Count("pk", filter=Q(afternoon=True))
    allowance = Sum("posting__allowance_fen", filter=Q(morning=True), default=0) + Sum(
        "posting__allowance_fen", filter=Q(afternoon=True), default=0
    )
    keys = (
        "posting__sender_id", "posting__sender__code", "staff__department_id",
        "posting__host_id", "posting__host__code", "staff_id",
    )  # fmt: skip
    rows = (
        confirmed(month.first_day, month.last_day)
        .order_by()
        .values_list(*keys)
        .annotate(
            half=half, seen=Sum("patients_seen"), minutes=Sum("teaching_minutes"), kept=Sum("retained"),
            allowance=allowance, ids=ArrayAgg("pk", order_by="pk"),
        )
        .order_by("posting__sender__code", "posting__host__code", "staff_id", "staff__department_id")
    )  # fmt: skip
    return [cast(Any, PostingFact)(month, *row[:-1], tuple(row[-1])) for row in rows]


def records(month: Month, ids: Iterable[int]) -> QuerySet[Visit]:
    """The days behind a fact, oldest first."""
    found = confirmed(month.first_day, month.last_day).filter(pk__in=list(ids))
    rows: QuerySet[Visit] = cast(Any, found).with_names()
    return rows


def days_by_id(ids: Iterable[int]) -> QuerySet[Visit]:
    """Days by their ids, oldest first."""
    rows: QuerySet[Visit] = cast(Any, Visit.objects.filter(pk__in=list(ids))).with_names()
    return rows


def days_of(posting_id: int, first: date, last: date) -> list[Visit]:
    """The planned days of a posting from one day to another, in order."""
    rows = Visit.objects.filter(posting=posting_id, day__gte=first, day__lte=last, state=Visit.State.PLANNED)
    return list(rows.with_names())


def confirmed(first: date, last: date) -> QuerySet[Visit]:
    """Confirmed days from one day to another, both included."""
    rows: QuerySet[Visit] = Visit.objects.filter(state=Visit.State.CONFIRMED, day__gte=first, day__lte=last)
    return rows


@dataclass(frozen=True, slots=True)
class SatisfactionFact:
    """What hosts thought of a sender's experts in a month: points of one to five, summed over evaluations."""

    sender_id: int
    sender: str
    attendance: int
    service: int
    teaching: int
    ids: tuple[int, ...]


def satisfaction(month: Month) -> list[SatisfactionFact]:
    """One row for each sender with an evaluation, by code; one query."""
    rows = (
        Evaluation.objects.filter(month=month.first_day)
        .order_by()
        .values_list("posting__sender", "posting__sender__code")
        .annotate(
            attendance=Sum("attendance"), service=Sum("service"), teaching=Sum("teaching"),
            ids=ArrayAgg("pk", order_by="pk"),
        )
        .order_by("posting__sender__code")
    )  # fmt: skip
    return [cast(Any, SatisfactionFact)(*row[:-1], tuple(row[-1])) for row in rows]


def named(ids: Iterable[int]) -> QuerySet[Visit]:
    """Days by their keys, with everything a list names."""
    rows: QuerySet[Visit] = Visit.objects.filter(pk__in=list(ids)).with_names()
    return rows


def evaluations_named(ids: Iterable[int]) -> QuerySet[Evaluation]:
    """Evaluations by their keys, with posting and host."""
    rows: QuerySet[Evaluation] = Evaluation.objects.filter(pk__in=list(ids))
    return rows.select_related("posting__staff", "posting__sender", "posting__host")
