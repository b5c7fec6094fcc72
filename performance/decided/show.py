"""What the pages of decided sheets share: decision and people, what may be done, workbook and A4 sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.cells import chip
from performance.decided.forms import AsideForm
from performance.models.pay import CONFIRM, RUN, DecidedSheet

Cell = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet as its workbook and its A4 sheet hold it: facts, heads and rows, the formula that closes it."""

    title: str
    facts: Sequence[parts.Fact]
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[parts.FormulaLine] = ()

    def cells(self) -> Iterator[list[Cell]]:
        """The rows of the workbook: title, facts, table, formula."""
        yield [self.title]
        for fact in self.facts:
            yield [fact.name, fact.value]
        yield []
        yield [*self.heads]
        for row in self.rows:
            yield [*row]
        for line in self.lines:
            terms = " ".join(f"{one.op} {one.label} {one.value}".strip() for one in line.terms)
            yield [line.name, line.result, line.unit, terms, line.note]

    def titled(self) -> list[tuple[str, bool]]:
        """The heads of the A4 sheet, and whether numbers stand below."""
        return list(zip(self.heads, self._numeric, strict=True))

    def written(self) -> list[list[tuple[str, bool]]]:
        """The rows of the A4 sheet: each cell as it is read, and whether numbers stand in its column."""
        return [list(zip(map(_written, row), self._numeric, strict=True)) for row in self.rows]

    @property
    def _numeric(self) -> list[bool]:
        return [any(isinstance(row[at], Decimal) for row in self.rows) for at in range(len(self.heads))]


def _written(cell: Cell) -> str:
    """With two decimals where it is a number."""
    return words.num(cell, 2) if isinstance(cell, Decimal) else words.DASH if cell is None else str(cell)


def decision(
    sheet: DecidedSheet, scan: str, at: Callable[[datetime | None], str] = words.moment
) -> list[parts.Fact]:
    """The decision with its scan (an address, or none), and both people; `at` says when they did it."""
    found = [
        parts.Fact(_("decision number"), sheet.document, scan),
        parts.Fact(_("decided by"), sheet.body),
        parts.Fact(_("entered by"), f"{sheet.entered_by.user} {at(sheet.entered_at)}"),
    ]
    if sheet.confirmed_by is not None:
        said = f"{sheet.confirmed_by.user} {at(sheet.confirmed_at)}"
        found.append(parts.Fact(_("confirmed by"), said))
    if sheet.set_aside_by is not None:
        said = f"{sheet.set_aside_by.user} {at(sheet.set_aside_at)}: {sheet.set_aside_why}"
        found.append(parts.Fact(_("set aside by"), said))
    return found


def digest(sheet: DecidedSheet) -> parts.Fact:
    """What the sheet was worked out from, in short."""
    return parts.Fact(_("digest"), f"{sheet.digest[:8]}…{sheet.digest[-8:]}")


def state_chip(sheet: DecidedSheet) -> SafeString:
    """Waits, confirmed, or set aside."""
    if sheet.set_aside_at is not None:
        return chip("late", _("set aside"))
    if sheet.confirmed_at is not None:
        return chip("ok", pgettext("entitlement", "confirmed"))
    return chip("prov", _("waits for a second person"))


def deciding(
    sheet: DecidedSheet, membership: Membership, given: Mapping[str, Any], room: str,
    confirming: forms.Form | None = None,
) -> list[parts.Action]:  # fmt: skip
    """Confirm or set aside a sheet that waits; `room`: the name of its page, `confirming`: what is asked of
    who confirms.
    """
    if membership.institution_id is not None or not sheet.waits:
        return []
    mine, found = sheet.entered_by.user_id == membership.user_id, []
    if not mine and membership.can(CONFIRM):
        url = act(room, sheet, "confirm")
        found.append(parts.Action(_("Confirm"), url, "check", "primary", form=confirming))
    if membership.can(RUN if mine else CONFIRM):
        form = given.get("set-aside") or AsideForm(auto_id="set-aside-%s")
        label = pgettext("entitlement", "Set aside")
        found.append(parts.Action(label, act(room, sheet, "set-aside"), "x", form=form))
    return found


def act(room: str, sheet: DecidedSheet, step: str) -> str:
    """The address of a step with a sheet."""
    return reverse(f"{room}-act", args=[sheet.pk, step])
