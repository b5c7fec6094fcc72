"""Forms of the disclosure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.web import words


class SwitchForm(forms.Form):
    """On or off, by which decision."""

    on = forms.TypedChoiceField(
        label=gettext_lazy("The public page"), coerce=lambda text: text == "on",
        choices=[
            ("on", pgettext_lazy("disclosure", "answers")), ("off", pgettext_lazy("disclosure", "is silent")),
        ],
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("decision or reason"), max_length=200)


class EnterForm(forms.Form):
    """The month to disclose."""

    month = forms.ChoiceField(label=gettext_lazy("month"))

    def __init__(self, *args: Any, months: Iterable[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (str(one), words.month(one.first_day)) for one in months
        ]

    def clean_month(self) -> Month:
        """As a value."""
        return Month.parse(self.cleaned_data["month"])
