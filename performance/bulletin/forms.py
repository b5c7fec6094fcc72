"""Forms of papers: which one to make, and its texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.web import words
from performance.models import Paper

LONG = 4_000


class MakeForm(forms.Form):
    """Month and kind of a new paper."""

    month = forms.ChoiceField(label=gettext_lazy("month"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Paper.Kind.choices)

    def __init__(self, *args: Any, months: Iterable[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (str(one), words.month(one.first_day)) for one in months
        ]

    def clean_month(self) -> Month:
        """As a value."""
        return Month.parse(self.cleaned_data["month"])


class EditForm(forms.Form):
    """The texts of a paper; its tables are facts and are not typed."""

    title = forms.CharField(label=pgettext_lazy("paper", "title"), max_length=120)
    line = forms.CharField(label=gettext_lazy("line below the title"), max_length=200)

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        initial = {"title": paper.title, "line": paper.line, "foot": paper.foot}
        super().__init__(*args, initial=initial, **kwargs)
        for place, part in enumerate(paper.content()):
            self.fields[f"text_{place}"] = forms.CharField(
                label=part.heading, required=False, max_length=LONG, initial=part.text,
                widget=forms.Textarea(attrs={"rows": max(3, part.text.count("\n") + 2)}),
                help_text="" if part.table is None else gettext_lazy("The table below stays as it is."),
            )  # fmt: skip
        self.fields["foot"] = forms.CharField(
            label=gettext_lazy("small print"), required=False, max_length=500
        )

    def texts(self) -> dict[str, Any]:
        """As the service takes it."""
        data = dict(self.cleaned_data)
        texts = {int(key[5:]): data.pop(key) for key in list(data) if key.startswith("text_")}
        return {**data, "texts": texts}
