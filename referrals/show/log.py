"""The form of a referral: new, changed, and two versions of it side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from alliance.models import Institution
from alliance.web import parts, words
from referrals import forms
from referrals.models import Referral
from referrals.services import papers

PERSON = ["id_number", "name"]
NO_ID = ["sex", "birth_date", "phone"]
WHY = ["diagnosis_code", "diagnosis_name", "reason", "summary"]
WHERE = ["target", "urgency", "consent"]
MORE = [
    "outside_name", "reason_text", "past_history", "findings", "treatment", "cautions", "next_plan",
    "medication", "discharge_summary", "follow_up_plan", "record_no", "ehr_number", "insurance",
    "insurance_no", "address", "expected_at", "target_doctor", "transport", "contact_phone", "consent_by",
    "green_channel", "high_risk", "attachment",
]  # fmt: skip


def log_page(form: forms.LogForm, direction: str, today: date) -> dict[str, Any]:
    """The form of a new referral: first what every referral needs, the rest of the form folded below."""

    def fields(names: list[str]) -> list[Any]:
        return [form[name] for name in names if name in form.fields]

    tabs = [
        parts.Tab(str(Referral.Direction(each).label), f"?direction={each}", each == direction)
        for each in Referral.Direction.values
    ]
    return {
        "title": str(Referral.Direction(direction).label), "form": form, "tabs": tabs,
        "person": fields(PERSON), "no_id": fields(NO_ID), "why": fields(WHY), "where": fields(WHERE),
        "more": fields(MORE), "open_no_id": any(form.errors.get(name) for name in NO_ID),
        "open_more": any(form.errors.get(name) for name in MORE), "direction": direction,
        "known_outside": form.known_outside, "benefits": benefits(today),
    }  # fmt: skip


def benefits(today: date) -> str:
    """The local benefit of a referral in one line."""
    terms = papers.terms_of_benefit(today)
    told = [f"{label} {words.num(terms[level])}%" for level, label in Institution.Level.choices]
    return " · ".join([papers.deductible_words(terms), *reversed(told)])


def amend_page(form: forms.AmendForm) -> dict[str, Any]:
    """The medical part to change."""
    return {"title": _("Change %(number)s") % {"number": form.referral.number}, "form": form}


def both(form: forms.AmendForm, stored: Any) -> dict[str, Any]:
    """Two versions side by side where they differ, and the form to send again over the newer one (N34)."""
    newer = Referral.objects.with_names().get(pk=stored.pk)
    # A field left empty is empty, however it is stored.
    pairs = {
        name: (getattr(newer, name) or "", form.cleaned_data.get(name) or "")
        for name in form.fields
        if name != "version"
    }
    rows = [
        (form.fields[name].label, stored or words.DASH, mine or words.DASH)
        for name, (stored, mine) in pairs.items()
        if stored != mine
    ]
    again = forms.AmendForm(referral=newer, data={**dict(form.data.items()), "version": str(newer.version)})
    return {"title": _("Changed by somebody else meanwhile"), "rows": rows, "form": again, "referral": newer}
