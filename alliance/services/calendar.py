"""The alliance's working-day calendar: the editable table behind every deadline."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from alliance.lib import workdays
from alliance.models import WorkCalendarDay

SOURCE = "chinesecalendar"


@transaction.atomic
def seed(*, since: int) -> int:
    """Fill the table with the published holidays and make-up days from the year `since` on; return how many
    rows.

    Rows a steward has edited stay: a day that is already there is left alone.
    """
    rows = [
        WorkCalendarDay(date=row.day, is_workday=row.is_workday, note=row.note, source=SOURCE)
        for row in workdays.library_rows()
        if row.day.year >= since
    ]
    return len(WorkCalendarDay.objects.bulk_create(rows, ignore_conflicts=True))


def calendar() -> workdays.WorkCalendar:
    """The calendar of the alliance in scope; official up to the end of the last year with an official row."""
    days = list(WorkCalendarDay.objects.all())
    rows = [workdays.CalendarRow(day.date, day.is_workday, day.note) for day in days]
    official = [day.date.year for day in days if day.official]
    known = date(max(official), 12, 31) if official else date(1, 1, 1)
    return workdays.WorkCalendar.from_rows(rows, known_through=known)


def deadline(start: datetime, rule: str) -> workdays.Deadline:
    """When something is due that began at `start` (aware) under a rule such as WD15, D7, H24, M30
    (definitions 9).
    """
    known = workdays.WorkCalendar(date(1, 1, 1)) if workdays.Rule.parse(rule).is_clock else calendar()
    return workdays.deadline(start, rule, known)
