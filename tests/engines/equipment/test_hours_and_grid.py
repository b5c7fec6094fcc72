"""Operating hours, free times and the table of the week: pure values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.equipment.engine import grid, hours, slots

DAY = datetime(2026, 11, 16, tzinfo=UTC)


def clock(minute: int) -> datetime:
    return DAY + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("text", "monday", "saturday"),
    [
        ("1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00", 450, 240),
        ("1-7 00:00-24:00", 1440, 1440),
        ("1,3,6 8:00-9:00", 60, 60),
        ("1 8:00-9:00；6 9：00-10：00", 60, 60),
        ("1-2 08:00-09:00; 1 10:00-11:00", 120, 0),
    ],
)
def test_hours_are_read(text: str, monday: int, saturday: int) -> None:
    opening = hours.parse(text)
    assert (opening.minutes(1), opening.minutes(6)) == (monday, saturday)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ("8:00-12:00 9:00-10:00", "days"),
        ("0-5 8:00-9:00", "days"),
        ("5-1 8:00-9:00", "days"),
        ("1-5", "no_span"),
        ("1 25:00-26:00", "span"),
        ("1 9:00", "span"),
        ("1 12:00-8:00", "order"),
        ("1 8:00-12:00 11:00-13:00", "overlap"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(hours.HoursRefused) as refused:
        hours.parse(text)
    assert refused.value.reason == reason


def test_a_month_of_hours() -> None:
    opening = hours.parse("1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00")
    days = [date(2026, 11, 1) + timedelta(days=number) for number in range(30)]
    assert opening.total(days) == 21 * 450 + 4 * 240  # November 2026: 21 weekdays, 4 Saturdays, 5 Sundays


def room(
    *taken: tuple[int, int, int], capacity: int = 1, out: tuple[tuple[int, int], ...] = ()
) -> slots.Room:
    return slots.Room(
        [(clock(480), clock(720)), (clock(840), clock(1050))],
        [(clock(begin), clock(end)) for begin, end in out],
        [slots.Taken(place, clock(begin), clock(end)) for place, begin, end in taken],
        capacity,
        30,
    )


def starts(of: slots.Room, minutes: int, not_before: int = 0) -> list[int]:
    return [
        int((at - DAY).total_seconds()) // 60
        for at in slots.free_starts(of, minutes, not_before=clock(not_before))
    ]


def test_free_times_fit_between_what_is_taken_out_and_closed() -> None:
    assert starts(room((1, 510, 600)), 60) == [600, 630, 660, 840, 870, 900, 930, 960, 990]
    assert starts(room(out=((480, 720),)), 120) == [840, 870, 900, 930]
    assert starts(room(), 30, not_before=1000) == [1020]
    assert starts(room((1, 480, 720), (2, 480, 690), capacity=2), 30, not_before=0)[0] == 690


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 30), st.integers(1, 6)), max_size=12),
    st.integers(1, 6),
)
def test_a_free_time_never_meets_a_taken_one(taken: list[tuple[int, int, int]], half_hours: int) -> None:
    held = [(place, 480 + 30 * begin, 480 + 30 * (begin + length)) for place, begin, length in taken]
    of = room(*held, capacity=2)
    for at in slots.free_starts(of, 30 * half_hours, not_before=clock(0)):
        end = at + timedelta(minutes=30 * half_hours)
        place = of.free_place(at, end)
        assert place is not None and of.is_open(at, end)
        assert not [one for one in of.taken if one.place == place and one.begin < end and at < one.end]


# The table -------------------------------------------------------------------------
def cells(day: grid.Day, height: int = 30) -> list[tuple[int, int, str]]:
    rows = grid.rows_of([day], height)
    return [(cell.row, cell.rows, cell.kind) for cell in grid.column(day, rows, height)]


def test_bookings_of_one_institution_one_after_the_other_are_one_block() -> None:
    blocks = [
        grid.Block(480, 510, "a", (1,)),
        grid.Block(510, 540, "a", (2,)),
        grid.Block(540, 600, "b", (3,)),
    ]
    assert cells(grid.Day([(480, 660)], blocks, [600, 630])) == [
        (0, 2, "block"), (2, 2, "block"), (4, 1, "free"), (5, 1, "free")
    ]  # fmt: skip


def test_short_bookings_of_one_row_share_its_cell_and_leave_a_beginning() -> None:
    day = grid.Day(
        [(480, 540)], [grid.Block(480, 490, "a", (1,)), grid.Block(490, 500, "b", (2,))], [500, 510]
    )
    rows = grid.rows_of([day], 30)
    first, second = grid.column(day, rows, 30)
    assert (first.kind, first.free, grid.by_key(first.blocks)) == ("block", 500, {"a": (1,), "b": (2,)})
    assert (second.kind, second.free) == ("free", 510)


def test_hours_nobody_has_are_folded_and_cut_a_block() -> None:
    day = grid.Day([(480, 540), (600, 660)], [grid.Block(480, 660, "out", ())])
    rows = grid.rows_of([day], 30)
    assert [(row.begin, row.folded_until) for row in rows] == [
        (480, None), (510, None), (540, None), (570, None), (600, None), (630, None)
    ]  # fmt: skip
    free = grid.Day([(480, 540), (600, 660)])
    rows = grid.rows_of([free], 30)
    assert [(row.begin, row.folded_until) for row in rows][2] == (540, 600)
    assert cells(free) == [(0, 1, "idle"), (1, 1, "idle"), (3, 1, "idle"), (4, 1, "idle")]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from("abc")), max_size=10))
def test_every_row_is_covered_once_and_no_booking_is_lost(given_blocks: list[tuple[int, int, str]]) -> None:
    blocks = [
        grid.Block(480 + 15 * begin, 480 + 15 * (begin + length), key, (number,))
        for number, (begin, length, key) in enumerate(given_blocks)
    ]
    day = grid.Day([(480, 720), (840, 1050)], blocks)
    rows = grid.rows_of([day], 30)
    column = grid.column(day, rows, 30)
    covered = [row for cell in column for row in range(cell.row, cell.row + cell.rows)]
    assert covered == [place for place, row in enumerate(rows) if row.folded_until is None]
    assert {pk for cell in column for block in cell.blocks for pk in block.ids} == set(range(len(blocks)))


def test_on_a_closed_sunday_the_coming_week_is_looked_at() -> None:
    opening = hours.parse("1-6 08:00-12:00")
    sunday, friday = date(2026, 11, 15), date(2026, 11, 13)
    assert (opening.next_open(sunday), opening.next_open(friday)) == (date(2026, 11, 16), friday)
    assert hours.parse("7 08:00-12:00").next_open(sunday) == sunday
