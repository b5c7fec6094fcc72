"""The reader of central group results: one row a case with the group the city gave it (definitions 10.3)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from grouping.readers import cells, values
from grouping.readers.assembling import malformed
from grouping.readers.mapping import RESULT_FIELDS, TableMap, header_change
from grouping.readers.masking import masked
from grouping.readers.rows import BadRow, Checkpoint, FileRefused, Limits, RowError
from grouping.readers.text import Lines
from grouping.readers.values import BadValue

REQUIRED = ("A48", "B15", "R01")
_MOST_CODE = 20


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What the city says of one case. Money in fen; visit_no None where the file states none."""

    line: int
    organisation: str
    record_no: str
    visit_no: int | None
    day: date
    drg: str
    weight: Decimal | None
    settled_fen: int | None
    version: str
    principal: str
    rejected_fen: int | None = None
    rejected_why: str = ""
    paid_as: str = ""


def missing(mapping: TableMap, *, institution_known: bool) -> list[str]:
    """What a mapping of results must name and does not."""
    there = {column.target for column in mapping.columns}
    wanted = REQUIRED if institution_known else ("A01", *REQUIRED)
    return [code for code in wanted if code not in there]


class ResultReader(Iterator[ResultRow | BadRow]):
    """The rows of a file of results from a checkpoint on. Raises FileRefused (header_changed)."""

    def __init__(
        self,
        file: BinaryIO,
        start: Checkpoint,
        mapping: TableMap,
        *,
        organisations: Mapping[str, str],
        organisation: str = "",
        limits: Limits | None = None,
    ) -> None:
        if (change := header_change(mapping, start.header)).matters:
            raise FileRefused("header_changed", columns=change.gone)
        self._start, self._organisations, self._organisation = start, organisations, organisation
        at = {heading.upper(): place for place, heading in enumerate(start.header) if heading}
        self._columns: list[tuple[int, str, Callable[[str], str]]] = [
            (
                at[column.heading.upper()], column.target,
                cells.reader_of(RESULT_FIELDS[column.target], column.values, column.unit, column.form),
            )
            for column in mapping.columns if column.target in RESULT_FIELDS
        ]  # fmt: skip
        self._lines = Lines(file, start.position, limits or Limits())
        decoded = self._lines.decoded(start.encoding)
        self._records = csv.reader(decoded, delimiter=mapping.delimiter, strict=True)

    @property
    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on behind the last row."""
        return Checkpoint(self._start.encoding, self._start.header, self._lines.position)

    def __next__(self) -> ResultRow | BadRow:
        while True:
            line = self._lines.number
            self._lines.mark()
            try:
                row = next(self._records)
            except csv.Error:
                last = self._lines.number - 1
                return malformed(line, last, "malformed_row", last=last)
            if any(row):
                return self._row(row, line)

    def _row(self, row: Sequence[str], line: int) -> ResultRow | BadRow:
        width = len(self._start.header)
        if len(row) < width or any(row[width:]):
            return malformed(line, line, "wrong_field_count", found=len(row), expected=width)
        texts = {code: read(text) for place, code, read in self._columns if (text := row[place].strip())}
        found = _Fields(line, texts)
        stated = texts.get("A01", "")
        result = ResultRow(
            line, self._organisations.get(stated, stated) or self._organisation, found.text("A48", 40),
            found.visit(), found.day(), found.text("R01", _MOST_CODE), found.weight(), found.fen("R03"),
            texts.get("R04", "")[:60], texts.get("R05", "")[:40], found.fen("R06"),
            texts.get("R07", "")[:200], texts.get("R08", "")[:40],
        )  # fmt: skip
        if found.errors:
            return BadRow(line, self._lines.number - 1, tuple(found.errors), None, {})
        return result


class _Fields:
    """Typed access to one row; what cannot be read is noted once a field."""

    def __init__(self, line: int, texts: Mapping[str, str]) -> None:
        self.line, self.texts = line, texts
        self.errors: list[RowError] = []

    def _note(self, code: str, kind: str, bad: BadValue) -> None:
        value = masked(code, self.texts.get(code, ""))
        self.errors.append(RowError(self.line, code, kind, value, bad.message, tuple(bad.params.items())))

    def text(self, code: str, most: int) -> str:
        text = self.texts.get(code, "")
        if not text:
            self._note(code, "missing_value", BadValue("value_missing"))
        elif values.is_scientific(text):
            self._note(code, "scientific_notation", BadValue("scientific_notation"))
        elif len(text) > most:
            self._note(code, "value_too_long", BadValue("value_too_long", most=most))
        return text

    def day(self) -> date:
        text = self.texts.get("B15", "")
        try:
            if not text:
                raise BadValue("datetime_missing", form=values.DAY_FORM)
            return values.moment(text).date()
        except BadValue as bad:
            self._note("B15", "bad_datetime", bad)
            return date.min

    def visit(self) -> int | None:
        text = self.texts.get("A49", "")
        try:
            return values.whole(text, 1, 9_999) if text else None
        except BadValue as bad:
            self._note("A49", "bad_number", bad)
            return None

    def fen(self, code: str) -> int | None:
        text = self.texts.get(code, "")
        try:
            return values.amount(text) if text else None
        except BadValue as bad:
            self._note(code, "bad_amount", bad)
            return None

    def weight(self) -> Decimal | None:
        text = self.texts.get("R02", "")
        if not text:
            return None
        try:
            found = Decimal(text)
            if found.is_finite() and 0 <= found < 1_000:
                return found
        except InvalidOperation:
            pass
        self._note("R02", "bad_number", BadValue("weight_form"))
        return None
