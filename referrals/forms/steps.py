"""The few words of each step of a referral."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from alliance.web.form_fields import DayField, LocalTime, MomentField, RowField, Rows
from referrals import reasons
from referrals.models import FollowUp, Referral
from referrals.services import reception


class HospitalField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A hospital by its short name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name or obj.name)


class DeclineForm(forms.Form):
    """Why the receiver says no."""

    decline_reason = forms.ChoiceField(label=gettext_lazy("reason for declining"))
    decline_text = forms.CharField(
        label=gettext_lazy("in words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decline_reason"].choices = [("", "—"), *reasons.choices("decline")]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """What the receiver needs before it can say yes."""

    question = forms.CharField(
        label=gettext_lazy("what is missing"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The sender adds it and sends again; the clock stops until then."),
    )  # fmt: skip


class ScheduleForm(Rows):
    """When the patient is expected, and in which department: each shows what is free on the next days."""

    planned_at = LocalTime(label=gettext_lazy("appointment"))
    department = RowField(label=gettext_lazy("receiving department"), required=False)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = referral.target_institution
        if place is None:
            del self.fields["department"]
            return
        free = {
            one.department.pk: one for one in reception.ahead(place, on=timezone.localdate(timezone=SHANGHAI))
        }
        self.row("department").offer(
            [one.department for one in free.values()], lambda room: free[room.pk].label
        )
        self.initial.setdefault("department", str(referral.target_department_id or ""))


class ReplyForm(forms.Form):
    """What the receiver writes back."""

    reply = forms.CharField(
        label=gettext_lazy("reply"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Diagnosis, treatment, advice: the sender reads it."),
    )  # fmt: skip
    ended_on = DayField(
        label=gettext_lazy("last day of treatment"), required=False,
        help_text=gettext_lazy("Empty: today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    untreated = forms.BooleanField(
        label=gettext_lazy("came, but was not treated here (counts as an ineffective referral)"),
        required=False,
    )


class FollowUpForm(forms.Form):
    """The community's visit: who saw the patient when, and the three tasks (S0-06)."""

    seen_at = MomentField(
        label=gettext_lazy("seen on"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    seen_by = forms.CharField(label=gettext_lazy("seen by"), max_length=60)
    way = forms.ChoiceField(label=gettext_lazy("way of the follow-up"), choices=FollowUp.Way.choices)
    rehabilitation = forms.ChoiceField(
        label=gettext_lazy("rehabilitation training"), choices=FollowUp.Task.choices, widget=forms.RadioSelect
    )
    medication = forms.ChoiceField(
        label=gettext_lazy("adjustment of medication"),
        choices=FollowUp.Task.choices,
        widget=forms.RadioSelect,
    )
    complications = forms.ChoiceField(
        label=gettext_lazy("prevention of complications"), choices=FollowUp.Task.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    condition = forms.ChoiceField(
        label=gettext_lazy("condition of the patient"), choices=FollowUp.Condition.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("what was found"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class NoteForm(forms.Form):
    """A few words for the other side."""

    note = forms.CharField(
        label=gettext_lazy("why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The other side reads it."),
    )  # fmt: skip


class DivertForm(forms.Form):
    """Which hospital has said yes, and who said so."""

    to = HospitalField(
        label=gettext_lazy("hospital that takes the patient"), queryset=None, required=False,
        empty_label=gettext_lazy("— outside the alliance: write its name"),
    )  # fmt: skip
    outside_name = forms.CharField(
        label=gettext_lazy("name of the hospital outside the alliance"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    agreed_by = forms.CharField(
        label=gettext_lazy("agreed there by"), max_length=60,
        help_text=gettext_lazy("Telephone first: name of who said yes."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("why"), max_length=300, required=False)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hospitals = Institution.objects.filter(is_active=True).exclude(level=Institution.Level.PRIMARY)
        here = (referral.origin_institution_id, referral.target_institution_id)
        self.fields["to"].queryset = hospitals.exclude(pk__in=here)  # type: ignore[attr-defined]


# What these offer depends on the referral.
ABOUT = (ScheduleForm, DivertForm)
STEP_FORMS: Mapping[str, type[forms.Form]] = {
    "divert": DivertForm,
    "schedule": ScheduleForm,
    "ask": AskForm,
    "resubmit": NoteForm,
    "follow_up": FollowUpForm,
    "decline": DeclineForm,
    "complete": ReplyForm,
    "cancel": NoteForm,
    "no_show": NoteForm,
}


def step_form(referral: Referral, step: str, data: Any = None, **more: Any) -> forms.Form | None:
    """The form of a step of this referral; None for a step without words."""
    kind = STEP_FORMS.get(step)
    if kind is None:
        return None
    return kind(data, referral=referral, **more) if kind in ABOUT else kind(data, **more)
