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

from alliance.lib.period import Month
from alliance.models import Staff
from alliance.services import parameters
from performance.levels import services as levels
from performance.models import Level, LevelRun, LevelScore, LevelSubject, PayLine

LEAST = "public.min_group"


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


def _range(row: Mapping[str, Any], fewest: int) -> Range:
    n = int(row["n"])
    if n < fewest:
        return Range(n)
    return Range(n, row["low"], Decimal(str(row["median"])), row["high"])


def of_pot(line: PayLine, fewest: int) -> Range:
    """The amounts (fen) of the people of a person's pot; one query."""
    rows = PayLine.objects.filter(plan=line.plan_id).order_by()
    return _range(
        rows.aggregate(n=Count("pk"), low=Min("fen"), high=Max("fen"), median=Median("fen")), fewest
    )


@dataclass(frozen=True)
class Own:
    """An indicator of a person with the last month's value and the range of those scored alike."""

    subject: int
    score: LevelScore
    before: Decimal | None
    peers: Range


def indicators(staff: Staff, month: Month, fewest: int) -> tuple[LevelRun | None, list[Own]]:
    """The person's indicators of a month, as its scheme orders them by code; five queries."""
    run = levels.current(month, Level.PERSON)
    mine = LevelSubject.objects.filter(run=run, staff=staff).first() if run is not None else None
    if run is None or mine is None:
        return run, []
    own = list(LevelScore.objects.filter(subject=mine).order_by("indicator"))
    alike = LevelScore.objects.filter(
        subject__run=run, subject__column=mine.column, indicator__in=[one.indicator for one in own],
        value__isnull=False,
    ).order_by().values("indicator")  # fmt: skip
    rows = alike.annotate(n=Count("pk"), low=Min("value"), high=Max("value"), median=Median("value"))
    ranges = {row["indicator"]: _range(row, fewest) for row in rows}
    before = _before(staff, month.previous())
    return run, [
        Own(mine.pk, one, before.get(one.indicator), ranges.get(one.indicator, Range(0))) for one in own
    ]


def _before(staff: Staff, month: Month) -> dict[str, Decimal]:
    run = levels.current(month, Level.PERSON)
    if run is None:
        return {}
    rows = LevelScore.objects.filter(subject__run=run, subject__staff=staff, value__isnull=False)
    return dict(rows.values_list("indicator", "value"))
