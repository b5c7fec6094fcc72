"""From one record of any source to a front page or to its errors: every reader ends here, so that all of them
check alike (definitions section 10.1).
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from grouping.readers import checks, parts
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.layout import Layout
from grouping.readers.record import Record
from grouping.readers.rows import BadRow, FrontPage, Limits, RowError


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


def malformed(line: int, last: int, code: str, /, **params: int) -> BadRow:
    """A record whose cells cannot even be told apart."""
    error = RowError(line, "", code, "", code, tuple(params.items()))
    return BadRow(line, last, (error,), None, {})


class Assembler:
    """Makes pages of the records of one file.

    `edition` says which code edition the source delivers; it is a setting of the source and never guessed
    (FORMAT 5.5). `seen` holds the keys of the rows before; without it duplicates are the caller's.
    `levels`: whether the source states levels of operations.
    """

    def __init__(
        self,
        layout: Layout,
        dictionary: Dictionary,
        edition: Edition,
        limits: Limits,
        seen: SeenKeys | None,
        levels: bool = True,
    ) -> None:
        self._layout = layout
        self._dictionary = dictionary
        self._edition = edition
        self._limits = limits
        self._seen = seen
        self._levels = levels

    def row(self, cells: Sequence[str], line: int, last: int) -> FrontPage | BadRow:
        """The page of the cells of lines `line` to `last`, or their errors."""
        width = len(self._layout.header)
        if len(cells) < width or any(cells[width:]):
            return malformed(line, last, "wrong_field_count", found=len(cells), expected=width)
        return self.page(Record(self._layout, cells, line), last)

    def page(self, record: Record, last: int) -> FrontPage | BadRow:
        """The page of a record, or the errors found in it, those it had before among them."""
        page = self._read(record)
        if record.errors:
            key = page.key if record.sound("A01", "A49") and record.text("A48") else None
            return BadRow(record.line, last, tuple(record.errors), key, page.raw)
        return page

    def _read(self, record: Record) -> FrontPage:
        organisation, record_no = record.required("A01"), record.required("A48")
        stated = record.required_whole("A49") if record.has("A49") else None
        patient, stay = parts.read_patient(record), parts.read_stay(record)
        # A source without visit numbers tells the stays of a record apart by the day of discharge.
        visit_no = int(f"{stay.discharged:%Y%m%d}") if stated is None else stated
        page = FrontPage(
            line=record.line,
            key=row_key(organisation, record_no, visit_no),
            organisation=organisation,
            record_no=record_no,
            visit_no=visit_no,
            patient=patient,
            stay=stay,
            diagnoses=parts.read_diagnoses(record, self._dictionary.diagnoses, self._edition),
            procedures=parts.read_procedures(record, self._dictionary, self._edition, self._levels),
            bill=parts.read_bill(record),
            raw=self._layout.raw(record.filled) | ({} if stated else {"A49": str(visit_no)}),
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
