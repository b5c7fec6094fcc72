"""What off-site filings tell the floors above: answers within the hour, by institution and month (S1-48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from referrals.offsite.models import Filing, Round


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
    kept = Count("pk", filter=Q(answered_at__lte=F("due_at")))
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
