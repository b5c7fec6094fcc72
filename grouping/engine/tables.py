"""The CSV files of a scheme package: which there are, their columns, and one reader for all (FORMAT 1)."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from grouping.engine.package import MAX_BYTES
from grouping.engine.problems import Problem

if TYPE_CHECKING:
    from _csv import Reader as Rows

Line = tuple[str, ...]  # the values of one row, in the order of the table's columns


@dataclass(frozen=True, slots=True)
class Form:
    """What a cell must look like: `pattern` matches it, else the problem is `kind`."""

    pattern: re.Pattern[str]
    kind: str
    words: str = ""


def _one_of(*words: str) -> Form:
    return Form(re.compile(rf"({'|'.join(words)})\Z"), "one_of", ", ".join(words))


# `0.55` and `44927` are what Excel makes of `00.5500` and of a code that looks like a date (FORMAT 1.2).
PROCEDURE_CODE = Form(re.compile(r"[0-9]{2}\.[0-9A-Za-z]"), "procedure_code")
POSITIVE = Form(re.compile(r"0*[1-9][0-9]{0,17}\Z"), "positive")
DECIMAL = Form(re.compile(r"[0-9]+(\.[0-9]+)?\Z"), "decimal")


@dataclass(frozen=True, slots=True)
class Table:
    """What one CSV file holds. keys: columns whose values together never repeat. blank: may be empty."""

    file: str
    columns: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    required: bool = True
    blank: tuple[str, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)


_KINDS = _one_of("surgical", "procedure", "medical", "ambiguous")
TABLES = (
    Table("mdc.csv", ("mdc", "name", "rule"), (("mdc",),), blank=("name",)),
    Table(
        "adrg.csv",
        ("mdc", "seq", "adrg", "name", "kind", "rule", "when_no_drg"),
        (("mdc", "seq"),),
        blank=("name",),
        forms={"seq": POSITIVE, "kind": _KINDS, "when_no_drg": _one_of("next", "adrg")},
    ),
    Table(
        "drg.csv",
        ("adrg", "seq", "drg", "name", "rule", "weight", "note"),
        (("adrg", "seq"), ("drg",)),
        blank=("name", "weight", "note"),
        forms={"seq": POSITIVE, "weight": DECIMAL},
    ),
    Table(
        "lists.csv",
        ("list", "kind", "code"),
        (("list", "code"),),
        forms={"kind": _one_of("diagnosis", "procedure")},
    ),
    Table(
        "cc.csv",
        ("code", "level", "exclusion_group"),
        (("code", "level"),),
        blank=("exclusion_group",),
        forms={"level": _one_of("CC", "MCC")},
    ),
    Table("exclusion.csv", ("principal", "exclusion_group"), (("principal",),)),
    Table("sites.csv", ("code", "site"), (("code",),), required=False),
    Table("diagnoses.csv", ("code", "name"), (("code",),), required=False, blank=("name",)),
    Table(
        "procedures.csv",
        ("code", "name"),
        (("code",),),
        required=False,
        blank=("name",),
        forms={"code": PROCEDURE_CODE},
    ),
    Table("diagnosis_map.csv", ("clinical", "insurance"), (("clinical",),), required=False),
    Table(
        "procedure_map.csv",
        ("clinical", "insurance"),
        (("clinical",),),
        required=False,
        forms={"clinical": PROCEDURE_CODE, "insurance": PROCEDURE_CODE},
    ),
)


def read_table(table: Table, data: bytes, problems: list[Problem]) -> dict[int, Line]:
    """The rows of one file by line number, values stripped, in the order of `table.columns` (FORMAT 1.1-1.3).

    Everything wrong is added to `problems`. A row with a wrong value comes back too, so that one damaged cell
    is one problem and not a hundred references to a row that seems to be missing.
    """
    reader = _Reader(table, problems)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reader.problem(line, "", "", "encoding")
        return {}
    # A rule may have any number of members; the csv module would stop at 128 KiB a cell.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    sound = reader.read_sound(text)
    return reader.read(text) if sound is None else sound


class _Reader:
    def __init__(self, table: Table, problems: list[Problem]) -> None:
        self.table = table
        self.problems = problems
        self.needed = [i for i, column in enumerate(table.columns) if column not in table.blank]
        self.forms = [(table.columns.index(column), form) for column, form in table.forms.items()]
        self.keys = [(key, [table.columns.index(column) for column in key]) for key in table.keys]
        self.seen: dict[Line, int] = {}

    def problem(self, line: int, column: str, text: str, kind: str, /, **params: object) -> None:
        self.problems.append(Problem(self.table.file, line, column, text, kind, params))

    def read_sound(self, text: str) -> dict[int, Line] | None:
        """The rows of a file in which nothing is wrong and each row is one line; None for any other file.

        A dictionary has 35,000 rows and hardly ever a fault: whole columns are checked at once, and only a
        file that fails is read again row by row, for what must be said about it.
        """
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = tuple(next(rows, []))
            lines: list[Line] = list(map(tuple, rows))
        except csv.Error:
            return None
        as_written = header == self.table.columns and rows.line_num == len(lines) + 1
        if not as_written or set(map(len, lines)) != {len(header)}:
            return None
        if len(text.split()) != rows.line_num:  # there are blanks, perhaps around a value
            lines = [tuple(map(str.strip, line)) for line in lines]
        return dict(enumerate(lines, 2)) if self._sound(lines) else None

    def _sound(self, lines: list[Line]) -> bool:
        if not all(all(map(itemgetter(i), lines)) for i in self.needed):
            return False
        for i, form in self.forms:
            if not all(map(form.pattern.match, filter(None, set(map(itemgetter(i), lines))))):
                return False
        return all(
            len({(*line[:1], line[1].lstrip("0")) for line in lines} if key[-1] == "seq"
                else set(map(itemgetter(*places), lines))) == len(lines)
            for key, places in self.keys
        )  # fmt: skip

    def read(self, text: str) -> dict[int, Line]:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [name.strip() for name in next(rows, [])]
            return self._lines(header, rows) if self._check_header(header) else {}
        except csv.Error:
            self.problem(rows.line_num, "", "", "csv")
            return {}

    def _lines(self, header: list[str], rows: "Rows") -> dict[int, Line]:
        places = [header.index(column) for column in self.table.columns]
        lines: dict[int, Line] = {}
        end = rows.line_num
        for cells in rows:
            line, end = end + 1, rows.line_num  # a quoted cell may run over several lines
            if len(cells) != len(header):
                cells = self._of_width(len(header), line, cells)
            values = tuple([cells[place].strip() for place in places])
            if any(values):
                self._check_values(line, values)
                self._check_keys(line, values)
                lines[line] = values
        return lines

    def _check_header(self, header: list[str]) -> bool:
        wrong = [column for column in self.table.columns if header.count(column) != 1]
        for column in wrong:
            kind = "header_twice" if column in header else "header_missing"
            self.problem(1, column, ",".join(header), kind)
        return not wrong

    def _of_width(self, width: int, line: int, cells: list[str]) -> list[str]:
        # Excel drops empty cells at the end of some rows and adds some to others; both mean nothing.
        if any(cell.strip() for cell in cells[width:]):
            self.problem(line, "", ",".join(cells), "width", found=len(cells), width=width)
        return cells + [""] * (width - len(cells))

    def _check_values(self, line: int, values: Line) -> None:
        for i in self.needed:
            if not values[i]:
                self.problem(line, self.table.columns[i], "", "empty")
        for i, form in self.forms:
            if values[i] and not form.pattern.match(values[i]):
                self.problem(line, self.table.columns[i], values[i], form.kind, words=form.words)

    def _check_keys(self, line: int, values: Line) -> None:
        for key, places in self.keys:
            value = tuple([values[i] for i in places])
            if key[-1] == "seq":
                value = (*value[:-1], value[-1].lstrip("0"))  # 01 and 1 are one place in the order
            first = self.seen.setdefault((*value, *key), line)
            if first != line and all(value):
                self.problem(line, ",".join(key), ",".join(value), "repeated", line=first)
