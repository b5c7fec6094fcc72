"""Forms of uplifts: the list of linked indicators, a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import SERVED_YEARS, Month
from alliance.models import Institution
from alliance.web.form_fields import WholeField
from performance.decided.forms import DecisionForm
from performance.pay.fields import month_choices, paid_places


class LinkedForm(forms.Form):
    """Which indicators are linked from a month on."""

    from_month = forms.ChoiceField(label=gettext_lazy("from month"))
    indicators = forms.MultipleChoiceField(
        label=gettext_lazy("linked indicators"), widget=forms.CheckboxSelectMultiple
    )
    decided_by = forms.CharField(
        label=gettext_lazy("decided by"), max_length=200,
        help_text=gettext_lazy("Body and number of the decision."),
    )  # fmt: skip
    other_names = {"body": "decided_by"}

    def __init__(self, *args: Any, today: date, known: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["from_month"].choices, fields["indicators"].choices = month_choices(today), known

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        return {**self.cleaned_data, "from_month": Month.parse(self.cleaned_data["from_month"])}


class SheetForm(DecisionForm):
    """Whose total, of which year, by which decision; the figures come from the decided months."""

    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none()
    )
    year = WholeField(label=gettext_lazy("year"), min_value=SERVED_YEARS[0], max_value=SERVED_YEARS[-1])
    replaces_why = forms.CharField(
        label=pgettext_lazy("uplift", "why it replaces"), max_length=200, required=False,
        help_text=gettext_lazy("Only where the institution has a sheet of the year in force."),
    )  # fmt: skip
    field_order = ("institution", "year", "document", "body", "replaces_why", "files")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = paid_places()  # type: ignore[attr-defined]

    def entry(self) -> dict[str, Any]:
        """As the service takes it, without the scan."""
        return {name: self.cleaned_data[name] for name in (
            "institution", "year", "document", "body", "replaces_why",
        )}  # fmt: skip
