"""What waits for whom: examinations to decide, in the inbox of the home page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.recognition.models import Order


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Orders of the member's institution with a result in front of the doctor; one query.

    A member of the whole alliance sees what is late anywhere.
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
    return [*overdue, *(_open(found) if decides else [])]


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
