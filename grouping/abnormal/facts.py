"""What reports of abnormal cases tell the floors above: counts by department and month (S1-54)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, QuerySet

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from grouping.abnormal.models import AbnormalReport

KEYS = frozenset({"abnormal_reports", "abnormal_in_time"})  # what indicators divide


@dataclass(frozen=True, slots=True)
class AbnormalFact:
    """Reports of a department in a month, without withdrawn ones: how many, answered, answered in time."""

    institution_id: int
    department_id: int | None
    month: Month
    reports: int
    answered: int
    in_time: int


def reports(month: Month) -> QuerySet[AbnormalReport]:
    """The rows behind the counts."""
    begin, end = (datetime.combine(one.first_day, time.min, SHANGHAI) for one in (month, month.next()))
    rows: QuerySet[AbnormalReport] = AbnormalReport.objects.filter(
        reported_at__gte=begin, reported_at__lt=end
    ).exclude(state=AbnormalReport.State.WITHDRAWN)
    return rows


def _kept() -> Q:
    """Answered in time; a day ends before the midnight it names."""
    by_day = Q(rule__startswith="W") | Q(rule__startswith="D")
    return Q(answered_at__lt=F("due_at")) | Q(answered_at=F("due_at")) & ~by_day


def abnormal_facts(month: Month) -> list[AbnormalFact]:
    """One row a department; one query."""
    rows = (
        reports(month)
        .order_by()
        .values_list("institution", "department")
        .annotate(
            n=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)),
            kept=Count("pk", filter=_kept()),
        )
    )  # fmt: skip
    return [
        AbnormalFact(place, ward, month, n, answered, in_time)
        for place, ward, n, answered, in_time in sorted(rows, key=lambda row: (row[0], row[1] or 0))
    ]


def report_ids(month: Month) -> dict[str, dict[str, tuple[int, ...]]]:
    """For each of `KEYS` the reports behind it by code of the institution; in time: not one that waits."""
    rows = (
        reports(month)
        .order_by()
        .values_list("institution__code")
        .annotate(
            ids=ArrayAgg("pk", order_by="pk"), kept=ArrayAgg("pk", filter=_kept(), order_by="pk", default=[])
        )
    )
    found: dict[str, dict[str, tuple[int, ...]]] = {key: {} for key in KEYS}
    for code, ids, kept in rows:
        found["abnormal_reports"][code], found["abnormal_in_time"][code] = tuple(ids), tuple(kept)
    return found


def named(ids: Iterable[int]) -> QuerySet[AbnormalReport]:
    """Reports by their keys, with what a list names."""
    rows: QuerySet[AbnormalReport] = AbnormalReport.objects.filter(pk__in=list(ids))
    return rows.select_related("case", "institution", "department").order_by("reported_at", "pk")
