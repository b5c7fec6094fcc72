"""What follows from the quarters of a department: double compliance, new beds (S1-34, S1-38, A29).

Its sides are those of its own scores; the reward is a share of the pay the quarter shared among its people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Sum

from alliance.lib.period import Month, Quarter
from alliance.models import Department
from performance.consequences.services import proposals, quarters
from performance.consequences.services.proposals import Finding, Reviewed
from performance.consequences.services.quarters import QUARTERS_BACK, Kind, Numbers, Whose
from performance.declared.services.vetoes import vetoed
from performance.engine.annual import rewards, share
from performance.engine.standing import Monthly, Rules, standing
from performance.models import Consequence, Level, LevelRun, LevelSubject, PayPool, PayPot
from performance.portrait.standing import rules

KINDS = (Kind.DOUBLE, Kind.FREEZE, Kind.UNFREEZE)
MONTHS = 24
Basis = Mapping[tuple[int, Month], int]


@dataclass(frozen=True)
class Whole:
    """Months of every department up to the end of a quarter, the institution of each, and which have beds."""

    months: Mapping[int, Mapping[Month, Monthly]]
    places: Mapping[int, int]
    bedded: frozenset[int]
    until: Month


def look(*, now: datetime) -> Reviewed:
    """Bring the proposals of the last quarters to the scores of departments; queries do not grow."""
    whole = _whole()
    if whole is None:
        return Reviewed()
    by, lines_of = quarters.numbers(whole.until), rules(whole.until)[0]
    recent = [whole.until.plus(-3 * back).quarter for back in range(QUARTERS_BACK)]
    rows = proposals.live(KINDS, department__isnull=False)
    held, basis = quarters.in_force(rows), _basis(recent)
    findings = [
        one
        for pk in whole.months
        for one in _of_department(pk, whole, lines_of, by, basis, held.get((whole.places[pk], pk), {}))
        if Quarter.parse(one.period) in recent
    ]
    named = {str(quarter) for quarter in recent}
    return proposals.review(findings, [row for row in rows if row.period in named], now=now)


def _whole() -> Whole | None:
    """The latest run of each month that has one; None while no quarter has ended. Four queries."""
    runs = LevelRun.objects.filter(level=Level.DEPARTMENT, state=LevelRun.State.COMPUTED)
    latest: dict[date, int] = dict(runs.values_list("month").annotate(last=Max("number")))
    ends = [month for month in latest if month.month % 3 == 0]
    if not ends:
        return None
    until = Month.of(max(ends))
    first = until.plus(1 - MONTHS)
    counted = {
        run.pk: Month.of(run.month)
        for run in runs.filter(month__range=(first.first_day, until.first_day))
        if run.number == latest[run.month]
    }
    sides, out = rules(until)[0].sides, vetoed(first, until)
    months: dict[int, dict[Month, Monthly]] = {}
    places: dict[int, int] = {}
    bedded: set[int] = set()
    rows = LevelSubject.objects.filter(run__in=counted, department__isnull=False)
    for run, place, pk, kind, score, kept in rows.values_list(
        "run", "institution", "department", "kind", "score", "dimensions"
    ):
        at = counted[run]
        shares = {side: share(kept, [side]) for side in sides}
        months.setdefault(pk, {})[at] = Monthly(score, shares, at in out.get(place, ()))
        places[pk] = place
        if kind == Department.Kind.CLINICAL:
            bedded.add(pk)
    return Whole(months, places, frozenset(bedded), until)


def _basis(recent: Iterable[Quarter]) -> Basis:
    """What each department's people were given of the pools in the books, by month in fen; one query."""
    months = [month.first_day for quarter in recent for month in quarter.months]
    rows = PayPot.objects.filter(
        department__isnull=False, pool__month__in=months, pool__state=PayPool.State.POSTED
    )
    sums = rows.values_list("department", "pool__month").annotate(sum=Sum("fen")).order_by()
    return {(pk, Month.of(month)): fen for pk, month, fen in sums}


def _of_department(
    pk: int,
    whole: Whole,
    lines_of: Rules,
    by: Numbers,
    basis: Basis,
    held: Mapping[str, Consequence],
) -> Iterator[Finding]:
    own = standing(whole.months[pk], whole.until, lines_of).quarters
    over = [quarter for quarter in sorted(own) if quarter.months[-1] <= whole.until]
    doubles = [own[quarter].double for quarter in over]
    where = Whose(whole.places[pk], pk)
    for hit in rewards(doubles, by.streak):
        streak = over[hit.place - hit.length + 1 : hit.place + 1]
        yield quarters.reward(where, streak, _sum(pk, streak[-1], basis), by)
    after = (by.freeze, by.lift)
    if pk in whole.bedded:
        yield from quarters.flag(where, over, doubles, Kind.FREEZE, Kind.UNFREEZE, after, by.line, held)


def _sum(pk: int, quarter: Quarter, basis: Basis) -> int | None:
    """The three months together; None while one of them is not in the books."""
    known: Sequence[int | None] = [basis.get((pk, month)) for month in quarter.months]
    return None if None in known else sum(fen for fen in known if fen is not None)
