"""Workbooks of text: what any program reads back, cell for cell; nothing is ever run as a formula."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from alliance.lib.sheets import SheetRefused
from alliance.lib.sheets.out import XLSX_CELL_CHARS
from alliance.lib.sheets.text_out import BATCH, check_cells, text_workbook

ROWS = [
    ("code", "name", "rule"),
    ("00.5500", "胰／肾联合移植", 'age < 18 and weight > 2 & "x"'),
    ("", "", ""),
    ("0123456789012345678", "", "1.10"),
]


def book(sheets: dict[str, list[tuple[str, ...]]]) -> bytes:
    return b"".join(text_workbook(sheets))


def read(content: bytes, title: str) -> list[tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(content))[title]
    return [tuple("" if cell is None else cell for cell in row) for row in sheet.iter_rows(values_only=True)]


def test_every_cell_comes_back_as_the_text_it_was() -> None:
    content = book({"drg.csv": ROWS, "表/2": [("键",)]})
    assert read(content, "drg.csv") == ROWS
    assert read(content, "表 2") == [("键",)]
    sheet = load_workbook(io.BytesIO(content))["drg.csv"]
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}


def test_text_never_becomes_a_formula_or_breaks_the_file() -> None:
    risky = [("=1+1", "a", "＝x"), ("a", "@b", "-1"), ("a\x0bb\x1fc", "</v>", "&amp;")]
    found = read(book({"s": risky}), "s")
    assert found == [("'=1+1", "a", "'＝x"), ("a", "'@b", "'-1"), ("a\ufffdb\ufffdc", "</v>", "&amp;")]


def test_the_same_rows_give_the_same_bytes() -> None:
    assert book({"s": ROWS}) == book({"s": ROWS})


def test_rows_leave_while_later_ones_are_not_yet_made() -> None:
    made = 0

    def rows() -> Iterator[tuple[str, str]]:
        nonlocal made
        for number in range(BATCH * 3):
            made = number
            yield (f"A{number}", "x")

    pieces = text_workbook({"s": rows()})
    assert next(pieces)[:2] == b"PK" and made < BATCH
    rest = b"".join(pieces)
    assert made == BATCH * 3 - 1 and rest[-22:-18] == b"PK\x05\x06"


def test_all_rows_of_many_batches_are_there() -> None:
    rows = [(str(number), "值") for number in range(BATCH * 2 + 1)]
    content = book({"s": rows})
    assert read(content, "s") == rows
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_a_cell_longer_than_a_workbook_holds_is_refused_before_anything_leaves() -> None:
    long = [("a",), ("x" * (XLSX_CELL_CHARS + 1),)]
    with pytest.raises(SheetRefused) as refused:
        check_cells(long)
    assert (refused.value.reason, refused.value.params["line"]) == ("cell_too_long", 2)
    with pytest.raises(SheetRefused):
        book({"s": long})
