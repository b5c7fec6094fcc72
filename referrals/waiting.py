"""What waits for whom: referrals in the inbox of the home page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from referrals.machine import EXPECTED, State
from referrals.models import Referral
from referrals.models.queries import followup_of, form_open, received_by, unanswered_late

# How far back an inbox looks for what was sent, and how long a refusal stands in it.
LATELY, FRESH = timedelta(days=60), timedelta(days=3)


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Referrals that need the member's institution: emergencies, late, unanswered, patients to receive.

    A member of the whole alliance sees what is late anywhere, because somebody has to telephone: one query.
    Who sends patients is also told what came back: replies to read, and which patients are still without a
    place; three queries.
    """
    if not membership.can("referral.view"):
        return []
    found = count(membership, now)
    if membership.institution_id is None:
        return _late(found, now)
    logs = membership.can("referral.log")
    found_here = [*_forms(found), *_papers(found)] if logs else []
    if membership.can("referral.follow_up"):
        found_here += _follow_ups(found)
    if membership.can("referral.accept"):
        found_here = [*_late(found, now), *_unanswered(found), *_expected(found), *found_here]
    return [*found_here, *_replies(membership, now), *_without(membership, now)] if logs else found_here


def count(membership: Membership, now: datetime) -> dict[str, object]:
    """What waits, by kind: numbers and the first limit of each. One query."""
    rows = Referral.objects.visible_to(membership).unfinished()
    here = membership.institution_id
    ours = Q() if here is None else received_by(here)
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


def _sent(membership: Membership, now: datetime) -> Any:
    """What the member's institution sent lately."""
    since = now - LATELY
    return Referral.objects.filter(origin_institution=membership.institution_id, logged_at__gte=since)


def _replies(membership: Membership, now: datetime) -> list[Todo]:
    """Replies of up-referrals that nobody has read and closed."""
    found = _sent(membership, now).filter(direction=Referral.Direction.UP, state=State.COMPLETED).order_by()
    if not (number := found.count()):
        return []
    what = ngettext("%(n)d reply to read", "%(n)d replies to read", number) % {"n": number}
    why = _("Treatment has ended: read what the receiver writes, then close.")
    url = f"{_list('sent')}&state={State.COMPLETED}&direction=up"
    return [Todo("info", what, why, url, None, number, _("Look at them"))]


def _without(membership: Membership, now: datetime) -> list[Todo]:
    """Patients whose referral came to nothing these days and who were not referred again since, by how."""
    again = Referral.objects.filter(
        person=OuterRef("person"), direction=OuterRef("direction"), logged_at__gt=OuterRef("logged_at")
    )
    ended = Q(answered_at__gte=now - FRESH, state=State.DECLINED) | Q(
        closed_at__gte=now - FRESH, state__in=(State.EXPIRED, State.NO_SHOW)
    )
    rows = _sent(membership, now).filter(ended).exclude(Exists(again)).order_by()
    counted = dict(rows.values_list("state").annotate(n=Count("pk")))
    said = {
        State.DECLINED: _("declined: read why, and find another place."),
        State.NO_SHOW: _("did not come: ask the patient."),
        State.EXPIRED: _("ended because nobody acted: telephone and refer again."),
    }
    found = []
    for state, why in said.items():
        if number := counted.get(state, 0):
            what = ngettext(
                "%(n)d patient of yours without a place", "%(n)d patients of yours without a place", number
            ) % {"n": number}  # fmt: skip
            found.append(
                Todo("warn", what, why, f"{_list('sent')}&state={state}", None, number, _("Look at them"))
            )
    return found


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
