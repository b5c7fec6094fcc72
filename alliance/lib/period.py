"""Months and quarters as values: the periods in which an alliance reports, scores and pays."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from alliance.lib.refusal import Refused

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")


# Years a page may ask for: parameters hold from 2000 on, and arithmetic stays inside the calendar.
SERVED_YEARS = range(2000, 2100)


class PeriodRefused(Refused):
    """A text names no month or quarter."""

    reasons = {
        "not_a_month": "%(text)s is not a month such as 2026-10.",
        "not_a_quarter": "%(text)s is not a quarter such as 2026-Q4.",
    }


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month; `str()` gives "2026-10". Ordered, hashable, usable as a key."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.number <= 12):
            raise PeriodRefused("not_a_month", text=f"{self.year}-{self.number}")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read "2026-10" exactly. Raises PeriodRefused (not_a_month)."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise PeriodRefused("not_a_month", text=text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month that holds a day (of a datetime: the month of its own clock reading)."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def quarter(self) -> "Quarter":
        """The quarter that holds the month."""
        return Quarter(self.year, (self.number + 2) // 3)

    def plus(self, months: int) -> "Month":
        """Return the month so many months later (earlier when negative)."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    def next(self) -> "Month":
        """Return the following month."""
        return self.plus(1)

    def previous(self) -> "Month":
        """Return the month before."""
        return self.plus(-1)

    def same_last_year(self) -> "Month":
        """Return the same month of the year before, the base of every increase (definitions section 1)."""
        return self.plus(-12)

    def contains(self, day: date) -> bool:
        """Say whether a day lies in the month."""
        return (day.year, day.month) == (self.year, self.number)

    def days(self) -> Iterator[date]:
        """Yield each day of the month in order."""
        for offset in range((self.last_day - self.first_day).days + 1):
            yield self.first_day + timedelta(days=offset)

    def through(self, last: "Month") -> Iterator["Month"]:
        """Yield this month and each following one up to and including `last`; nothing if it is earlier."""
        month = self
        while month <= last:
            yield month
            month = month.next()


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One calendar quarter; `str()` gives "2026-Q4". Ordered, hashable."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.number <= 4):
            raise PeriodRefused("not_a_quarter", text=f"{self.year}-Q{self.number}")

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read "2026-Q4" exactly. Raises PeriodRefused (not_a_quarter)."""
        match = _QUARTER.fullmatch(text)
        if match is None:
            raise PeriodRefused("not_a_quarter", text=text)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter that holds a day."""
        return Month.of(day).quarter

    @property
    def months(self) -> tuple[Month, Month, Month]:
        """The three months of the quarter in order."""
        first = Month(self.year, self.number * 3 - 2)
        return (first, first.plus(1), first.plus(2))

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return self.months[0].first_day

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        return self.months[2].last_day

    def next(self) -> "Quarter":
        """Return the following quarter."""
        return self.months[2].next().quarter

    def previous(self) -> "Quarter":
        """Return the quarter before."""
        return self.months[0].previous().quarter

    def same_last_year(self) -> "Quarter":
        """Return the same quarter of the year before."""
        return Quarter(self.year - 1, self.number)

    def contains(self, day: date) -> bool:
        """Say whether a day lies in the quarter."""
        return Quarter.of(day) == self
