"""Taking in what metrics are compared with: a benchmark of groups, a catalogue of operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction

from alliance.lib import money, sheets
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from alliance.sql import copy_rows
from grouping import sql as cases_sql
from grouping.metrics import sql
from grouping.models import Benchmark, BenchmarkGroup, OperationCatalogue

LIMITS = sheets.Limits(csv_bytes=20 * 1024 * 1024)
SHOWN = 20
HEADS = {
    "drg": ("drg", "drg编码", "病组编码", "drg组", "code"),
    "cost": ("mean_cost", "次均费用", "例均费用", "平均费用", "mean cost"),
    "stay": ("mean_stay", "平均住院日", "mean stay"),
    "risk": ("risk", "risk_score", "风险等级", "risk grade"),
    "operation": ("code", "手术编码", "编码", "操作编码"),
}
RISKS = {
    "": None, "0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "无": 0, "低": 1, "低风险": 1, "中低": 2,
    "中低风险": 2, "中高": 3, "中高风险": 3, "高": 4, "高风险": 4, "low": 1, "mid-low": 2, "mid-high": 3,
    "high": 4,
}  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9.+*/_-]{1,20}")
_DAYS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,2})?")


class ReferenceRefused(Refused):
    """A list cannot be taken in; `faults` names the lines."""

    reasons = {
        "no_column": "The column of %(column)s is missing. Name it in line 1.",
        "empty": "The list has no lines below its heading.",
        "nothing_said": "The list says nothing: it needs a column of mean charge, mean stay or risk grade.",
        "faults": "%(count)s lines have to be corrected first. Nothing was stored.",
        "same_day": "A list that holds from this day exists already. Choose another day or name.",
    }

    def __init__(self, reason: str, faults: Sequence[Fault] = (), **params: object) -> None:
        super().__init__(reason, **params)
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Fault:
    """One thing to correct: line, column, what stands there; `kind` names the sentence."""

    line: int
    column: str
    text: str
    kind: str


@dataclass(frozen=True)
class Head:
    """Who enters which list, from when on, from which source."""

    by: Membership
    name: str
    source: str
    from_date: date


@transaction.atomic
def take_benchmark(head: Head, *, file_name: str, content: BinaryIO) -> Benchmark:
    """Store a benchmark: DRG, mean charge (yuan), mean stay (days), risk grade (0 to 4); cells may be empty.

    Raises SheetRefused, ReferenceRefused (nothing is stored).
    """
    places, rows = _open(file_name, content, needed="drg", wanted=("drg", "cost", "stay", "risk"))
    if not {"cost", "stay", "risk"} & places.keys():
        raise ReferenceRefused("nothing_said")
    readers: dict[str, Callable[[str], Any]] = {"cost": _cost, "stay": _stay, "risk": _risk}
    found, faults = _read(places, rows, "drg", readers)
    _check(found, faults)
    if Benchmark.objects.filter(name=head.name, from_date=head.from_date).exists():
        raise ReferenceRefused("same_day")
    row = Benchmark.objects.create(
        name=head.name, source=head.source, from_date=head.from_date, entered_by=head.by
    )
    columns = ["benchmark_id", "drg", "mean_cost_fen", "mean_stay", "risk"]
    values = [(row.pk, drg, one.get("cost"), one.get("stay"), one.get("risk")) for drg, one in found.items()]
    copy_rows(BenchmarkGroup._meta.db_table, columns, values)
    journal.write(by=head.by, verb="benchmark.imported", about=row, groups=len(found), source=head.source)
    return row


@transaction.atomic
def take_catalogue(head: Head, *, file_name: str, content: BinaryIO) -> OperationCatalogue:
    """Store a catalogue of minimally invasive operations; the months it concerns are summed anew.

    Raises SheetRefused, ReferenceRefused (nothing is stored).
    """
    places, rows = _open(file_name, content, needed="operation", wanted=("operation",))
    found, faults = _read(places, rows, "operation", {})
    _check(found, faults)
    if OperationCatalogue.objects.filter(from_date=head.from_date).exists():
        raise ReferenceRefused("same_day")
    row = OperationCatalogue.objects.create(
        name=head.name, source=head.source, from_date=head.from_date, codes=sorted(found), entered_by=head.by
    )
    first = Month.of(head.from_date).first_day
    cases_sql.execute(sql.MARK_SINCE, month=first)
    journal.write(by=head.by, verb="catalogue.imported", about=row, codes=len(found), source=head.source)
    return row


def _open(
    name: str, content: BinaryIO, *, needed: str, wanted: Sequence[str]
) -> tuple[dict[str, int], Iterator[sheets.SheetRow]]:
    """The places of the columns by their heading, and the rows below it."""
    rows = sheets.read(name, content, limits=LIMITS)
    head = next(rows, None)
    cells = [cell.strip().lower() for cell in head.cells] if head else []
    places = {
        column: next(place for place, cell in enumerate(cells) if cell in HEADS[column])
        for column in wanted
        if any(cell in HEADS[column] for cell in cells)
    }
    if needed not in places:
        raise ReferenceRefused("no_column", column=" / ".join(HEADS[needed]))
    return places, rows


def _read(
    places: Mapping[str, int],
    rows: Iterator[sheets.SheetRow],
    key: str,
    readers: Mapping[str, Callable[[str], Any]],
) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
    found: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for row in rows:
        cells = {column: row.cells[place].strip() if place < len(row.cells) else ""
                 for column, place in places.items()}  # fmt: skip
        code = cells.pop(key)
        if not _CODE.fullmatch(code):
            faults.append(Fault(row.line, key, code, "code"))
        elif code in found:
            faults.append(Fault(row.line, key, code, "twice"))
        else:
            found[code] = _values(row.line, cells, readers, faults)
    return found, faults


def _values(
    line: int, cells: Mapping[str, str], readers: Mapping[str, Callable[[str], Any]], faults: list[Fault]
) -> dict[str, Any]:
    values = {}
    for column, text in cells.items():
        try:
            values[column] = readers[column](text)
        except (ValueError, KeyError):
            faults.append(Fault(line, column, text, column))
    return values


def _cost(text: str) -> int | None:
    if not text:
        return None
    found = money.fen(text)
    if found <= 0:
        raise ValueError(text)
    return found


def _stay(text: str) -> Decimal | None:
    if not text:
        return None
    if not _DAYS.fullmatch(text) or not Decimal(text):
        raise ValueError(text)
    return Decimal(text)


def _risk(text: str) -> int | None:
    return RISKS[text.lower()]


def _check(found: Mapping[str, Any], faults: Sequence[Fault]) -> None:
    if faults:
        raise ReferenceRefused("faults", faults[:SHOWN], count=len(faults))
    if not found:
        raise ReferenceRefused("empty")
