"""The clock of the demonstration: its deeds happen at the times they tell; histories read as lived.

What PostgreSQL stamps by its own clock keeps the time of loading: queued and finished jobs, findings of the
coders' queues, totals that are counted again. They say when this machine worked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cache

from django.utils import timezone

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI, WorkCalendar


@contextmanager
def acting(at: datetime) -> Iterator[None]:
    """Let the clock of this process stand at `at` and go on from there while deeds are done.

    What is stamped when it is stored (steps, proposals, verdicts, the journal) carries that time. Only the
    process that loads a demonstration does so: services everywhere else are told the time or ask for it.
    """
    real = timezone.now
    began = real()
    timezone.now = lambda: at + (real() - began)
    try:
        yield
    finally:
        timezone.now = real


@cache
def _calendar() -> WorkCalendar:
    return WorkCalendar.from_library()


def days_after(month: Month, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time of the month after, when its work is done: on that day, or the first working day from it on."""
    after = month.plus(1)
    return later(date(after.year, after.number, day) - timedelta(days=1), 1, hour, minute)


def later(since: date | datetime, workdays: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time of the n-th working day after a day, holidays and make-up days counted (definitions 9)."""
    day = timezone.localdate(since) if isinstance(since, datetime) else since
    return datetime.combine(_calendar().nth_workday_after(day, workdays), time(hour, minute), SHANGHAI)


def before(now: datetime, workdays: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time of the n-th working day before the day of `now`."""
    day = timezone.localdate(now)
    while workdays > 0:
        day -= timedelta(days=1)
        workdays -= _calendar().is_workday(day)
    return datetime.combine(day, time(hour, minute), SHANGHAI)
