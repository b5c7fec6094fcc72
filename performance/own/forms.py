"""The form of an own indicator."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.web import words as web_words
from alliance.web.form_fields import WholeField
from performance.dictionary import words
from performance.own.services import Meaning
from performance.show import labels

UNITS = ("percent", "ratio", "per_100", "per_1000", "per_10000", "yuan", "count", "days", "points")
MONTHS = 6


class OwnForm(forms.Form):
    """Code, names, formula, how it is read, from when."""

    expression = forms.CharField(
        label=gettext_lazy("formula"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A sum of facts, one sum ÷ another, or (whole − part) ÷ whole, times a number."
        ),
    )  # fmt: skip
    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{2,39}$", label=gettext_lazy("code"),
        help_text=gettext_lazy("Small letters, digits and _. The same code again is its next version."),
    )  # fmt: skip
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, required=False)
    definition_zh = forms.CharField(
        label=gettext_lazy("definition"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    unit = forms.ChoiceField(label=gettext_lazy("unit"))
    direction = forms.ChoiceField(label=gettext_lazy("direction"), choices=list(words.DIRECTIONS.items())[:3])
    decimals = WholeField(label=gettext_lazy("decimals"), min_value=0, max_value=4, initial=2)
    minimum_n = WholeField(
        label=gettext_lazy("least denominator to be assessed"), min_value=0, max_value=100_000, initial=0
    )
    part_of_whole = forms.BooleanField(
        label=pgettext_lazy("own indicator", "a part of a whole: flagged when it is more than the whole"),
        required=False,
    )
    first_month = forms.ChoiceField(label=gettext_lazy("from month"))

    def __init__(self, data: Any = None, *, today: date, **more: Any) -> None:
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = [(one, str(labels.UNITS[one]) or one) for one in UNITS]
        begin = Month.of(today).plus(-2)
        months = [begin.plus(ahead) for ahead in range(MONTHS)]
        fields["first_month"].choices = [(str(month), web_words.month(month)) for month in months]

    def meaning(self) -> Meaning:
        """What the service takes beside the formula."""
        data = self.cleaned_data
        return Meaning(
            data["code"], data["name_zh"], data["name_en"] or data["name_zh"], data["definition_zh"],
            data["definition_zh"], data["unit"], data["direction"], data["decimals"], data["minimum_n"],
            data["part_of_whole"],
        )  # fmt: skip
