"""What an address asks for. A text that names no month is said on the page and counts as not given."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError

from alliance.lib.period import SERVED_YEARS, Month, PeriodRefused
from alliance.web import words
from alliance.web.refused import worded

SHOWN = 40  # characters of a text that was not understood


def month(request: Any, name: str = "month") -> Month | None:
    """The month the address names under `name`; None where it names none, and then the page says so."""
    text = request.GET.get(name, "").strip()
    try:
        return read_month(text) if text else None
    except PeriodRefused as refused:
        say(request, worded(refused))
        return None


def read_month(text: str) -> Month:
    """A month of the years that pages serve. Raises PeriodRefused (not_a_month)."""
    found = Month.parse(text) if len(text) <= SHOWN else None
    if found is None or found.year not in SERVED_YEARS:
        raise PeriodRefused("not_a_month", text=text[:SHOWN])
    return found


def parsed(text: str) -> Month | None:
    """The month a text names, or nothing: for a page whose filter says itself what it did not understand."""
    try:
        return read_month(text.strip())
    except PeriodRefused:
        return None


def say(request: Any, text: str) -> None:
    """A sentence about the address, shown once above the page (or in the panel HTMX swaps)."""
    said = getattr(request, "said", [])
    request.said = said if text in said else [*said, text]


def version(request: Any) -> int | None:
    """The version of a row the page was read at, out of the button's address; None where it names none.

    What cannot be read is a version that no row has: such a button is stale, never without a version.
    """
    text = request.GET.get("version", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class MonthSelect(forms.Select):
    """A choice of months that keeps what was asked for, also when it is none of those offered."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """The offered months, and the one asked for."""
        offered = {str(key) for key, _label in self.choices}
        strange = [text for text in value if text and text not in offered]
        self.choices = [*self.choices, *((text, _label_of(text)) for text in strange)]
        return super().optgroups(name, value, attrs)


def _label_of(text: str) -> str:
    found = parsed(text)
    return words.month(found) if found else text[:SHOWN]


class MonthField(django_filters.fields.ChoiceField):
    """Any month, offered ones to choose from; words where the text is no month."""

    widget = MonthSelect

    def to_python(self, value: Any) -> Any:
        """The month, or nothing."""
        text = str(value or "").strip()
        try:
            return read_month(text) if text else ""
        except PeriodRefused as refused:
            raise ValidationError(worded(refused)) from None

    def valid_value(self, value: Any) -> bool:
        """Months that are not offered can be asked for, too."""
        return isinstance(value, Month)


class MonthFilter(django_filters.ChoiceFilter):
    """Rows of one month: `field_name` holds its first day. With a `method`, that one is given the month."""

    field_class = MonthField

    def filter(self, qs: Any, value: Any) -> Any:
        """The rows of the month."""
        return qs.filter(**{self.field_name: value.first_day}) if value else qs
