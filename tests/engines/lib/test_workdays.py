"""Working days and deadlines, against the shared due dates and the worked examples."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.workdays import (
    SHANGHAI,
    CalendarRow,
    DeadlineRefused,
    Rule,
    WorkCalendar,
    deadline,
    library_known_through,
    library_rows,
    working_day_number,
)
from tests.shared import shared

# The plan of 2026 alone, so that a package that knows later years changes nothing here.
UNTIL_2026 = [row for row in library_rows() if row.day.year <= 2026]
CALENDAR = WorkCalendar.from_rows(UNTIL_2026, known_through=date(2026, 12, 31))
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(SHANGHAI))


def rows(name):
    with open(shared(f"oracles/workdays/{name}.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_of_the_shared_due_dates_is_equal():
    given_rows, expected = rows("input"), {row["id"]: row for row in rows("expected")}
    assert len(given_rows) == len(expected) == 200
    for row in given_rows:
        due = deadline(datetime.fromisoformat(row["start"]), row["rule"], CALENDAR)
        got = {
            "id": row["id"],
            "due_date": due.due_date.isoformat(),
            "due_at": due.due_at.isoformat(),
            "provisional": str(int(due.provisional)),
        }
        assert got == expected[row["id"]]


def at(text):
    return datetime.fromisoformat(f"{text}+08:00")


def test_a_day_rule_is_on_time_until_midnight_and_a_clock_rule_including_its_last_instant():
    by_day = deadline(at("2026-11-21T10:00"), "WD15", CALENDAR)
    assert by_day.due_date == date(2026, 12, 11)
    assert by_day.on_time(by_day.due_at - timedelta(microseconds=1)) and not by_day.on_time(by_day.due_at)
    by_clock = deadline(at("2026-11-21T10:00"), "H24", CALENDAR)
    assert by_clock.due_at == at("2026-11-22T10:00") and not by_clock.provisional
    assert by_clock.on_time(by_clock.due_at) and not by_clock.on_time(
        by_clock.due_at + timedelta(microseconds=1)
    )


def test_calendar_days_are_all_counted():
    due = deadline(at("2026-10-01T10:00"), "D7", CALENDAR)
    assert (due.due_date, due.due_at, due.provisional) == (date(2026, 10, 8), at("2026-10-09T00:00"), False)


def test_the_local_date_in_shanghai_counts():
    late_utc = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert deadline(late_utc, "WD1", CALENDAR).due_date == date(2026, 11, 23)


def test_the_working_day_of_a_period_is_numbered():
    start = at("2026-09-18T10:00")
    assert working_day_number(start, date(2026, 9, 18), CALENDAR) == 0
    assert working_day_number(start, date(2026, 9, 20), CALENDAR) == 1  # a make-up Sunday
    assert working_day_number(start, date(2026, 9, 21), CALENDAR) == 2
    assert working_day_number(start, date(2026, 10, 15), CALENDAR) == 15
    assert working_day_number(start, date(2026, 9, 1), CALENDAR) == 0


def test_the_library_knows_the_plan_of_2026():
    assert library_known_through() >= date(2026, 12, 31)
    plan = [row for row in library_rows() if row.day.year == 2026]
    make_up = {row.day for row in plan if row.is_workday}
    days = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    assert make_up == {date(2026, month, day) for month, day in days}
    assert next(row.note for row in plan if row.day == date(2026, 9, 25)) == "Mid-autumn Festival"
    assert not WorkCalendar.from_library().is_workday(date(2026, 9, 25))


def test_an_edited_table_changes_the_deadline_and_ends_the_provisional_state():
    start = at("2026-12-31T10:00")
    assert deadline(start, "WD1", CALENDAR).provisional
    edited = [*UNTIL_2026, CalendarRow(date(2027, 1, 3), True, "make-up Sunday")]
    official = WorkCalendar.from_rows(edited, known_through=date(2027, 12, 31))
    due = deadline(start, "WD1", official)
    # Once a plan is official only its rows count: 1 January is a working day unless a row says otherwise.
    assert (due.due_date, due.provisional) == (date(2027, 1, 1), False)
    closed = WorkCalendar.from_rows(
        [*edited, CalendarRow(date(2027, 1, 1), False, "New Year")], known_through=date(2027, 12, 31)
    )
    assert deadline(start, "WD1", closed).due_date == date(2027, 1, 3)


@pytest.mark.parametrize("rule", ["", "WD", "WD0", "15", "H-1", "wd15", "WD15 ", "Y1", "M1.5"])
def test_an_unknown_rule_is_refused(rule):
    with pytest.raises(DeadlineRefused) as refused:
        deadline(at("2026-10-01T10:00"), rule, CALENDAR)
    assert refused.value.reason == "unknown_rule"


def test_a_time_without_zone_is_refused():
    for call in (
        lambda: deadline(datetime(2026, 10, 1), "WD1", CALENDAR),
        lambda: deadline(at("2026-10-01T10:00"), "WD1", CALENDAR).on_time(datetime(2026, 10, 1)),
        lambda: working_day_number(datetime(2026, 10, 1), date(2026, 10, 2), CALENDAR),
    ):
        with pytest.raises(DeadlineRefused) as refused:
            call()
        assert refused.value.reason == "no_time_zone"


@given(INSTANTS, st.integers(1, 40))
def test_the_due_day_is_the_nth_working_day(start, number):
    due = deadline(start, Rule("WD", number), CALENDAR)
    assert CALENDAR.is_workday(due.due_date)
    assert working_day_number(start, due.due_date, CALENDAR) == number
    assert working_day_number(start, due.due_date - timedelta(days=1), CALENDAR) == number - 1
    assert due.provisional == (due.due_date > date(2026, 12, 31))
