"""Visits of primary institutions by month, which they deliver themselves: what V2 divides by."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal
from referrals.measuring import bounds
from referrals.models import Referral, VisitCount
from referrals.services.refusals import ReferralRefused

RIGHT = "declaration.enter"
MOST = 10_000_000  # more than any institution sees in a month: a number that fits the column


@transaction.atomic
def deliver(
    *, by: Membership, institution: Institution, month: Month, visits: int | None, now: datetime
) -> VisitCount:
    """State the visits of an ended month; a later statement counts, the earlier one stays readable.

    Raises PermissionDenied, ReferralRefused (visits, visits_month, visits_place).
    """
    if not by.can(RIGHT) or not by.sees(institution.pk):
        raise PermissionDenied(_("Your role does not include this step."))
    if institution.level != Institution.Level.PRIMARY:
        raise ReferralRefused("visits_place")
    if month.last_day >= now.astimezone(SHANGHAI).date():
        raise ReferralRefused("visits_month", month=month)
    if visits is None or not 0 <= visits <= MOST:
        raise ReferralRefused("visits")
    # Who states at the same moment waits here and takes the next number.
    Institution.objects.select_for_update().get(pk=institution.pk)
    earlier = VisitCount.objects.filter(institution=institution, month=month.first_day)
    last = earlier.aggregate(last=Max("revision"))["last"] or 0
    row: VisitCount = VisitCount.objects.create(
        institution=institution, month=month.first_day, visits=visits, revision=last + 1, entered_by=by,
        entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="referral.visits_delivered", about=row, month=str(month), visits=visits)
    return row


def expected(month: Month) -> QuerySet[Institution]:
    """The primary institutions whose visits are asked for: village rooms only where they sent a patient."""
    begin, end = bounds(month)
    sent = Referral.objects.filter(direction="up", arrived_at__gte=begin, arrived_at__lt=end)
    village = Q(kind=Institution.Kind.VILLAGE) & ~Q(pk__in=sent.values("origin_institution"))
    rows = Institution.objects.filter(level=Institution.Level.PRIMARY, is_active=True)
    asked: QuerySet[Institution] = rows.exclude(village)
    return asked


def latest(month: Month) -> dict[int, VisitCount]:
    """The statement that counts, by institution; one query."""
    rows = VisitCount.objects.filter(month=month.first_day).select_related("entered_by__user")
    return {row.institution_id: row for row in rows.order_by("revision")}


def of_month(month: Month) -> dict[int, int]:
    """Visits by institution; those that delivered nothing are absent. One query."""
    return {place: row.visits for place, row in latest(month).items()}
