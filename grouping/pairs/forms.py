"""Forms of pairs: what belongs together, what a difference is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.reasons import LEAST
from grouping.models import Pairing

ALONE = "none"


class MatchForm(forms.Form):
    """Which front page a list belongs to; the page offers the candidates as boxes."""

    page = forms.ChoiceField(label=gettext_lazy("front page"))
    reason = forms.CharField(label=gettext_lazy("reason"), min_length=LEAST, max_length=300)

    def __init__(self, *, candidates: list[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choices = [*((str(pk), str(pk)) for pk in candidates), (ALONE, ALONE)]
        self.fields["page"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> int | None:
        """The chosen front page of a valid form; None: it has none."""
        value = self.cleaned_data["page"]
        return None if value == ALONE else int(value)


class FindingForm(forms.Form):
    """What the differences are."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("finding"), widget=forms.RadioSelect,
        choices=[choice for choice in Pairing.Verdict.choices if choice[0]],
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("note"), required=False, max_length=300,
        help_text=gettext_lazy("It holds until one of the two documents is corrected."),
    )  # fmt: skip
