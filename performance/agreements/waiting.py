"""What waits of agreements: checks by hand, entries to compare with their scan, terms that end soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services import parameters
from alliance.services.inbox import Todo
from performance.agreements.models import ASSESS, RUN, SIGNED, Agreement, Clause
from performance.agreements.services import checks

SOON = "agreement.ends_soon"


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Lines of the member; a handful of queries for any number of agreements."""
    found = _by_hand(membership, now) if membership.can(ASSESS) else []
    if membership.institution_id is None and membership.can(RUN):
        found += [*_to_compare(membership), *_ending(now)]
    return found


def _by_hand(membership: Membership, now: datetime) -> list[Todo]:
    rows = list(
        Clause.objects.filter(checker=membership.pk, agreement__state__in=SIGNED).select_related("agreement")
    )
    have = checks.newest(rows) if rows else {}
    today = timezone.localdate(now)
    return [
        Todo(
            "info", _("A clause is to be checked by you"), f"{one.title} · {one.agreement.title}",
            reverse("clause", args=[one.agreement_id, one.pk]), count=n, button=_("Check"),
        )
        for one in rows
        if (n := sum((one.pk, months[0].first_day) not in have for months in checks.periods(one, today)))
    ]  # fmt: skip


def _to_compare(membership: Membership) -> list[Todo]:
    rows = Agreement.objects.filter(state__in=[Agreement.State.WAITING, Agreement.State.ENDING])
    mine = membership.user_id
    n = sum(
        mine not in (one.entered_by.user_id if one.state == Agreement.State.WAITING else
                     one.end_asked_by.user_id if one.end_asked_by else None,)
        for one in rows.select_related("entered_by", "end_asked_by")
    )  # fmt: skip
    if not n:
        return []
    what = ngettext(
        "%(n)d agreement waits for a second person", "%(n)d agreements wait for a second person", n
    )
    why = _("Entered or to be ended by a colleague.")
    return [Todo("info", what % {"n": n}, why, reverse("agreements"), None, n)]


def _ending(now: datetime) -> list[Todo]:
    today = timezone.localdate(now)
    days = int(str(parameters.in_force(SOON, on=today)))
    rows = Agreement.objects.filter(state="in_force", ends__lte=today + timedelta(days=days))
    n = rows.exclude(pk__in=Agreement.objects.exclude(follows=None).values("follows")).count()
    if not n:
        return []
    what = ngettext("The term of %(n)d agreement ends", "The terms of %(n)d agreements end", n)
    why = _("Let the next one follow it, or let it run out.")
    url = f"{reverse('agreements')}?state=in_force"
    return [Todo("warn", what % {"n": n}, why, url, None, n)]
