"""From a reader's rows to the staging table: who the patient is, whose case it is, what the content's digest
is.
"""

from __future__ import annotations

import json
from binascii import hexlify
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from alliance.lib.secrets import Sealer
from alliance.models import Institution, Person
from alliance.models.fields import SealedField
from alliance.services import people
from alliance.sql import copied, copy_rows
from grouping.delivered import sql as delivered
from grouping.models import CaseFile, StagedCase
from grouping.readers.bulk.prove import Proven
from grouping.readers.bulk.reader import Batch
from grouping.readers.bulk.single import House
from grouping.readers.content import NULL, digest_of, line_of
from grouping.readers.content import field as escaped
from grouping.readers.rows import BadRow, FrontPage, RowError

OWN = (
    "file_id",
    "line",
    "row_key",
    "institution_id",
    "person_key",
    "person_name",
    "name_key",
    "birth_date",
    "id_number",
)
COLUMNS = [*OWN, *delivered.CONTENT]
BAD_COLUMNS = ["file_id", "line", "row_key", "column", "code", "value", "message", "params", "raw"]
# What the house finds once a row is sound in itself.
HOUSE_CODES = ("value_too_long", "institution_unknown", "institution_other")
_STORED_IN = {"A11": "person_name", "A48": "record_no", "B16C": "department_code", "B35": "receiver"}


