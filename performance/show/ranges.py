"""A number beside those of the same group: lowest, median, highest; nobody can be told from too few.

Source: issue of the month's slip, walls.md 5 (no group under the parameter).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, DecimalField, Max, Min

from alliance.services import parameters
from performance.models import IndicatorValue, LevelScore, LevelSubject, Line

LEAST = "public.min_group"
PLACES = Decimal("0.000001")  # of a stored value; the database takes the middle of two in binary


@dataclass(frozen=True)
class Range:
    """How many there are, and the lowest, median and highest of them; None where they are too few."""

    n: int
    low: Any = None
    median: Any = None
    high: Any = None

    @property
    def shown(self) -> bool:
        """True where the group is large enough to be shown."""
        return self.low is not None


class Median(Aggregate):
    """The middle value, in the database."""

    function = "percentile_cont"
    template = "%(function)s(0.5) within group (order by %(expressions)s)"
    output_field = DecimalField()


def least(on: date) -> int:
    """The smallest group that is shown."""
    return int(str(parameters.in_force(LEAST, on=on)))


def of_row(row: Mapping[str, Any], fewest: int) -> Range:
    """A row with `n`, `low`, `median` and `high`; without them where it stands for too few."""
    n = int(row["n"])
    if n < fewest:
        return Range(n)
    return Range(n, row["low"], Decimal(str(row["median"])).quantize(PLACES), row["high"])


def of_institutions(line: Line, fewest: int) -> Mapping[str, Range]:
    """By indicator the values of the institutions scored by the same column of the month; one query."""
    alike = Line.objects.filter(settlement=line.settlement_id, column=line.column).values("institution")
    rows = IndicatorValue.objects.filter(
        settlement=line.settlement_id, institution__in=alike, value__isnull=False
    ).order_by().values("indicator")  # fmt: skip
    found = rows.annotate(n=Count("pk"), low=Min("value"), high=Max("value"), median=Median("value"))
    return {row["indicator"]: of_row(row, fewest) for row in found}


def of_subjects(subject: LevelSubject, fewest: int) -> Mapping[str, Range]:
    """By indicator the values of the departments, teams or persons scored by the same column; one query."""
    rows = LevelScore.objects.filter(
        subject__run=subject.run_id, subject__column=subject.column, value__isnull=False
    ).order_by().values("indicator")  # fmt: skip
    found = rows.annotate(n=Count("pk"), low=Min("value"), high=Max("value"), median=Median("value"))
    return {row["indicator"]: of_row(row, fewest) for row in found}
