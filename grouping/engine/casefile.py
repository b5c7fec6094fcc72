"""Grouping a plain case file without any database: cases in, codes and outcome out, line by line."""

import codecs
import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, TextIO

from grouping.engine.case import Case, Number
from grouping.engine.problems import CaseFileError, Problem
from grouping.engine.result import Result
from grouping.engine.rows import Scheme

COLUMNS = (
    "case_no",
    "sex",
    "age",
    "age_days",
    "weight",
    "los",
    "department",
    "discharge",
    "icu_hours",
    "diagnoses",
    "procedures",
)
OUT_COLUMNS = ("case_no", "mdc", "adrg", "drg", "status")
MAX_PROBLEMS = 20  # after so many wrong cells reading stops: the file as a whole is then not what was meant

Group = Callable[[Scheme, Case], Result]


def group_file(scheme: Scheme, source: Path, target: Path, group: Group) -> Counter[str]:
    """Group the cases of `source` into `target` with `group`; return the number of cases by outcome.

    source: CSV with COLUMNS in any order (others are ignored), in UTF-8 with or without byte-order mark or in
    GB18030; lists are separated by | (FORMAT section 10).
    target: UTF-8 with OUT_COLUMNS in the order of the source; it appears whole or not at all.
    Raises CaseFileError for content that cannot be read, OSError for files that cannot.
    """
    with source.open("rb") as raw:
        encoding = encoding_of(raw)
    part = target.with_name(target.name + ".part")
    try:
        with source.open(encoding=encoding, newline="") as lines, part.open("w", encoding="utf-8") as out:
            counts = group_lines(scheme, lines, out, group)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return counts


def encoding_of(raw: BinaryIO) -> str:
    """The encoding of a case file, "utf-8-sig" or "gb18030", found by reading it once, never by guessing.

    Raises CaseFileError with the line for bytes that are neither.
    """
    mark = raw.read(3)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CaseFileError([Problem("", 1, "", "", "case_encoding")])
    # A file that says it is UTF-8 is not tried as GB18030, which can make wrong text of almost any bytes.
    encodings = ("utf-8-sig",) if mark == codecs.BOM_UTF8 else ("utf-8-sig", "gb18030")
    lines = {encoding: _undecodable(raw, encoding) for encoding in encodings}
    for encoding, line in lines.items():
        if line is None:
            return encoding
    last = max(line or 1 for line in lines.values())
    raise CaseFileError([Problem("", last, "", "", "case_encoding")])


def _undecodable(raw: BinaryIO, encoding: str) -> int | None:
    """The first line of the file that is not text in this encoding, None when all is."""
    raw.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    try:
        while block := raw.read(1 << 20):
            decoder.decode(block)
            line += block.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return line + error.object.count(b"\n", 0, error.start)
    return None


def group_lines(scheme: Scheme, lines: TextIO, out: TextIO, group: Group) -> Counter[str]:
    """Group a stream of case lines into a stream of result lines, one case in memory at a time.

    Returns the number of cases by outcome; raises CaseFileError with up to MAX_PROBLEMS problems.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(OUT_COLUMNS)
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    for case in read_cases(lines, problems):
        result = group(scheme, case)
        writer.writerow((case.case_no, result.mdc, result.adrg, result.drg, result.status.value))
        counts[result.status.value] += 1
    if problems:
        raise CaseFileError(problems)
    return counts


def read_cases(lines: TextIO, problems: list[Problem]) -> Iterator[Case]:
    """The cases of a file, in order; what cannot be read is added to `problems` and left out."""
    for line, cells in read_rows(lines, problems):
        case = read_case(line, cells, problems)
        if case is not None:
            yield case


def read_rows(
    lines: TextIO, problems: list[Problem], header: list[str] | None = None
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file by line, as stripped cells in the order of COLUMNS, until there are MAX_PROBLEMS.

    header: the names of the columns when `lines` begins behind the row that says them. A row of another width
    is added to `problems` and left out.
    """
    rows = csv.reader(lines, strict=True)
    end = 0
    try:
        header = header or read_header(rows)
        places = places_of(header, problems)
        if not places:
            return
        end, take = rows.line_num, itemgetter(*places)
        for cells in rows:
            if len(problems) >= MAX_PROBLEMS:
                return
            line, end = end + 1, rows.line_num
            if len(cells) == len(header):
                yield line, [*map(str.strip, take(cells))]
            elif cells:
                params = {"found": len(cells), "width": len(header)}
                problems.append(Problem("", line, "", "", "case_width", params))
    except csv.Error as error:
        problems.append(Problem("", end + 1, "", "", "csv", {"error": error}))


def read_header(rows: Iterator[list[str]]) -> list[str]:
    """The names of the columns from the first row."""
    return [name.strip() for name in next(rows, [])]


def places_of(header: list[str], problems: list[Problem]) -> list[int]:
    """Where each of COLUMNS stands; empty, and a problem each, when one is missing or there twice."""
    wrong = [name for name in COLUMNS if header.count(name) != 1]
    for name in wrong:
        kind = "header_twice" if name in header else "header_missing"
        problems.append(Problem("", 1, name, "", kind))
    return [] if wrong else [header.index(name) for name in COLUMNS]


def read_case(line: int, cells: list[str], problems: list[Problem]) -> Case | None:
    """The case of a row; None, and a problem for each wrong cell, when it cannot be read."""
    before = len(problems)
    text = dict(zip(COLUMNS, cells, strict=True))
    read = _Cells(line, text, problems)
    case = Case(
        case_no=text["case_no"],
        sex=read.integer("sex"),
        age=read.integer("age"),
        age_days=read.integer("age_days"),
        weight=read.number("weight"),
        los=read.number("los"),
        department=text["department"] or None,
        discharge=read.integer("discharge"),
        icu_hours=read.number("icu_hours"),
        diagnoses=read.codes("diagnoses"),
        procedures=read.codes("procedures"),
    )
    return case if len(problems) == before else None


INTEGER = re.compile(r"[0-9]{1,18}")
NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(slots=True)
class _Cells:
    line: int
    text: dict[str, str]
    problems: list[Problem]

    def problem(self, column: str, kind: str) -> None:
        self.problems.append(Problem("", self.line, column, self.text[column], kind))

    def integer(self, column: str) -> int | None:
        text = self.text[column]
        if INTEGER.fullmatch(text):
            return int(text)
        if text:
            self.problem(column, "case_integer")
        return None

    def number(self, column: str) -> Number | None:
        text = self.text[column]
        if NUMBER.fullmatch(text):
            return Decimal(text) if "." in text else int(text)
        if text:
            self.problem(column, "case_number")
        return None

    def codes(self, column: str) -> tuple[str, ...]:
        text = self.text[column]
        codes = tuple(code.strip() for code in text.split("|")) if text else ()
        if "" in codes:
            # Closing the gap could make a secondary diagnosis the principal one.
            self.problem(column, "case_gap")
        return codes
