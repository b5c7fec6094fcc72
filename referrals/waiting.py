"""What waits for whom: referrals in the inbox of the home page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.models import Referral


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Referrals that need the member's institution: emergencies, late, unanswered, patients to receive.

    One query. A member of the whole alliance sees what is late anywhere, because somebody has to telephone.
    """
    if not membership.can("referral.view"):
        return []
    found = _count(membership, now)
    if membership.institution_id is None:
        return _late(found, now)
    if not membership.can("referral.accept"):
        return []
    return [*_late(found, now), *_unanswered(found), *_expected(found)]


def _count(membership: Membership, now: datetime) -> dict[str, object]:
    rows = Referral.objects.visible_to(membership).live()
    if membership.institution_id is not None:
        rows = rows.filter(target_institution=membership.institution_id)
    open_now = Q(state=Referral.State.SUBMITTED)
    late, ahead = open_now & ~Referral.in_time(now), open_now & Referral.in_time(now)
    counted: dict[str, object] = rows.aggregate(
        late=Count("pk", filter=late), late_since=Min("answer_due_at", filter=late),
        ahead=Count("pk", filter=ahead), ahead_due=Min("answer_due_at", filter=ahead),
        critical=Count("pk", filter=ahead & Q(urgency=Referral.Urgency.CRITICAL)),
        expected=Count("pk", filter=Q(state=Referral.State.ACCEPTED)),
    )  # fmt: skip
    return counted


def _late(found: dict[str, object], now: datetime) -> list[Todo]:
    number = int(str(found["late"]))
    if not number:
        return []
    what = ngettext("%(n)d referral past its limit", "%(n)d referrals past their limit", number) % {
        "n": number
    }
    return [
        Todo(
            "late",
            what,
            _("The sender and the patient wait for an answer."),
            _list("late"),
            _at(found["late_since"]),
            number,
        )
    ]


def _unanswered(found: dict[str, object]) -> list[Todo]:
    number, critical = int(str(found["ahead"])), int(str(found["critical"]))
    if not number:
        return []
    what = ngettext("%(n)d referral to answer", "%(n)d referrals to answer", number) % {"n": number}
    why = (
        _("%(n)d of them an emergency: accept and telephone.") % {"n": critical}
        if critical
        else _("Accept, or decline with a reason.")
    )
    state = "late" if critical else "warn"
    return [Todo(state, what, why, _list("waiting"), _at(found["ahead_due"]), number, _("Answer now"))]


def _expected(found: dict[str, object]) -> list[Todo]:
    number = int(str(found["expected"]))
    if not number:
        return []
    what = ngettext("%(n)d accepted patient on the way", "%(n)d accepted patients on the way", number) % {
        "n": number
    }
    return [
        Todo(
            "info",
            what,
            _("Confirm the arrival, or that the patient did not come."),
            _list("waiting"),
            None,
            number,
        )
    ]


def _list(view: str) -> str:
    return f"{reverse('referrals')}?view={view}"


def _at(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
