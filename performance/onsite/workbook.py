"""The items of a checklist as a workbook: one line an item, out as it can come in again (walls 4).

A line is judged by the form of an item, so that a sheet can say nothing a page could not. Every fault names
line, column and remedy, and while one is left nothing is stored.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.sheets import Cell
from alliance.services.imports import LIMITS, Fault, ImportRefused
from alliance.sheet_cells import NO, YES, in_all
from performance.engine.checklist import Checklist, Section
from performance.onsite import words
from performance.onsite.forms import RULES, ItemForm

COLUMNS = (
    "section_code", "section_title", "code", "text", "standard", "evidence", "full", "rule", "each", "steps",
    "zero_below", "reasons", "sample", "measures", "critical",
)  # fmt: skip
NEEDED = ("section_code", "section_title", "code", "text", "full", "rule", "reasons")
MOST_ITEMS = 300
BREAK = "；"
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "rule": dict(RULES),
    "sample": dict(words.SAMPLES),
    "measures": words.MEASURES,
}


@dataclass(frozen=True)
class Read:
    """What a sheet says: the sections with their items, and what has to be corrected."""

    sections: tuple[Section, ...]
    faults: tuple[Fault, ...]


def label(name: str) -> str:
    """The heading of a column in the language of the page."""
    return str(ItemForm.base_fields[name].label)


def workbook(table: Checklist) -> bytes:
    """The items as a workbook in the language of the page; without items only the headings."""
    body = io.BytesIO()
    sheets.write_xlsx(body, _rows(table), title=table.name)
    return body.getvalue()


def _rows(table: Checklist) -> Iterator[Sequence[Cell]]:
    yield [label(name) for name in COLUMNS]
    for code in table.items:
        held = ItemForm.of(table, code)
        yield [_out(name, held[name]) for name in COLUMNS]


def _out(name: str, value: Any) -> Cell:
    if name == "reasons":
        return BREAK.join(value.splitlines())
    if name == "measures":
        return BREAK.join(str(words.MEASURES[one]) for one in value)
    if name == "critical":
        return _("yes") if value else _("no")
    if name in CHOICES:
        return str(CHOICES[name][value]) if value else ""
    found: Cell = value
    return found or None


def read(name: str, content: BinaryIO) -> Read:
    """The items of a sheet.

    Raises SheetRefused, ImportRefused (empty, unknown_columns, missing_columns, twice, too_many).
    """
    with closing(sheets.read(name, content, limits=LIMITS)) as rows:  # type: ignore[type-var]
        head = next(iter(rows), None)
        if head is None:
            raise ImportRefused("empty")
        columns = _columns(head.cells)
        found = [(row.line, row.cells) for row in islice(rows, MOST_ITEMS + 1) if any(row.cells)]
    if not found:
        raise ImportRefused("empty")
    if len(found) > MOST_ITEMS:
        raise ImportRefused("too_many", limit=MOST_ITEMS)
    return _judged([(line, dict(zip(columns, cells, strict=False))) for line, cells in found])


def _columns(cells: Sequence[str]) -> list[str]:
    known = {
        heading.casefold(): name
        for name in COLUMNS
        for heading in (name, *in_all(ItemForm.base_fields[name].label))
    }
    headings = [cell.strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if unknown := [one for one in headings if one.casefold() not in known]:
        names = ", ".join(label(name) for name in COLUMNS)
        raise ImportRefused("unknown_columns", columns=", ".join(unknown)[:200], known=names)
    columns = [known[one.casefold()] for one in headings]
    if twice := sorted({one for one in columns if columns.count(one) > 1}):
        raise ImportRefused("twice", columns=", ".join(map(label, twice)))
    if missing := [name for name in NEEDED if name not in columns]:
        raise ImportRefused("missing_columns", columns=", ".join(map(label, missing)))
    return columns


def _judged(lines: Sequence[tuple[int, Mapping[str, str]]]) -> Read:
    """Every line through the form of an item; codes stand once."""
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    sections: dict[str, Section] = {}
    for line, cells in lines:
        given, wrong = _given(cells)
        form = ItemForm(given)
        named = {name: [str(text) for text in errors] for name, errors in form.errors.items()} | wrong
        faults += [Fault(line, label(name), text) for name, texts in named.items() for text in texts]
        if named:
            continue
        item, section = form.item(), form.section()
        if (first := seen.setdefault(item.code, line)) != line:
            text = _("The code %(code)s stands in line %(line)d already. Give each item a code of its own.")
            faults.append(Fault(line, label("code"), text % {"code": item.code, "line": first}))
        before = sections.get(section.code, section)
        sections[section.code] = replace(before, items=(*before.items, item))
    return Read(tuple(sections.values()), tuple(sorted(faults, key=lambda one: one.line)))


def _given(cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """A line as the form takes it, and cells whose word is none of the list."""
    given: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, text in cells.items():
        try:
            given[name] = READERS.get(name, str.strip)(text)
        except ValueError as error:
            given[name], wrong[name] = "", [str(error)]
    return given, wrong


def _word(name: str) -> Callable[[str], str]:
    """A choice by its code or its word in any language."""

    def found(text: str) -> str:
        text = text.strip()
        known = {
            word.casefold(): code for code, said in CHOICES[name].items() for word in (code, *in_all(said))
        }
        if text.casefold() not in known and text:
            offered = BREAK.join(str(said) for said in CHOICES[name].values())
            raise ValueError(_("“%(text)s” is none of: %(words)s.") % {"text": text[:40], "words": offered})
        return known.get(text.casefold(), "")

    return found


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", BREAK).replace("\n", BREAK).split(BREAK) if one.strip()]


def _measures(text: str) -> list[str]:
    return [_word("measures")(one) for one in _parts(text)]


def _truth(text: str) -> bool:
    text = text.strip().casefold()
    if text and text not in YES + NO:
        raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
    return text in YES


READERS: Mapping[str, Callable[[str], Any]] = {
    "rule": _word("rule"),
    "sample": _word("sample"),
    "measures": _measures,
    "critical": _truth,
    "reasons": lambda text: "\n".join(_parts(text)),
}
