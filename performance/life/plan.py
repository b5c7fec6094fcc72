"""When each step of a month is due, whose it is, where it escalates: dated rows over the parameter's days."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI, WorkCalendar
from alliance.services import calendar, parameters
from performance.models import CalendarStep, MonthStep

DAYS, ESCALATES = "month.calendar", "month.escalation_workdays"
FILE = Path(__file__).resolve().parent.parent / "data" / "calendar.toml"
Shift = CalendarStep.Shift


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of one month. `due_on` with the shift applied, `due_at` the end of that day.

    `escalates_at`: from then on the step stands in the inbox of `escalate_to` as well. `row`: the alliance's
    own entry, None while the register's day and the ready owners hold.
    """

    step: MonthStep
    day: int
    shift: str
    due_on: date
    owner: str
    escalate_to: str
    escalate_workdays: int
    escalates_at: datetime
    row: CalendarStep | None = None

    @property
    def due_at(self) -> datetime:
        """The end of the day."""
        return end_of_day(self.due_on)


@cache
def owners() -> Mapping[str, Mapping[str, str]]:
    """Owner and escalation of each step as they are where an alliance begins."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def planned(month: Month) -> list[Planned]:
    """The steps of a month in their order; three queries.

    A day is one of the following month (practice.md 4: D1 ... D28); where that is shorter, its last day.
    """
    limits = parameters.several_in_force((DAYS, ESCALATES), on=month.next().first_day)
    days, workdays, own = limits[DAYS], limits[ESCALATES], entered(month)
    assert isinstance(days, Mapping) and isinstance(workdays, int)
    known = calendar.calendar()
    return [
        _planned(month, MonthStep(step), own.get(step), days, workdays, known) for step in MonthStep.values
    ]


def entered(month: Month) -> dict[str, CalendarStep]:
    """The alliance's own entries that hold for a month, by step; one query."""
    rows = CalendarStep.objects.filter(from_date__lte=month.first_day)
    return {
        row.step: row for row in rows.order_by("from_date", "revision").select_related("entered_by__user")
    }


def _planned(
    month: Month, step: MonthStep, row: CalendarStep | None, days: Mapping[str, object], workdays: int,
    known: WorkCalendar,
) -> Planned:  # fmt: skip
    default = owners()[step]
    day = row.day if row else int(str(days[step]))
    shift = row.shift if row else Shift.AFTER
    following = month.next()
    due = shifted(min(following.first_day + timedelta(days=day - 1), following.last_day), shift, known)
    after = row.escalate_workdays if row else workdays
    return Planned(
        step, day, shift, due, row.owner if row else default["owner"],
        row.escalate_to if row else default["escalate_to"], after,
        end_of_day(known.nth_workday_after(due, after)), row,
    )  # fmt: skip


def shifted(day: date, shift: str, known: WorkCalendar) -> date:
    """The day itself on a working day; else the next or the last one before, or the day all the same."""
    step = {Shift.AFTER: 1, Shift.BEFORE: -1}.get(Shift(shift), 0)
    while step and not known.is_workday(day):
        day += timedelta(days=step)
    return day


def end_of_day(day: date) -> datetime:
    """The end of a day in Shanghai: 00:00 of the next one."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
