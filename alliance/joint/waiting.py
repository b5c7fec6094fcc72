"""What waits for whom: steps late or due soon at the own door, cases to confirm, conferences to close."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.joint.models import Conference, Enrolment, Milestone, TechniqueCase
from alliance.joint.services.moving import local_day
from alliance.models import Membership
from alliance.services.inbox import Todo

SOON = timedelta(days=7)


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Steps at the own door, cases another person entered, conferences to close."""
    return [*_steps(membership, now), *_cases(membership), *_conferences(membership, now)]


def _conferences(membership: Membership, now: datetime) -> list[Todo]:
    here = membership.institution_id
    if here is None or not membership.can("joint.host"):
        return []
    rows = Conference.objects.filter(host=here, state=Conference.State.PLANNED, starts_at__lt=now)
    if not (number := rows.count()):
        return []
    what = ngettext("%(n)d case conference to close", "%(n)d case conferences to close", number)
    why = _("It counts once the host has closed it with its minutes.")
    url = f"{reverse('joint-conferences')}?state=planned&host={here}"
    return [Todo("info", what % {"n": number}, why, url, None, number)]


def _cases(membership: Membership) -> list[Todo]:
    if not membership.can("joint.confirm"):
        return []
    rows = TechniqueCase.objects.visible_to(membership).filter(state=TechniqueCase.State.ENTERED)
    number = rows.exclude(entered_by__user=membership.user_id).count()
    if not number:
        return []
    what = ngettext("%(n)d case of a technique to confirm", "%(n)d cases of techniques to confirm", number)
    why = _("Only confirmed cases are paid.")
    url = f"{reverse('joint-cases')}?state=entered"
    return [Todo("info", what % {"n": number}, why, url, None, number)]


def _steps(membership: Membership, now: datetime) -> list[Todo]:
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
