"""Forms of the office: opening a survey, giving one up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.lib.period import Month, PeriodRefused
from alliance.models import Institution
from alliance.services import parameters
from alliance.web.asked import read_month
from alliance.web.form_fields import DayField, WholeField
from alliance.web.refused import worded
from complaints.surveys.models import Edition
from complaints.surveys.services import Terms

LENGTHS = (("1", _("one month")), ("3", _("one quarter")), ("12", _("one year")))


def day_field(label: Any) -> DayField:
    """A day."""
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class OpenForm(forms.Form):
    """What is asked, of which months, where, until when."""

    edition = forms.ModelChoiceField(label=_("questionnaire"), queryset=Edition.objects.none())
    month = forms.CharField(
        label=_("first month of the period"), max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-10"}),
    )  # fmt: skip
    months = forms.ChoiceField(label=_("length"), choices=LENGTHS, widget=forms.RadioSelect, initial="3")
    places = forms.ModelMultipleChoiceField(
        label=_("institutions"), queryset=Institution.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    opens_on = day_field(pgettext_lazy("survey", "first day"))
    closes_on = day_field(pgettext_lazy("survey", "last day"))
    handed = WholeField(
        label=_("links of each institution"), min_value=1, max_value=2_000, required=False,
        help_text=_("Only where links are handed out at the desk; empty: as decided."),
    )  # fmt: skip
    seed = forms.CharField(
        label=_("seed of the draw"), max_length=32, required=False,
        help_text=_("Empty: drawn by chance and kept, so that anybody can draw the sample again."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        days = int(str(parameters.in_force("sv.open_days", on=today)))
        initial = {
            "opens_on": today, "closes_on": today + timedelta(days=days - 1),
            "month": str(Month.of(today).quarter.months[0].plus(-3)),
        }  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["edition"].queryset = Edition.objects.filter(released_at__isnull=False).select_related(
            "questionnaire"
        )
        self.fields["places"].queryset = Institution.objects.filter(is_active=True).exclude(kind="village")

    def clean_month(self) -> Month:
        """A month of the served years."""
        try:
            return read_month(self.cleaned_data["month"].strip())
        except PeriodRefused as refused:
            raise forms.ValidationError(worded(refused)) from None

    def terms(self) -> Terms:
        """As the service takes it."""
        data = self.cleaned_data
        return Terms(
            data["edition"], data["month"], int(data["months"]), list(data["places"]), data["opens_on"],
            data["closes_on"], data["handed"], data["seed"].strip(),
        )  # fmt: skip


class CancelForm(forms.Form):
    """Why a survey is given up."""

    why = forms.CharField(label=_("why"), max_length=300)
