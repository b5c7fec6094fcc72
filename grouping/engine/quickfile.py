"""Grouping a case file by the compiled scheme, in one process or in several on ranges of its bytes.

Reading and checking a row costs several times what grouping it does. So a row is checked by looking up texts
that were checked before, its fields are taken out only where a rule asks for them, and a row that is in any
way unusual goes the long way of `casefile`, whose checks and results are the ones that hold.
"""

import csv
import gc
import io
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from grouping.engine.case import Number
from grouping.engine.casefile import (
    COLUMNS,
    INTEGER,
    NUMBER,
    OUT_COLUMNS,
    encoding_of,
    read_case,
    read_header,
    read_rows,
)
from grouping.engine.compiled import Compiled, compile_scheme
from grouping.engine.pieces import BLOCK, Range, join, split
from grouping.engine.problems import CaseFileError, Problem
from grouping.engine.rows import Scheme

PIECES = 4  # for each process, so that none waits long for the slowest
KNOWN = 20_000  # texts of numbers that are remembered as checked

NO, SEX, AGE, DAYS, WEIGHT, LOS, DEPARTMENT, DISCHARGE, ICU, DIAGNOSES, PROCEDURES = range(len(COLUMNS))


def _field(place: int) -> Callable[[list[str]], Number | None]:
    def read(cells: list[str]) -> Number | None:
        text = cells[place]
        return (Decimal(text) if "." in text else int(text)) if text else None

    return read


# Fields of a row of cells that has been checked.
CELLS: dict[str, Callable[[list[str]], Any]] = {
    "sex": _field(SEX),
    "age": _field(AGE),
    "age_days": _field(DAYS),
    "weight": lambda cells: _field(WEIGHT)(cells) or None,  # 0 is a missing weight (FORMAT 3)
    "los": _field(LOS),
    "department": lambda cells: cells[DEPARTMENT] or None,
    "discharge": _field(DISCHARGE),
    "icu_hours": _field(ICU),
}


@dataclass(frozen=True, slots=True)
class _Work:
    """One file to be grouped: by what and from where."""

    ready: Compiled
    scheme: Scheme
    source: Path
    encoding: str


def group_file(scheme: Scheme, source: Path, target: Path, processes: int = 1) -> Counter[str]:
    """Group the cases of `source` into `target`; return the number of cases by outcome.

    As `casefile.group_file` in all it reads, writes and refuses; the same bytes however many processes.
    """
    likely = _likely_encoding(source)
    work = _Work(compile_scheme(scheme, CELLS), scheme, source, likely or _encoding(source))
    try:
        return _group(work, target, processes)
    except (UnicodeDecodeError, CaseFileError):
        # The first lines may have misled; and what is wrong with the bytes is said before anything else.
        encoding = _encoding(source)
        if encoding == work.encoding:
            raise
    return _group(replace(work, encoding=encoding), target, processes)


def _encoding(source: Path) -> str:
    with source.open("rb") as raw:
        return encoding_of(raw)


def _likely_encoding(source: Path) -> str | None:
    """What the first lines are written in: all are decoded anyway when read, once is enough."""
    with source.open("rb") as raw:
        block = raw.read(BLOCK)
    try:
        return encoding_of(io.BytesIO(block[: block.rfind(b"\n") + 1]))
    except CaseFileError:
        return None


