"""A workbook as CSV, one line a row of the sheet: it is read, resumed and reported like any other table.

Parsed in a confined child process (alliance.lib.sheets, walls section 4: bombs, DTDs, macros refused).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from alliance.lib.sheets.limits import Limits as SheetLimits
from alliance.lib.sheets.limits import SheetRefused
from alliance.lib.sheets.xlsx_in import read_xlsx
from grouping.readers.rows import FileRefused

_ARCHIVE = b"PK\x03\x04"
_BREAKS = str.maketrans({"\r": " ", "\n": " ", "\0": " "})
PIECE = 1 << 18


def is_workbook(file: BinaryIO) -> bool:
    """Whether a file is an xlsx workbook, by its content; leaves it at its start."""
    file.seek(0)
    head = file.read(len(_ARCHIVE))
    file.seek(0)
    return head == _ARCHIVE


def as_csv(file: BinaryIO, limits: SheetLimits | None = None, sheet: str | None = None) -> Iterator[bytes]:
    """The rows of a workbook's first visible sheet as UTF-8 CSV in pieces; row n of the sheet is line n.

    A line break inside a cell becomes a blank; every row is as wide as the first one, because a sheet does
    not keep empty cells at the end. Raises FileRefused (workbook) with the reason of SheetRefused.
    """
    out, written, width = io.StringIO(newline=""), 0, 0
    writer = csv.writer(out)
    try:
        for row in read_xlsx(file, limits=limits, sheet=sheet):
            width = width or len(row.cells)
            out.write("\r\n" * (row.line - 1 - written))
            cells = [cell.translate(_BREAKS) for cell in row.cells]
            writer.writerow([*cells, *[""] * (width - len(cells))])
            written = row.line
            if out.tell() > PIECE:
                yield _taken(out)
    except SheetRefused as refused:
        raise FileRefused(f"workbook_{refused.reason}", **_params(refused)) from None
    yield _taken(out)


def _params(refused: SheetRefused) -> dict[str, str | int]:
    return {key: value if isinstance(value, int) else str(value) for key, value in refused.params.items()}


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()
