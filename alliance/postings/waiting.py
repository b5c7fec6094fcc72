"""What waits for whom: postings to answer, days to report and to confirm; how far the year's promise is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.postings.models import Posting, Visit
from alliance.postings.year import Promise, promises
from alliance.services import parameters
from alliance.services.inbox import Figure, Todo
from alliance.web import words

# A day nobody has reported is asked for as long as its month may still be confirmed.
ASKED_DAYS = 45


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Postings to answer and days to confirm for the host, days to report and disputes for the sender."""
    here = membership.institution_id
    if here is None or not membership.can("posting.view"):
        return []
    today = now.astimezone(SHANGHAI).date()
    found: list[Todo] = []
    if membership.can("posting.host"):
        found += _of_host(here)
    if membership.can("posting.report"):
        found += _of_sender(here, membership, today)
    return found


def _of_host(here: int) -> list[Todo]:
    offers = Posting.objects.filter(host=here, state=Posting.State.PROPOSED).count()
    days = Visit.objects.filter(posting__host=here, state=Visit.State.REPORTED).count()
    found = []
    if offers:
        what = ngettext("%(n)d posting is offered to you", "%(n)d postings are offered to you", offers)
        why = _("Agree, and the days are planned.")
        found.append(Todo("info", what % {"n": offers}, why, _list("postings", "proposed"), None, offers))
    if days:
        what = ngettext("%(n)d day of experts to confirm", "%(n)d days of experts to confirm", days)
        why = _("Only what the host confirmed counts.")
        found.append(Todo("warn", what % {"n": days}, why, reverse("visits"), None, days, _("Confirm")))
    return found


def _of_sender(here: int, membership: Membership, today: date) -> list[Todo]:
    own = Q() if membership.can("posting.plan") else Q(staff__user=membership.user_id)
    since = today - timedelta(days=ASKED_DAYS)
    due = Visit.objects.to_report(membership, today).filter(day__gte=since).count()
    disputed = Visit.objects.filter(own, posting__sender=here, state=Visit.State.DISPUTED).count()
    found = []
    if number := due:
        what = ngettext("%(n)d day of a posting to report", "%(n)d days of postings to report", number)
        why = _("Patients seen, teaching, patients kept: the host confirms it.")
        url = f"{reverse('visits')}?view=report"
        found.append(Todo("info", what % {"n": number}, why, url, None, number, _("Report")))
    if number := disputed:
        what = ngettext("%(n)d day of a posting is disputed", "%(n)d days of postings are disputed", number)
        why = _("Report it again, or say that it did not take place.")
        url = f"{reverse('visits')}?view=all&state=disputed"
        found.append(Todo("late", what % {"n": number}, why, url, None, number))
    return found


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """For who plans the postings of a hospital with a promise: person-times of the year, their forecast."""
    here, today = membership.institution_id, now.astimezone(SHANGHAI).date()
    if here is None or not membership.can("posting.plan"):
        return []
    try:
        found = promises(today, institution_id=here)
    except parameters.NotInForce:
        return []
    return [_figure(one) for one in found]


def _figure(one: Promise) -> Figure:
    forecast, detail = one.forecast, _("no forecast yet")
    if forecast is not None:
        detail = _("at this pace %(n)d by the end of the year") % {"n": forecast}
    short = forecast is not None and forecast < one.least_year
    of_all = _("of %(n)d") % {"n": one.least_year}
    return Figure(
        _("expert person-times this year"), words.num(one.done), of_all, detail,
        reverse("posting-promises"), bad=short,
    )  # fmt: skip


def _list(name: str, state: str) -> str:
    return f"{reverse(name)}?state={state}"
