"""A person's numbers beside those of the same group; nobody can be told from too few (walls.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min

from alliance.lib.period import Month
from alliance.models import Staff
from performance.levels import services as levels
from performance.models import Level, LevelRun, LevelScore, LevelSubject, PayLine
from performance.show.ranges import Median, Range, least, of_row


def of_pot(line: PayLine, fewest: int) -> Range:
    """The amounts (fen) of the people of a person's pot; one query."""
    rows = PayLine.objects.filter(plan=line.plan_id).order_by()
    return of_row(
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
    ranges = {row["indicator"]: of_row(row, fewest) for row in rows}
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


__all__ = ["Own", "Range", "indicators", "least", "of_pot"]
