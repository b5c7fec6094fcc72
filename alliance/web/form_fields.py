"""Fields of forms that many rooms share: local times, amounts of yuan, one of some rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib import money
from alliance.lib.digits import plain_digits
from alliance.lib.period import SERVED_YEARS
from alliance.web.refused import worded

LOCAL = "%Y-%m-%dT%H:%M"


def served(value: date) -> None:
    """Refuse a day outside the served years: arithmetic on clocks and pages stays in the calendar."""
    if value.year not in SERVED_YEARS:
        ends = {"first": SERVED_YEARS[0], "last": SERVED_YEARS[-1]}
        raise forms.ValidationError(_("Give a day of the years %(first)d to %(last)d.") % ends, code="year")


class DayField(forms.DateField):
    """A day of the served years."""

    default_validators = [served]


class MomentField(forms.DateTimeField):
    """A time of the served years."""

    default_validators = [served]

    def clean(self, value: Any) -> Any:
        """Judged as it was typed: a local time of year 1 cannot even be made an instant."""
        try:
            return super().clean(value)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class LocalTime(MomentField):
    """A time of the alliance's clock, without seconds."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
        super().__init__(**{"input_formats": [LOCAL, "%Y-%m-%dT%H:%M:%S"], "widget": widget, **kwargs})


class WholeField(forms.IntegerField):
    """A whole number; full-width digits are digits."""

    def to_python(self, value: Any) -> int | None:
        """As a Chinese input method writes it."""
        return super().to_python(plain_digits(value) if isinstance(value, str) else value)


class NumberField(forms.DecimalField):
    """A decimal number; full-width digits are digits."""

    def to_python(self, value: Any) -> Decimal | None:
        """As a Chinese input method writes it."""
        return super().to_python(plain_digits(value) if isinstance(value, str) else value)


class YuanField(forms.CharField):
    """An amount of yuan as people write it; gives whole fen, None where it is empty and may be.

    Not below zero unless `signed`.
    """

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
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
            found = money.fen(plain_digits(text))
        except money.MoneyRefused as error:
            raise forms.ValidationError(worded(error)) from error
        if found < 0 and not self.signed:
            raise forms.ValidationError(_("An amount is not below zero."), code="negative")
        return found


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
