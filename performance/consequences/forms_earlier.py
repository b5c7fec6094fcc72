"""Forms of decisions on earlier years: the document, and a line for each institution."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web.form_fields import DayField, NumberField
from performance.consequences.forms import NUMBER, year_field
from performance.consequences.services.earlier_years import Given
from performance.declared.uploads import EvidenceField
from performance.models import EarlierScore

FIRST = ["year", "body", "decided_on", "document", "files"]


class EarlierForm(forms.Form):
    """What was decided on a year; an institution without score and grade is left out."""

    year = year_field()
    body = forms.CharField(label=gettext_lazy("decided by"), max_length=200)
    decided_on = DayField(
        label=gettext_lazy("decided on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    document = forms.CharField(label=gettext_lazy("document number"), max_length=80)
    files = EvidenceField(must=True)
    other_names = {"scan": "files"}

    def __init__(self, *args: Any, places: Sequence[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.fields["files"].label = _("scan of the document")
        self.fields["files"].help_text = _("PDF, PNG or JPEG of the signed decision.")
        grades = [("", "—"), *EarlierScore.Grade.choices]
        for one in places:
            self.fields[f"score_{one.pk}"] = NumberField(
                label=_("%(name)s: score") % {"name": one.short_name}, required=False,
                min_value=Decimal(0), max_value=Decimal(100), max_digits=7, decimal_places=4,
                widget=forms.TextInput(attrs=NUMBER),
            )  # fmt: skip
            self.fields[f"grade_{one.pk}"] = forms.ChoiceField(
                label=_("%(name)s: grade") % {"name": one.short_name}, required=False, choices=grades
            )

    def clean(self) -> dict[str, Any]:
        """A line is whole or empty."""
        data: dict[str, Any] = super().clean() or {}
        for one in self.places:
            score, grade = f"score_{one.pk}", f"grade_{one.pk}"
            if data.get(score) is not None and not data.get(grade):
                self.add_error(grade, _("Give the grade that was decided with this score."))
            if data.get(grade) and data.get(score) is None and score not in self.errors:
                self.add_error(score, _("Give the score that was decided with this grade."))
        return data

    def lines(self) -> list[Given]:
        """The lines that were given."""
        data = self.cleaned_data
        return [
            Given(one, data[f"score_{one.pk}"], data[f"grade_{one.pk}"])
            for one in self.places
            if data[f"score_{one.pk}"] is not None
        ]

    def groups(self) -> list[tuple[str, list[str]]]:
        """The document first, then score and grade of each institution."""
        lines = [name for one in self.places for name in (f"score_{one.pk}", f"grade_{one.pk}")]
        return [(_("the decision and its document"), FIRST), (_("institutions"), lines)]
