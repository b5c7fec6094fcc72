"""Who a patient is, as the forms of every room ask it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.refusal import Refused
from alliance.models import Membership, Person
from alliance.services import people
from alliance.web.refused import add_refusal


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

    def patient_wanted(self) -> bool:
        """Whether the form, as it is filled in, is about a patient at all."""
        return True

    def clean(self) -> dict[str, Any]:
        """Check the numbers and that the patient can be told apart; sentences stand beside the field."""
        data: dict[str, Any] = super().clean() or {}
        if not self.patient_wanted() or self.errors.keys() & {"name", "birth_date", "sex"}:
            return data
        try:
            data["who"] = people.complete(identity_of(data))
        except Refused as error:
            add_refusal(self, error)
        return data

    def person(self, by: Membership) -> Person | None:
        """The patient of a valid form, stored when new; None where it names nobody.

        Raises PersonRefused (other_name) when the ID number is known under another name.
        """
        who: people.Identity | None = self.cleaned_data.get("who")
        if who is None:
            return None
        return people.find_or_create(
            by=by, name=who.name, sex=who.sex, birth_date=who.birth_date, id_number=who.id_number,
            phone=who.phone,
        )  # fmt: skip

    def named_person(self, by: Membership) -> Person:
        """The patient of a valid form that always names one."""
        person = self.person(by)
        assert person is not None
        return person


class OptionalPersonFields(PersonFields):
    """Who the patient is, where a form may name nobody, or is asked about something else first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["id_number"].widget.attrs.pop("autofocus")


def identity_of(data: Mapping[str, Any]) -> people.Identity:
    """What a form says about a patient, as it was typed."""
    born: date | None = data.get("birth_date")
    sex = int(data.get("sex") or Person.Sex.UNKNOWN)
    return people.Identity(data.get("name", ""), sex, born, data.get("id_number", ""), data.get("phone", ""))
