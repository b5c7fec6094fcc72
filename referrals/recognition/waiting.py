"""What waits for whom: examinations to decide, in the inbox of the home page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words
from referrals.recognition import figures
from referrals.recognition.models import Order


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Orders of the member's institution with a result in front of the doctor; one query.

    A member of the whole alliance sees what is late anywhere. Who watches the figures and decides nothing is
    told of a rate below its alert floor (S3-32): two queries more.
    """
    if not membership.can("recognition.view"):
        return []
    late = Q(due_at__lt=now)
    found: dict[str, Any] = (
        Order.objects.visible_to(membership)
        .undecided()
        .aggregate(
            late=Count("pk", filter=late), since=Min("due_at", filter=late),
            ahead=Count("pk", filter=~late), due=Min("due_at", filter=~late),
        )
    )  # fmt: skip
    decides = membership.institution_id is not None and membership.can("recognition.decide")
    overdue = _late(found) if decides or membership.institution_id is None else []
    watches = membership.can("recognition.figures") and not decides
    return [*overdue, *(_open(found) if decides else []), *(_below(membership, now) if watches else [])]


def _below(membership: Membership, now: datetime) -> list[Todo]:
    """Institutions whose recognition rate of the last ended month lies below the floor."""
    month = Month.of(now.astimezone(SHANGHAI).date()).previous()
    rates = figures.rates(membership, month)
    if not rates:
        return []
    floor = figures.floor_of(month)
    low = [one for one in rates if one < floor]
    if not low:
        return []
    what = ngettext(
        "Recognition rate of %(month)s below %(floor)s at %(n)d institution",
        "Recognition rate of %(month)s below %(floor)s at %(n)d institutions", len(low),
    ) % {"month": words.month(str(month)), "floor": words.pct(floor, 0), "n": len(low)}  # fmt: skip
    why = _("Lowest: %(rate)s. See why examinations were repeated.") % {"rate": words.pct(min(low))}
    url = f"{reverse('recognition-figures')}?month={month}"
    return [Todo("warn", what, why, url, None, len(low), _("See the reasons"))]


def _late(found: dict[str, Any]) -> list[Todo]:
    number = found["late"]
    if not number:
        return []
    what = ngettext(
        "%(n)d examination undecided past its limit", "%(n)d examinations undecided past their limit", number
    ) % {"n": number}
    why = _("A result exists: recognise it, or repeat with a reason.")
    return [Todo("late", what, why, f"{reverse('recognition')}?view=late", found["since"], number)]


def _open(found: dict[str, Any]) -> list[Todo]:
    number = found["ahead"]
    if not number:
        return []
    what = ngettext("%(n)d examination to decide", "%(n)d examinations to decide", number) % {"n": number}
    why = _("A result exists: recognise it, or repeat with a reason.")
    return [Todo("warn", what, why, reverse("recognition"), found["due"], number, _("Decide on the result"))]
