"""Coding quality of a month: error rate, ungrouped and ambiguous, answers in time (S3-36, S1-12).

Error rate = records whose front page had at least one error when it came / records of the month. Every rate
shows its n; without records there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import sql as cases_sql
from grouping.models.queues import ROW_CAUSES
from grouping.queues import sql

BY = ("institution", "department", "coder")


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of one institution, department or coder of a month.

    errors: records with at least one error; due: questions answered or past their limit, in_time of them.
    """

    institution_id: int
    records: int
    errors: int
    ungrouped: int
    ambiguous: int
    due: int
    in_time: int
    department: str = ""
    coder: str = ""

    @property
    def error_rate(self) -> Fraction | None:
        """Records with an error over records; None without records."""
        return Fraction(self.errors, self.records) if self.records else None

    @property
    def answered_rate(self) -> Fraction | None:
        """Answers in time over questions due; None when nothing was asked."""
        return Fraction(self.in_time, self.due) if self.due else None

    def share(self, count: int) -> Fraction | None:
        """A count over the records."""
        return Fraction(count, self.records) if self.records else None

    def over(self, limit: Decimal) -> bool:
        """Whether the error rate is strictly above the limit in percent (S3-36: 5.0 % is no notice)."""
        rate = self.error_rate
        return rate is not None and rate * 100 > Fraction(limit)


def of_month(month: Month, by: str, *, institution_id: int | None, now: datetime) -> list[Quality]:
    """The rates of a month by "institution", "department" or "coder"; one query."""
    assert by in BY
    rows = cases_sql.fetch(sql.quality(by), **_known(month, institution_id), now=now)
    return [Quality(**row) for row in rows]


def fields(month: Month, *, institution_id: int | None) -> list[tuple[str, int]]:
    """Columns with errors and in how many records, most first."""
    rows = cases_sql.fetch(sql.FIELDS, **_known(month, institution_id))
    return [(row["column"], row["records"]) for row in rows]


def limit(month: Month) -> Decimal:
    """Above this error rate, in percent, a notice is issued (S3-36)."""
    value = parameters.in_force("cp.data_error_max", on=month.last_day)
    assert isinstance(value, Decimal)
    return value


def total(rows: Sequence[Quality]) -> Quality:
    """All rows together."""
    names = ("records", "errors", "ungrouped", "ambiguous", "due", "in_time")
    return Quality(0, *(sum(getattr(row, name) for row in rows) for name in names))


def _known(month: Month, institution_id: int | None) -> dict[str, object]:
    causes = [str(cause) for cause in ROW_CAUSES]
    return {"month": month.first_day, "institution": institution_id, "row_causes": causes}
