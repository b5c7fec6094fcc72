"""Working days and deadlines in China: holidays, make-up days, and what is not announced yet.

Source: definitions section 9. All clock times are Asia/Shanghai, which has no summer time.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chinese_calendar import holidays, workdays  # type: ignore[import-untyped]

from alliance.lib.refusal import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Statutory holidays on fixed dates (regulation in force since 2025). Lunar holidays and make-up days of a
# year whose plan is not published are not guessed.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})

_RULE = re.compile(r"(WD|D|H|M)([1-9][0-9]{0,5})")


class DeadlineRefused(Refused):
    """A deadline cannot be computed."""

    reasons = {
        "unknown_rule": "%(rule)s is not a deadline rule such as WD15, D7, H24 or M30.",
        "no_time_zone": "The time %(time)s has no time zone.",
    }


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One explicit day of the editable calendar: a holiday on a weekday or a make-up day on a weekend."""

    day: date
    is_workday: bool
    note: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """Working days: explicit days win; else Monday to Friday, after `known_through` minus fixed holidays.

    `known_through` is the last day of the last year whose official plan is loaded.
    """

    known_through: date
    explicit: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_rows(cls, rows: Iterable[CalendarRow], *, known_through: date) -> "WorkCalendar":
        """Build a calendar from plain rows (of a table); a later row of the same day wins."""
        explicit = {row.day: row.is_workday for row in rows}
        return cls(known_through=known_through, explicit=MappingProxyType(explicit))

    @classmethod
    def from_library(cls) -> "WorkCalendar":
        """Build a calendar from the installed package chinesecalendar."""
        rows = library_rows()
        return cls.from_rows(rows, known_through=library_known_through())

    def is_workday(self, day: date) -> bool:
        """Say whether a day is a working day."""
        if day in self.explicit:
            return self.explicit[day]
        if day > self.known_through and (day.month, day.day) in FIXED_HOLIDAYS:
            return False
        return day.weekday() < 5

    def nth_workday_after(self, day: date, number: int) -> date:
        """Return the n-th working day strictly after a day, whether or not the day itself is one."""
        while number > 0:
            day += timedelta(days=1)
            number -= self.is_workday(day)
        return day

    def workdays_after(self, day: date, last: date) -> int:
        """Count the working days after `day` up to and including `last`; 0 when `last` is not later."""
        span = max((last - day).days, 0)
        return sum(self.is_workday(day + timedelta(days=step)) for step in range(1, span + 1))


def library_rows() -> list[CalendarRow]:
    """Return the holidays on weekdays and the make-up days of chinesecalendar, with their names, by date."""
    days_off = [CalendarRow(day, False, str(name)) for day, name in holidays.items() if day.weekday() < 5]
    make_up = [CalendarRow(day, True, str(name)) for day, name in workdays.items() if day.weekday() >= 5]
    return sorted(days_off + make_up, key=lambda row: row.day)


def library_known_through() -> date:
    """Return 31 December of the last year the installed chinesecalendar knows."""
    return date(max(holidays).year, 12, 31)


@dataclass(frozen=True, slots=True)
class Rule:
    """A deadline rule: WD15 = 15 working days, D7 = 7 calendar days, H24 = 24 hours, M30 = 30 minutes."""

    unit: str
    number: int

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Read a rule such as "WD15". Raises DeadlineRefused (unknown_rule)."""
        match = _RULE.fullmatch(text)
        if match is None:
            raise DeadlineRefused("unknown_rule", rule=text)
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.unit}{self.number}"

    @property
    def is_clock(self) -> bool:
        """True for H and M: wall-clock rules that never look at the calendar."""
        return self.unit in ("H", "M")


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due.

    Day rules (WD, D): due at 24:00 of `due_date`, written as 00:00 of the next day, and on time strictly
    before it. Clock rules (H, M): on time up to and including `due_at`. `provisional` is true when a
    counted working day lies after the calendar's `known_through`: recompute once the plan is published.
    """

    rule: Rule
    start: datetime
    due_date: date
    due_at: datetime
    provisional: bool

    def on_time(self, instant: datetime) -> bool:
        """Say whether an instant (with time zone) is in time. Raises DeadlineRefused (no_time_zone)."""
        _require_zone(instant)
        return instant <= self.due_at if self.rule.is_clock else instant < self.due_at


def deadline(start: datetime, rule: str | Rule, calendar: WorkCalendar) -> Deadline:
    """Compute the deadline of a rule from a start with time zone; the local date in Shanghai counts.

    The day of the start is never counted, holiday or not. D rules count every day and are not moved off
    holidays. Raises DeadlineRefused (unknown_rule, no_time_zone). Source: definitions section 9.
    """
    rule = Rule.parse(rule) if isinstance(rule, str) else rule
    _require_zone(start)
    local = start.astimezone(SHANGHAI)
    if rule.is_clock:
        due_at = local + timedelta(**{"hours" if rule.unit == "H" else "minutes": rule.number})
        return Deadline(rule, start, due_at.date(), due_at, provisional=False)
    if rule.unit == "D":
        due, provisional = local.date() + timedelta(days=rule.number), False
    else:
        due = calendar.nth_workday_after(local.date(), rule.number)
        provisional = due > calendar.known_through
    return Deadline(rule, start, due, _midnight_after(due), provisional)


def working_day_number(start: datetime, today: date, calendar: WorkCalendar) -> int:
    """Return which working day of a period today is (the 2 of "day 2 of 15"); 0 on the day of the start."""
    _require_zone(start)
    return calendar.workdays_after(start.astimezone(SHANGHAI).date(), today)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _require_zone(instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise DeadlineRefused("no_time_zone", time=instant.isoformat())
