"""Forms of the ledger: what a reversal needs, which months a statement covers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month, PeriodRefused
from alliance.web import words


class ReverseForm(forms.Form):
    """The open month the reversal is posted into, and why."""

    month = forms.ChoiceField(label=gettext_lazy("post into"))
    text = forms.CharField(label=gettext_lazy("reason"), max_length=300)

    def __init__(self, *args: Any, months: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(month), words.month(str(month))) for month in months]
        self.fields["month"].choices = choices  # type: ignore[attr-defined]


def asked_month(text: str | None) -> Month | None:
    """The month named in an address; None for anything that is not one."""
    try:
        return Month.parse(text or "")
    except PeriodRefused:
        return None


class RangeForm(forms.Form):
    """From which month through which; both may stay empty."""

    first = forms.CharField(label=gettext_lazy("from month"), required=False)
    last = forms.CharField(label=gettext_lazy("through month"), required=False)

    def clean_first(self) -> Month | None:
        return self._month("first")

    def clean_last(self) -> Month | None:
        return self._month("last")

    def _month(self, name: str) -> Month | None:
        text = self.cleaned_data[name]
        month = asked_month(text)
        if text and month is None:
            raise forms.ValidationError(_("Write a month as 2026-10."))
        return month
