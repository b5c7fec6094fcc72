"""A template of somebody else's layout, filled: rows repeated, nothing a formula, the same bytes."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest

from alliance.lib import sheets


def template(*rows: tuple[object, ...]) -> io.BytesIO:
    book, body = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.active["A1"].font = openpyxl.styles.Font(bold=True)
    book.save(body)
    return body


LAYOUT = (
    ("{{ month }}绩效结果", "=SUM(B3:B9)"), ("机构", "得分", "金额"),
    ("{{institution}}", "{{score}}", "{{amount}}"), ("合计", None, "{{total_amount}}"),
)  # fmt: skip
ROWS = [
    {"institution": "=1+1", "score": Decimal("86.50"), "amount": Decimal("1200.05")},
    {"institution": "石桥", "score": None, "amount": 0},
]


def test_rows_repeat_text_stays_text_and_missing_stays_empty() -> None:
    filled = sheets.fill(template(*LAYOUT), {"month": "2026-10", "total_amount": Decimal("1200.05")}, ROWS)
    sheet = openpyxl.load_workbook(io.BytesIO(filled)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["2026-10绩效结果", "'=SUM(B3:B9)", None], ["机构", "得分", "金额"], ["'=1+1", 86.5, 1200.05],
        ["石桥", None, 0], ["合计", None, 1200.05],
    ]  # fmt: skip
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["A1"].font.bold


def test_the_same_template_and_values_are_the_same_bytes() -> None:
    body = template(*LAYOUT)
    one, two = (sheets.fill(body, {"month": "2026-10"}, ROWS) for _time in range(2))
    assert one == two


def test_placeholders_are_found_and_a_broken_workbook_is_refused() -> None:
    found = sheets.placeholders(template(*LAYOUT))
    assert [(spot.cell, spot.name) for spot in found] == [
        ("A1", "month"), ("A3", "institution"), ("B3", "score"), ("C3", "amount"), ("C4", "total_amount"),
    ]  # fmt: skip
    with pytest.raises(sheets.SheetRefused):
        sheets.placeholders(io.BytesIO(b"PK no workbook"))