def _group(work: _Work, target: Path, processes: int) -> Counter[str]:
    part = target.with_name(target.name + ".part")
    try:
        counts = _in_processes(work, part, processes) if processes > 1 else None
        if counts is None:
            counts = _in_one(work, part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return counts


def _header(work: _Work) -> list[str]:
    """The names of the columns; none when they cannot be read, and one process will say what is wrong."""
    with work.source.open(encoding=work.encoding, newline="") as lines:
        try:
            return read_header(csv.reader(lines, strict=True))
        except csv.Error:
            return []


def _in_one(work: _Work, part: Path) -> Counter[str]:
    problems: list[Problem] = []
    with work.source.open(encoding=work.encoding, newline="") as lines, _writing(part) as out:
        csv.writer(out, lineterminator="\n").writerow(OUT_COLUMNS)
        counts = _group_lines(work, lines, out, problems, None)
    if problems:
        raise CaseFileError(problems)
    return counts


def _writing(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _group_lines(
    work: _Work, lines: TextIO, out: TextIO, problems: list[Problem], header: list[str] | None
) -> Counter[str]:
    """Group a stream of case lines into a stream of result lines, one case in memory at a time."""
    number, plain = work.ready.number, _PlainCells()
    ends, results = _ends(work.ready), Counter[int]()
    writer = csv.writer(out, lineterminator="\n")
    write = out.write
    for line, cells in read_rows(lines, problems, header):
        if plain.all(cells):
            diagnoses, procedures = cells[DIAGNOSES], cells[PROCEDURES]
            found = number(
                diagnoses.split("|") if diagnoses else (), procedures.split("|") if procedures else (), cells
            )
            results[found] += 1
            write(cells[NO] + ends[found])
            continue
        case = read_case(line, cells, problems)
        if case is not None:
            found = number(case.diagnoses, case.procedures, cells)
            results[found] += 1
            writer.writerow((case.case_no, *_codes(work.ready, found)))
    counts: Counter[str] = Counter()
    for found, cases in results.items():
        counts[work.ready.outcomes[found].status.value] += cases
    return counts


def _codes(ready: Compiled, number: int) -> tuple[str, str, str, str]:
    result = ready.outcomes[number]
    return result.mdc, result.adrg, result.drg, result.status.value


def _ends(ready: Compiled) -> list[str]:
    """What stands behind the case number in the line of each outcome."""
    ends = []
    for number in range(len(ready.outcomes)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(("", *_codes(ready, number)))
        ends.append(text.getvalue())
    return ends


class _PlainCells:
    """Whether the cells of a row are surely in good order: by far the most are, and are seldom new."""

    def __init__(self) -> None:
        self.integers, self.numbers = {""}, {""}

    def all(self, cells: list[str]) -> bool:
        """True when nothing in the row needs the long way."""
        case_no, sex, age, days, weight, los, _, discharge, icu, diagnoses, procedures = cells
        integers, numbers = self.integers, self.numbers
        if not (
            sex in integers
            and age in integers
            and days in integers
            and discharge in integers
            and los in numbers
            and weight in numbers
            and icu in numbers
        ) and not self._learn(cells):
            return False
        return not (_unusual(case_no) or _gaps(diagnoses) or _gaps(procedures))

    def _learn(self, cells: list[str]) -> bool:
        good = all(
            not cells[place] or INTEGER.fullmatch(cells[place]) for place in (SEX, AGE, DAYS, DISCHARGE)
        )
        good = good and all(
            not cells[place] or NUMBER.fullmatch(cells[place]) for place in (WEIGHT, LOS, ICU)
        )
        if good and len(self.numbers) < KNOWN:
            self.integers.update(cells[place] for place in (SEX, AGE, DAYS, DISCHARGE))
            self.numbers.update(cells[place] for place in (WEIGHT, LOS, ICU))
        return bool(good)


def _unusual(case_no: str) -> bool:
    """A case number that a CSV must quote."""
    return "," in case_no or '"' in case_no or "\n" in case_no or "\r" in case_no


def _gaps(codes: str) -> bool:
    """Blanks to strip, or a code that is empty."""
    return bool(codes) and (
        "||" in codes or codes[0] == "|" or codes[-1] == "|" or len(codes.split(None, 1)) != 1
    )


def _in_processes(work: _Work, part: Path, processes: int) -> Counter[str] | None:
    """Group pieces of the file side by side and put the results together in order.

    None when it cannot be done: the file is one piece, or a row has a fault, which one process then reports
    with its line.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        return None
    header = _header(work)
    ranges = split(work.source, processes * PIECES)
    if len(ranges) < 2 or not header:
        return None
    parts = [part.with_name(f"{part.name}{place}") for place in range(len(ranges))]
    gc.freeze()  # what the workers share they do not touch
    context = multiprocessing.get_context("fork")
    try:
        with context.Pool(min(processes, len(ranges)), _begin, (work, header)) as pool:
            found = pool.starmap(_group_range, zip(ranges, parts, strict=True), chunksize=1)
        if None in found:
            return None
        join(part, ",".join(OUT_COLUMNS) + "\n", parts)
        return sum((counts for counts in found if counts is not None), Counter[str]())
    finally:
        gc.unfreeze()
        for one in parts:
            one.unlink(missing_ok=True)


_work: list[tuple[_Work, list[str]]] = []


def _begin(work: _Work, header: list[str]) -> None:
    _work[:] = [(work, header)]


def _group_range(piece: tuple[int, int], part: Path) -> Counter[str] | None:
    """Group the lines of a range of bytes; None when anything about them is wrong, as when the range does not
    end where a row does: so no piece can begin inside quotes unseen.
    """
    ((work, header),) = _work
    problems: list[Problem] = []
    first = piece[0] == 0
    # Only the file's first bytes can be its mark.
    encoding = work.encoding if first else work.encoding.removesuffix("-sig")
    with work.source.open("rb", buffering=0) as raw, _writing(part) as out:
        raw.seek(piece[0])
        lines = io.TextIOWrapper(
            io.BufferedReader(Range(raw, piece[1] - piece[0]), BLOCK), encoding, newline=""
        )
        try:
            counts = _group_lines(work, lines, out, problems, None if first else header)
        except UnicodeDecodeError:
            return None
    return None if problems else counts
