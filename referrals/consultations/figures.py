"""Orders and turnaround of shared centres in a month (S2-58)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import Avg, Count, F, Q

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from referrals.consultations.models import Centre, Consultation


def bounds(month: Month) -> tuple[datetime, datetime]:
    """First instant of the month and of the next one in Asia/Shanghai."""
    first, after = month.first_day, month.next().first_day
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(after, time(), SHANGHAI)


def of_centres(membership: Membership, month: Month) -> list[dict[str, Any]]:
    """Every centre with the orders of the month that the member may know; always two queries.

    orders: asked in the month and not cancelled; results: those answered; in_time: answered within the
    limit; turnaround: mean time from order to result (timedelta, None without results).
    """
    begin, end = bounds(month)
    asked = Consultation.objects.visible_to(membership).filter(asked_at__gte=begin, asked_at__lt=end)
    answered = Q(answered_at__isnull=False)
    found = {
        row.pop("target_department"): row
        for row in asked.exclude(state=Consultation.State.CANCELLED)
        .order_by()
        .values("target_department")
        .annotate(
            orders=Count("pk"),
            results=Count("pk", filter=answered),
            in_time=Count("pk", filter=answered & Consultation.in_time(F("answered_at"))),
            turnaround=Avg(F("answered_at") - F("asked_at"), filter=answered),
        )
    }
    centres = Centre.objects.select_related("department__institution").order_by(
        "department__institution__code", "department__code"
    )
    return [
        {"department": one.department, "kinds": one.kinds, "is_active": one.is_active}
        | found.get(one.department_id, {})
        for one in centres
    ]
