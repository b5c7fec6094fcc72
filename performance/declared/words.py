"""Declared values in words: units, spans, places, numbers, states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.web import words as web_words
from alliance.web.cells import chip
from performance.dictionary import words as named
from performance.engine.amounts import PLACES
from performance.engine.spans import Span
from performance.models import DeclaredValue
from performance.show import labels

CHIPS: Mapping[str, str] = {
    "entered": "prov", "submitted": "info", "confirmed": "ok", "returned": "late", "withdrawn": "",
    "superseded": "stale",
}  # fmt: skip


def unit(fact: str) -> str:
    """The unit a number of the fact is typed in."""
    return str(named.FACT_UNITS[labels.facts()[fact].unit])


def span(found: Span) -> str:
    """A month, quarter or year in words."""
    if found.frequency == "month":
        return web_words.month(found.first)
    if found.frequency == "quarter":
        return web_words.quarter(found.first.quarter)
    return _("year %(year)d") % {"year": found.first.year}


def number(row: DeclaredValue) -> str:
    """A value with commas, money in yuan."""
    return amount(row.fact, row.value)


def amount(fact: str, value: Any) -> str:
    """A number of a fact with commas, money in yuan."""
    unit_of = labels.facts()[fact].unit
    return web_words.yuan(int(value)) if unit_of == "fen" else web_words.num(value, PLACES[unit_of])


def place(row: DeclaredValue) -> str:
    """Of whom the value is."""
    if row.institution is None:
        return str(row.get_level_display())
    inner: Any = row.department or row.staff or row.team
    return f"{row.institution.short_name} · {inner}" if inner else row.institution.short_name


def state(row: DeclaredValue) -> SafeString:
    """The state as a chip."""
    return chip(CHIPS[row.state], row.get_state_display())
