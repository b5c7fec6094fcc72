"""Who went whence whither in a month: the graded flow 分级诊疗流向 between institutions (S1-66, S2-04)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from alliance.lib.period import Month
from referrals.measuring import bounds
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Way:
    """Referrals that arrived in a month from one institution at another (None: outside), by direction."""

    direction: str
    origin: int
    target: int | None
    arrived: int


def of_month(month: Month, *, flagged: Collection[int]) -> list[Way]:
    """Every way of a month with its arrivals, without `flagged`, the ineffective ones (S3-49); one query."""
    begin, end = bounds(month)
    rows = Referral.objects.filter(arrived_at__gte=begin, arrived_at__lt=end).exclude(pk__in=list(flagged))
    ways = rows.order_by().values_list("direction", "origin_institution", "target_institution")
    return [Way(*row) for row in ways.annotate(arrived=Count("pk"))]
