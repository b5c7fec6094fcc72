"""What waits in the inbox: surveys that ask the member, surveys to be counted, links to hand out."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from complaints.surveys.models import Campaign
from complaints.surveys.services.rights import RUN
from complaints.surveys.visible import asking


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """One line for each survey that asks the member; for the office those whose last day is over."""
    today = now.astimezone(SHANGHAI).date()
    found = [
        Todo(
            "info", _("Survey: %(title)s") % {"title": one.edition.title},
            _("A few minutes, without name."), reverse("survey-fill", args=[one.pk]), _end(one),
        )
        for one in asking(membership, today)
    ]  # fmt: skip
    if membership.can(RUN):
        over = Campaign.objects.filter(state=Campaign.State.RUNNING, closes_on__lt=today).count()
        if over:
            what = ngettext("%(n)d survey to count", "%(n)d surveys to count", over) % {"n": over}
            why = _("Its last day is over; results show once it is counted.")
            address = f"{reverse('surveys')}?state={Campaign.State.RUNNING}"
            found.append(Todo("warn", what, why, address, None, over))
    return found


def _end(survey: Campaign) -> datetime:
    return datetime.combine(survey.closes_on + timedelta(days=1), time(), SHANGHAI)
