"""Csv and xlsx out: text never becomes a formula (N21), numbers stay numbers."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.sheets import SheetRefused, csv_chunks, guard, read, write_csv, write_xlsx

RISKY = ["=cmd", "＝1+1", "+1", "＋1", "-1", "－1", "@x", "＠x", "\t=1", "\r=1", "\0=1"]


def xlsx_cells(rows):
    buffer = io.BytesIO()
    write_xlsx(buffer, rows, title="2026/10: 月表")
    return list(openpyxl.load_workbook(buffer).worksheets[0].iter_rows())


@pytest.mark.parametrize("text", RISKY)
def test_n21_risky_text_leaves_as_text(text):
    """N21"""
    assert guard(text) == f"'{text}"
    assert f"'{text[0]}".encode() in b"".join(csv_chunks([[text]]))
    [[cell]] = xlsx_cells([[text]])
    assert cell.data_type == "s" and cell.value.startswith("'")


@pytest.mark.parametrize("text", ["", "张伟", "1=1", " =1", "'=1", "A-1"])
def test_n21_other_text_is_left_alone(text):
    """N21"""
    assert guard(text) == text


def test_n21_a_round_trip_keeps_text_text():
    """N21"""
    rows = [["=cmd", "＝1+1", "甲"]]
    for name, write in (("a.csv", write_csv), ("a.xlsx", write_xlsx)):
        buffer = io.BytesIO()
        write(buffer, rows)
        assert [row.cells for row in read(name, buffer)] == [("'=cmd", "'＝1+1", "甲")]


def test_the_same_rows_are_the_same_bytes_whenever_they_are_written():
    def written(moment):
        buffer = io.BytesIO()
        with time_machine.travel(moment, tick=False):
            write_xlsx(buffer, [["甲", 1], ["乙", Decimal("2.5")]])
        return buffer.getvalue()

    assert written(datetime(2026, 1, 1, tzinfo=UTC)) == written(datetime(2026, 11, 28, 9, 30, tzinfo=UTC))


def test_csv_holds_plain_numbers_dates_and_a_mark_for_spreadsheets():
    moment = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    rows = [
        ["名称", "元"],
        ["甲,乙", Decimal("-1234.50")],
        [date(2026, 10, 1), moment],
        [None, True],
        [10**20, Decimal("1E+2")],
    ]
    assert b"".join(csv_chunks(rows)).decode("utf-8-sig") == (
        '名称,元\r\n"甲,乙",-1234.50\r\n2026-10-01,2026-10-01 08:30:00\r\n'
        ",TRUE\r\n100000000000000000000,100\r\n"
    )
    assert b"".join(csv_chunks(rows)).startswith(b"\xef\xbb\xbf")
    assert b"".join(csv_chunks([])) == b"\xef\xbb\xbf"


def test_rows_are_taken_one_by_one():
    taken = []

    def rows():
        for number in range(3):
            taken.append(number)
            yield [number]

    chunks = csv_chunks(rows())
    next(chunks)
    assert taken == [0]


def test_xlsx_numbers_are_numbers_and_long_ones_keep_every_digit():
    moment = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    [row] = xlsx_cells(
        [[12, Decimal("-0.50"), 330106199001011234, "#N/A", date(2026, 10, 1), moment, True, None, "007"]]
    )
    assert [cell.data_type for cell in row] == ["n", "n", "s", "s", "d", "d", "b", "n", "s"]
    assert [cell.value for cell in row] == [
        12,
        -0.5,
        "330106199001011234",
        "#N/A",
        datetime(2026, 10, 1),
        datetime(2026, 10, 1, 8, 30),
        True,
        None,
        "007",
    ]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1, max_size=9),
        min_size=1,
        max_size=3,
    )
)
def test_any_text_leaves_csv_as_it_came_but_for_the_guard(cells):
    buffer = io.BytesIO()
    write_csv(buffer, [cells])
    assert [row.cells for row in read("a.csv", buffer)] == [tuple(guard(cell) for cell in cells)]


def test_a_floating_point_number_is_no_cell():
    for write in (lambda: list(csv_chunks([[0.1]])), lambda: xlsx_cells([[0.1]])):
        with pytest.raises(TypeError):
            write()


def test_a_text_too_long_for_a_workbook_is_refused_not_cut():
    with pytest.raises(SheetRefused) as refused:
        xlsx_cells([["甲"], ["x" * 32_768]])
    assert (refused.value.reason, refused.value.params["line"]) == ("cell_too_long", 2)
