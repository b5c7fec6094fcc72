"""Much done, little reached: process against outcome, quantity against value (S1-29, S1-71, S3-57)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, select, shown
from performance.engine.gaming.statistics import middle, normal_tail, usual_spread


@dataclass(frozen=True, slots=True)
class Sides:
    """What an institution won of each side of an axis, in percent of what the side could give."""

    place: str
    axis: str
    much: Decimal
    worth: Decimal
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` institutions on an axis; `gap` in percent points between its two sides."""

    least: int
    gap: float


def quadrant(one: Sides, middle_much: Decimal, middle_worth: Decimal) -> str:
    """Where an institution stands among all: much or little done, much or little reached."""
    return ("much" if one.much >= middle_much else "little") + (
        "_reached" if one.worth >= middle_worth else "_missed"
    )


def find(rows: Iterable[Sides], limits: Limits, by: Common) -> Looked:
    """Institutions above the middle of what is done and below that of what is reached, far apart.

    The gap between the two sides is measured against the gaps of all institutions on the axis (median and
    median deviation, so that the strange one does not move its own yardstick): a scheme that is easy on one
    side is easy for everybody. It is no fault of anybody; it says what a talk should be about.
    """
    gathered: dict[str, list[Sides]] = defaultdict(list)
    for one in rows:
        gathered[one.axis].append(one)
    tested, small = [], 0
    for axis, own in sorted(gathered.items()):
        if len(own) < limits.least:
            small += len(own)
            continue
        gaps = [float(one.much - one.worth) for one in own]
        centre, spread = middle(gaps), max(usual_spread(gaps), 1.0)
        halves = [
            Decimal(str(middle([float(getattr(one, side)) for one in own]))) for side in ("much", "worth")
        ]
        for one, gap in zip(own, gaps, strict=True):
            numbers: dict[str, Number] = {
                "much": one.much, "worth": one.worth, "gap": shown(gap, 1), "usual_gap": shown(centre, 1),
                "spread": shown(spread, 1), "places": len(own), "middle_much": halves[0],
                "middle_worth": halves[1], "quadrant": quadrant(one, *halves),
            }  # fmt: skip
            chance = normal_tail((gap - centre) / spread)
            tested.append(Finding(one.place, numbers, chance, part=axis, records=one.records))
    return select(tested, small, lambda one: _large(one, limits), by)


def _large(one: Finding, limits: Limits) -> bool:
    return one.numbers["quadrant"] == "much_missed" and float(one.numbers["gap"]) >= limits.gap
