"""Two periods of months that are compared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web.refused import worded
from grouping.services.effects import Period, PeriodRefused

NAMES = ("before_first", "before_last", "after_first", "after_last")


class PeriodsForm(forms.Form):
    """The period before and the period after, each from a month to a month."""

    before_first = forms.ChoiceField(label=gettext_lazy("before: from"))
    before_last = forms.ChoiceField(label=gettext_lazy("before: to"))
    after_first = forms.ChoiceField(label=gettext_lazy("after: from"))
    after_last = forms.ChoiceField(label=gettext_lazy("after: to"))

    def __init__(self, data: Any, months: list[tuple[Month, str]], **more: Any) -> None:
        super().__init__(data, **more)
        for name in NAMES:
            self.fields[name].choices = [(str(month), label) for month, label in months]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Both periods, or a sentence for the one that is none."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("before", "after"):
            if f"{name}_first" in data and f"{name}_last" in data:
                try:
                    data[name] = Period(Month.parse(data[f"{name}_first"]), Month.parse(data[f"{name}_last"]))
                except PeriodRefused as refused:
                    self.add_error(f"{name}_last", worded(refused))
        return data


def usual(months: list[tuple[Month, str]]) -> dict[str, str]:
    """The newest month against the same of last year where there is one, else against the month before."""
    known = [month for month, _label in months]
    if not known:
        return {}
    newest = known[0]
    year_ago = newest.same_last_year()
    before = year_ago if year_ago in known else known[1] if len(known) > 1 else newest
    chosen = (before, before, newest, newest)
    return {name: str(month) for name, month in zip(NAMES, chosen, strict=True)}
