"""The reader of foreign tables: any CSV with a mapping, the older provincial export with its preset.

Reading, limits and checkpoints are those of the front-page reader (readers.hqms): constant memory, resumable.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from grouping.readers.assembling import Assembler, SeenKeys, malformed
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.layout import compile_layout
from grouping.readers.mapping import TableMap
from grouping.readers.rows import BadRow, Checkpoint, FileRefused, FrontPage, Limits, Position
from grouping.readers.text import Lines, detect_encoding
from grouping.readers.translation import Translation

DEFAULT_LIMITS = Limits()


def open_table(
    file: BinaryIO, *, delimiter: str = ",", header_line: int = 1, limits: Limits = DEFAULT_LIMITS
) -> Checkpoint:
    """Find out the encoding, read the headings as they stand, and say where the first row begins.

    Raises FileRefused: what detect_encoding finds, malformed_header, too_many_columns, duplicate_columns,
    one_column (another delimiter).
    """
    encoding = detect_encoding(file, limits)
    lines = Lines(file, encoding.start, limits)
    decoded, text = lines.decoded(encoding.name), ""
    while lines.number <= header_line:
        lines.mark()
        text = next(decoded, "")
        if not text:
            break
    header = _headings(text, delimiter, limits)
    return Checkpoint(encoding.name, header, lines.position)


def _headings(text: str, delimiter: str, limits: Limits) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise FileRefused("malformed_header") from None
    header = tuple(cell.strip().lstrip("\ufeff") for cell in cells)
    if len(header) > limits.max_columns:
        raise FileRefused("too_many_columns", found=len(header), limit=limits.max_columns)
    if len([cell for cell in header if cell]) < 2:
        raise FileRefused("one_column")
    counted = Counter(cell.upper() for cell in header if cell)
    if repeated := tuple(cell for cell, times in counted.items() if times > 1):
        raise FileRefused("duplicate_columns", columns=repeated)
    return header


class TableReader(Iterator[FrontPage | BadRow]):
    """The rows of a foreign table from a checkpoint on, as front pages.

    organisations: what stands for an institution in the file -> its organisation code. `organisation`: whose
    rows they are where no column says so. Raises FileRefused as Translation does.
    """

    def __init__(
        self,
        file: BinaryIO,
        start: Checkpoint,
        mapping: TableMap,
        *,
        dictionary: Dictionary,
        edition: Edition,
        organisations: Mapping[str, str],
        organisation: str = "",
        limits: Limits = DEFAULT_LIMITS,
        seen: SeenKeys | None = None,
    ) -> None:
        self._start = start
        self._translation = Translation(
            mapping, start.header, organisations=organisations, organisation=organisation
        )
        layout = compile_layout(self._translation.header)
        levels = "C17x01" in self._translation.header
        self._assembler = Assembler(layout, dictionary, edition, limits, seen, levels)
        self._lines = Lines(file, start.position, limits)
        decoded = self._lines.decoded(start.encoding)
        self._records = csv.reader(decoded, delimiter=mapping.delimiter, strict=True)

    @property
    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on behind the last record."""
        return Checkpoint(self._start.encoding, self._start.header, self._lines.position)

    @property
    def position(self) -> Position:
        """Where the next record begins."""
        return self._lines.position

    def __next__(self) -> FrontPage | BadRow:
        while True:
            line = self._lines.number
            self._lines.mark()
            try:
                cells = next(self._records)
            except csv.Error:
                last = self._lines.number - 1
                return malformed(line, last, "malformed_row", last=last)
            if any(cells):
                return self._row(cells, line)

    def _row(self, cells: Sequence[str], line: int) -> FrontPage | BadRow:
        width, last = self._translation.width, self._lines.number - 1
        if len(cells) < width or any(cells[width:]):
            return malformed(line, last, "wrong_field_count", found=len(cells), expected=width)
        return self._assembler.row(self._translation.row(cells), line, last)
