"""The form that charges a deduction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web import words as web_words


class IntoForm(forms.Form):
    """The open month whose books take the charge."""

    into = forms.ChoiceField(label=gettext_lazy("posted into"))

    def __init__(self, *args: Any, into: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["into"].choices = [(str(one), web_words.month(one)) for one in into]
