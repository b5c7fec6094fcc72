"""What waits for whom: filings at the desk, and to the next level before and after the hour is over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.offsite.models import ANSWER, OVERSEE, VIEW, Filing, Round
from referrals.offsite.services import warn_span


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """The desk sees all that runs; who oversees it what is near its limit or past it. One query."""
    desk, upward = membership.can(ANSWER), membership.can(OVERSEE)
    if not membership.can(VIEW) or not (desk or upward):
        return []
    rows = Round.objects.filter(answered_at=None, filing__state=Filing.State.WAITING)
    if membership.institution_id is not None:
        rows = rows.filter(filing__institution=membership.institution_id)
    near = now + warn_span(now)
    if not desk or membership.institution_id is None:
        rows = rows.filter(due_at__lte=near)
    late = Q(due_at__lt=now)
    found = rows.order_by().aggregate(
        late=Count("pk", filter=late), since=Min("due_at", filter=late),
        ahead=Count("pk", filter=~late), due=Min("due_at", filter=~late),
    )  # fmt: skip
    url, made = reverse("offsite"), []
    if found["late"]:
        what = ngettext(
            "%(n)d off-site filing past its hour", "%(n)d off-site filings past their hour", found["late"]
        )
        why, since, n = _("The person waits to travel."), found["since"], found["late"]
        made.append(Todo("late", what % {"n": n}, why, url, since, n, _("Answer now")))
    if found["ahead"]:
        what = ngettext("%(n)d off-site filing to answer", "%(n)d off-site filings to answer", found["ahead"])
        state = "warn" if found["due"] <= near else "info"
        why, n = _("An answer within the hour is promised."), found["ahead"]
        made.append(Todo(state, what % {"n": n}, why, url, found["due"], n, _("Answer now")))
    return made
