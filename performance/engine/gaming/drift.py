"""Codes that drift after weights changed (高套分组, R13 of definitions 8): own change against others'."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from performance.engine.gaming.finding import Common, Finding, Looked, Number, percent, select, shown
from performance.engine.gaming.statistics import normal_tail

HALF = 0.5  # added to each count of a table, so that no odds are without bounds


@dataclass(frozen=True, slots=True)
class Stratum:
    """Cases of one institution in one family of groups (ADRG) that has lighter and heavier members.

    `heavy` of `cases` fell into a member heavier than the lightest; before and after the day of the change.
    """

    place: str
    family: str
    cases_before: int
    heavy_before: int
    cases_after: int
    heavy_after: int


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` cases before and after, `rise` in percent points beyond what others' drift explains."""

    least: int
    rise: float


def find(strata: Iterable[Stratum], limits: Limits, by: Common) -> Looked:
    """Institutions whose share of heavier groups rose by far more than that of the others.

    A difference in differences: what an institution had before, moved by what happened to all others in the
    same family (odds after by odds before), is what it should have after. Seasons, new code lists and better
    training of all coders move everybody and cancel. The difference is added up over families and divided by
    its standard error (of the own cases before and after and of the others' shift): a normal test. Nobody's
    code is called wrong by it; the cases of the families that rose are to be read.
    """
    rows = list(strata)
    gathered: dict[str, list[Stratum]] = defaultdict(list)
    for one in rows:
        gathered[one.place].append(one)
    totals = _totals(rows)
    tested, small = [], 0
    for place, own in sorted(gathered.items()):
        before, after = (sum(getattr(one, name) for one in own) for name in ("cases_before", "cases_after"))
        if min(before, after) < limits.least or len(gathered) < 2:
            small += 1
            continue
        tested.append(_finding(place, own, totals))
    return select(tested, small, lambda one: float(one.numbers["rise"]) >= limits.rise, by)


def risen(strata: Iterable[Stratum], place: str, most: int = 5) -> list[str]:
    """The families of a place with the largest excess of heavier cases, the largest first."""
    rows = list(strata)
    totals = _totals(rows)
    excess = {one.family: one.heavy_after - _expected(one, totals)[0] for one in rows if one.place == place}
    return [family for family in sorted(excess, key=lambda name: -excess[name]) if excess[family] > 0][:most]


Counts = tuple[int, int, int, int]


def _totals(rows: Iterable[Stratum]) -> Mapping[str, Counts]:
    found: dict[str, Counts] = {}
    for one in rows:
        old = found.get(one.family, (0, 0, 0, 0))
        found[one.family] = (
            old[0] + one.cases_before, old[1] + one.heavy_before,
            old[2] + one.cases_after, old[3] + one.heavy_after,
        )  # fmt: skip
    return found


def _odds(heavy: float, cases: float) -> tuple[float, float]:
    """Logarithm of the odds and its variance."""
    high, low = heavy + HALF, cases - heavy + HALF
    return log(high / low), 1 / high + 1 / low


def _expected(one: Stratum, totals: Mapping[str, Counts]) -> tuple[float, float]:
    """Heavier cases that are to be expected after the change, and the variance of the difference to them."""
    cases_before, heavy_before, cases_after, heavy_after = totals[one.family]
    own, own_spread = _odds(one.heavy_before, one.cases_before)
    then, then_spread = _odds(heavy_before - one.heavy_before, cases_before - one.cases_before)
    now, now_spread = _odds(heavy_after - one.heavy_after, cases_after - one.cases_after)
    share = 1 / (1 + exp(-(own + now - then)))
    slope = one.cases_after * share * (1 - share)
    return one.cases_after * share, slope + slope**2 * (own_spread + then_spread + now_spread)


def _finding(place: str, own: list[Stratum], totals: Mapping[str, Counts]) -> Finding:
    parts = [_expected(one, totals) for one in own]
    expected, spread = sum(part[0] for part in parts), sum(part[1] for part in parts)
    cases, heavy = sum(one.cases_after for one in own), sum(one.heavy_after for one in own)
    before = sum(one.cases_before for one in own), sum(one.heavy_before for one in own)
    deviations = (heavy - expected) / sqrt(spread) if spread else 0.0
    numbers: dict[str, Number] = {
        "heavy": heavy, "cases": cases, "share": percent(heavy, cases),
        "heavy_before": before[1], "cases_before": before[0], "share_before": percent(before[1], before[0]),
        "expected": shown(expected, 1), "expected_share": percent(expected, cases),
        "rise": shown(100 * (heavy - expected) / cases, 1), "deviations": shown(deviations),
    }  # fmt: skip
    return Finding(place, numbers, normal_tail(deviations))
