"""Readmissions that a referral took out of the count (definitions, loosenesses to keep visible)."""

from collections.abc import Iterable
from dataclasses import dataclass

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, percent, select, shown
from performance.engine.gaming.statistics import binomial_tail


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back within the window after a discharge of an institution: counted as readmissions, and those
    an accepted referral erased although it did not continue that stay.
    """

    place: str
    counted: int
    erased: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` erased ones make a clue; `tolerated`: the share that is nobody's fault (0..1)."""

    least: int
    tolerated: float


def find(rows: Iterable[Returned], limits: Limits, by: Common) -> Looked:
    """Institutions of whose returned patients a referral erases more than is tolerated.

    An accepted referral ends a readmission whatever its direction or day. One down by who discharged goes on
    with the stay and is not asked about; one that sends the patient back up, or came from elsewhere, is. The
    exact binomial probability says whether so many fit the tolerated share; fewer than
    `least` are not tested.
    """
    tested, small = [], 0
    for one in rows:
        found = len(one.erased)
        if found < limits.least:
            small += 1
            continue
        whole = found + one.counted
        numbers: dict[str, Number] = {
            "erased": found, "returned": whole, "share": percent(found, whole),
            "tolerated": shown(100 * limits.tolerated, 1), "expected": shown(limits.tolerated * whole, 1),
        }  # fmt: skip
        chance = binomial_tail(found, whole, limits.tolerated)
        tested.append(Finding(one.place, numbers, chance, records=one.erased))
    return select(tested, small, lambda _one: True, by)