@dataclass
class Stager:
    """Takes the rows of one file into staging, batch by batch, inside a transaction."""

    file: CaseFile
    places: dict[str, Institution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # All that is needed is fetched here: no query may run while rows flow into the database.
        self.places = {place.organisation: place for place in Institution.objects.all()}
        self._alliance, self._own = self.file.alliance, self.file.institution
        self._sealer: Sealer = _id_number().sealer()  # sealed for the column it ends up in

    @cached_property
    def longest(self) -> dict[str, int]:
        """How many characters of a column fit where it is stored."""
        spec: Any = StagedCase._meta.get_field
        return {column: int(spec(name).max_length) for column, name in _STORED_IN.items()}

    @property
    def house(self) -> House:
        """Whose discharges the file may hold, and what fits."""
        own = self.file.institution_id
        taken = (code for code, place in self.places.items() if own in (None, place.pk))
        return House(frozenset(taken), self.longest)

    def take(self, batches: Iterable[Batch]) -> tuple[int, int]:
        """Store the good rows and the errors of the others; return (rows read, bad rows).

        The good ones flow into the database while the next ones are made, so reading must ask it nothing.
        """
        read, bad = 0, list[BadRow]()
        with copied(StagedCase._meta.db_table, COLUMNS) as rows:
            for batch in batches:
                read += batch.rows
                if batch.proven is not None:
                    rows.write(b"".join(self._proven(batch.proven, batch.lines)))
                pages, refused = self._sorted(batch.others)
                rows.write(b"".join(map(self._page, pages)))
                bad += refused
        copy_rows("grouping_badrow", BAD_COLUMNS, refusals(self.file, bad))
        return read, len(bad)

    def _proven(self, rows: Proven, lines: list[int]) -> Iterator[bytes]:
        names = [name or unnamed(number) for name, number in zip(rows.name, rows.record_no, strict=True)]
        keys, name_keys = people.tokens_for(
            names, rows.sex, rows.birth, rows.id_number, alliance=self._alliance
        )
        columns = zip(
            lines, rows.key, rows.organisation, keys, names, name_keys, rows.birth,
            self._sealed(rows.id_number), rows.content, strict=True,
        )  # fmt: skip
        file, places = self.file.pk, {code: place.pk for code, place in self.places.items()}
        for line, key, organisation, person, name, name_key, birth, number, content in columns:
            who = f"{person}\t{name}\t{name_key}\t{birth}"
            yield _line(f"{file}\t{line}\t\\\\x{key.hex()}\t{places[organisation]}\t{who}", number, content)

    def _sealed(self, numbers: list[str]) -> list[bytes]:
        sealed = iter(self._sealer.seal([number for number in numbers if number]))
        return [b"\\\\x" + hexlify(next(sealed)) if number else NULL.encode() for number in numbers]

    def _page(self, page: FrontPage) -> bytes:
        """One row that was read cell by cell, as `_proven` writes many."""
        patient = page.patient
        name, number = patient.name or unnamed(page.record_no), patient.id_number or ""
        (person,), (name_key,) = people.tokens_for(
            [name], [patient.sex], [str(patient.birth)], [number], alliance=self._alliance
        )
        (sealed,) = self._sealed([number])
        place, text = self.places[page.organisation].pk, line_of(page).encode()
        who = f"{person}\t{escaped(name)}\t{name_key}\t{patient.birth}"
        head = f"{self.file.pk}\t{page.line}\t\\\\x{page.key.hex()}\t{place}\t{who}"
        return _line(head, sealed, text)

    def _sorted(self, rows: Iterable[FrontPage | BadRow]) -> tuple[list[FrontPage], list[BadRow]]:
        placed = [self._placed(row) if isinstance(row, FrontPage) else row for row in rows]
        return (
            [row for row in placed if isinstance(row, FrontPage)],
            [row for row in placed if isinstance(row, BadRow)],
        )

    def _placed(self, page: FrontPage) -> FrontPage | BadRow:
        """The page, or a bad row when it belongs to no member or to another than the one that delivers."""
        if long := self._too_long(page):
            params = (("most", self.longest[long]),)
            error = RowError(page.line, long, "value_too_long", "", "value_too_long", params)
            return BadRow(page.line, page.line, (error,), page.key, page.raw)
        place, own = self.places.get(page.organisation), self._own
        if place is not None and (own is None or own == place):
            return page
        message = "institution_unknown" if place is None else "institution_other"
        named = () if place is None or own is None else (("expected", own.name),)
        error = RowError(page.line, "A01", message, page.organisation, message, named)
        return BadRow(page.line, page.line, (error,), page.key, page.raw)

    def _too_long(self, page: FrontPage) -> str:
        """The first column whose text does not fit where it is stored."""
        texts = {
            "A11": page.patient.name,
            "A48": page.record_no,
            "B16C": page.stay.department_out,
            "B35": page.stay.receiver,
        }
        return next(
            (column for column, text in texts.items() if text and len(text) > self.longest[column]), ""
        )


def stage(file: CaseFile, rows: Iterator[FrontPage | BadRow], limit: int) -> tuple[int, int, bool]:
    """Take up to `limit` rows of a reader that goes row by row into staging; return (rows read, bad rows,
    whether the reader has more).
    """
    taken = list(islice(rows, limit))
    read, bad = Stager(file).take([Batch(None, [], taken)])
    return read, bad, read == limit


def _line(head: str, id_number: bytes, content: bytes) -> bytes:
    """A line of COPY in the order of COLUMNS; `head` holds the columns before the sealed number."""
    return b"%b\t%b\t%b\t%b\n" % (head.encode(), id_number, content, digest_of(content))


def unnamed(record_no: str) -> str:
    """A nameless newborn or unknown is told apart by the record number."""
    return f"无名 {record_no}"


def _id_number() -> SealedField:
    found = Person._meta.get_field("id_number")
    assert isinstance(found, SealedField)
    return found


def refusals(file: CaseFile, rows: Iterable[BadRow]) -> Iterator[list[object]]:
    """Rows of the table of bad rows, in the order of BAD_COLUMNS: one an error."""
    for row in rows:
        for error in row.errors:
            params = {
                name: list(value) if isinstance(value, tuple) else value for name, value in error.params
            }
            yield [
                file.pk,
                row.line,
                row.key,
                error.column,
                error.code,
                error.value[:120],
                error.message,
                json.dumps(params, ensure_ascii=False),
                json.dumps(dict(row.raw), ensure_ascii=False),
            ]
