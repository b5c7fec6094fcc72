"""Up to which day the alliance knows who came back: the months that every member has delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import sql as cases_sql
from grouping.readmission import sql


@dataclass(frozen=True)
class Coverage:
    """`last_day`: the last complete day; `missing`: whose month `next` is awaited, by institution id."""

    last_day: date
    next: Month
    missing: tuple[int, ...]


def coverage(month: Month) -> Coverage:
    """How far the data reach for the discharges of a month; one query.

    Members deliver whole months; a village room delivers through its township (practice 1). A month is
    complete once each active member that delivers has either sent front pages of it after its last day or
    declared that it had no discharge; the day before the first month that is not, from `month` on, is the
    last one known. Of a declared month the files must hold a share of what was declared, of another one a
    share of the file's largest month (readmission.file_share).
    """
    share = parameters.in_force("readmission.file_share", on=month.last_day)
    rows = cases_sql.fetch(sql.COVERAGE, month=month.first_day, share=share)
    missing = {Month.of(row["month"]): tuple(row["missing"] or ()) for row in rows}
    at = month
    if missing.get(month):
        while missing.get(at.previous()):
            at = at.previous()
    else:
        while at in missing and not missing[at]:
            at = at.plus(1)
    return Coverage(at.first_day - timedelta(days=1), at, missing.get(at, ()))
