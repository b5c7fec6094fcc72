"""Reciprocal top ratings (互评互捧): two institutions that praise each other far above what others say."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, select
from performance.engine.gaming.statistics import middle, normal_tail, usual_spread


@dataclass(frozen=True, slots=True)
class Mean:
    """What the raters of one institution gave another on the average (0..100), of at least the raters that
    the round asks for: a mean of fewer is never read.
    """

    giver: str
    taker: str
    raters: int
    mean: float


@dataclass(frozen=True, slots=True)
class Limits:
    """`excess`: points above what others gave, both ways; `least`: other institutions that rated each."""

    excess: float
    least: int


def find(round_id: int, means: Iterable[Mean], limits: Limits, by: Common) -> Looked:
    """Pairs that both gave each other the best mark of all, both far above what the others gave.

    What a giver usually gives and what a taker usually gets are taken off (the medians of rows and columns):
    a generous judge praises everybody, and a good hospital is praised by everybody. What is left of both
    marks together is compared with the spread of all that is left (median deviation, normal probability).
    The findings hold no mark and no mean: who gave what stays with the raters (S3-21..26), the committee
    learns of the pair alone.
    """
    cells = {(one.giver, one.taker): one for one in means}
    places = sorted({place for key in cells for place in key})
    left = _left(cells)
    spread = usual_spread(list(left.values())) if left else 0.0
    tested, small = [], 0
    for number, first in enumerate(places):
        for second in places[number + 1 :]:
            both = ((first, second), (second, first))
            if not all(key in cells for key in both):
                continue
            if any(len(_others(cells, *key)) < limits.least for key in both):
                small += 1
                continue
            chance = 1.0
            if all(_top(cells, *key, limits.excess) for key in both):
                chance = normal_tail(sum(left[key] for key in both) / (sqrt(2) * max(spread, 1.0)))
            raters: dict[str, Number] = {
                "raters": min(cells[key].raters for key in both),
                "others": len(places) - 2,
            }
            record = Record("round", round_id, {})
            tested.append(Finding(first, raters, chance, other=second, records=(record,)))
    return select(tested, small, lambda _one: True, by)


def _others(cells: dict[tuple[str, str], Mean], giver: str, taker: str) -> list[float]:
    return [one.mean for one in cells.values() if one.taker == taker and one.giver != giver]


def _top(cells: dict[tuple[str, str], Mean], giver: str, taker: str, excess: float) -> bool:
    """The best mark the taker got and the best the giver gave, far above what the others gave the taker."""
    own, others = cells[giver, taker].mean, _others(cells, giver, taker)
    given = [one.mean for one in cells.values() if one.giver == giver and one.taker != taker]
    return own > max(others) and own >= max(given, default=own) and own - middle(others) >= excess


def _left(cells: dict[tuple[str, str], Mean]) -> dict[tuple[str, str], float]:
    """What is left of each mark once the taker's usual mark and the giver's usual way are taken off."""
    takers = {taker for _giver, taker in cells}
    usual = {one: middle([cell.mean for cell in cells.values() if cell.taker == one]) for one in takers}
    first = {key: cell.mean - usual[key[1]] for key, cell in cells.items()}
    givers = {giver for giver, _taker in cells}
    way = {one: middle([left for key, left in first.items() if key[0] == one]) for one in givers}
    return {key: left - way[key[0]] for key, left in first.items()}
