"""What off-site filings tell the floors above: answers within the hour, by institution and month (S1-48)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from referrals.offsite.models import Filing, Round

# What an indicator divides: each time the desk is asked is one request with its hour.
KEYS = frozenset({"offsite_filings", "offsite_in_time"})
KEPT = Q(answered_at__lte=F("due_at"))


@dataclass(frozen=True, slots=True)
class OffsiteFact:
    """Rounds asked in a month: `asked` whose limit is over or that were answered, `in_time` of them answered
    within it; `filings`: filings received. A round that still runs counts nowhere.
    """

    institution_id: int
    code: str
    month: Month
    filings: int
    asked: int
    in_time: int


def _bounds(month: Month) -> tuple[datetime, datetime]:
    """The month's first instant in Beijing, and the next month's."""
    begin, end = (datetime.combine(one.first_day, time.min, SHANGHAI) for one in (month, month.next()))
    return begin, end


def rounds(month: Month, now: datetime) -> QuerySet[Round]:
    """The rounds behind `asked`; withdrawn before the limit is not asked."""
    over = Q(answered_at__isnull=False) | Q(due_at__lt=now)
    begin, end = _bounds(month)
    found: QuerySet[Round] = Round.objects.filter(over, asked_at__gte=begin, asked_at__lt=end).exclude(
        answered_at=None, filing__state=Filing.State.WITHDRAWN
    )
    return found


def offsite_facts(month: Month, now: datetime) -> list[OffsiteFact]:
    """One row for each institution that was asked; two queries."""
    begin, end = _bounds(month)
    came: dict[int, int] = dict(
        Filing.objects.filter(received_at__gte=begin, received_at__lt=end)
        .order_by()
        .values_list("institution")
        .annotate(n=Count("pk"))
    )
    kept = Count("pk", filter=KEPT)
    rows: Any = (
        rounds(month, now)
        .order_by()
        .values("filing__institution", "filing__institution__code")
        .annotate(asked=Count("pk"), kept=kept)
    )
    return [
        OffsiteFact(
            row["filing__institution"], row["filing__institution__code"], month,
            came.get(row["filing__institution"], 0), row["asked"], row["kept"],
        )
        for row in rows.order_by("filing__institution__code")
    ]  # fmt: skip


def _end(month: Month) -> datetime:
    """A month is read as it stands at its end: the same months later."""
    return _bounds(month)[1]


def taking(month: Month) -> frozenset[str]:
    """The codes of the institutions that have taken a filing here by the end of the month.

    Of any other nothing is known, never zero.
    """
    rows = Filing.objects.filter(received_at__lt=_end(month)).order_by()
    return frozenset(rows.values_list("institution__code", flat=True).distinct())


def round_ids(month: Month) -> dict[str, dict[str, tuple[int, ...]]]:
    """For each of `KEYS` the rounds behind it by code of the institution, as of the month's end; a query."""
    rows = (
        rounds(month, _end(month))
        .order_by()
        .values("filing__institution__code")
        .annotate(
            asked=ArrayAgg("pk", order_by="pk"), kept=ArrayAgg("pk", filter=KEPT, order_by="pk", default=[])
        )
    )
    found: dict[str, dict[str, tuple[int, ...]]] = {key: {} for key in KEYS}
    for row in rows:
        code = row["filing__institution__code"]
        found["offsite_filings"][code] = tuple(row["asked"])
        found["offsite_in_time"][code] = tuple(row["kept"])
    return found


def not_counted(month: Month, key: str) -> dict[str, dict[int, str]]:
    """Rounds that a key of `KEYS` does not count, by institution, each with why in the reader's language."""
    found: dict[str, dict[int, str]] = {}
    if key != "offsite_in_time":
        return found
    rows = rounds(month, _end(month)).exclude(KEPT).order_by("pk")
    for code, pk, answered in rows.values_list("filing__institution__code", "pk", "answered_at"):
        why = _("no answer yet") if answered is None else _("answered after its limit")
        found.setdefault(code, {})[pk] = why
    return found


def named(ids: Iterable[int]) -> QuerySet[Round]:
    """Rounds by their keys, with what a list names."""
    rows: QuerySet[Round] = Round.objects.filter(pk__in=list(ids)).select_related("filing__institution")
    return rows.order_by("asked_at", "pk")
