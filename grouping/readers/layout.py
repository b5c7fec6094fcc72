"""The header of a front-page file, compiled: which columns it has and which of them are kept raw."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeVar

from grouping.readers.fields import BY_UPPER, FIELDS, NEWBORNS, OTHERS, REQUIRED, Field, Kind
from grouping.readers.masking import tells_a_person
from grouping.readers.rows import FileRefused, Limits

T = TypeVar("T")
# Columns outside the standard are kept raw unless their heading speaks of a person.
_PERSONAL_HEADING = re.compile(
    r"姓名|名字|身份证|证件|电话|手机|联系|地址|住址|户口|邮编|卡号|NAME|IDCARD|ID_?NO|PHONE|MOBILE|TEL|ADDR|CARD"
    # Doctors, nurses and relatives, and the pinyin of the older provincial export (definitions section 10.2).
    r"|医师|医生|护士|术者|编码员|家属|籍贯|出生地|单位"
    r"|^(?:XM|HZXM|SFZH|SFZ|ZJHM|JKKH|LXRXM|LXR|DH|DH2|LXDH|SJH|DZ|XZZ|HKDZ|GZDWJDZ|DWDH|CSD|GG|YB[123])$"
    r"|^(?:KZR|ZRYS|ZZYS|ZYYS|ZRHS|JXYS|SXYS|BMY|ZKYS|ZKHS|SZ\d*|YZ\d*|EZ\d*|MZYS\d*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DiagnosisSlot:
    """The columns of one diagnosis."""

    code: str
    name: str
    condition: str


@dataclass(frozen=True, slots=True)
class ProcedureSlot:
    """The columns of one procedure."""

    code: str
    name: str
    at: str
    level: str
    surgeon: str


_OTHERS = range(1, OTHERS + 1)
_DIAGNOSES = (
    DiagnosisSlot("C03C", "C04N", "C05C"),
    *(DiagnosisSlot(f"C06x{n:02}C", f"C07x{n:02}N", f"C08x{n:02}C") for n in _OTHERS),
)
_PROCEDURES = (
    ProcedureSlot("C14x01C", "C15x01N", "C16x01", "C17x01", "C18x01"),
    *(
        ProcedureSlot(f"C35x{n:02}C", f"C36x{n:02}N", f"C37x{n:02}", f"C38x{n:02}", f"C39x{n:02}")
        for n in _OTHERS
    ),
)
# By the column of the code. In the order of these columns the principal and the main one come first.
DIAGNOSES = {slot.code: slot for slot in _DIAGNOSES}
PROCEDURES = {slot.code: slot for slot in _PROCEDURES}
WEIGHTS = tuple(f"A18x{n:02}" for n in range(1, NEWBORNS + 1))
DOCTORS = tuple(f"B{number}" for number in range(22, 30))
PARTS = tuple(f.code for f in FIELDS.values() if f.kind is Kind.AMOUNT and f.code not in ("D01", "D09"))
MAIN_PARTS = tuple(part for part in PARTS if "x" not in part)
# Read where they belong: beside their diagnosis or procedure, or as a required column.
_READ_ELSEWHERE = {slot.condition for slot in _DIAGNOSES} | {slot.level for slot in _PROCEDURES} | REQUIRED


@dataclass(frozen=True, slots=True)
class Layout:
    """A header and what follows from it. The tuples hold those standard columns that the file has.

    `kept`: standard columns that may be kept raw. `unknown`: columns outside the standard that may be.
    `main_parts`: the charges D11 to D34 without their sub-items; `all_parts`: whether none of them is absent.
    """

    header: tuple[str, ...]
    columns: frozenset[str]
    kept: frozenset[str]
    unknown: tuple[str, ...]
    choices: tuple[Field, ...]
    parts: tuple[str, ...]
    main_parts: tuple[str, ...]
    all_parts: bool
    weights: tuple[str, ...]
    doctors: tuple[str, ...]

    def filled(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the filled cells of a row by column, without the blanks around them."""
        pairs = compress(zip(self.header, cells, strict=False), cells)
        return {column: text for column, cell in pairs if (text := cell.strip())}

    def raw(self, filled: Mapping[str, str]) -> dict[str, str]:
        """Return what is kept raw: no names, numbers, addresses and phones (walls section 4)."""
        raw = {column: text for column, text in filled.items() if column in self.kept}
        for column in self.unknown:
            if (text := filled.get(column)) and not tells_a_person(text):
                raw[column] = text
        return raw


def slots_filled(values: Mapping[str, str], slots: Mapping[str, T]) -> list[tuple[str, T]]:
    """Return (code, slot) of the diagnoses or procedures that a row has, in the order of the form."""
    return [(values[column], slots[column]) for column in sorted(values.keys() & slots.keys())]


def compile_layout(header: tuple[str, ...]) -> Layout:
    """Return the layout of a header that read_header accepted."""
    columns = frozenset(header)
    fields = [FIELDS[column] for column in header if column in FIELDS]
    parts = _present(PARTS, columns)
    return Layout(
        header=header,
        columns=columns,
        kept=frozenset(field.code for field in fields if not field.personal),
        unknown=tuple(c for c in header if c and c not in FIELDS and not _PERSONAL_HEADING.search(c)),
        choices=tuple(f for f in fields if f.kind is Kind.CHOICE and f.code not in _READ_ELSEWHERE),
        parts=parts,
        main_parts=_present(MAIN_PARTS, columns),
        all_parts=columns.issuperset(MAIN_PARTS),
        weights=_present(WEIGHTS, columns),
        doctors=_present(DOCTORS, columns),
    )


def _present(wanted: tuple[str, ...], columns: frozenset[str]) -> tuple[str, ...]:
    return tuple(column for column in wanted if column in columns)


def parse_header(text: str) -> list[str]:
    """Cut line 1 into cells. Raises FileRefused (malformed_header)."""
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise FileRefused("malformed_header") from None


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
