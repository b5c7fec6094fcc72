"""Fields of forms that many rooms share: local times, amounts of yuan, one of some rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib import money

LOCAL = "%Y-%m-%dT%H:%M"


class LocalTime(forms.DateTimeField):
    """A time of the alliance's clock, without seconds."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
        super().__init__(**{"input_formats": [LOCAL, "%Y-%m-%dT%H:%M:%S"], "widget": widget, **kwargs})


class YuanField(forms.CharField):
    """An amount of yuan as people write it; gives whole fen, None where it is empty and may be."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "num", "inputmode": "decimal", "autocomplete": "off"}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(**{"max_length": 24, "widget": widget, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Stored fen are shown as yuan; what was typed stays as it was typed."""
        return money.yuan(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as it is shown."""
        return bool(super().has_changed(self.prepare_value(initial), data))

    def clean(self, value: Any) -> int | None:
        """The amount in fen; None where nothing is written and nothing has to be."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.fen(text)
        except money.MoneyRefused as error:
            raise forms.ValidationError(_(error.template) % error.params) from error


class RowField(forms.ChoiceField):
    """One of some rows that the view has read; the field asks the database nothing more."""

    def offer(self, rows: Sequence[Any], label: Callable[[Any], str]) -> None:
        """Let these rows be chosen, each under its words."""
        self.known = {str(row.pk): row for row in rows}
        self.choices = [("", "—"), *((key, label(row)) for key, row in self.known.items())]

    def clean(self, value: Any) -> Any:
        """The row, or None where nothing is chosen and nothing has to be."""
        key = super().clean(value)
        return self.known[key] if key else None


class Rows(forms.Form):
    """A form with choices among rows."""

    def row(self, name: str) -> RowField:
        """A field that offers rows."""
        field = self.fields[name]
        assert isinstance(field, RowField)
        return field


def local(at: datetime) -> str:
    """A time as a `datetime-local` control writes it."""
    return timezone.localtime(at).strftime(LOCAL)
