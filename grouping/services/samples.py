"""A file to map columns by: kept sealed, its first lines read, what a mapping would make of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO, cast

from alliance.models import Attachment, Membership
from alliance.services import files, parameters
from grouping.models import Source
from grouping.readers.assembling import SeenKeys
from grouping.readers.dictionary import Edition
from grouping.readers.formats import MAPPED, Spec, open_file, read_on
from grouping.readers.guess import LINES_LOOKED_AT, delimiter_of, header_line_of
from grouping.readers.mapping import TableMap
from grouping.readers.rows import BadRow, FrontPage, Limits
from grouping.readers.sheet_csv import as_csv, is_workbook
from grouping.readers.tabular import open_table
from grouping.readers.text import detect_encoding
from grouping.services import schemes, sources

BYTES = 2 << 20  # of the file are looked at
ROWS = 200
PURPOSE = "case_file"


@dataclass(frozen=True)
class Sample:
    """The beginning of a file: its encoding, separator, line of headings, headings, first rows."""

    encoding: str
    delimiter: str
    header_line: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Trial:
    """What a mapping makes of the first rows, and how many of them are bad."""

    rows: tuple[FrontPage | BadRow, ...]

    @property
    def bad(self) -> int:
        """Rows with an error."""
        return sum(isinstance(row, BadRow) for row in self.rows)


def keep(*, by: Membership, source: Source, name: str, content: Iterator[bytes], today: date) -> Attachment:
    """Seal a file for mapping its columns; it goes when originals go. Raises files.TooLarge."""
    limit, days = (parameters.in_force(key, on=today) for key in ("upload.csv_bytes", "originals_keep_days"))
    assert isinstance(limit, int) and isinstance(days, int)
    return files.store(
        by=by, name=name, content=content, purpose=PURPOSE, content_type="text/csv", limit=limit,
        keep_days=days, institution=source.institution,
    )  # fmt: skip


def look(sample: Attachment, header_line: int | None = None, delimiter: str | None = None) -> Sample:
    """Read the beginning of a kept file. Raises FileRefused."""
    with beginning(sample) as text:
        encoding = detect_encoding(text, Limits()).name
        text.seek(0)
        lines = text.read().decode(encoding, errors="replace").lstrip("\ufeff").splitlines()
        delimiter = delimiter or delimiter_of(lines[:LINES_LOOKED_AT])
        first = [next(csv.reader([line], delimiter=delimiter), []) for line in lines[:LINES_LOOKED_AT]]
        header_line = header_line or header_line_of(first)
        start = open_table(text, delimiter=delimiter, header_line=header_line)
        body = "\n".join(lines[header_line : header_line + ROWS])
        rows = tuple(tuple(row) for row in csv.reader(io.StringIO(body), delimiter=delimiter))
    return Sample(start.encoding, delimiter, header_line, start.header, rows)


def attempt(sample: Attachment, source: Source, mapping: TableMap, edition: str, today: date) -> Trial:
    """Read the first rows of a kept file by a mapping, as if delivered today. Raises FileRefused."""
    own = source.institution
    spec = Spec(
        format=MAPPED, edition=cast(Edition, edition), mapping=mapping,
        organisations=sources.known_names(), organisation=own.organisation if own is not None else "",
    )  # fmt: skip
    dictionary = schemes.dictionary(schemes.in_force(today))
    limits = Limits(last_day=today)
    with beginning(sample) as text:
        start = open_file(text, spec, limits)
        reader = read_on(text, start, spec, dictionary=dictionary, seen=SeenKeys(), limits=limits)
        return Trial(tuple(islice(reader, ROWS)))


@contextmanager
def beginning(sample: Attachment) -> Iterator[BinaryIO]:
    """The first 2 MiB of a file as whole lines; of a workbook the first rows as CSV."""
    pieces = files.read(sample)
    head = next(pieces, b"")
    if head[:4] == b"PK\x03\x04":
        with files.plain_copy(sample) as plain:
            assert is_workbook(plain)
            yield io.BytesIO(_whole_lines(as_csv(plain)))
    else:
        yield io.BytesIO(_whole_lines(_from(head, pieces)))


def _from(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _whole_lines(pieces: Iterator[bytes]) -> bytes:
    found = b""
    for piece in pieces:
        found += piece
        if len(found) > BYTES:
            return found[: found.rfind(b"\n", 0, BYTES) + 1] or found[:BYTES]
    return found


def rows_shown(rows: Sequence[FrontPage | BadRow], most: int) -> list[FrontPage | BadRow]:
    """The first rows, bad ones among the first so that they are seen."""
    bad = [row for row in rows if isinstance(row, BadRow)][: most // 2]
    good = [row for row in rows if isinstance(row, FrontPage)][: most - len(bad)]
    return sorted([*bad, *good], key=lambda row: row.line)
