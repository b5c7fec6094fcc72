"""A rush at the end of a period (突击, S4-02): events heaped on its last days, or entered long after."""

from collections.abc import Iterable
from dataclasses import dataclass

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, percent, select, shown
from performance.engine.gaming.statistics import binomial_tail, compared_tail


@dataclass(frozen=True, slots=True)
class Counted:
    """Events of one kind of one institution: of `events` of the month `last` lie at its end (or were entered
    late); the same of its own months before and of all others in this month.

    `even`: the share the last days have if every day is alike (0: no such yardstick).
    """

    place: str
    kind: str
    events: int
    last: int
    events_before: int
    last_before: int
    events_others: int
    last_others: int
    even: float
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` events in the month and in what it is compared with; `excess` in percent points."""

    least: int
    excess: float


def find(rows: Iterable[Counted], limits: Limits, by: Common) -> Looked:
    """Institutions that did far more at the end of the month than they usually do and than others did.

    There are three yardsticks: the own months before, all others in this month (weekends and holidays fall on
    everybody), and days that are all alike. The probability is the largest of three: Fisher's against each of
    the two others, the binomial one against even days. So only what none of them explains counts, a yardstick
    of few events carries little, and the excess over the largest share must be worth a talk.
    """
    tested, small = [], 0
    for one in rows:
        usual = _usual(one, limits.least)
        if one.events < limits.least or usual is None:
            small += 1
            continue
        share = one.last / one.events
        numbers: dict[str, Number] = {
            "last": one.last, "events": one.events, "share": percent(one.last, one.events),
            "usual": shown(100 * usual, 1), "expected": shown(usual * one.events, 1),
            "before": percent(one.last_before, one.events_before),
            "others": percent(one.last_others, one.events_others), "excess": shown(100 * (share - usual), 1),
        }  # fmt: skip
        tested.append(
            Finding(one.place, numbers, _chance(one, limits.least), part=one.kind, records=one.records)
        )
    return select(tested, small, lambda one: float(one.numbers["excess"]) >= limits.excess, by)


def _sets(one: Counted, least: int) -> list[tuple[int, int]]:
    """What it is compared with, hits and events, where there are enough of them."""
    both = ((one.last_before, one.events_before), (one.last_others, one.events_others))
    return [(hits, events) for hits, events in both if events >= least]


def _usual(one: Counted, least: int) -> float | None:
    """The largest share that explains it; None where nothing is there to compare with."""
    known = [hits / events for hits, events in _sets(one, least)]
    return max(*known, one.even) if known else None


def _chance(one: Counted, least: int) -> float:
    """The largest of the probabilities against every yardstick."""
    found = [compared_tail(one.last, one.events, hits, events) for hits, events in _sets(one, least)]
    return max([*found, binomial_tail(one.last, one.events, one.even) if one.even else 0.0])
