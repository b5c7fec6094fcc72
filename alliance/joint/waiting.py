"""What waits for whom: steps that are late or due soon at the member's own door."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.joint.models import Enrolment, Milestone
from alliance.joint.services.moving import local_day
from alliance.models import Membership
from alliance.services.inbox import Todo

SOON = timedelta(days=7)


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Steps of persons at the own door."""
    here = membership.institution_id
    if here is None or not membership.can("joint.enrol"):
        return []
    today = local_day(now)
    counted = Milestone.objects.filter(
        at=here, state=Milestone.State.OPEN, enrolment__state=Enrolment.State.ACTIVE
    ).aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__range=(today, today + SOON))),
    )
    found = []
    if number := counted["late"]:
        what = ngettext("%(n)d joint step is late", "%(n)d joint steps are late", number) % {"n": number}
        why = _("The completion rate counts for both sides.")
        found.append(Todo("late", what, why, f"{reverse('joint')}?view=late", None, number))
    if number := counted["soon"]:
        what = ngettext(
            "%(n)d joint step is due within a week", "%(n)d joint steps are due within a week", number
        )
        why = _("Plan, follow-up, adjustment: record what was done.")
        found.append(Todo("info", what % {"n": number}, why, reverse("joint"), None, number))
    return found
