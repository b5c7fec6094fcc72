"""The page on which primary institutions deliver the visits of a month."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from referrals.models import VisitCount
from referrals.services import rates, visits
from referrals.show.months import neighbours


def page(
    membership: Membership, month: Month, now: datetime, *, refused: int = 0, typed: str = "", error: str = ""
) -> dict[str, Any]:
    """The primary institutions this member sees; `refused` is the one whose number was, as typed."""
    places = visits.expected(month).order_by("code")
    latest, over = visits.latest(month), rates.ended(month, now)
    rows = [
        {
            "place": place, "shown": words.num(latest[place.pk].visits) if place.pk in latest else words.DASH,
            "told": _told(latest.get(place.pk)), "may": over and membership.can(visits.RIGHT),
            "typed": typed if place.pk == refused else "", "error": error if place.pk == refused else "",
        }
        for place in places
        if membership.sees(place.pk)
    ]  # fmt: skip
    return {
        "title": _("Visits of %(month)s") % {"month": words.month(month)}, "month": month, "rows": rows,
        "running": not over, "steps": neighbours(month, now, reverse("referral-visits")),
        "back": f"{reverse('referral-rates')}?month={month}",
    }  # fmt: skip


def _told(row: VisitCount | None) -> str:
    """Who delivered it when."""
    return _("not yet") if row is None else f"{row.entered_by.user} {words.moment(row.entered_at)}"
