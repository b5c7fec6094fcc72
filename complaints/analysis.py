"""Analysis of complaints by cause with trend (S1-47): months, kinds, places. Reads rows, stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from complaints.facts import MEASURES
from complaints.models import Complaint

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One cause, place or month: how many by measure, and the minutes to the first answer of all answered."""

    key: Any
    name: str
    counts: Mapping[str, int]
    minutes: int

    def share(self, part: str, whole: str) -> Fraction | None:
        """One count of another as a Fraction; None where the whole is empty."""
        return Fraction(self.counts[part], self.counts[whole]) if self.counts[whole] else None

    @property
    def hours(self) -> Fraction | None:
        """Mean hours to the first answer; None where nothing was answered."""
        answered = self.counts["complaints_answered"]
        return Fraction(self.minutes, answered * 60) if answered else None


def rows_of(membership: Membership, first: Month, last: Month, institution: int | None = None) -> Any:
    """The complaints the member may see that were received in these months, duplicates aside."""
    begin = datetime.combine(first.first_day, time(), SHANGHAI)
    end = datetime.combine(last.next().first_day, time(), SHANGHAI)
    rows = (
        Complaint.objects.visible_to(membership).counted().filter(received_at__gte=begin, received_at__lt=end)
    )
    return rows if institution is None else rows.filter(institution=institution)


def by(rows: Any, column: str, name: str = "") -> list[Line]:
    """One line a value of a column, most complaints first; one query."""
    named = [column, name] if name else [column]
    found = rows.order_by().values(*named).annotate(**_sums())
    lines = [_line(row[column], str(row[name or column] or ""), row) for row in found]
    return sorted(lines, key=lambda line: (-line.counts["complaints"], line.name))


def months(rows: Any, wanted: Iterable[Month]) -> list[Line]:
    """One line a month, empty ones too; one query."""
    found = (
        rows.order_by().annotate(month=TruncMonth("received_at", tzinfo=SHANGHAI)).values("month")
        .annotate(**_sums())
    )  # fmt: skip
    known = {Month.of(row["month"].astimezone(SHANGHAI).date()): row for row in found}
    return [_line(month, str(month), known.get(month)) for month in wanted]


def _sums() -> dict[str, Any]:
    counts = {f"n_{name}": Count("pk", filter=counts() or None) for name, counts in MEASURES.items()}
    return {**counts, "wait": Sum(F("first_answered_at") - F("received_at"))}


def _line(key: Any, name: str, row: Any) -> Line:
    counts = {measure: row[f"n_{measure}"] if row else 0 for measure in MEASURES}
    wait = row["wait"] if row else None
    return Line(key, name, counts, int(wait.total_seconds()) // 60 if wait is not None else 0)
