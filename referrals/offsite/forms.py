"""Forms of off-site filings: the public one, that of staff on behalf, the desk's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib import identity
from alliance.models import Institution
from alliance.web.form_fields import DayField, RowField, Rows
from alliance.web.photos import FilesField
from alliance.web.public_forms import PublicForm
from alliance.web.refused import worded
from referrals.models import Referral
from referrals.offsite.models import Kind
from referrals.offsite.services import Said

INSURANCES = [
    pair for pair in Referral.Insurance.choices if pair[0] not in (Referral.Insurance.SELF, "commercial")
]


def _day(label: Any, **more: Any) -> DayField:
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class FilingForm(PublicForm, Rows):
    """Who, why, where, from when: everything that three counters asked for."""

    field_order = (
        "kind", "name", "id_number", "phone", "insurance", "place", "city", "hospital", "from_on", "until_on",
        "reason", "referral_no", "files",
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=pgettext_lazy("offsite", "Why is the care elsewhere?"), choices=Kind.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    name = forms.CharField(
        label=pgettext_lazy("person", "name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_number = forms.CharField(
        label=gettext_lazy("ID number"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("phone"), max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    insurance = forms.ChoiceField(label=gettext_lazy("insurance"), choices=INSURANCES)
    place = RowField(label=pgettext_lazy("offsite", "Which insurance desk files it?"))
    city = forms.CharField(
        label=pgettext_lazy("offsite", "place of care"), max_length=60,
        help_text=pgettext_lazy("offsite", "Province and city."),
    )  # fmt: skip
    hospital = forms.CharField(
        label=pgettext_lazy("offsite", "hospital there"), max_length=80, required=False,
        help_text=pgettext_lazy("offsite", "May stay empty: the filing then holds for the whole city."),
    )  # fmt: skip
    from_on = _day(pgettext_lazy("offsite", "from"))
    until_on = _day(pgettext_lazy("offsite", "until"), required=False)
    reason = forms.CharField(
        label=pgettext_lazy("offsite", "reason"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    referral_no = forms.CharField(
        label=pgettext_lazy("offsite", "referral number"), max_length=30, required=False,
        help_text=pgettext_lazy("offsite", "On the referral sheet, where there is one."),
    )  # fmt: skip
    files = FilesField()
    other_names = {"institution": "place", "referral": "referral_no", "text": "reason"}

    def __init__(self, *args: Any, places: Sequence[Institution], **more: Any) -> None:
        super().__init__(*args, **more)
        self.row("place").offer(places, lambda one: one.name)

    def clean(self) -> dict[str, Any]:
        """ID number and telephone are judged as everywhere, the order of the days too."""
        data: dict[str, Any] = super().clean() or {}
        for field, judged in (("id_number", identity.id_number), ("phone", identity.phone)):
            if field in data:
                try:
                    judged(data[field])
                except identity.IdentityRefused as refused:
                    self.add_error(field, worded(refused))
        return data

    def said(self) -> Said:
        """As the service takes it."""
        data = self.cleaned_data
        rest = {key: data[key] for key in self.field_order if key not in ("place", "files")}
        return Said(institution=data["place"], **rest)


class SupplyForm(PublicForm):
    """What was missing."""

    note = forms.CharField(
        label=pgettext_lazy("offsite", "what was added"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    files = FilesField()
    other_names = {"added": "note"}


class WithdrawForm(PublicForm):
    """Needs no words."""


class FiledForm(forms.Form):
    """The number the insurer returned."""

    filing_no = forms.CharField(label=pgettext_lazy("offsite", "number of the filing"), max_length=40)
    text = forms.CharField(
        label=pgettext_lazy("offsite", "what the person reads"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class TextForm(forms.Form):
    """Which papers are missing, or why it cannot be filed."""

    text = forms.CharField(
        label=pgettext_lazy("offsite", "what the person reads"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class RevealForm(forms.Form):
    """Why the numbers are opened."""

    text = forms.CharField(label=gettext_lazy("reason"), max_length=200)
