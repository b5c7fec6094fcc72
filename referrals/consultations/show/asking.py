"""Asking, changing and stepping: forms in parts, two versions side by side, sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.refused import add_refusal
from referrals.consultations import forms
from referrals.consultations.models import BY_CENTRES, Consultation, Kind

PERSON = ["id_number", "name", "sex", "birth_date", "phone"]
WHAT = [
    "question", "diagnosis_name", "diagnosis_code", "examination", "examined_at", "reference", "summary",
    "impression", "file",
]  # fmt: skip
WHERE = ["target", "urgency", "contact_phone", "consent"]


def ask_page(form: forms.AskForm) -> dict[str, Any]:
    """The form of a new consultation, in three parts; the kinds are tabs."""
    groups = [(_("Patient"), PERSON), (_("What you ask"), WHAT), (_("Who answers"), WHERE)]
    tabs = [parts.Tab(str(kind.label), f"?kind={kind}", kind == form.kind) for kind in Kind]
    none = form.kind in BY_CENTRES and len(form.fields["target"].choices) < 2  # type: ignore[attr-defined]
    return {
        "title": str(Kind(form.kind).label),
        "form": form,
        "groups": groups,
        "tabs": tabs,
        "no_centre": none,
    }


def both(form: forms.AmendForm, stored: Any) -> dict[str, Any]:
    """Two versions side by side where they differ, and the form to send again over the newer one (N34)."""
    newer = Consultation.objects.with_names().get(pk=stored.pk)
    rows = [
        (form.fields[name].label, _shown(getattr(newer, name)), _shown(form.cleaned_data.get(name)))
        for name in form.fields
        if name != "version" and getattr(newer, name) != form.cleaned_data.get(name)
    ]
    again = forms.AmendForm(
        consultation=newer, data={**dict(form.data.items()), "version": str(newer.version)}
    )
    return {
        "title": _("Changed by somebody else meanwhile"), "rows": rows, "form": again, "consultation": newer,
        "open": newer.state in (Consultation.State.REQUESTED, Consultation.State.RETURNED),
    }  # fmt: skip


def _shown(value: Any) -> str:
    return words.moment(value) if isinstance(value, datetime) else str(value or "")


def act_page(row: Consultation, url: str, form: Form | None, error: Refused | None = None) -> dict[str, Any]:
    """A step that was refused: its form again, without anything of the patient."""
    if error and form is not None:
        add_refusal(form, error)
    return {"title": row.number, "form": form, "action": url, "consultation": row}


def due(row: Consultation) -> dict[str, str]:
    """Number and limit, for a sentence."""
    return {"number": row.number, "due": words.until(row.answer_due_at)}


def done(row: Consultation) -> str:
    """The sentence after a step."""
    return _("%(number)s: %(state)s.") % {"number": row.number, "state": row.get_state_display()}


def empty(membership: Membership, view: str) -> parts.Empty:
    """What an empty list means, and the first step."""
    may = membership.institution_id is not None and membership.can("consultation.ask")
    url = reverse("consultation-ask") if may else ""
    sentences = {
        "waiting": (_("No question waits"), _("New questions appear here with their clock.")),
        "asked": (_("Nothing asked yet"), _("Ask a specialist or a reading centre of the alliance.")),
        "late": (_("Nothing is late"), _("Every question was answered within its limit.")),
        "all": (_("No consultations yet"), _("Here stand questions asked and answered.")),
    }
    first, text = sentences[view]
    return parts.Empty(first, text, url, _("Ask for a consultation") if url else "", "msg")
