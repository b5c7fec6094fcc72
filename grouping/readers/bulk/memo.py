"""Cells read once for all rows that hold the same bytes: a column of a front page has few different ones.

A cell is bytes in the file's encoding and becomes text only when it is new. What is not proven sound here is
only doubtful: the reader that goes row by row decides, and it alone writes errors.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import compress, count
from typing import Any, Final

from grouping.readers import values
from grouping.readers.content import NULL
from grouping.readers.fields import Field
from grouping.readers.masking import tells_a_person

Cells = Sequence[bytes]
# Cells remembered of one column, and of one whose texts come from a catalogue: memory stays flat whatever the
# file holds.
KEPT, CATALOGUE = 8_000, 50_000
ABSENT = ("", "-")  # empty, and declared missing
# In JSON, in arrays and in COPY these need care; a row that has one is read cell by cell.
_SPECIAL = re.compile(r'["\\\x00-\x1f]')
NOTHING = NULL.encode()

# Stands for a cell that is not proven sound; no cell holds it, for a file with this byte is refused.
DOUBT: Final = b"\0"


class Memo(dict[Any, Any]):
    """What a function makes of a cell's text (or of several that belong together), remembered.

    `doubted`: whether some cell was ever in doubt; while none was, no column needs to be searched.
    """

    def __init__(self, read: Callable[[Any], Any], decode: Callable[[Any], Any], kept: int = KEPT) -> None:
        super().__init__()
        self._read = read
        self._decode = decode
        self._kept = kept
        self.doubted = False

    def __missing__(self, cell: Any) -> Any:
        if len(self) >= self._kept:
            self.clear()
        try:
            found = self._read(self._decode(cell))
        except (values.BadValue, UnicodeDecodeError):  # part of a cell may end within a character
            found = DOUBT
        self.doubted = self.doubted or found is DOUBT
        self[cell] = found
        return found

    def of(self, cells: Iterable[Any]) -> list[Any]:
        """What is made of each cell, in order."""
        return list(map(self.__getitem__, cells))


def decoder(encoding: str) -> Callable[[bytes], str]:
    """What makes text of a cell."""
    return partial(str, encoding=encoding)


def texts_of(cells: Cells, decode: Callable[[bytes], str]) -> list[str]:
    """The texts of cells that are as good as never the same twice."""
    if not cells:
        return []
    joined = decode(b"\n".join(cells)).split("\n")
    return joined if len(joined) == len(cells) else list(map(decode, cells))


def numbers() -> Memo:
    """Integers as they are stored, None as NULL; what is in doubt stays so."""
    return Memo(_stored, lambda found: found)


def _stored(found: Any) -> bytes:
    return found if found is DOUBT else NOTHING if found is None else b"%d" % found


def is_plain(text: str) -> bool:
    """Whether a text stands for itself in JSON, in an array and in COPY."""
    return not _SPECIAL.search(text)


def plain(cell: str) -> str | None:
    """The text without the blanks around it; None when it is not plain."""
    text = cell.strip()
    return text if is_plain(text) else None


def required(most: int | None = None) -> Callable[[str], Any]:
    """A reader of a text that must be there and fit, and was not rewritten by a spreadsheet."""

    def read(cell: str) -> Any:
        text = plain(cell)
        if text is None or text in ABSENT or values.is_scientific(text):
            return DOUBT
        return DOUBT if most is not None and len(text) > most else text.encode()

    return read


def optional(most: int | None = None) -> Callable[[str], Any]:
    """A reader of a text that fits; b"" when it is missing."""

    def read(cell: str) -> Any:
        text = plain(cell)
        if text is None or (most is not None and len(text) > most):
            return DOUBT
        return b"" if text in ABSENT else text.encode()

    return read


def whole(field: Field, missing: Any = None) -> Callable[[str], Any]:
    """A reader of an integer within the bounds of its field; `missing` stands for an absent one."""

    def read(cell: str) -> Any:
        text = cell.strip()
        return missing if text in ABSENT else values.whole(text, field.low, field.high)

    return read


def choice(field: Field, missing: Any = NOTHING) -> Callable[[str], Any]:
    """A reader of an enumeration's code, as it is stored."""

    def read(cell: str) -> Any:
        text = cell.strip()
        if text in ABSENT:
            return missing
        return b"%d" % int(text) if text in field.choices else DOUBT

    return read


def kept(
    column: str,
    allowed: frozenset[str] | None = None,
    *,
    open_heading: bool = False,
    absent: tuple[str, ...] = ("",),
) -> Callable[[str], Any]:
    """A reader that gives the JSON member of a column kept raw with a comma before it, b"" for an empty cell.

    `allowed`: the codes of an enumeration. `open_heading`: a column outside the standard, whose values are
    left out when they tell a person. `absent`: what stands for nothing.
    """

    def read(cell: str) -> Any:
        text = plain(cell)
        if text is None:
            return DOUBT
        if text in absent or (open_heading and tells_a_person(text)):
            return b""
        if allowed is not None and text != "-" and text not in allowed:
            return DOUBT
        return f', "{column}": "{text}"'.encode()

    return read


def as_objects(columns: Sequence[Sequence[bytes]], rows: int) -> list[bytes]:
    """One JSON object a row, of members that have a comma before them."""
    if not columns:
        return [b"{}"] * rows
    return [b"{%b}" % b"".join(row)[2:] for row in zip(*columns, strict=True)]


def doubtful(found: Sequence[Any]) -> list[int]:
    """The places of what is in doubt."""
    if DOUBT not in found:
        return []
    return list(compress(count(), (value is DOUBT for value in found)))
