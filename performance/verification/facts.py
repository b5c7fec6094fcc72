"""What third parties signed about a month, for its page and its evidence bundle (S3-24)."""

from __future__ import annotations

from alliance.lib.period import Month
from performance.verification.models import Opinion


def signed(month: Month) -> list[Opinion]:
    """The signed opinions of a month with institution and evaluator, by institution; two queries with their
    records.
    """
    rows = Opinion.objects.filter(month=month.first_day, signed_at__isnull=False).named()
    return list(rows.prefetch_related("items").order_by("institution__code", "pk"))
