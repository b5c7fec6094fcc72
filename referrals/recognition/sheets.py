"""Sheets of the room: the columns known, and a row as it stands with what is wrong in it.

Every fault names its row, its field and its remedy; a sheet with faults is stored only without those rows and
only when somebody says so.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, cast

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI

MOST_ROWS = 5_000
LIMITS = sheets.Limits(csv_bytes=20 * 1024 * 1024)
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_MOMENT = re.compile(_DAY.pattern + r"(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?")
YES = frozenset({"1", "是", "y", "yes", "true", "停用"})


class SheetWrong(Refused):
    """A sheet as a whole cannot be read."""

    reasons = {
        "columns": "The first line needs the columns %(names)s.",
        "no_rows": "The file has no lines below its heading.",
        "too_many": "The file has more than %(limit)s lines. Deliver it in parts.",
    }


class Wrong(Refused):
    """One field of one row is wrong."""

    reasons = {
        "empty": "It is empty. Fill it in.",
        "too_long": "It has more than %(limit)s characters. Shorten it.",
        "day": "“%(text)s” is no day. Write it as in 2026-11-12.",
        "moment": "“%(text)s” is no time. Write it as in 2026-11-12 09:30.",
        "whole": "“%(text)s” is no whole number between %(least)s and %(most)s.",
        "one_of": "“%(text)s” is not one of %(words)s.",
        "twice": "The same stands already in line %(line)s. Keep one.",
        "sex": "“%(text)s” is no sex. Write 男 or 女.",
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one row: its line in the file (1 = heading), the column, why and what to do."""

    line: int
    column: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number and the cells by the name of the column, blanks cut."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Faults(Exception):
    """A sheet with faults, and nothing of it stored; `good` rows could be."""

    def __init__(self, faults: Sequence[Fault], good: int) -> None:
        super().__init__(f"{len(faults)} faults, {good} good rows")
        self.faults, self.good = tuple(faults), good


def rows(
    name: str, source: BinaryIO, *, headings: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> Iterator[Row]:
    """The rows of a csv or xlsx file by the headings known. Raises SheetRefused, SheetWrong."""
    # Closed here: the reader holds the file, which belongs to the caller, until its rows end.
    with closing(
        cast("Generator[sheets.SheetRow, None, None]", sheets.read(name, source, limits=LIMITS))
    ) as lines:
        head = next(lines, None)
        if head is None:
            raise SheetWrong("no_rows")
        places = _places(head.cells, headings)
        if missing := [headings[column][0] for column in needed if column not in places]:
            raise SheetWrong("columns", names="、".join(missing))
        number = 0
        for number, row in enumerate(lines, 1):
            if number > MOST_ROWS:
                raise SheetWrong("too_many", limit=MOST_ROWS)
            yield Row(
                row.line,
                {column: row.cells[at].strip() for column, at in places.items() if at < len(row.cells)},
            )
        if not number:
            raise SheetWrong("no_rows")


def _places(cells: Sequence[str], headings: Mapping[str, Sequence[str]]) -> dict[str, int]:
    known = {_plain(word): column for column, words in headings.items() for word in words}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if (column := known.get(_plain(cell))) is not None:
            found.setdefault(column, place)
    return found


def _plain(text: str) -> str:
    return "".join(text.split()).casefold().replace("_", "").replace("（", "(").replace("）", ")")


def text(value: str, *, most: int, needed: bool = True) -> str:
    """A text of at most so many characters. Raises Wrong (empty, too_long)."""
    if needed and not value:
        raise Wrong("empty")
    if len(value) > most:
        raise Wrong("too_long", limit=most)
    return value


def day(value: str) -> date:
    """A day as in 2026-11-12. Raises Wrong (empty, day)."""
    found = _MOMENT.fullmatch(text(value, most=30))
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Wrong("day", text=value)


def moment(value: str) -> datetime:
    """A time as in 2026-11-12 09:30, Beijing time; a day alone is its first instant. Raises Wrong."""
    found = _MOMENT.fullmatch(text(value, most=30))
    try:
        if found is not None:
            parts = [int(part or 0) for part in found.groups()]
            return datetime(*parts[:6], tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]
    except ValueError:
        pass
    raise Wrong("moment", text=value)


def whole(value: str, *, least: int, most: int) -> int:
    """A whole number inside bounds. Raises Wrong (empty, whole)."""
    shown = text(value, most=30)
    number = int(shown) if shown.isascii() and shown.isdecimal() else -1
    if not least <= number <= most:
        raise Wrong("whole", text=value, least=least, most=most)
    return number


def one_of(value: str, known: Mapping[str, str]) -> str:
    """The code of a word or code of a list. Raises Wrong (empty, one_of)."""
    found = known.get(text(value, most=60).casefold())
    if found is None:
        raise Wrong("one_of", text=value, words="、".join(dict.fromkeys(known)))
    return found
