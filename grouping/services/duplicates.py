"""Rows of a file that repeat the discharge of an earlier line: found when all of them are staged."""

from __future__ import annotations

from typing import BinaryIO

from django.db.models import F

from alliance.sql import copy_rows
from grouping import sql
from grouping.delivered import sql as delivered
from grouping.models import BadRow as StoredBadRow
from grouping.models import CaseFile, FileRange, StagedCase
from grouping.readers.formats import Spec
from grouping.readers.masking import masked
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, RowError
from grouping.services import ranges
from grouping.services.staging import BAD_COLUMNS, HOUSE_CODES, refusals


def refuse(file: CaseFile, plain: BinaryIO, spec: Spec, start: Checkpoint) -> None:
    """Make each repeated row a bad one that names the line it repeats; the first one stays as it is.

    The row is read once more for what a bad row keeps of it.
    """
    rows = sql.fetch(delivered.DUPLICATES, file=file.pk, house=list(HOUSE_CODES))
    firsts = {row["line"]: row["first"] for row in rows}
    if not firsts:
        return
    found = list(FileRange.objects.filter(file=file).order_by("number"))
    for number, one in enumerate(found):
        below = found[number + 1].line if number + 1 < len(found) else max(firsts) + 1
        here = {line: first for line, first in firsts.items() if one.line <= line < below}
        if here:
            _refuse_range(file, here, [*ranges.explain(file, plain, spec, start, one, here)])


def _refuse_range(file: CaseFile, firsts: dict[int, int], rows: list[FrontPage | BadRow]) -> None:
    lines = list(firsts)
    moved, _kinds = StagedCase.objects.filter(file=file, line__in=lines).delete()
    StoredBadRow.objects.filter(file=file, line__in=lines, code__in=HOUSE_CODES).delete()
    repeated = (_repeated(row, firsts[row.line]) for row in rows)
    copy_rows("grouping_badrow", BAD_COLUMNS, refusals(file, repeated))
    CaseFile.objects.filter(pk=file.pk).update(rows_bad=F("rows_bad") + moved)
    file.refresh_from_db(fields=["rows_bad"])


def _repeated(row: FrontPage | BadRow, first: int) -> BadRow:
    if isinstance(row, FrontPage):
        record_no, visit, last = row.record_no, row.visit_no, row.line
    else:
        record_no, visit, last = row.raw.get("A48", ""), int(row.raw.get("A49", "0")), row.last_line
    shown = masked("A48", record_no)
    error = RowError(
        row.line, "A48", "duplicate_record", shown, "duplicate_record", (("visit", visit), ("first", first))
    )
    return BadRow(row.line, last, (error,), row.key, row.raw)
