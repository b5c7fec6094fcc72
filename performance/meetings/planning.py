"""When the meetings of a body are due: the month after the period, on its day, moved to a working day.

A body meets by its own rhythm; one of them also consults with the insurer, by a dated parameter (S4-23).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI, WorkCalendar
from alliance.services import calendar, parameters
from performance.life import plan
from performance.meetings.models import Body, Meeting
from performance.models import CalendarStep

QUARTER = 3  # months
CONSULTATION = "meeting.consultation"
Kind = Meeting.Kind


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A kind of meeting, about how many months, due on which day of the month after."""

    kind: str
    months: int
    day: int

    def due(self, month: Month, known: WorkCalendar) -> date:
        """The last day for the meeting about a period, by its last month; on a day off the next working day.

        As the steps of the month do (definitions section 9).
        """
        return plan.shifted(
            month.next().first_day + timedelta(days=self.day - 1), CalendarStep.Shift.AFTER, known
        )

    def ends(self, month: Month) -> bool:
        """Whether a period ends with a month."""
        return month.number % self.months == 0

    def ended(self, today: date) -> Iterator[Month]:
        """The last months of the periods that have ended, newest first, without end."""
        month = Month.of(today).previous()
        while True:
            if self.ends(month):
                yield month
            month = month.previous()

    def about(self, month: Month) -> frozenset[date]:
        """The months a meeting may name to count: for a consultation any of its period."""
        months = self.months if self.kind == Kind.CONSULTATION else 1
        return frozenset(month.plus(-back).first_day for back in range(months))


@dataclass(frozen=True, slots=True)
class Duty:
    """A meeting a body owes about a period, by when, and the day it took place; None: not yet."""

    body: Body
    kind: str
    month: Month
    due: date
    held: date | None


def rhythms(body: Body, consulted: Mapping[str, Any] | None) -> list[Rhythm]:
    """What a body owes: its own meetings, and the consultation where the parameter names it."""
    found = []
    if body.due_day is not None:
        months = QUARTER if body.rhythm == Body.Rhythm.QUARTERLY else 1
        found.append(Rhythm(Kind.REGULAR, months, body.due_day))
    if consulted and body.kind == consulted["body"] and body.institution_id is None:
        found.append(Rhythm(Kind.CONSULTATION, max(int(consulted["months"]), 1), int(consulted["day"])))
    return found


def consultation(on: date) -> Mapping[str, Any] | None:
    """Which kind of body consults with the insurer, how often, by which day; None: not decided."""
    try:
        return cast("Mapping[str, Any]", parameters.in_force(CONSULTATION, on=on))
    except parameters.NotInForce:
        return None


def due_on(body: Body, month: Month, kind: str = Kind.REGULAR) -> date | None:
    """The last day for a meeting about a month (of a period: its last month); None where none is owed."""
    for one in rhythms(body, consultation(month.next().first_day) if kind == Kind.CONSULTATION else None):
        if one.kind == kind and one.ends(month):
            return one.due(month, calendar.calendar())
    return None


def awaited(body: Body, today: date) -> Month:
    """The month whose meeting comes next: the last one that ended, for a quarter its last month."""
    months = QUARTER if body.rhythm == Body.Rhythm.QUARTERLY else 1
    return next(Rhythm(Kind.REGULAR, months, 1).ended(today))


def duties(bodies: Sequence[Body], now: datetime, periods: int = 1) -> list[Duty]:
    """What bodies owed of their last periods that have ended, kept or not, newest first; three queries.

    A body owes meetings of the months from its founding on.
    """
    today, known = now.astimezone(SHANGHAI).date(), calendar.calendar()
    consulted, held = consultation(today), _held(bodies)
    found = []
    for body in bodies:
        since = Month.of(body.made_at.astimezone(SHANGHAI).date()).first_day
        for one in rhythms(body, consulted):
            for _count, month in zip(range(periods), one.ended(today), strict=False):
                if month.first_day >= since:
                    days = [day for at, day in held[body.pk, one.kind] if at in one.about(month)]
                    found.append(Duty(body, one.kind, month, one.due(month, known), min(days, default=None)))
    return found


def _held(bodies: Sequence[Body]) -> Mapping[tuple[int, str], list[tuple[date, date]]]:
    """By body and kind: the month and the day of the meetings that took place."""
    found: dict[tuple[int, str], list[tuple[date, date]]] = defaultdict(list)
    rows = Meeting.objects.filter(
        body__in=[one.pk for one in bodies], state__in=[Meeting.State.HELD, Meeting.State.SIGNED]
    )
    for body, kind, month, begins_at in rows.values_list("body", "kind", "month", "begins_at"):
        found[body, kind].append((month, begins_at.astimezone(SHANGHAI).date()))
    return found


def missing(bodies: Sequence[Body], now: datetime) -> list[Duty]:
    """What bodies owe of their last period and have not held."""
    return [one for one in duties(bodies, now) if one.held is None]
