"""What waits for whom: the month's day that is not planned or not recorded, follow-ups of focus groups."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import pgettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from complaints.events.models import RUN, FocusGroup, PatientDay

SHOWN = 20


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Two queries at most."""
    today = now.astimezone(SHANGHAI).date()
    owed = FocusGroup.objects.filter(owner=membership, done_at=None).order_by("due_on")[:SHOWN]
    found = [
        Todo("late" if one.due_on < today else "warn",
             pgettext("focus group", "Follow up: %(topic)s") % {"topic": one.topic}, one.follow_up,
             reverse("focus-group", args=[one.pk]))
        for one in owed
    ] if membership.can("event.view") else []  # fmt: skip
    if not membership.can(RUN) or membership.institution_id is None:
        return found
    rows = PatientDay.objects.filter(institution=membership.institution_id).exclude(state="cancelled")
    month = list(rows.filter(month=today.replace(day=1)))
    why = pgettext("patient day", "Every month has its day of patients.")
    if not month:
        what = pgettext("patient day", "Plan this month's day of patients")
        found.append(Todo("info", what, why, reverse("patient-day-plan")))
    for row in month:
        if row.state == PatientDay.State.PLANNED and row.planned_on < today:
            what = pgettext("patient day", "Record the day of patients")
            found.append(Todo("warn", what, why, reverse("patient-day", args=[row.pk])))
    return found
