"""A complaint, and a month of them, as something others follow from: number and kind, nothing they say."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.period import SERVED_YEARS, Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.web import words as shown
from alliance.web.carrying import Origin
from complaints import analysis, machine
from complaints.categories import words
from complaints.models import Complaint

KIND, MONTH = "complaints.complaint", "complaints.month"
PLACES = 1_000_000  # a month's number: institution (0: all), then year and month in six digits
# The indicators of the dictionary that count complaints: how many, and how many were answered in time.
RATE, REPLY = "complaint_rate", "complaint_reply"


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
    late = row.is_late(timezone.now()) or any(row.ended_late) or not _kept(row)
    title = f"{row.number} · {words(row.category)}"
    return Origin(KIND, pk, title, url, row.institution, month, REPLY if late else RATE)


def _kept(row: Complaint) -> bool:
    return row.first_answered_at is None or row.first_was_in_time


def month_number(institution: int | None, month: Month) -> int:
    """The number of the complaints of an institution (None: of all) in a month."""
    return (institution or 0) * PLACES + month.year * 100 + month.number


def cause(membership: Membership, pk: int) -> Origin | None:
    """The complaints of a month the member sees, by what most are about; None where there are none."""
    place, number = divmod(pk, PLACES)
    year, at = divmod(number, 100)
    if not membership.can(machine.VIEW) or year not in SERVED_YEARS or not 1 <= at <= 12:
        return None
    month = Month(year, at)
    most = next(
        iter(analysis.by(analysis.rows_of(membership, month, month, place or None), "category")), None
    )
    here = Institution.objects.filter(pk=place).first() if place else membership.institution
    if most is None or (place and here is None):
        return None
    title = _("Complaints of %(month)s: most about %(cause)s (%(n)d)") % {
        "month": shown.month(month), "cause": words(most.key), "n": most.counts["complaints"],
    }  # fmt: skip
    url = f"{reverse('complaint-figures')}?month={month}" + (f"&institution={place}" if place else "")
    return Origin(MONTH, pk, title, url, here, str(month), RATE)
