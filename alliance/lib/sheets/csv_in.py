"""Streaming csv rows with their true line numbers, in constant memory."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from alliance.lib.sheets.encodings import detect
from alliance.lib.sheets.limits import Limits, SheetRefused, SheetRow


def read_csv(
    source: BinaryIO, *, limits: Limits | None = None, encoding: str | None = None
) -> Iterator[SheetRow]:
    """Stream the rows of a csv file (comma, double quotes); line numbers count lines inside quotes too.

    `encoding` ("utf-8", "gb18030") skips the detection when a person has said which it is; bytes that do
    not fit are still refused. Raises SheetRefused: at the call too_large and what `detect` finds, while
    rows are taken broken_quotes, row_too_long, cell_too_long, too_many_columns, bad_encoding.
    Source: walls section 4, N17.
    """
    limits = limits or Limits()
    if source.seek(0, 2) > limits.csv_bytes:
        raise SheetRefused("too_large", limit=limits.csv_bytes)
    codec = encoding or detect(source, limits=limits)
    source.seek(0)
    return _rows(source, codec, limits)


class _Lines:
    """The physical lines of a text, refusing a row (maybe of many lines) that grows beyond the limit."""

    def __init__(self, text: TextIO, most: int) -> None:
        self.text, self.most = text, most
        self.read = 0
        self.new_row()

    def new_row(self) -> None:
        """Say that the lines read so far belong to rows already taken."""
        self.begins, self.left = self.read + 1, self.most

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(self.left + 1)
        if not line:
            raise StopIteration
        self.left -= len(line)
        if self.left < 0:
            raise SheetRefused("row_too_long", line=self.begins, limit=self.most)
        self.read += 1
        return line


def _rows(source: BinaryIO, codec: str, limits: Limits) -> Iterator[SheetRow]:
    text = io.TextIOWrapper(source, encoding=codec, errors="strict", newline="")
    lines = _Lines(text, limits.row_chars)
    try:
        for cells in _parsed(lines, codec):
            if len(cells) > limits.columns:
                raise SheetRefused("too_many_columns", line=lines.begins, limit=limits.columns)
            # The csv module's own limit belongs to the whole process, and others raise it.
            if any(len(cell) > limits.cell_chars for cell in cells):
                raise SheetRefused("cell_too_long", line=lines.begins)
            if any(cells):
                yield SheetRow(lines.begins, tuple(cells))
            lines.new_row()
    finally:
        # The file belongs to the caller: a wrapper left attached would close it.
        text.detach()


def _parsed(lines: _Lines, codec: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, strict=True)
    except csv.Error as error:
        reason = "cell_too_long" if "field limit" in str(error) else "broken_quotes"
        raise SheetRefused(reason, line=lines.begins) from None
    except UnicodeDecodeError:
        raise SheetRefused("bad_encoding", line=lines.begins, byte="?", encoding=codec) from None
