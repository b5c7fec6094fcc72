"""Cells of sheets of master data: what a text in one means, and what to write where it means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from import_export import widgets

from alliance.lib.digits import plain_digits
from alliance.models import Institution, Membership

YES, NO = ("yes", "是", "true", "1"), ("no", "否", "false", "0")


class Cell(widgets.Widget):
    """Text, cut to its ends; empty stays empty."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """The value of a cell, or ValueError with a sentence that says what to write."""
        text = str(value or "").strip()
        return self.read(text, row or {}) if text else self.empty()

    def read(self, text: str, row: Mapping[str, Any]) -> Any:
        """A cell that holds something."""
        return text

    def empty(self) -> Any:
        """A cell that holds nothing."""
        return ""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """As a sheet holds it: text, number or date."""
        return value


class Optional(Cell):
    """A cell whose emptiness means that there is nothing."""

    def empty(self) -> Any:
        return None


class Number(Optional):
    """A whole number from 0."""

    def read(self, text: str, row: Mapping[str, Any]) -> int:
        text = plain_digits(text)
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            raise ValueError(_("“%(text)s” is not a whole number. Write digits only.") % {"text": text[:40]})
        return int(text)


class Amount(Optional):
    """A decimal number, digits as written."""

    def read(self, text: str, row: Mapping[str, Any]) -> Decimal:
        try:
            number = Decimal(plain_digits(text))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or len(text) > 20:
            raise ValueError(_("“%(text)s” is not a number. Write it like 1.25.") % {"text": text[:40]})
        return number


class Day(Optional):
    """A day, 2026-10-01."""

    def read(self, text: str, row: Mapping[str, Any]) -> date:
        try:
            return date.fromisoformat(text.removesuffix(" 00:00:00"))
        except ValueError:
            raise ValueError(
                _("“%(text)s” is not a day. Write it like 2026-10-01.") % {"text": text[:40]}
            ) from None


class MonthCell(Optional):
    """A month, 2026-10; kept as its first day."""

    def read(self, text: str, row: Mapping[str, Any]) -> date:
        try:
            found = date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            found = None
        if found is None or text[7:] not in ("", "-01", "-01 00:00:00"):
            raise ValueError(_("“%(text)s” is not a month. Write it like 2026-10.") % {"text": text[:40]})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value.strftime("%Y-%m") if value else None


class Truth(Optional):
    """Yes or no."""

    def read(self, text: str, row: Mapping[str, Any]) -> bool:
        if text.casefold() not in YES + NO:
            raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
        return text.casefold() in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return _("yes") if value else _("no")


class Choice(Cell):
    """One of a list, by its code or its word in any language."""

    def __init__(self, choices: type[models.TextChoices]) -> None:
        super().__init__()
        self.choices = choices

    def read(self, text: str, row: Mapping[str, Any]) -> str:
        known = {
            word.casefold(): value
            for value in self.choices.values
            for word in (value, *in_all(self.choices(value).label))
        }
        if text.casefold() not in known:
            words = ", ".join(str(label) for label in self.choices.labels)
            raise ValueError(_("“%(text)s” is none of: %(words)s.") % {"text": text[:40], "words": words})
        return known[text.casefold()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.choices(value).label) if value else ""


class Code(Optional):
    """A row of the alliance by its code; `beside` is the column that holds the code of its institution."""

    def __init__(self, model: type[models.Model], beside: str = "") -> None:
        super().__init__()
        self.model, self.beside, self.known = model, beside, {}

    def load(self, member: Membership) -> None:
        """Read, once a file, what the member may name."""
        rows = self.model._default_manager.all()
        own = "pk" if self.model is Institution else "institution"
        if member.institution_id is not None:
            rows = rows.filter(**{own: member.institution_id})
        rows = rows.select_related("institution") if self.beside else rows
        self.known = {(row.institution.code if self.beside else "", row.code): row for row in rows}

    def read(self, text: str, row: Mapping[str, Any]) -> Any:
        place = str(row.get(self.beside) or "").strip() if self.beside else ""
        if (place, text) not in self.known:
            what = self.model._meta.verbose_name
            raise ValueError(
                _("There is no %(what)s %(code)s here. Enter it first, or correct the code.")
                % {"what": what, "code": text[:40]}
            )
        return self.known[place, text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


def in_all(text: Any) -> list[str]:
    """A lazy text in every language of the pages."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(text))
    return found
