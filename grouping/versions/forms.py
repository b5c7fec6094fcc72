"""Forms of scheme versions: a package in any of its forms, a copy, the day it shall hold from."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web.form_fields import DayField

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Several(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """The files of one input, in order; an empty list when none was chosen."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFiles, self).clean(one, initial) for one in given if one]


class PackageForm(forms.Form):
    """A scheme package: one zip, one workbook, or the files of a folder."""

    files = SeveralFiles(
        label=gettext_lazy("zip, workbook or files"),
        required=False,
        widget=Several(attrs={"accept": ".zip,.xlsx,.csv,.toml"}),
        help_text=gettext_lazy(
            "One zip, one workbook (.xlsx) with a sheet for each file, or all files of the folder together."
        ),
    )
    folder = SeveralFiles(
        label=gettext_lazy("or a whole folder"),
        required=False,
        widget=Several(attrs={"webkitdirectory": True}),
        help_text=gettext_lazy("The folder that holds scheme.toml; other files in it are left out."),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.chosen():
            self.add_error("files", _("Choose a zip, a workbook, or the files of a package."))
        return found

    def chosen(self) -> list[Any]:
        """The uploaded files of whichever input was used."""
        return list(self.cleaned_data.get("files") or self.cleaned_data.get("folder") or [])


def clean_day(day: date) -> date:
    """A day of this system's time."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
    return day


class HoldForm(forms.Form):
    """From which day a version shall hold."""

    from_date = DayField(
        label=gettext_lazy("in force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Discharges from this day on are grouped by it, stored ones again."),
    )

    def clean_from_date(self) -> date:
        return clean_day(self.cleaned_data["from_date"])


class CopyForm(forms.Form):
    """A name for the copy of a version."""

    version = forms.CharField(label=gettext_lazy("version of the copy"), max_length=20)
