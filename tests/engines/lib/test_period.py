"""Months and quarters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.period import Month, PeriodRefused, Quarter

MONTHS = st.builds(Month, st.integers(1000, 9000), st.integers(1, 12))


def test_a_month_knows_its_days_and_neighbours():
    february = Month.parse("2024-02")
    assert (february.first_day, february.last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert str(february.next()) == "2024-03"
    assert str(Month(2026, 1).previous()) == "2025-12"
    assert str(february.same_last_year()) == "2023-02"
    assert february.contains(date(2024, 2, 29)) and not february.contains(date(2024, 3, 1))
    assert len(list(february.days())) == 29
    assert Month.of(date(2026, 10, 7)) == Month(2026, 10)
    assert sorted([Month(2026, 1), Month(2025, 12)]) == [Month(2025, 12), Month(2026, 1)]
    assert [str(month) for month in Month(2025, 11).through(Month(2026, 2))] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert list(Month(2026, 2).through(Month(2026, 1))) == []


@given(MONTHS, st.integers(-2000, 2000))
def test_moving_there_and_back_is_standing_still(month, steps):
    assert month.plus(steps).plus(-steps) == month
    assert Month.parse(str(month)) == month
    assert month.next().previous() == month
    assert (month.next().first_day - month.last_day).days == 1


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-1", "26-01", "2026/10", "2026-10-01", " 2026-10", "2026-00", "0000-01"]
)
def test_text_that_is_no_month_is_refused(text):
    with pytest.raises(PeriodRefused) as refused:
        Month.parse(text)
    assert refused.value.reason == "not_a_month"


def test_a_quarter_knows_its_months_and_neighbours():
    quarter = Quarter.parse("2026-Q4")
    assert [str(month) for month in quarter.months] == ["2026-10", "2026-11", "2026-12"]
    assert (quarter.first_day, quarter.last_day) == (date(2026, 10, 1), date(2026, 12, 31))
    assert str(quarter.next()) == "2027-Q1" and str(quarter.previous()) == "2026-Q3"
    assert str(quarter.same_last_year()) == "2025-Q4"
    assert quarter.contains(date(2026, 11, 30)) and not quarter.contains(date(2027, 1, 1))
    assert [Month(2026, number).quarter.number for number in range(1, 13)] == [
        1,
        1,
        1,
        2,
        2,
        2,
        3,
        3,
        3,
        4,
        4,
        4,
    ]
    with pytest.raises(PeriodRefused):
        Quarter.parse("2026-Q5")
