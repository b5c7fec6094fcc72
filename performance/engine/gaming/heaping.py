"""Round numbers and marks hit to the dot in what is declared (digit preference)."""

from collections.abc import Iterable
from dataclasses import dataclass

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, percent, select, shown
from performance.engine.gaming.statistics import binomial_tail

ROUND = 0.2  # of ten last digits two: 0 and 5. A constant of counting and no setting.


@dataclass(frozen=True, slots=True)
class Declared:
    """Counts an institution declared, large enough for a free last digit; those that end in 0 or 5."""

    place: str
    values: int
    round: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` values; `excess` in percent points above one in five."""

    least: int
    excess: float


def find(rows: Iterable[Declared], limits: Limits, by: Common) -> Looked:
    """Institutions whose declared counts end in 0 or 5 far more often than one in five.

    Counted things have no favourite last digit once they are many (values below a hundred are left out);
    estimates do. The exact binomial probability of so many round ones tells a habit of estimating from luck.
    """
    tested, small = [], 0
    for one in rows:
        if one.values < limits.least:
            small += 1
            continue
        found = len(one.round)
        numbers: dict[str, Number] = {
            "round": found, "values": one.values, "share": percent(found, one.values),
            "expected": shown(ROUND * one.values, 1), "usual": shown(100 * ROUND, 1),
            "excess": shown(100 * (found / one.values - ROUND), 1),
        }  # fmt: skip
        chance = binomial_tail(found, one.values, ROUND)
        tested.append(Finding(one.place, numbers, chance, records=one.round))
    return select(tested, small, lambda one: float(one.numbers["excess"]) >= limits.excess, by)
