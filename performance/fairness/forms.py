"""Forms of clues: explain, decide, revoke, try thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web.form_fields import DayField
from performance.declared.uploads import EvidenceField


def _words(label: Any, length: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 3}))


class ExplainForm(forms.Form):
    """What the institution says, with files."""

    reason = _words(gettext_lazy("explanation"), 2000)

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.fields["files"] = EvidenceField()


class ReasonForm(forms.Form):
    """A reason."""

    reason = _words(gettext_lazy("reason"), 1000)


class DismissForm(ReasonForm):
    """A reason, and until when the same pattern opens no clue."""

    until = DayField(
        label=gettext_lazy("exception until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: the pattern may open a clue again. With a day it rests until then."),
    )  # fmt: skip


class ProposeForm(ReasonForm):
    """A reason and what should follow."""

    measure = forms.ChoiceField(label=gettext_lazy("what should follow"))

    def __init__(self, data: Any = None, *, measures: Sequence[Any], **more: Any) -> None:
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["measure"].choices = [(one.value, one.label) for one in measures]


class ChainForm(forms.Form):
    """Which chain decides."""

    chain = forms.ChoiceField(label=gettext_lazy("who decides"))

    def __init__(self, data: Any = None, *, chains: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["chain"].choices = list(chains)  # type: ignore[attr-defined]


class NothingForm(forms.Form):
    """A step that needs no word."""


class RevokeForm(forms.Form):
    """Why an exception ends."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)

    def clean_why(self) -> str:
        """Some words."""
        said = str(self.cleaned_data["why"]).strip()
        if not said:
            raise forms.ValidationError(_("Say why in a few words."))
        return said
