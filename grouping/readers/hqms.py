"""The reader of hospital front pages (HQMS interface, CSV): constant memory, can stop and go on anywhere.

Source: definitions section 10.1, walls section 4, negative tests N17, N18, N21.
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from grouping.readers.assembling import Assembler, SeenKeys, malformed, row_key
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.layout import compile_layout, parse_header, read_header
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits, Position
from grouping.readers.text import Lines, detect_encoding

__all__ = [
    "DEFAULT_LIMITS",
    "FrontPageReader",
    "SeenKeys",
    "open_front_pages",
    "read_from",
    "read_front_pages",
    "row_key",
]
DEFAULT_LIMITS = Limits()


def open_front_pages(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Checkpoint:
    """Find out the encoding (one pass over the file), read the header, and say where the first row begins.

    Raises FileRefused with the reason.
    """
    encoding = detect_encoding(file, limits)
    lines = Lines(file, encoding.start, limits)
    header = read_header(parse_header(next(lines.decoded(encoding.name), "")), limits)
    return Checkpoint(encoding.name, header, lines.position)


class FrontPageReader(Iterator[FrontPage | BadRow]):
    """The rows of a front-page file from a checkpoint on. `position` is where the next record begins."""

    def __init__(
        self,
        file: BinaryIO,
        start: Checkpoint,
        *,
        dictionary: Dictionary,
        edition: Edition = "insurance",
        limits: Limits = DEFAULT_LIMITS,
        seen: SeenKeys | None = None,
    ) -> None:
        self._start = start
        self._assembler = Assembler(compile_layout(start.header), dictionary, edition, limits, seen)
        self._lines = Lines(file, start.position, limits)
        self._records = csv.reader(self._lines.decoded(start.encoding), strict=True)

    @property
    def position(self) -> Position:
        """Where the next record begins: reading resumes exactly there."""
        return self._lines.position

    @property
    def checkpoint(self) -> Checkpoint:
        """All that `read_from` needs to go on behind the last record."""
        return Checkpoint(self._start.encoding, self._start.header, self.position)

    def __next__(self) -> FrontPage | BadRow:
        while True:
            line = self._lines.number
            self._lines.mark()
            try:
                cells = next(self._records)
            except csv.Error:
                return self._malformed(line)
            if cells:
                return self._assembler.row(cells, line, self._lines.number - 1)

    def _malformed(self, line: int) -> BadRow:
        last = self._lines.number - 1
        return malformed(line, last, "malformed_row", last=last)


def read_front_pages(
    file: BinaryIO,
    *,
    dictionary: Dictionary,
    edition: Edition = "insurance",
    limits: Limits = DEFAULT_LIMITS,
    seen: SeenKeys | None = None,
) -> FrontPageReader:
    """Read a whole front-page file: an iterator of FrontPage (no error) and BadRow (at least one error).

    `file` is binary and seekable. `edition` says which code edition this source delivers; it is a setting of
    the source and never guessed (FORMAT 5.5). Duplicates of (A01, A48, A49) are found inside the file.
    Raises FileRefused, at once for encoding and header, later for a record that is too long.
    """
    start = open_front_pages(file, limits)
    return FrontPageReader(
        file,
        start,
        dictionary=dictionary,
        edition=edition,
        limits=limits,
        seen=SeenKeys() if seen is None else seen,
    )


def read_from(
    file: BinaryIO,
    checkpoint: Checkpoint,
    *,
    dictionary: Dictionary,
    edition: Edition = "insurance",
    limits: Limits = DEFAULT_LIMITS,
    seen: SeenKeys | None = None,
) -> FrontPageReader:
    """Go on reading where a checkpoint stands; the rows are those of one uninterrupted pass.

    `seen` holds the keys of the rows before (`FrontPage.key`); without it duplicates are the caller's.
    """
    return FrontPageReader(file, checkpoint, dictionary=dictionary, edition=edition, limits=limits, seen=seen)
