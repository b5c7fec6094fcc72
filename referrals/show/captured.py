"""What the page of down-referrals found in case files shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.identity import mask_name
from alliance.lib.period import Month
from alliance.models import Institution, Membership, Person
from alliance.web import lists, parts, words
from grouping.readmission.joined import FoundDown
from referrals import tables
from referrals.models import Referral
from referrals.services import captured as captures
from referrals.show.months import neighbours

MOST_SHOWN = 50


def page(request: Any, month: Month, now: datetime) -> dict[str, Any]:
    """The queue of a month: the first open stays, what was decided, and by pages what has no stay."""
    membership: Membership = request.membership
    found = captures.found(month)
    mine = [one for one in captures.facts(month, found) if membership.sees(one.institution_id)]
    stays = {one.case: one for one in found}
    waiting = [stays[case] for one in mine for case in one.open]
    lone = [pk for one in mine for pk in one.logged_only]
    place = Paginator(lone, lists.PER_PAGE).get_page(request.GET.get("page"))
    rows: Any = Referral.objects.all()
    return {
        "title": _("Down-referrals found in case files"), "month": month,
        "steps": neighbours(month, now, reverse("referral-captured")),
        "figs": [
            parts.Fig(_("with a logged referral"), str(sum(len(one.matched) for one in mine))),
            parts.Fig(_("confirmed without one"), str(sum(len(one.confirmed) for one in mine))),
            parts.Fig(_("to be decided"), str(len(waiting)), bad=bool(waiting)),
            parts.Fig(_("logged without a stay"), str(len(lone))),
        ],
        "overlaps": _overlaps(membership, month),
        "open": _queue(waiting, month), "more": _more(len(waiting) - MOST_SHOWN),
        "lone": tables.LoneTable(rows.lines_of(list(place)), request=request), "lone_page": place,
        "may": membership.can("referral.capture"),
    }  # fmt: skip


def _overlaps(membership: Membership, month: Month) -> list[dict[str, Any]]:
    """Matched referrals whose stays overlap, with how long; the longest first."""
    found = {one.number: one for one in captures.overlaps(month) if membership.sees(one.institution_id)}
    rows: Any = Referral.objects.filter(number__in=list(found)).order_by("number")
    shown = [(found[row.number], row) for row in rows.first_lines(MOST_SHOWN)]
    return [
        {
            "referral": row, "name": row.patient_masked, "admitted": words.moment(one.admitted_at),
            "discharged": words.moment(one.discharged_at),
            "length": words.span(one.discharged_at - one.admitted_at),
        }
        for one, row in sorted(shown, key=lambda pair: pair[0].admitted_at - pair[0].discharged_at)
    ]  # fmt: skip


def _queue(waiting: Sequence[FoundDown], month: Month) -> list[dict[str, Any]]:
    """The stays that wait longest, with names masked."""
    first = sorted(waiting, key=lambda one: (one.discharged_at, one.case))[:MOST_SHOWN]
    places = Institution.objects.in_bulk({one.institution_id for one in first})
    people = Person.objects.in_bulk({one.person_id for one in first})
    return [
        {
            "stay": one, "place": places[one.institution_id].short_name,
            "name": mask_name(people[one.person_id].name), "at": words.moment(one.discharged_at),
            "url": f"{reverse('referral-capture', args=[one.case])}?month={month}",
        }
        for one in first
    ]  # fmt: skip


def _more(left: int) -> str:
    """How many follow once these are decided."""
    if left <= 0:
        return ""
    return ngettext(
        "%(n)d more follows when these are decided", "%(n)d more follow when these are decided", left
    ) % {"n": left}
