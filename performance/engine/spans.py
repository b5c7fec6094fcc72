"""The spans of time that facts speak of, and which of them a month counts (S0-15; definitions 1).

A fact is delivered as often as the most frequent indicator that divides it. A month counts the last span that
has ended by its own end: October the third quarter, December the fourth, and of a year the one before until
December. Nothing older stands in for a span that was not delivered: it is missing, which is not zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alliance.lib.period import Month
from performance.engine.dictionary import Entry, Frequency
from performance.engine.factbook import BookedFact

# The unit that counts who is on a register at the end of a span; all others add up over it.
STANDING = "persons"
MONTHS: Mapping[Frequency, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A month, a quarter or a year by its first month; `str()` gives 2026-10, 2026-Q4, 2026."""

    first: Month
    frequency: Frequency = "month"

    def __post_init__(self) -> None:
        if (self.first.number - 1) % MONTHS[self.frequency]:
            raise ValueError(f"{self.first} begins no {self.frequency}")

    def __str__(self) -> str:
        if self.frequency == "month":
            return str(self.first)
        return str(self.first.quarter) if self.frequency == "quarter" else f"{self.first.year:04d}"

    @property
    def last(self) -> Month:
        """The month in which it ends, and with which it is due."""
        return self.first.plus(MONTHS[self.frequency] - 1)

    def plus(self, spans: int) -> "Span":
        """The span so many later; earlier when negative."""
        return Span(self.first.plus(spans * MONTHS[self.frequency]), self.frequency)


def holding(month: Month, frequency: Frequency) -> Span:
    """The span a month lies in."""
    return Span(month.plus(-((month.number - 1) % MONTHS[frequency])), frequency)


def counted(month: Month, frequency: Frequency) -> Span:
    """The last span that has ended by the end of the month: the one whose value the month counts."""
    found = holding(month, frequency)
    return found if found.last == month else found.plus(-1)


def counting(span: Span) -> tuple[Month, Month]:
    """The first and the last month that count a span."""
    return span.last, span.last.plus(MONTHS[span.frequency] - 1)


def frequencies(entries: Iterable[Entry], book: Mapping[str, BookedFact]) -> dict[str, Frequency]:
    """How often each fact comes from outside is delivered, by key: as its most frequent indicator asks."""
    found: dict[str, Frequency] = {}
    for entry in entries:
        for key in entry.facts:
            if book[key].origin == "automatic":
                continue
            known = found.get(key)
            if known is None or MONTHS[entry.frequency] < MONTHS[known]:
                found[key] = entry.frequency
    return found


def at_odds(entry: Entry, book: Mapping[str, BookedFact], often: Mapping[str, Frequency]) -> tuple[str, ...]:
    """The facts of an indicator that add up over another span than its own: it would divide unlike things.

    Persons are a register's stand and may be divided by from month to month. The alliance's own records give
    a number a month; an indicator of these alone is computed every month, however often it is read.
    """
    if all(book[key].origin == "automatic" for key in entry.facts):
        return ()
    return tuple(
        key
        for key in entry.facts
        if book[key].unit != STANDING and often.get(key, "month") != entry.frequency
    )
