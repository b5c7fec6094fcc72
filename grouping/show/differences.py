"""What changed between two contents of a case, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.web import words
from grouping import texts

Names = Mapping[str, str]
MONEY = ("total_fen", "own_pay_fen")
MOMENTS = ("admitted_at", "discharged_at")


@dataclass(frozen=True)
class Difference:
    """One field: its name, what stood there, what stands there now; both empty where only details differ."""

    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Dictionaries:
    """Names of diagnoses and procedures by code, of the scheme in force."""

    diagnoses: Names
    procedures: Names


def of(
    columns: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any], books: Dictionaries
) -> list[Difference]:
    """One line a changed field; lists and charges give one for each changed place."""
    columns = list(columns)
    if {"diagnoses", "procedures"} & set(columns):  # their names change with them
        columns = [column for column in columns if column != "recorded"]
    found = [line for column in columns for line in _column(column, before[column], after[column], books)]
    return found or [Difference(_("columns kept but not used"))]


def _column(column: str, before: Any, after: Any, books: Dictionaries) -> Iterator[Difference]:
    if column == "diagnoses":
        yield from _codes(
            before, after, books.diagnoses, _("principal diagnosis"), _("other diagnosis %(n)d")
        )
    elif column == "procedures":
        yield from _codes(before, after, books.procedures, _("main procedure"), _("other procedure %(n)d"))
    elif column == "fees":
        yield from _fees(before, after)
    elif column == "recorded":
        yield Difference(texts.content_name(column))
    else:
        yield Difference(texts.content_name(column), _value(column, before), _value(column, after))


def _codes(before: list[str], after: list[str], names: Names, first: str, other: str) -> Iterator[Difference]:
    for place, (old, new) in enumerate(zip_longest(before, after, fillvalue="")):
        if old != new:
            yield Difference(other % {"n": place} if place else first, _named(old, names), _named(new, names))


def _named(code: str, names: Names) -> str:
    return f"{code} {names.get(code, '')}".strip() if code else _("(empty)")


def _fees(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Difference]:
    for column in sorted(before.keys() | after.keys()):
        old, new = before.get(column), after.get(column)
        if old != new:
            yield Difference(texts.column_name(column), words.yuan(old), words.yuan(new))


def _value(column: str, value: Any) -> str:
    """One value as a page shows it; revisions keep dates as text."""
    if value is None or value == "":
        return _("(empty)")
    if column in MONEY:
        return words.yuan(value)
    if column in MOMENTS:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if column == "month":
        return words.month(value if isinstance(value, date) else value[:7])
    if column == "sex":
        return str(texts.SEXES.get(value, value))
    return str(texts.DISCHARGE_WAYS.get(value, value)) if column == "discharge_way" else str(value)
