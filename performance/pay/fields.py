"""Fields and choices that forms of pay share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import words as web_words
from alliance.web.form_fields import DayField

LONG = forms.Textarea(attrs={"rows": 3})
DATE = {"type": "date"}
NUMBER = {"class": "num", "inputmode": "decimal", "autocomplete": "off"}
MONTHS = 15  # that can be chosen


def day_field(label: Any) -> DayField:
    """A day."""
    return DayField(label=label, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))


def paid_places() -> Any:
    """Institutions that are paid themselves."""
    return Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE).order_by("code")


def month_choices(today: date) -> list[tuple[str, str]]:
    """The last months, the newest first."""
    last = Month.of(today)
    return [(str(month), web_words.month(month)) for month in (last.plus(-back) for back in range(MONTHS))]
