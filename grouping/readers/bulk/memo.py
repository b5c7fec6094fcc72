"""Cells read once for all rows that hold the same text: a column of a front page has few different ones.

What is not proven sound here is only doubtful: the reader that goes row by row decides, and it alone writes
errors.
"""

import re
from collections.abc import Callable, Sequence
from itertools import compress, count
from typing import Any, Final

from grouping.readers import values
from grouping.readers.content import NULL
from grouping.readers.fields import Field
from grouping.readers.masking import tells_a_person

Cells = Sequence[str]
# Texts remembered of one column, and of one whose texts come from a catalogue: memory stays flat whatever the
# file holds.
KEPT, CATALOGUE = 8_000, 50_000
ABSENT = ("", "-")  # empty, and declared missing
# In JSON, in arrays and in COPY these need care; a row that has one is read cell by cell.
_SPECIAL = re.compile(r'["\\\x00-\x1f]')
_ALL_WITH_FEN = re.compile(r"(?:[0-9]{1,8}\.[0-9]{2}\n)+")


# Stands for a cell that is not proven sound; no cell holds it, for a file with this byte is refused.
DOUBT: Final = "\0"


class Memo(dict[Any, Any]):
    """What a function makes of a cell (or of several that belong together), remembered."""

    def __init__(self, read: Callable[[Any], Any], kept: int = KEPT) -> None:
        super().__init__()
        self._read = read
        self._kept = kept

    def __missing__(self, cell: Any) -> Any:
        if len(self) >= self._kept:
            self.clear()
        try:
            found = self._read(cell)
        except values.BadValue:
            found = DOUBT
        self[cell] = found
        return found

    def of(self, cells: Sequence[Any]) -> list[Any]:
        """What is made of each cell, in order."""
        return list(map(self.__getitem__, cells))


def is_plain(text: str) -> bool:
    """Whether a text stands for itself in JSON, in an array and in COPY."""
    return not _SPECIAL.search(text)


def plain(cell: str) -> Any:
    """The text without the blanks around it; in doubt when it is not plain."""
    text = cell.strip()
    return text if is_plain(text) else DOUBT


def required(cell: str) -> Any:
    """A text that must be there and was not rewritten by a spreadsheet."""
    text = plain(cell)
    return DOUBT if text in ABSENT or text == DOUBT or values.is_scientific(text) else text


def optional(cell: str) -> Any:
    """A text, or None."""
    text = plain(cell)
    return None if text in ABSENT else text


def whole(field: Field, missing: Any = None) -> Callable[[str], Any]:
    """A reader of an integer within the bounds of its field; `missing` stands for an absent one."""

    def read(cell: str) -> Any:
        text = cell.strip()
        return missing if text in ABSENT else values.whole(text, field.low, field.high)

    return read


def choice(field: Field, missing: Any = NULL) -> Callable[[str], Any]:
    """A reader of an enumeration's code, as the text that is stored."""

    def read(cell: str) -> Any:
        text = cell.strip()
        if text in ABSENT:
            return missing
        return str(int(text)) if text in field.choices else DOUBT

    return read


def kept(
    column: str,
    allowed: frozenset[str] | None = None,
    *,
    open_heading: bool = False,
    absent: tuple[str, ...] = ("",),
) -> Callable[[str], Any]:
    """A reader that gives the JSON member of a column kept raw, "" for an empty cell.

    `allowed`: the codes of an enumeration. `open_heading`: a column outside the standard, whose values are
    left out when they tell a person. `absent`: what stands for nothing.
    """

    def read(cell: str) -> Any:
        text = plain(cell)
        if text == DOUBT:
            return DOUBT
        if text in absent or (open_heading and tells_a_person(text)):
            return ""
        if allowed is not None and text != "-" and text not in allowed:
            return DOUBT
        return f'"{column}": "{text}"'

    return read


def amounts(cells: Cells, single: Memo) -> list[Any]:
    """Amounts in fen, None where the cell is empty: all at once where each has the usual form 78.73."""
    filled = list(filter(None, cells))
    if not filled:
        return [None] * len(cells)
    joined = "\n".join(filled)
    if joined.count("\n") >= len(filled) or not _ALL_WITH_FEN.fullmatch(joined + "\n"):
        return single.of(cells)
    fen = map(int, joined.replace(".", "").split("\n"))
    return list(fen) if len(filled) == len(cells) else [next(fen) if cell else None for cell in cells]


def amount(cell: str) -> int | None:
    """One amount in fen, None when it is missing."""
    text = cell.strip()
    return None if text in ABSENT else values.amount(text)


def number(found: int | None) -> str:
    """An integer as it is stored."""
    return NULL if found is None else str(found)


def doubtful(found: Sequence[Any]) -> list[int]:
    """The places of what is in doubt."""
    if DOUBT not in found:
        return []
    return list(compress(count(), (value == DOUBT for value in found)))
