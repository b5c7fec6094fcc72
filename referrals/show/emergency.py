"""What the emergency shows: whom to call, what is known, which clocks run (practice section 8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import parameters
from alliance.web import parts, words
from referrals import forms, reasons
from referrals.models import OutsidePlace, Referral


def emergency(form: forms.EmergencyForm, suspected: str, now: datetime) -> dict[str, Any]:
    """The page: the number of the county's 120 and of each centre on duty, then the form."""
    first = parameters.in_force("referral.emergency_call", on=now.astimezone(SHANGHAI).date())
    return {
        "title": _("Emergency: telephone first, then send"), "form": form, "suspected": suspected,
        "first": first, "centres": [_centre(row) for row in form.centres.values()],
        "known_outside": OutsidePlace.objects.filter(is_active=True),
    }  # fmt: skip


def _centre(row: Any) -> dict[str, str]:
    good_for = " ".join(reasons.words("suspected", code) for code in row.emergencies)
    told = (
        _("on duty %(name)s") % {"name": row.on_duty} if row.on_duty else "", row.present,
        _("as of %(at)s") % {"at": words.moment(row.updated_at)},
    )  # fmt: skip
    name = f"{row.institution.short_name} {row.department.name if row.department else ''}".strip()
    return {
        "name": name, "good_for": good_for, "phone": row.phone,
        "facts": " · ".join(filter(None, told)),
    }  # fmt: skip


def form_later(form: forms.FormLater, now: datetime) -> dict[str, Any]:
    """The form of an emergency, with its clock."""
    referral = form.referral
    return {
        "title": _("Complete the form of %(number)s") % {"number": referral.number}, "form": form,
        "referral": referral, "now": now,
    }  # fmt: skip


def facts(referral: Referral) -> list[parts.Fact]:
    """What only an emergency has: suspected, onset, both times, who agreed."""
    if not referral.suspected:
        return []
    found = [parts.Fact(_("suspected"), reasons.words("suspected", referral.suspected))]
    if referral.onset_at:
        found.append(parts.Fact(str(referral.get_onset_kind_display()), words.moment(referral.onset_at)))
    found += [
        parts.Fact(_("sent in the system"), _exact(referral.logged_at)),
        parts.Fact(_("told by telephone"), _exact(referral.telephoned_at)),
    ]
    if referral.agreed_by:
        found.append(parts.Fact(_("agreed by"), referral.agreed_by))
    if referral.escalated_at:
        found.append(parts.Fact(_("escalated to the offices"), _exact(referral.escalated_at)))
    if referral.form_due_at:
        found.append(parts.Fact(_("form due"), _form_state(referral)))
    return found


def extra(referral: Referral, membership: Membership) -> dict[str, Any]:
    """Buttons of an emergency beside its steps: told by telephone, complete the form."""
    side = referral.side_of(membership)
    open_form = referral.form_due_at and not referral.form_completed_at
    given_up = referral.state in (Referral.State.CANCELLED, Referral.State.DIVERTED)
    return {
        "emergency": facts(referral),
        "telephone_url": reverse("referral-telephoned", args=[referral.pk])
        if side and referral.suspected and not referral.telephoned_at and not given_up else "",
        "form_url": reverse("referral-form", args=[referral.pk])
        if side == "origin" and open_form and not given_up and membership.can("referral.log") else "",
    }  # fmt: skip


def _exact(at: datetime | None) -> str:
    """A moment to the second: minutes count."""
    return words.DASH if at is None else at.astimezone(SHANGHAI).strftime("%m-%d %H:%M:%S")


def _form_state(referral: Referral) -> str:
    if referral.form_completed_at is None:
        return words.until(referral.form_due_at)
    return _("completed %(at)s") % {"at": words.moment(referral.form_completed_at)}
