"""Who the patient is, as forms and API bodies say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.refusal import Refused
from alliance.models import Person
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
    "birth_date": "birth_date",
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
