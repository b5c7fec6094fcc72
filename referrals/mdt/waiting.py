"""What waits for whom: a meeting that is over and not recorded."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.mdt.models import RUN, MdtMeeting

SHOWN = 20


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Who planned it records it; one query."""
    if not membership.can(RUN):
        return []
    rows = MdtMeeting.objects.filter(entered_by=membership, state=MdtMeeting.State.PLANNED, starts_at__lt=now)
    return [
        Todo("warn", pgettext("mdt", "Record the meeting on %(number)s") % {"number": row.record_no},
             pgettext("mdt", "Plan, estimate, who took part."), reverse("mdt-meeting", args=[row.pk]))
        for row in rows.order_by("starts_at")[:SHOWN]
    ]  # fmt: skip
