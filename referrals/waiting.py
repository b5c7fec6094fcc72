"""What waits for whom: referrals in the inbox of the home page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.machine import EXPECTED, State
from referrals.models import Referral
from referrals.models.queries import followup_of, form_open, unanswered_late


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Referrals that need the member's institution: emergencies, late, unanswered, patients to receive.

    One query. A member of the whole alliance sees what is late anywhere, because somebody has to telephone.
    """
    if not membership.can("referral.view"):
        return []
    found = count(membership, now)
    if membership.institution_id is None:
        return _late(found, now)
    found_here = [*_forms(found), *_papers(found)] if membership.can("referral.log") else []
    if membership.can("referral.follow_up"):
        found_here += _follow_ups(found)
    if membership.can("referral.accept"):
        found_here = [*_late(found, now), *_unanswered(found), *_expected(found), *found_here]
    return found_here


def count(membership: Membership, now: datetime) -> dict[str, object]:
    """What waits, by kind: numbers and the first limit of each. One query."""
    rows = Referral.objects.visible_to(membership).unfinished()
    here = membership.institution_id
    ours = Q() if here is None else Q(target_institution=here)
    open_now = Q(state=State.SUBMITTED) & ours
    over, ahead = unanswered_late(now) & ours, open_now & Referral.in_time(now)
    papers = Q(state=State.RETURNED) & (Q() if here is None else Q(origin_institution=here))
    later = form_open() & (Q() if here is None else Q(origin_institution=here))
    visits = Q(state=State.FOLLOWUP_DUE) if here is None else followup_of(here)
    counted: dict[str, object] = rows.aggregate(
        late=Count("pk", filter=over), late_since=Min("answer_due_at", filter=over),
        ahead=Count("pk", filter=ahead), ahead_due=Min("answer_due_at", filter=ahead),
        critical=Count("pk", filter=ahead & Q(urgency=Referral.Urgency.CRITICAL)),
        expected=Count("pk", filter=Q(state__in=EXPECTED) & ours),
        papers=Count("pk", filter=papers),
        forms=Count("pk", filter=later), form_due=Min("form_due_at", filter=later),
        visits=Count("pk", filter=visits), visit_due=Min("followup_due_at", filter=visits),
    )  # fmt: skip
    return counted


def _papers(found: dict[str, object]) -> list[Todo]:
    number = int(str(found["papers"]))
    if not number:
        return []
    what = ngettext(
        "%(n)d referral came back for information", "%(n)d referrals came back for information", number
    ) % {"n": number}
    return [Todo("warn", what, _("Add what is missing and send again."), _list("waiting"), None, number)]


def _forms(found: dict[str, object]) -> list[Todo]:
    number = int(str(found["forms"]))
    if not number:
        return []
    what = ngettext("%(n)d emergency form to complete", "%(n)d emergency forms to complete", number) % {
        "n": number
    }
    why = _("Within 24 hours: diagnosis code, history, consent, who the patient is.")
    return [Todo("warn", what, why, _list("waiting"), _at(found["form_due"]), number)]


def _follow_ups(found: dict[str, object]) -> list[Todo]:
    number = int(str(found["visits"]))
    if not number:
        return []
    what = ngettext(
        "%(n)d patient to see after a referral", "%(n)d patients to see after a referral", number
    ) % {"n": number}
    why = _("Rehabilitation, medication, complications: the first follow-up closes the referral.")
    return [Todo("warn", what, why, _list("waiting"), _at(found["visit_due"]), number)]


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
