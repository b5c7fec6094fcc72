"""Forms of a referral: what the sender writes, and the few words of each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.refusal import Refused
from alliance.models import Department, Institution, Person
from alliance.services import people
from referrals import reasons, services
from referrals.models import FollowUp, Referral

LONG = {"rows": 3}


def add_refusal(form: forms.Form, error: Refused, field: str = "") -> None:
    """Put a refusal of a service beside the field it belongs to, in the language of the page."""
    form.add_error(field if field in form.fields else None, _(error.template) % error.params)


class PersonFields(forms.Form):
    """Who the patient is: the ID number alone tells sex and birth date; without it they are asked."""

    id_number = forms.CharField(
        label=gettext_lazy("ID number"), max_length=30, required=False, strip=True,
        help_text=gettext_lazy("With it, sex and date of birth need not be filled in."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("patient's name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sex = forms.TypedChoiceField(
        label=gettext_lazy("sex"), coerce=int, required=False,
        choices=[("", "—"), (1, gettext_lazy("male")), (2, gettext_lazy("female"))],
    )  # fmt: skip
    birth_date = forms.DateField(
        label=gettext_lazy("date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    phone = forms.CharField(
        label=gettext_lazy("phone"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Check the numbers and that the patient can be told apart; sentences stand beside the field."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors.keys() & {"name", "birth_date", "sex"}:
            return data
        try:
            data["who"] = people.complete(identity_of(data))
        except Refused as error:
            add_refusal(self, error, PERSON_FIELDS.get(error.reason, "id_number"))
        return data


class CheckFields(PersonFields):
    """Who the patient may be, while the form is still being filled in."""

    name = forms.CharField(max_length=60, required=False)


PERSON_FIELDS = {
    "phone_empty": "phone",
    "phone_shape": "phone",
    "other_birth_date": "birth_date",
    "other_sex": "sex",
    "other_name": "name",
    "nothing_to_know_by": "id_number",
    "no_name": "name",
}


def identity_of(data: Mapping[str, Any]) -> people.Identity:
    """What a form or an API body says about a patient."""
    born: date | None = data.get("birth_date")
    sex = int(data.get("sex") or Person.Sex.UNKNOWN)
    return people.Identity(data.get("name", ""), sex, born, data.get("id_number", ""), data.get("phone", ""))


class ContentFields(forms.Form):
    """The medical part, which the sender may still change until the receiver answers."""

    diagnosis_name = forms.CharField(label=gettext_lazy("preliminary diagnosis"), max_length=100)
    diagnosis_code = forms.CharField(
        label=gettext_lazy("diagnosis code"), max_length=20, required=False,
        help_text=gettext_lazy("As in I50.900"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.ChoiceField(label=gettext_lazy("reason"), widget=forms.RadioSelect)
    reason_text = forms.CharField(label=gettext_lazy("reason in words"), max_length=300, required=False)
    summary = forms.CharField(
        label=gettext_lazy("history and findings"), required=False, widget=forms.Textarea(attrs=LONG)
    )
    treatment = forms.CharField(
        label=gettext_lazy("treatment so far"), required=False, widget=forms.Textarea(attrs=LONG)
    )
    next_plan = forms.CharField(
        label=gettext_lazy("next plan and rehabilitation"), required=False, widget=forms.Textarea(attrs=LONG)
    )
    medication = forms.CharField(
        label=gettext_lazy("medication"), required=False, widget=forms.Textarea(attrs=LONG)
    )
    transport = forms.ChoiceField(
        label=gettext_lazy("transport"), required=False, choices=[("", "—"), *Referral.Transport.choices]
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("doctor's phone"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip

    high_risk = forms.BooleanField(
        label=gettext_lazy("high risk: the community sees the patient within the shorter limit"),
        required=False,
    )

    def offer(self, direction: str) -> None:
        """Offer the reasons of a direction; going up, the plan after treatment is the receiver's to write."""
        self.fields["reason"].choices = reasons.choices(direction)  # type: ignore[attr-defined]
        if direction == Referral.Direction.UP:
            del self.fields["next_plan"], self.fields["medication"], self.fields["high_risk"]


