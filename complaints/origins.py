"""A complaint as something others follow from: its number and kind, and nothing it says."""

from __future__ import annotations

from django.urls import reverse

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.web.carrying import Origin
from complaints import machine
from complaints.categories import words
from complaints.models import Complaint

KIND = "complaints.complaint"


def complaint(membership: Membership, pk: int) -> Origin | None:
    """A complaint the member sees."""
    if not membership.can(machine.VIEW):
        return None
    rows = Complaint.objects.visible_to(membership).select_related("institution")
    row = rows.filter(pk=pk).first()
    if row is None:
        return None
    month = str(Month.of(row.received_at.astimezone(SHANGHAI).date()))
    url = reverse("complaint", args=[pk])
    return Origin(KIND, pk, f"{row.number} · {words(row.category)}", url, row.institution, month)
