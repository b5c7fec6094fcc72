"""The score of a checklist: items, sections, the whole, and what it tells indicators (S3-11, 12, 15)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from performance.engine.checklist import FULL, PLACES, Checklist, Content, Item, Measure, lost

# By measure: whether points or things met are counted, and the facts it delivers (numerator, denominator).
FACTS: Mapping[Measure, tuple[Literal["points", "met"], str, str]] = {
    "core_system": ("points", "core_system_points", "core_system_charts"),
    "plan": ("met", "plan_conform", "plan_charts"),
    "guideline": ("met", "guideline_followed", "guideline_charts"),
    "homogeneity": ("points", "homogeneity_points", "homogeneity_checks"),
    "infection": ("met", "infection_items_met", "infection_items"),
    "nursing": ("met", "nursing_items_met", "nursing_items"),
}
KEYS = frozenset(key for _how, *pair in FACTS.values() for key in pair)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item: `points` of `full`, None where it does not apply or nobody answered (`outcome` empty).

    `units`: how many things were looked at (its sample, else 1); `failed`: in how many something was found.
    """

    code: str
    outcome: str
    full: Decimal
    points: Decimal | None
    units: int = 1
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Whole:
    """Points of full points, and percent; None while an item is open or nothing was assessed."""

    points: Decimal | None
    full: Decimal
    percent: Decimal | None
    capped: bool = False


def score_item(item: Item, said: Content | None, drawn: int) -> ItemScore:
    """The points of an item by what was said of it; `drawn` is the size of its sample."""
    units = drawn if item.sample else 1
    if said is None:
        return ItemScore(item.code, "", item.full, None, units)
    cost = lost(item, said, drawn)
    if cost is None:
        return ItemScore(item.code, "absent", item.full, None, units)
    named = len(set(said.units)) if item.sample else 1
    failed = min(units, max(named, 1)) if said.outcome == "deducted" else 0
    return ItemScore(item.code, said.outcome, item.full, item.full - cost, units, failed)


def score(checklist: Checklist, items: Iterable[ItemScore]) -> Whole:
    """The whole: bounds 0 to full; None while anything is open (missing is not zero)."""
    rows = {row.code: row for row in items}
    known = [rows[code] for code in checklist.items if code in rows and rows[code].points is not None]
    answered = all(code in rows and rows[code].outcome for code in checklist.items)
    if not answered or not known:
        return Whole(None, checklist.full, None)
    points, full = _joined(checklist, rows)
    percent = (FULL * points / full).quantize(PLACES, ROUND_HALF_UP)
    fallen = any(checklist.items[row.code].critical and row.points == 0 for row in known)
    cap = checklist.critical_cap
    if fallen and cap is not None and percent > cap:
        return Whole((full * cap / FULL).quantize(PLACES, ROUND_HALF_UP), full, cap, capped=True)
    return Whole(points.quantize(PLACES, ROUND_HALF_UP), full, percent)


def _joined(checklist: Checklist, rows: Mapping[str, ItemScore]) -> tuple[Decimal, Decimal]:
    """Points and full points, what does not apply spread as the checklist says."""
    weights: list[Decimal] = []
    got: list[Decimal] = []
    assessed: list[Decimal] = []
    for section in checklist.sections:
        counted = [rows[item.code] for item in section.items if rows[item.code].points is not None]
        if counted:
            weights.append(sum((item.full for item in section.items), Decimal(0)))
            got.append(sum((row.points for row in counted if row.points is not None), Decimal(0)))
            assessed.append(sum((row.full for row in counted), Decimal(0)))
    if checklist.absent == "exclude":
        return sum(got, Decimal(0)), sum(assessed, Decimal(0))
    if checklist.absent == "whole":
        return checklist.full * sum(got, Decimal(0)) / sum(assessed, Decimal(0)), checklist.full
    shares = [weight * points / full for weight, points, full in zip(weights, got, assessed, strict=True)]
    return checklist.full * sum(shares, Decimal(0)) / sum(weights, Decimal(0)), checklist.full


def measured(measures: Iterable[Measure], row: ItemScore) -> dict[str, int | Decimal]:
    """What an item delivers to indicators, by fact: 100 points a thing looked at, or things that hold."""
    found: dict[str, int | Decimal] = {}
    if row.points is None or not row.units:
        return found
    failed = 0 if row.points == row.full else row.failed
    for measure in measures:
        how, above, below = FACTS[measure]
        share = (FULL * row.units * row.points / row.full).quantize(PLACES, ROUND_HALF_UP)
        found[above] = share if how == "points" else row.units - failed
        found[below] = row.units
    return found


def added(parts: Iterable[Mapping[str, int | Decimal]]) -> dict[str, int | Decimal]:
    """The sum of several deliveries, by fact."""
    found: dict[str, int | Decimal] = defaultdict(int)
    for part in parts:
        for key, value in part.items():
            found[key] += value
    return dict(found)
