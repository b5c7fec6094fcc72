"""Facts of each look, read set by set, and the look itself; the engine judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from alliance.lib.period import Month
from grouping.patterns import facts as cases
from performance import sql
from performance.engine.gaming import balance, drift, erased, heaping, pingpong, praise, rush, split
from performance.engine.gaming.finding import Looked, Record, joined
from performance.engine.scheme import Item
from performance.evaluations.services import PEERS
from performance.fairness import limits
from performance.fairness.limits import Given
from performance.models import DeclaredValue, EvaluationRound, Line, MonthRun, Score
from performance.show import labels
from referrals import patterns as referrals

MOST = 500  # records kept of one clue; the numbers count all
LEAST_VALUE = 100  # below it the last digit of a count is not free
COUNTED = frozenset({"count", "times", "persons"})


def window(month: Month, months: int) -> list[Month]:
    """So many months up to and with this one, oldest first."""
    return [month.plus(back - months + 1) for back in range(months)]


def pingpong_of(month: Month, given: Given, now: datetime) -> Looked:
    """Idle referrals between two institutions over the months looked at together."""
    months = window(month, int(given["fairness.months"]))
    pairs = [
        pingpong.Pair(
            one.first, one.second, one.arrived,
            tuple(
                Record("referral", found.referral, {"rule": found.rule, "days": _text(found.days),
                                                    "other": _text(found.other), "month": str(found.month)})
                for found in one.idle[:MOST]
            ),
        )
        for one in referrals.between(months, now=now)
    ]  # fmt: skip
    return pingpong.find(pairs, limits.of_pingpong(given), limits.common(given))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def split_of(month: Month, given: Given, now: datetime) -> Looked:
    """Split admissions of institutions and departments over the months looked at together."""
    months = window(month, int(given["fairness.months"]))
    wards = [
        split.Ward(
            one.place, one.department, one.group, one.admissions,
            tuple(
                Record("case", row["id"], {"first": _text(row["first"]), "days": _text(row["days"]),
                                           "paid": row["paid"], "department": one.department,
                                           "group": one.group})
                for row in one.split
            ),
        )
        for one in cases.splits(
            months, planned=list(given["fairness.split.planned"]),
            anywhere=bool(given["fairness.split"]["anywhere"]),
        )
    ]  # fmt: skip
    return split.find(wards, limits.of_split(given), limits.common(given))


def erased_of(month: Month, given: Given, now: datetime) -> Looked:
    """Readmissions erased by referrals over the months looked at together."""
    months = window(month, int(given["fairness.months"]))
    rows = [
        erased.Returned(
            one.place, one.counted,
            tuple({
                row["first"]: Record("case", row["first"], {"days": _text(row["days"]),
                                                            "referral": row["referral"]})
                for row in one.erased[:MOST]
            }.values()),
        )
        for one in cases.erased(months)
    ]  # fmt: skip
    return erased.find(rows, limits.of_erased(given), limits.common(given))


def praise_of(month: Month, given: Given, now: datetime) -> Looked:
    """Reciprocal praise in the rounds counted for the month; means stay in this function."""
    rounds = EvaluationRound.objects.filter(
        month=month.first_day, indicator=PEERS, state=EvaluationRound.State.CLOSED
    )
    looks = []
    for made in rounds:
        means = [praise.Mean(*row) for row in sql.peer_means(made.pk, made.least)]
        looks.append(praise.find(made.pk, means, limits.of_praise(given), limits.common(given)))
    return joined(looks)


def drift_of(month: Month, given: Given, now: datetime) -> Looked:
    """Heavier groups after the newest change of weights, while its months last."""
    months = int(given["fairness.drift"]["months"])
    change = cases.change_of_weights(month.plus(1 - months).first_day, month.last_day)
    if change is None:
        return Looked(0, 0, ())
    first = Month.of(change).plus(-months)
    strata = [
        drift.Stratum(
            one.place, one.family, one.cases_before, one.heavy_before, one.cases_after, one.heavy_after
        )
        for one in cases.families(change, first, month)
    ]
    looked = drift.find(strata, limits.of_drift(given), limits.common(given))
    found = []
    for one in looked.findings:
        families = drift.risen(strata, one.place)
        rows = cases.heavier(change, first, month, place=one.place, families=families, most=MOST)
        told = tuple(Record("case", pk, {"group": group}) for pk, group in rows)
        found.append(replace(one, part=str(change), records=told))
    return replace(looked, findings=tuple(found))


def rush_of(month: Month, given: Given, now: datetime) -> Looked:
    """Referrals, discharges and follow-ups on the last days of the month, or written down late."""
    own = given["fairness.rush"]
    days, before, late = int(own["days"]), int(own["before"]), int(own["late"])
    events = [
        (one.place, one.kind, one.month, one.events, one.hits, one.ids)
        for one in referrals.event_days(month, before, days=days, late=late, most=MOST)
    ]
    events += [
        (one.place, "discharge", one.month, one.events, one.hits, one.ids)
        for one in cases.last_days(month, before, days=days, most=MOST)
    ]
    rows = _counted(month, events, Fraction(days, month.last_day.day))
    return rush.find(rows, limits.of_rush(given), limits.common(given))


Event = tuple[str, str, Month, int, int, tuple[int, ...]]


def _counted(month: Month, events: Iterable[Event], even: Fraction) -> list[rush.Counted]:
    """One row for each institution and kind with events in the month."""
    now: dict[tuple[str, str], Event] = {}
    before: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    everybody: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in events:
        place, kind, at, count, hits, _ids = one
        if at != month:
            _add(before[place, kind], count, hits)
            continue
        now[place, kind] = one
        _add(everybody[kind], count, hits)
    return [
        rush.Counted(
            place, kind, count, hits, before[place, kind][0], before[place, kind][1],
            everybody[kind][0] - count, everybody[kind][1] - hits, 0.0 if kind == "late" else float(even),
            tuple(Record("case" if kind == "discharge" else "referral", pk, {}) for pk in ids),
        )
        for (place, kind), (_place, _kind, _at, count, hits, ids) in now.items()
    ]  # fmt: skip


def _add(sums: list[int], count: int, hits: int) -> None:
    sums[0] += count
    sums[1] += hits


def balance_of(month: Month, given: Given, now: datetime) -> Looked:
    """Both sides of each axis in the latest result of the month; three queries."""
    run = (
        MonthRun.objects.filter(month=month.first_day, state__in=MonthRun.WITH_RESULT)
        .select_related("settlement__scheme").order_by("-number").first()
    )  # fmt: skip
    if run is None or run.settlement is None:
        return Looked(0, 0, ())
    scheme = run.settlement.scheme.scheme()
    items = {column.code: {item.indicator: item for item in column.items} for column in scheme.columns}
    lines = Line.objects.filter(settlement=run.settlement)
    columns = dict(lines.values_list("institution__code", "column"))
    points: dict[str, list[tuple[Item, Decimal]]] = defaultdict(list)
    scores = Score.objects.filter(settlement=run.settlement, score__isnull=False)
    for place, indicator, score in scores.values_list("institution__code", "indicator", "score"):
        item = items.get(columns.get(place, ""), {}).get(indicator)
        if item is not None and score is not None:
            points[place].append((item, score))
    rows = [
        one
        for axis in given["fairness.balance.axes"]
        for place, own in sorted(points.items())
        if (one := _sides(place, str(axis), own, month)) is not None
    ]
    return balance.find(rows, limits.of_balance(given), limits.common(given))


def _sides(place: str, axis: str, own: Sequence[tuple[Item, Decimal]], month: Month) -> balance.Sides | None:
    """Percent of what each side could give; None where a side was not assessed."""
    shares = []
    for side in axis.split(":")[:2]:
        mine = [(item.weight, score) for item, score in own if side == item.dimension or side in item.tags]
        weight = sum((weight for weight, _score in mine), Decimal(0))
        if not weight:
            return None
        shares.append(round(sum((weight * score for weight, score in mine), Decimal(0)) / weight, 1))
    record = Record("month", month.year * 100 + month.number, {})
    return balance.Sides(place, axis, shares[0], shares[1], (record,))


def heaping_of(month: Month, given: Given, now: datetime) -> Looked:
    """Last digits of the counts that institutions declared over the months; one query."""
    facts = [key for key, fact in labels.facts().items() if fact.unit in COUNTED]
    months = int(given["fairness.heaping"]["months"])
    rows = DeclaredValue.objects.filter(
        state=DeclaredValue.State.CONFIRMED, level=DeclaredValue.Level.INSTITUTION, fact__in=facts,
        value__gte=LEAST_VALUE, first_day__gt=month.plus(-months).first_day, first_day__lte=month.first_day,
    )  # fmt: skip
    counts: dict[str, int] = defaultdict(int)
    found: dict[str, list[Record]] = defaultdict(list)
    for pk, place, value in rows.order_by("pk").values_list("pk", "institution__code", "value"):
        counts[place] += 1
        if value % 5 == 0:
            found[place].append(Record("value", pk, {}))
    declared = [
        heaping.Declared(place, number, tuple(found[place])) for place, number in sorted(counts.items())
    ]
    return heaping.find(declared, limits.of_heaping(given), limits.common(given))


def least_of(detector: str, given: Given) -> int:
    """How many new records a pattern needs to be opened once more."""
    own = given[f"fairness.{detector}"]
    return int(own["at_least"]) if detector in ("pingpong", "split", "erased", "drift", "heaping") else 1
