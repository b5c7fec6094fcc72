"""What waits for whom: consultations in the inbox of the home page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.consultations.models import Consultation

# How far back an inbox looks for what was asked, and how long a refusal stands in it.
LATELY, FRESH = timedelta(days=60), timedelta(days=3)


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Late and open consultations asked of the member's institution, own ones that came back; one query, and
    one more for who asks: answers to read, refusals.

    A member of the whole alliance sees what is late anywhere, because somebody has to telephone.
    """
    if not membership.can("consultation.view"):
        return []
    here = membership.institution_id
    answers = here is None or membership.can("consultation.answer")
    found = _count(membership, now)
    return [
        *(_late(found) if answers else []),
        *(_open(found) if here is not None and answers else []),
        *(_back(found) if here is not None and membership.can("consultation.ask") else []),
        *(_answered(here, now) if here is not None and membership.can("consultation.ask") else []),
    ]


def _count(membership: Membership, now: datetime) -> dict[str, Any]:
    here = membership.institution_id
    ours = Q() if here is None else Q(target_institution=here)
    open_now = Q(state__in=Consultation.OPEN) & ours
    late, ahead = open_now & ~Consultation.in_time(now), open_now & Consultation.in_time(now)
    back = Q(state=Consultation.State.RETURNED, origin_institution=here)
    rows = Consultation.objects.visible_to(membership).filter(state__in=Consultation.LIVE)
    counted: dict[str, Any] = rows.aggregate(
        late=Count("pk", filter=late), late_since=Min("answer_due_at", filter=late),
        ahead=Count("pk", filter=ahead), ahead_due=Min("answer_due_at", filter=ahead),
        back=Count("pk", filter=back),
    )  # fmt: skip
    return counted


def _answered(here: int, now: datetime) -> list[Todo]:
    """Answers the asker has not closed with an outcome, and questions that were refused these days."""
    answered = Q(state=Consultation.State.ANSWERED)
    declined = Q(state=Consultation.State.DECLINED, closed_at__gte=now - FRESH)
    rows = Consultation.objects.filter(origin_institution=here, asked_at__gte=now - LATELY).order_by()
    counted = rows.aggregate(answered=Count("pk", filter=answered), declined=Count("pk", filter=declined))
    found = []
    if number := counted["answered"]:
        what = ngettext("%(n)d answer to read", "%(n)d answers to read", number) % {"n": number}
        why = _("Read it, and record what became of the patient.")
        url = f"{_list('asked')}&state={Consultation.State.ANSWERED}"
        found.append(Todo("info", what, why, url, None, number, _("Look at them")))
    if number := counted["declined"]:
        what = ngettext("%(n)d question was refused", "%(n)d questions were refused", number) % {"n": number}
        url = f"{_list('asked')}&state={Consultation.State.DECLINED}"
        found.append(
            Todo("warn", what, _("Read why, and ask somebody else."), url, None, number, _("Look at them"))
        )
    return found


def _late(found: dict[str, Any]) -> list[Todo]:
    number = found["late"]
    if not number:
        return []
    what = ngettext("%(n)d consultation past its limit", "%(n)d consultations past their limit", number) % {
        "n": number
    }
    why = _("The asking doctor and the patient wait for the answer.")
    return [Todo("late", what, why, _list("late"), found["late_since"], number)]


def _open(found: dict[str, Any]) -> list[Todo]:
    number = found["ahead"]
    if not number:
        return []
    what = ngettext("%(n)d consultation to answer", "%(n)d consultations to answer", number) % {"n": number}
    why = _("Take it on, answer, or say what is missing.")
    return [Todo("warn", what, why, _list("waiting"), found["ahead_due"], number, _("Answer now"))]


def _back(found: dict[str, Any]) -> list[Todo]:
    number = found["back"]
    if not number:
        return []
    what = ngettext(
        "%(n)d consultation came back to complete",
        "%(n)d consultations came back to complete",
        number,
    ) % {"n": number}
    return [Todo("info", what, _("Add what is missing and send it again."), _list("waiting"), None, number)]


def _list(view: str) -> str:
    return f"{reverse('consultations')}?view={view}"