class LogForm(ContentFields, PersonFields):
    """A new referral. `direction` and what may be chosen come from the view."""

    target = forms.ChoiceField(label=gettext_lazy("receiving department"))
    urgency = forms.ChoiceField(
        label=gettext_lazy("urgency"), choices=Referral.Urgency.choices, initial=Referral.Urgency.ORDINARY,
        widget=forms.RadioSelect,
    )  # fmt: skip
    consent = forms.BooleanField(
        label=gettext_lazy("the patient agrees to the referral and to sharing the record"), required=False
    )

    def __init__(
        self, *, direction: str, targets: QuerySet[Institution], check_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.direction = direction
        self.targets = {target.pk: target for target in targets}
        self.departments = departments_of(self.targets)
        self.offer(direction)
        self.fields["target"].choices = self._target_choices()  # type: ignore[attr-defined]
        if check_url:
            self._look_while_typing(check_url)

    def content(self) -> services.Content:
        """What the sender wrote, of a valid form."""
        data = self.cleaned_data
        kind, pk = data["target"][0], int(data["target"][1:])
        department = self.departments[pk] if kind == "d" else None
        target = self.targets[department.institution_id if department else pk]
        return services.Content(
            direction=self.direction, target_institution=target, target_department=department,
            urgency=data["urgency"], consent=data["consent"], **medical(data),
        )  # fmt: skip

    def _target_choices(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("", "—")]
        for target in self.targets.values():
            rooms = [
                (f"d{d.pk}", f"{target.short_name} {d.name}")
                for d in self.departments.values()
                if d.institution_id == target.pk
            ]
            found.append(
                (
                    target.name,
                    [
                        (f"i{target.pk}", _("%(place)s, any department") % {"place": target.short_name}),
                        *rooms,
                    ],
                )
            )
        return found

    def _look_while_typing(self, url: str) -> None:
        """Ask whether the patient already has an unfinished referral as soon as who it is has been typed."""
        for name in ("id_number", "name", "sex", "birth_date"):
            self.fields[name].widget.attrs |= {
                "hx-post": url, "hx-trigger": "change", "hx-target": "#live", "hx-include": "closest form",
            }  # fmt: skip


class AmendForm(ContentFields):
    """The medical part of a referral that waits for its answer, with the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *, referral: Referral, **kwargs: Any) -> None:
        initial = {name: getattr(referral, name) for name in ContentFields.base_fields} | {
            "version": referral.version
        }
        super().__init__(initial=initial, **kwargs)
        self.referral = referral
        self.offer(referral.direction)

    def content(self) -> services.Content:
        """The referral's content with what was changed, of a valid form."""
        return services.Content(
            direction=self.referral.direction, target_institution=self.referral.target_institution,
            target_department=self.referral.target_department, **medical(self.cleaned_data),
        )  # fmt: skip


def medical(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `ContentFields` out of cleaned data; empty where a direction does not ask."""
    empty: dict[str, Any] = {"high_risk": False}
    return {name: data.get(name, empty.get(name, "")) for name in ContentFields.base_fields}


def departments_of(institutions: Iterable[int]) -> dict[int, Department]:
    """Active clinical departments of institutions, by key."""
    rows = Department.objects.filter(
        institution__in=list(institutions), is_active=True, kind=Department.Kind.CLINICAL
    )
    return {row.pk: row for row in rows}


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


class ScheduleForm(forms.Form):
    """When the patient is expected."""

    planned_at = forms.DateTimeField(
        label=gettext_lazy("appointment"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ReplyForm(forms.Form):
    """What the receiver writes back."""

    reply = forms.CharField(
        label=gettext_lazy("reply"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Diagnosis, treatment, advice: the sender reads it."),
    )  # fmt: skip
    ended_on = forms.DateField(
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

    seen_at = forms.DateTimeField(
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


STEP_FORMS: Mapping[str, type[forms.Form]] = {
    "schedule": ScheduleForm,
    "ask": AskForm,
    "resubmit": NoteForm,
    "follow_up": FollowUpForm,
    "decline": DeclineForm,
    "complete": ReplyForm,
    "cancel": NoteForm,
    "no_show": NoteForm,
}
