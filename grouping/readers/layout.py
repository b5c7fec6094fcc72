"""The header of a front-page file, compiled: where each column stands and which columns are kept raw."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grouping.readers.fields import BY_UPPER, FIELDS, NEWBORNS, OTHERS, REQUIRED, Field, Kind
from grouping.readers.masking import tells_a_person
from grouping.readers.rows import FileRefused, Limits

ABSENT = -1
SUB_ITEMS = frozenset(code for code, field in FIELDS.items() if field.kind is Kind.AMOUNT and "x" in code)
_CODED = frozenset(("C05C", "C17x01"))  # read beside their diagnosis or procedure
_DOCTORS = tuple(f"B{number}" for number in range(22, 30))
# Columns outside the standard are kept raw unless their heading speaks of a person.
_PERSONAL_HEADING = re.compile(
    r"姓名|名字|身份证|证件|电话|手机|联系|地址|住址|户口|邮编|卡号|NAME|IDCARD|ID_?NO|PHONE|MOBILE|TEL|ADDR|CARD",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DiagnosisSlot:
    """The columns of one diagnosis: code, name, condition on admission (index or ABSENT)."""

    column: str
    code: int
    name: int
    condition: int
    condition_column: str


@dataclass(frozen=True, slots=True)
class ProcedureSlot:
    """The columns of one procedure: code, name, time, level, surgeon (index or ABSENT)."""

    column: str
    code: int
    name: int
    at: int
    at_column: str
    level: int
    level_column: str
    surgeon: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a row. `index`: column code of the standard -> place."""

    width: int
    index: dict[str, int]
    diagnoses: tuple[DiagnosisSlot, ...]
    procedures: tuple[ProcedureSlot, ...]
    choices: tuple[tuple[Field, int], ...]
    fees: tuple[tuple[str, int, bool], ...]
    weights: tuple[str, ...]
    doctors: tuple[str, ...]
    kept: tuple[tuple[str, int], ...]
    unknown: tuple[tuple[str, int], ...]

    def raw(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the filled columns of a row without names, numbers, addresses and phones (walls section 4)."""
        raw = {code: cells[i] for code, i in self.kept if cells[i]}
        for heading, i in self.unknown:
            if (value := cells[i]) and not tells_a_person(value):
                raw[heading] = value
        return raw


def read_header(line_1: Sequence[str], limits: Limits) -> tuple[str, ...]:
    """Return the header with the standard's spelling of each known column (C06X01C becomes C06x01C).

    Raises FileRefused: too_many_columns, wrong_delimiter, duplicate_columns, missing_columns (all named).
    Source: definitions section 10.1, walls section 4.
    """
    if len(line_1) > limits.max_columns:
        raise FileRefused("too_many_columns", found=len(line_1), limit=limits.max_columns)
    cells = [cell.strip().lstrip("\ufeff") for cell in line_1]
    header = tuple(BY_UPPER.get(cell.upper(), cell) for cell in cells)
    repeated = [code for code, times in Counter(cell.upper() for cell in header if cell).items() if times > 1]
    if repeated:
        raise FileRefused("duplicate_columns", columns=tuple(BY_UPPER.get(code, code) for code in repeated))
    if missing := sorted(REQUIRED.difference(header)):
        _refuse_delimiter(line_1)
        raise FileRefused("missing_columns", columns=tuple(missing))
    return header


def _refuse_delimiter(line_1: Sequence[str]) -> None:
    for delimiter, word in (("\t", "Tab"), (";", ";"), ("|", "|"), ("，", "，")):
        if len(line_1) == 1 and line_1[0].count(delimiter) >= len(REQUIRED) - 1:
            raise FileRefused("wrong_delimiter", delimiter=word)


def parse_header(text: str) -> list[str]:
    """Cut line 1 into cells. Raises FileRefused (malformed_header)."""
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise FileRefused("malformed_header") from None


def compile_layout(header: Sequence[str]) -> Layout:
    """Return the layout of a header that read_header accepted."""
    index = {code: i for i, code in enumerate(header) if code in FIELDS}
    fields = [(FIELDS[code], i) for code, i in index.items()]
    return Layout(
        width=len(header),
        index=index,
        diagnoses=_diagnosis_slots(index),
        procedures=_procedure_slots(index),
        choices=tuple(
            (f, i) for f, i in fields if f.kind is Kind.CHOICE and not f.required and not _beside(f.code)
        ),
        fees=tuple((f.code, i, f.code in SUB_ITEMS) for f, i in fields if _is_part(f)),
        weights=tuple(code for n in range(1, NEWBORNS + 1) if (code := f"A18x{n:02}") in index),
        doctors=tuple(code for code in _DOCTORS if code in index),
        kept=tuple((f.code, i) for f, i in fields if not f.personal),
        unknown=tuple(
            (code, i)
            for i, code in enumerate(header)
            if code and code not in FIELDS and not _PERSONAL_HEADING.search(code)
        ),
    )


def _beside(code: str) -> bool:
    return code in _CODED or code.startswith(("C08x", "C38x"))


def _is_part(field: Field) -> bool:
    return field.kind is Kind.AMOUNT and field.code not in ("D01", "D09")


def _diagnosis_slots(index: dict[str, int]) -> tuple[DiagnosisSlot, ...]:
    names = [("C03C", "C04N", "C05C")]
    names += [(f"C06x{n:02}C", f"C07x{n:02}N", f"C08x{n:02}C") for n in range(1, OTHERS + 1)]
    return tuple(
        DiagnosisSlot(code, index[code], index.get(name, ABSENT), index.get(condition, ABSENT), condition)
        for code, name, condition in names
        if code in index
    )


def _procedure_slots(index: dict[str, int]) -> tuple[ProcedureSlot, ...]:
    names = [("C14x01C", "C15x01N", "C16x01", "C17x01", "C18x01")]
    names += [tuple(f"C{35 + k}x{n:02}{end}" for k, end in enumerate(("C", "N", "", "", ""))) for n in _others()]
    return tuple(
        ProcedureSlot(
            code,
            index[code],
            index.get(name, ABSENT),
            index.get(at, ABSENT),
            at,
            index.get(level, ABSENT),
            level,
            index.get(surgeon, ABSENT),
        )
        for code, name, at, level, surgeon in names
        if code in index
    )


def _others() -> range:
    return range(1, OTHERS + 1)
