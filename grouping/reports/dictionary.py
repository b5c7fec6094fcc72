"""The data dictionary and interface specification, made from the code that reads and checks (S4-28).

Nothing is written twice: fields, values and obligations are those of the readers, errors are found where the
readers report them, the package's files are those its reader knows.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from grouping.engine.problems import REASONS
from grouping.engine.remedies import REMEDIES
from grouping.engine.tables import TABLES, Table
from grouping.readers import assembling, checks, listfields, n041, parts, record, settlement
from grouping.readers.fields import FIELDS, Field, Kind
from grouping.readers.messages import FILE, MESSAGES, ROW, Message

# Modules whose checks report a column; what they report is read from their source.
CHECKING = (assembling, checks, parts, record, settlement)
# What a value of a kind may be reported for, whatever its column (grouping.readers.record).
OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.INTEGER: ("number_form", "number_range"),
    Kind.AMOUNT: ("amount_form",),
    Kind.CHOICE: ("choice_unknown",),
    Kind.DAY: ("datetime_form", "datetime_no_such_day", "datetime_serial"),
    Kind.MOMENT: ("datetime_form", "datetime_no_such_day", "datetime_serial"),
}
MISSING: Mapping[Kind, str] = {
    Kind.CHOICE: "choice_missing", Kind.DAY: "datetime_missing", Kind.MOMENT: "datetime_missing",
}  # fmt: skip
# Checks that work out their column or their message as they go: where they report.
_CODES = ("C01C", "C03C", "C06x01C", "C12C", "C14x01C", "C35x01C")
COMPUTED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("code_too_short", "code_near", "code_unknown"), _CODES),
    "procedure_form": ("C14x01C", "C35x01C"),
    "operation_outside_stay": ("C16x01", "C37x01"),
    **dict.fromkeys(("id_scientific", "id_checksum", "id_malformed"), ("A20",)),
    "payment_unknown": ("A46C",),
    "institution_unknown": ("A01",),
    "institution_other": ("A01",),
}
_NUMBER = re.compile(r"x\d{2}")


@dataclass(frozen=True)
class FieldLine:
    """One field, or one series of fields (`last` names its last one): how it is called, what it holds."""

    code: str
    last: str
    field: Field
    headings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The code, or first and last code of a series."""
        return f"{self.code} – {self.last}" if self.last != self.code else self.code


@dataclass(frozen=True)
class ErrorLine:
    """One error of a reader: its key, both sentences, the columns that are reported with it."""

    key: str
    message: Message
    whole_file: bool
    columns: tuple[str, ...]


def front_page() -> list[FieldLine]:
    """The fields of the front page (HQMS), a series as one line."""
    found = _reported()
    return [
        FieldLine(first.code, last.code, first, errors=_errors(first, found))
        for first, last in _series(FIELDS)
    ]


def older_export() -> list[FieldLine]:
    """The headings of the older provincial export and the fields they mean."""
    headings: dict[str, list[str]] = defaultdict(list)
    for heading, target in n041.ONCE.items():
        if target in FIELDS:
            headings[target].append(heading)
    found = _reported()
    return [
        FieldLine(code, code, FIELDS[code], tuple(names), _errors(FIELDS[code], found))
        for code, names in headings.items()
    ]


def settlement_list() -> list[FieldLine]:
    """Where the fields stand in the settlement list (4101, 4101A), then what is kept as it is."""
    found, lines = _reported(), []
    places = {column: place for column, place in settlement.PLACES.items() if column in FIELDS}
    for first, last in _series({code: FIELDS[code] for code in places}):
        line = FieldLine(first.code, last.code, first, (places[first.code],), _errors(first, found))
        lines.append(line)
    for column, (zh, en) in listfields.NAMES.items():
        place = settlement.PLACES.get(column, "iteminfo.med_chrgitm")
        kind = Kind.INTEGER if column in found else Kind.AMOUNT
        lines.append(FieldLine(column, column, Field(column, zh, en, kind), (place,), found.get(column, ())))
    return lines


def kept_of_the_list() -> tuple[str, ...]:
    """Fields of the settlement list that are kept as they are, not checked."""
    return listfields.KEPT


def errors() -> list[ErrorLine]:
    """Every error of the readers, of rows first."""
    columns: dict[str, list[str]] = defaultdict(list)
    for line in [*front_page(), *settlement_list()]:
        for key in line.errors:
            if line.name not in columns[key]:
                columns[key].append(line.name)
    return [
        ErrorLine(key, message, key in FILE, tuple(columns[key])) for key, message in (ROW | FILE).items()
    ]


def package_files() -> list[tuple[Table, str]]:
    """The CSV files of a scheme package with each of their columns."""
    return [(table, column) for table in TABLES for column in table.columns]


def problems() -> list[tuple[str, str, str]]:
    """Every finding about a package or case file: kind, reason, remedy (English msgids)."""
    return [(kind, reason, REMEDIES.get(kind, "")) for kind, reason in REASONS.items()]


def _series(fields: Mapping[str, Field]) -> Iterator[tuple[Field, Field]]:
    """First and last field of each series, in the order of the standard; a single field is both."""
    grouped: dict[str, list[Field]] = defaultdict(list)
    for code, field in fields.items():
        repeated = (
            _NUMBER.search(code) and _NUMBER.sub("x02", code) in FIELDS and field.kind is not Kind.AMOUNT
        )
        grouped[_NUMBER.sub("x", code) if repeated else code].append(field)
    for group in sorted(grouped.values(), key=lambda group: group[0].code):
        yield group[0], group[-1]


def _errors(field: Field, found: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    own = list(OF_KIND.get(field.kind, ()))
    if field.required:
        own.insert(0, MISSING.get(field.kind, "value_missing"))
    if field.kind in (Kind.CODE, Kind.TEXT, Kind.NUMBER) and field.required:
        own.append("scientific_notation")
    return tuple(dict.fromkeys([*own, *found.get(field.code, ())]))


@lru_cache(maxsize=1)
def _reported() -> Mapping[str, tuple[str, ...]]:
    """Columns and the messages their checks report, read from the source of the checking modules."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in CHECKING:
        for column, key in _calls(module):
            if key not in found[column]:
                found[column].append(key)
    for key, columns in COMPUTED.items():
        for column in columns:
            found[column].append(key)
    return {column: tuple(keys) for column, keys in found.items()}


def _calls(module: ModuleType) -> Iterator[tuple[str, str]]:
    """`report(column, code, message)`, helpers given a column and a message, tables from one to the other."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Dict):
            yield from _pairs(module, node)
        if not isinstance(node, ast.Call) or not node.args:
            continue
        reports = getattr(node.func, "attr", "") == "report"
        columns = [_constant(module, one) for one in (node.args[:1] if reports else node.args)]
        for argument in node.args[2:3] if reports else node.args:
            for key in _texts(argument):
                yield from ((column, key) for column in columns if key in MESSAGES and _known(column))


def _pairs(module: ModuleType, table: ast.Dict) -> Iterator[tuple[str, str]]:
    for name, value in zip(table.keys, table.values, strict=True):
        column, key = _constant(module, name) if name else "", _constant(module, value)
        if key in MESSAGES and _known(column):
            yield column, key


def _known(column: str) -> bool:
    return column in FIELDS or column in listfields.NAMES


def _constant(module: ModuleType, node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    value: Any = getattr(module, node.id, "") if isinstance(node, ast.Name) else ""
    return value if isinstance(value, str) else ""


def _texts(node: ast.expr) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
