"""A scheme package as one workbook: sheets named like its files, and a sheet `scheme` of keys and values.

The workbook becomes the files it stands for, row for line, so that one reader checks both and a finding's
line is the row of the sheet. Codes and weights must stand in it as text; a number that a spreadsheet made of
a code stays visible as what it is now (`0.55`, `44927`, `1.10000000000000E+17`) and is refused by the reader.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from alliance.lib.sheets.limits import Limits
from alliance.lib.sheets.out import RISKY_STARTS, XLSX_CELL_CHARS
from alliance.lib.sheets.text_out import check_cells, text_workbook
from alliance.lib.sheets.xlsx_in import read_sheets
from grouping.engine.head import read_head
from grouping.engine.scheme import HEAD
from grouping.engine.tables import TABLES

SCHEME = "scheme"
FILES = {table.file for table in TABLES}
NUMBERS, TRUTHS, DAYS, TEXTS = (
    {"format", "year"},
    {"retry_other_procedures"},
    {"effective_from"},
    {"mdc_order"},
)
PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")


def read_workbook(source: BinaryIO, *, limits: Limits | None = None) -> dict[str, bytes]:
    """The files of a package out of a workbook; sheets of other names are ignored. Raises SheetRefused."""
    names = {SCHEME, HEAD, *FILES, *(file.removesuffix(".csv") for file in FILES)}
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for title, row in read_sheets(source, names, limits=limits):
        name = HEAD if title in (SCHEME, HEAD) else f"{title.removesuffix('.csv')}.csv"
        rows.setdefault(name, []).append((row.line, row.cells))
    return {name: _head(found) if name == HEAD else _table(found) for name, found in sorted(rows.items())}


def _table(rows: Sequence[tuple[int, tuple[str, ...]]]) -> bytes:
    """CSV whose line numbers are the sheet's rows: empty rows stay, a break inside a cell becomes a blank."""
    body = io.StringIO(newline="")
    writer = csv.writer(body, lineterminator="\n")
    width, last = len(rows[0][1]), 0
    for line, cells in rows:
        body.write("\n" * (line - last - 1))
        # The reader cuts empty cells at the end of a row; a single empty one would read as an empty row.
        writer.writerow([_cell(cell) for cell in cells] + [""] * (width - len(cells)))
        last = line
    return body.getvalue().encode()


def _cell(text: str) -> str:
    """A cell as it was before an export guarded it against being run as a formula; one line."""
    plain = " ".join(text.splitlines())
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(RISKY_STARTS) else plain


def _head(rows: Iterable[tuple[int, tuple[str, ...]]]) -> bytes:
    """scheme.toml from keys and values; what is no number, truth or day stays text, which is refused."""
    lines = []
    for _line, cells in rows:
        key, value = (*(_cell(cell).strip() for cell in cells), "", "")[:2]
        if PLAIN_KEY.match(key) and key not in ("key", "键"):
            lines.append(f"{key} = {_value(key, value)}\n")
    return "".join(lines).encode()


def _value(key: str, text: str) -> str:
    if key in NUMBERS and re.fullmatch(r"[0-9]{1,9}", text):
        return str(int(text))
    if key in TRUTHS and text.lower() in ("true", "false"):
        return text.lower()
    if key in DAYS and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return text
    if key in TEXTS:
        words = [word for word in re.split(r"[\s,，、;；|]+", text) if word]
        return f"[{', '.join(map(_quoted, words))}]"
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_workbook(target: BinaryIO, files: Mapping[str, bytes]) -> None:
    """Write `workbook_chunks` into a binary file. Raises as it."""
    for piece in workbook_chunks(files):
        target.write(piece)


def workbook_chunks(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """A package in written form (engine.write) as a workbook that `read_workbook` takes back, in pieces.

    Every cell is text, so that codes and weights keep their digits. Raises SheetRefused (cell_too_long) for a
    rule longer than a cell can hold, before the first piece.
    """
    for name, data in files.items():
        if name != HEAD and len(max(data.split(b"\n"), key=len)) >= XLSX_CELL_CHARS:
            check_cells(_rows(data))
    return text_workbook(_sheets(files))


def _sheets(files: Mapping[str, bytes]) -> dict[str, Iterable[Sequence[str]]]:
    head = read_head(files[HEAD], [])
    assert head is not None
    said = {
        "format": str(head.format), "code": head.code, "name": head.name, "version": head.version,
        "year": str(head.year), "region": head.region, "source": head.source,
        "effective_from": head.effective_from.isoformat(), "mdc_order": ", ".join(head.mdc_order),
        "retry_other_procedures": "true" if head.retry_other_procedures else "false",
        "ungroupable": head.ungroupable, "weight_unit": head.weight_unit, "weight_source": head.weight_source,
    }  # fmt: skip
    sheets: dict[str, Iterable[Sequence[str]]] = {SCHEME: [("key", "value"), *said.items()]}
    for table in TABLES:
        if table.file in files:
            sheets[table.file] = _rows(files[table.file])
    return sheets


def _rows(data: bytes) -> Iterator[list[str]]:
    yield from csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
