"""The form of a DIP file."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy

from alliance.web.form_fields import DayField
from grouping.versions.forms import clean_day


class DipForm(forms.Form):
    """A file of the city and the decision behind it."""

    file = forms.FileField(
        label=gettext_lazy("csv or workbook"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy("A catalogue of diseases or the values of a point; the headings say which."),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("name of the catalogue"), max_length=120, required=False,
        help_text=gettext_lazy("Empty: the name of the file."),
    )  # fmt: skip
    from_date = DayField(
        label=gettext_lazy("in force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Discharges from this day on have its points."),
    )
    decided_by = forms.CharField(label=gettext_lazy("decided by"), max_length=200)
    source = forms.CharField(label=gettext_lazy("document number"), max_length=200, required=False)

    def clean_from_date(self) -> date:
        return clean_day(self.cleaned_data["from_date"])
