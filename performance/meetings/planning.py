"""When the meetings of a body are due: the month after the period, on its day, moved to a working day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI, WorkCalendar
from alliance.services import calendar
from performance.life import plan
from performance.meetings.models import Body, Meeting
from performance.models import CalendarStep

QUARTER = 3  # months


def due_on(body: Body, month: Month, known: WorkCalendar | None = None) -> date | None:
    """The last day for the meeting about a month (a quarter: its last month); None when only as needed.

    On a day off it moves to the next working day, as the steps of the month do (definitions section 9).
    """
    if body.due_day is None or (body.rhythm == Body.Rhythm.QUARTERLY and month.number % QUARTER):
        return None
    day = month.next().first_day + timedelta(days=body.due_day - 1)
    return plan.shifted(day, CalendarStep.Shift.AFTER, known or calendar.calendar())


def awaited(body: Body, today: date) -> Month:
    """The month whose meeting comes next: the last one that ended, for a quarter its last month."""
    month = Month.of(today).previous()
    while body.rhythm == Body.Rhythm.QUARTERLY and month.number % QUARTER:
        month = month.previous()
    return month


def missing(bodies: list[Body], now: datetime) -> list[tuple[Body, Month, date]]:
    """Bodies that have not met for the last month or quarter, with the day it is or was due; two queries."""
    today, known = now.astimezone(SHANGHAI).date(), calendar.calendar()
    wanted = {body: awaited(body, today) for body in bodies if body.due_day is not None}
    held = set(
        Meeting.objects.filter(
            body__in=list(wanted), state__in=[Meeting.State.HELD, Meeting.State.SIGNED],
            kind=Meeting.Kind.REGULAR,
        ).values_list("body", "month")
    )  # fmt: skip
    found = []
    for body, month in wanted.items():
        day = due_on(body, month, known)
        if day is not None and (body.pk, month.first_day) not in held and month.first_day >= _since(body):
            found.append((body, month, day))
    return found


def _since(body: Body) -> date:
    """A body owes meetings of the months from its founding on."""
    return Month.of(body.made_at.astimezone(SHANGHAI).date()).first_day
