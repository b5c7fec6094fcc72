"""One row being read: its cells, the findings so far, and typed access to its columns.

One cause, one error: a column is reported once, and a check asks `sound` before it relies on a column. A
required value that cannot be read stands as 0, "" or the first day of the calendar until the row ends as a
BadRow: it never leaves the reader.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from grouping.readers import values
from grouping.readers.fields import FIELDS, Field, Kind
from grouping.readers.layout import Layout
from grouping.readers.masking import masked
from grouping.readers.messages import Param
from grouping.readers.rows import RowError

T = TypeVar("T")
_ERROR_CODES = {Kind.INTEGER: "bad_number", Kind.AMOUNT: "bad_amount", Kind.CHOICE: "invalid_value"}
# The columns whose every fault, a missing value too, is one kind.
_OWN_CODES = {"A12C": "invalid_sex", "B34C": "invalid_discharge_way"}


class Record:
    """One row and the errors found in it.

    `filled` has the filled cells by column, `values` those of them that are not "-" (declared missing).
    """

    __slots__ = ("errors", "filled", "layout", "line", "reported", "values")

    def __init__(self, layout: Layout, cells: Sequence[str], line: int) -> None:
        self.layout = layout
        self.filled = layout.filled(cells)
        self.values = {column: text for column, text in self.filled.items() if text != "-"}
        self.line = line
        self.errors: list[RowError] = []
        self.reported: set[str] = set()

    def report(self, column: str, code: str, message: str, value: str = "", /, **params: Param) -> None:
        """Note an error of a column, once; the value is masked here. `params` must be safe to show."""
        if column not in self.reported:
            self.reported.add(column)
            shown = masked(column, value)
            self.errors.append(RowError(self.line, column, code, shown, message, tuple(params.items())))

    def sound(self, *columns: str) -> bool:
        """Whether a check may rely on these columns: none of them has been reported."""
        return not self.reported or self.reported.isdisjoint(columns)

    def has(self, column: str) -> bool:
        """Whether the file has the column."""
        return column in self.layout.columns

    def text(self, column: str) -> str:
        """The cell of a column, "" when it is missing (an absent column, an empty cell or "-")."""
        return self.values.get(column, "")

    def optional(self, column: str) -> str | None:
        """The text of a column that may be missing."""
        return self.values.get(column)

    def required(self, column: str) -> str:
        """The text of a column that must be filled; reports it empty or rewritten by a spreadsheet."""
        text = self.text(column)
        if not text:
            self.missing(column)
        elif values.is_scientific(text):
            self.report(column, "scientific_notation", "scientific_notation", text)
        return text

    def missing(self, column: str) -> None:
        """Report a required column that is empty, in the words of its kind."""
        field = FIELDS[column]
        if field.kind is Kind.CHOICE:
            code = _OWN_CODES.get(column, "missing_value")
            self.report(column, code, "choice_missing", choices=tuple(sorted(field.choices)))
        elif field.kind in (Kind.DAY, Kind.MOMENT):
            form = values.DAY_FORM if field.kind is Kind.DAY else values.MOMENT_FORM
            self.report(column, "bad_datetime", "datetime_missing", form=form)
        else:
            self.report(column, "missing_value", "value_missing")

    def whole(self, column: str) -> int | None:
        """An integer within the bounds of its field, None when missing; reports bad_number."""
        field = FIELDS[column]
        return self._read(field, self.text(column), lambda text: values.whole(text, field.low, field.high))

    def amount(self, column: str) -> int | None:
        """An amount in fen, None when missing; reports bad_amount."""
        return self._read(FIELDS[column], self.text(column), values.amount)

    def day(self, column: str) -> date:
        """A required day; reports bad_datetime."""
        return self._read(FIELDS[column], self._filled(column), values.day) or date.min

    def moment(self, column: str) -> datetime:
        """A required point in time; reports bad_datetime."""
        return self._read(FIELDS[column], self._filled(column), values.moment) or datetime.min

    def choice(self, column: str) -> int | None:
        """A code of the column's enumeration, None when missing; reports invalid_value or its own kind."""
        text, field = self.values.get(column, ""), FIELDS[column]
        if text in field.choices:
            return int(text)
        if text:
            self.report_choice(field, text)
        return None

    def report_choice(self, field: Field, text: str) -> None:
        """Report a text that is none of the field's codes."""
        code = _OWN_CODES.get(field.code, "invalid_value")
        self.report(field.code, code, "choice_unknown", text, choices=tuple(sorted(field.choices)))

    def required_choice(self, column: str) -> int:
        """A code of a required column's enumeration."""
        return self.choice(column) or self._absent(column)

    def required_whole(self, column: str) -> int:
        """An integer of a required column."""
        number = self.whole(column)
        return self._absent(column) if number is None else number

    def required_amount(self, column: str) -> int:
        """An amount in fen of a required column."""
        fen = self.amount(column)
        return self._absent(column) if fen is None else fen

    def optional_moment(self, column: str) -> datetime | None:
        """A point in time that may be missing; reports bad_datetime."""
        return self._read(FIELDS[column], self.text(column), values.moment)

    def _absent(self, column: str) -> int:
        if column not in self.reported:
            self.missing(column)
        return 0

    def _filled(self, column: str) -> str:
        text = self.text(column)
        if not text:
            self.missing(column)
        return text

    def _read(self, field: Field, text: str, read: Callable[[str], T]) -> T | None:
        if not text:
            return None
        try:
            return read(text)
        except values.BadValue as bad:
            code = _ERROR_CODES.get(field.kind, "bad_datetime")
            self.report(field.code, code, bad.message, text, **bad.params)
            return None
