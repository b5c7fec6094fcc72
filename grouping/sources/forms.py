"""Forms of data sources: a new one, its settings from a day on."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web.form_fields import DayField
from grouping.forms import InstitutionField
from grouping.models import Edition, Source

_PAIR = re.compile(r"\s*(?:=|＝|→|\t|,|，)\s*")


class SourceForm(forms.Form):
    """A new source. Who belongs to one institution adds its own."""

    name = forms.CharField(
        label=gettext_lazy("name"), max_length=80, min_length=2,
        help_text=gettext_lazy("As people here call the export, for example “Record room, front page”."),
    )  # fmt: skip
    format = forms.ChoiceField(
        label=gettext_lazy("format"), choices=Source.Format.choices, widget=forms.RadioSelect
    )
    institution = InstitutionField(
        label=gettext_lazy("institution"), queryset=None, required=False,
        empty_label=gettext_lazy("several members"),
    )  # fmt: skip

    def __init__(self, *, institutions: QuerySet[Institution], fixed: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]
        if fixed:
            del self.fields["institution"]


class SettingsForm(forms.Form):
    """The settings of a source from a day on; what was said before stays readable."""

    edition = forms.ChoiceField(
        label=gettext_lazy("code edition"), choices=Edition.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("Of the whole export, never guessed per code: ask the record room."),
    )  # fmt: skip
    from_date = DayField(
        label=gettext_lazy("in force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Files delivered from this day on are read by these settings."),
    )
    organisations = forms.CharField(
        label=gettext_lazy("institutions in the file"), required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line: what the file writes = code of the institution here, such as H32059900001 = QH01. "
            "Names and codes known here need no line."
        ),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("why"), required=False, max_length=200)
    # The number of the last version when the form was opened, 0 for none.
    read_at = forms.IntegerField(required=False, min_value=0, max_value=10**6, widget=forms.HiddenInput)

    def __init__(self, *, institutions: QuerySet[Institution], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = {place.code: place.organisation for place in institutions}

    def clean_from_date(self) -> date:
        """A day of this system's time."""
        day: date = self.cleaned_data["from_date"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day

    def clean_organisations(self) -> dict[str, str]:
        """What the file writes -> organisation code."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["organisations"].splitlines(), start=1):
            if not line.strip():
                continue
            written, code = _two(line)
            if not written or code not in self.places:
                raise forms.ValidationError(
                    _("Line %(line)s: “%(code)s” is no institution of yours. Write text = code.")
                    % {"line": number, "code": code or line.strip()}
                )
            found[written] = self.places[code]
        return found


def _two(line: str) -> tuple[str, str]:
    written, *rest = _PAIR.split(line.strip(), maxsplit=1)
    return written, rest[0] if rest else ""
