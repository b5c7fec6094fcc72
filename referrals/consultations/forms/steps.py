"""The few words of each step of a consultation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Staff
from referrals.consultations import reasons
from referrals.consultations.forms.questions import DOCTORS_OFFERED, LONG
from referrals.consultations.models import Concordance, Consultation


class StepForm(forms.Form):
    """Base of the steps' forms: what may be chosen depends on the consultation."""

    def __init__(self, *args: Any, consultation: Consultation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.consultation = consultation


def doctors_of(consultation: Consultation) -> list[Staff]:
    """Who may answer: doctors and technicians of the department asked, else of the institution."""
    able = Staff.objects.filter(
        institution=consultation.target_institution_id, is_active=True,
        kind__in=[Staff.Kind.DOCTOR, Staff.Kind.TECHNICIAN],
    )  # fmt: skip
    here = list(able.filter(department=consultation.target_department_id)[:DOCTORS_OFFERED])
    if consultation.target_department_id and here:
        return here
    return list(able.select_related("department")[:DOCTORS_OFFERED])


class AcceptForm(StepForm):
    """Who answers."""

    assigned_to = forms.TypedChoiceField(
        label=gettext_lazy("answering doctor"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.doctors = {doctor.pk: doctor for doctor in doctors_of(self.consultation)}
        choices = [(pk, f"{doctor.name} {doctor.title}".strip()) for pk, doctor in self.doctors.items()]
        self.fields["assigned_to"].choices = [("", _("myself")), *choices]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"doctor": self.doctors.get(self.cleaned_data["assigned_to"])}


class AnswerForm(StepForm):
    """What the answering doctor writes."""

    findings = forms.CharField(
        label=gettext_lazy("findings of the examination"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    conclusion = forms.CharField(label=gettext_lazy("conclusion"), widget=forms.Textarea(attrs=LONG))
    advice = forms.CharField(
        label=gettext_lazy("advice"), required=False, widget=forms.Textarea(attrs=LONG),
        help_text=gettext_lazy("The asking doctor reads it at once; it cannot be changed afterwards."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class MissingForm(StepForm):
    """What is missing."""

    missing = forms.CharField(
        label=gettext_lazy("what is missing"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The clock stands until it is sent again."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class DeclineForm(StepForm):
    """Why the answering side says no."""

    decline_reason = forms.ChoiceField(label=gettext_lazy("reason for saying no"))
    decline_text = forms.CharField(
        label=gettext_lazy("in words"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["decline_reason"].choices = [("", "—"), *reasons.choices("decline")]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"reason": self.cleaned_data["decline_reason"], "text": self.cleaned_data["decline_text"]}


class CloseForm(StepForm):
    """What became of the patient, and whether the own impression agreed with the answer."""

    outcome = forms.ChoiceField(label=gettext_lazy("what became of the patient"), widget=forms.RadioSelect)
    outcome_text = forms.CharField(label=gettext_lazy("in words"), max_length=300, required=False)
    verdict = forms.ChoiceField(
        label=gettext_lazy("own impression against the answer"), widget=forms.RadioSelect,
        choices=Concordance.Verdict.choices,
    )  # fmt: skip
    verdict_text = forms.CharField(label=gettext_lazy("what differs"), max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["outcome"].choices = reasons.choices("outcome")  # type: ignore[attr-defined]
        if not self.consultation.impression:
            del self.fields["verdict"], self.fields["verdict_text"]

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {
            "outcome": data["outcome"], "text": data["outcome_text"], "verdict": data.get("verdict", ""),
            "verdict_text": data.get("verdict_text", ""),
        }  # fmt: skip


class NoteForm(StepForm):
    """A few words for the other side."""

    note = forms.CharField(
        label=gettext_lazy("why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The other side reads it."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


STEP_FORMS: Mapping[str, type[Any]] = {
    "accept": AcceptForm,
    "answer": AnswerForm,
    "send_back": MissingForm,
    "decline": DeclineForm,
    "close": CloseForm,
    "cancel": NoteForm,
}
