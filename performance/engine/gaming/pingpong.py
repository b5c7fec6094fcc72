"""Ineffective referrals between two institutions (无效转诊, S3-49; definitions 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, percent, select, shown
from performance.engine.gaming.statistics import binomial_tail


@dataclass(frozen=True, slots=True)
class Pair:
    """Two institutions and what arrived between them: referrals (a patient sent back up counts once, with
    the referral down), and those of them without effect.
    """

    first: str
    second: str
    arrived: int
    idle: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` idle referrals make a clue; `tolerated`: the share that is nobody's fault (0..1)."""

    least: int
    tolerated: float


def find(pairs: Iterable[Pair], limits: Limits, by: Common) -> Looked:
    """Pairs whose share of idle referrals lies above what is tolerated.

    Rule: sent down and up again with the same three-character diagnosis within the days, or arrived and never
    treated. A decided share is tolerated, so the question is whether a pair's true share may be that small:
    the exact binomial probability of so many or more idle ones of those that arrived. An average of the
    alliance is no yardstick here: where all do it, nobody would stand out. Pairs with fewer than `least` idle
    ones are not tested: one or two bounces happen to everybody.
    """
    tested, small = [], 0
    for pair in pairs:
        idle = len(pair.idle)
        if idle < limits.least:
            small += 1
            continue
        numbers: dict[str, Number] = {
            "idle": idle, "arrived": pair.arrived, "share": percent(idle, pair.arrived),
            "tolerated": shown(100 * limits.tolerated, 1),
            "expected": shown(limits.tolerated * pair.arrived, 1),
        }  # fmt: skip
        chance = binomial_tail(idle, pair.arrived, limits.tolerated)
        tested.append(Finding(pair.first, numbers, chance, other=pair.second, records=pair.idle))
    return select(tested, small, lambda _one: True, by)
