"""The list of months: those with a run, those with a pool, and the last full month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from alliance.lib.period import Month
from performance.models import Line, MonthRun, PoolDecision


@dataclass(frozen=True)
class Row:
    """One month; without a run only its pool may be known (fen)."""

    month: Month
    run: MonthRun | None
    count: int | None
    pool: int | None
    computed: datetime | None
    digest: str | None


def rows(today: date) -> list[Row]:
    """Months newest first; three queries."""
    runs: dict[Month, MonthRun] = {}
    for run in MonthRun.objects.select_related("settlement").order_by("month", "number"):
        with_result = run.state in MonthRun.WITH_RESULT
        if with_result or run.period not in runs or runs[run.period].state not in MonthRun.WITH_RESULT:
            runs[run.period] = run
    pools = {Month.of(pool.month): pool.fen for pool in PoolDecision.objects.order_by("month", "revision")}
    counted = Line.objects.values("settlement").annotate(count=Count("pk")).values_list("settlement", "count")
    counts = dict(counted.order_by())
    found = {*runs, *pools, Month.of(today).previous()}
    return [_row(month, runs.get(month), pools.get(month), counts) for month in sorted(found, reverse=True)]


def _row(month: Month, run: MonthRun | None, pool: int | None, counts: dict[int, int]) -> Row:
    settlement = run.settlement if run else None
    if settlement is None:
        return Row(month, run, None, pool, None, None)
    return Row(
        month,
        run,
        counts.get(settlement.pk),
        settlement.pool_fen,
        settlement.computed_at,
        settlement.result_digest,
    )
