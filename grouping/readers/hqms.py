"""The reader of hospital front pages (HQMS interface, CSV): constant memory, can stop and go on anywhere.

Source: definitions section 10.1, walls section 4, negative tests N17, N18, N21.
"""

import csv
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import BinaryIO

from grouping.readers import checks, parts
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.layout import compile_layout, parse_header, read_header
from grouping.readers.record import Record
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits, Position, RowError
from grouping.readers.text import Lines, detect_encoding

DEFAULT_LIMITS = Limits()


class SeenKeys:
    """The keys of the rows read so far with their lines: 16 bytes a row, not the row."""

    def __init__(self, known: Iterable[tuple[bytes, int]] = ()) -> None:
        self._lines = dict(known)

    def first_line(self, key: bytes, line: int) -> int | None:
        """Return the line that has this key already; None when the key is new, which is then remembered."""
        first = self._lines.setdefault(key, line)
        return None if first == line else first


def row_key(organisation: str, record_no: str, visit_no: int) -> bytes:
    """Return 16 bytes that stand for (A01, A48, A49), the key of a discharge (definitions section 10.1)."""
    return blake2b(f"{organisation}\x1f{record_no}\x1f{visit_no}".encode(), digest_size=16).digest()


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
        self._layout = compile_layout(start.header)
        self._dictionary = dictionary
        self._edition = edition
        self._limits = limits
        self._seen = seen
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
                return self._malformed(line, "malformed_row", last=self._lines.number - 1)
            if cells:
                return self._row(cells, line)

    def _malformed(self, line: int, code: str, **params: int) -> BadRow:
        error = RowError(line, "", code, "", code, tuple(params.items()))
        return BadRow(line, self._lines.number - 1, (error,), None, {})

    def _row(self, cells: list[str], line: int) -> FrontPage | BadRow:
        width = len(self._layout.header)
        if len(cells) < width or any(cells[width:]):
            return self._malformed(line, "wrong_field_count", found=len(cells), expected=width)
        record = Record(self._layout, cells, line)
        page = self._read(record)
        if record.errors:
            key = page.key if record.sound("A01", "A49") and record.text("A48") else None
            return BadRow(line, self._lines.number - 1, tuple(record.errors), key, page.raw)
        return page

    def _read(self, record: Record) -> FrontPage:
        organisation, record_no = record.required("A01"), record.required("A48")
        visit_no = record.required_whole("A49")
        patient, stay = parts.read_patient(record), parts.read_stay(record)
        page = FrontPage(
            line=record.line,
            key=row_key(organisation, record_no, visit_no),
            organisation=organisation,
            record_no=record_no,
            visit_no=visit_no,
            patient=patient,
            stay=stay,
            diagnoses=parts.read_diagnoses(record, self._dictionary.diagnoses, self._edition),
            procedures=parts.read_procedures(record, self._dictionary, self._edition),
            bill=parts.read_bill(record),
            raw=self._layout.raw(record.filled),
        )
        self._check(record, page)
        return page

    def _check(self, record: Record, page: FrontPage) -> None:
        checks.check_choices(record)
        checks.check_identity(record, page.patient)
        checks.check_stay(record, page.stay, self._limits)
        checks.check_age(record, page.patient, page.stay.admitted, self._limits)
        checks.check_operations(record, page.procedures, page.stay)
        checks.check_bill(record, page.bill, self._limits)
        checks.check_companions(record, self._dictionary.diagnoses, self._edition)
        self._check_duplicate(record, page)

    def _check_duplicate(self, record: Record, page: FrontPage) -> None:
        if self._seen is None or not record.sound("A01", "A48", "A49"):
            return
        first = self._seen.first_line(page.key, page.line)
        if first is not None:
            record.report(
                "A48",
                "duplicate_record",
                "duplicate_record",
                page.record_no,
                visit=page.visit_no,
                first=first,
            )


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
