"""Small front-page files in the HQMS form, written here with codes of the shipped scheme."""

from __future__ import annotations

import csv
import io
from typing import Any

COLUMNS = [
    "A01", "A02", "A48", "A49", "A46C", "A11", "A12C", "A13", "A14", "A16", "A20", "B11C", "B12",
    "B13C", "B15", "B16C", "B20", "B34C", "B35", "B36C", "C03C", "C04N", "C05C", "C06x01C",
    "C07x01N", "C08x01C", "C14x01C", "C15x01N", "C16x01", "C17x01", "D01", "D09", "D11", "D15",
    "D23",
]  # fmt: skip


def front_page(organisation: str, record_no: str, **changes: Any) -> dict[str, str]:
    """One discharge in good order: pneumonia, four days, 1,234.56 yuan; `changes` by column."""
    row = {
        "A01": organisation,
        "A02": "医院",
        "A48": record_no,
        "A49": "1",
        "A46C": "1",
        "A11": "测试人",
        "A12C": "1",
        "A13": "1960-01-01",
        "A14": "66",
        "B11C": "2",
        "B12": "2026-10-08 09:00:00",
        "B13C": "03",
        "B15": "2026-10-12 10:00:00",
        "B16C": "03",
        "B20": "4",
        "B34C": "1",
        "B36C": "1",
        "C03C": "J18.900",
        "C04N": "肺炎",
        "C05C": "1",
        "D01": "1234.56",
        "D09": "234.56",
        "D11": "34.56",
        "D15": "200.00",
        "D23": "1000.00",
    }
    return {**row, **changes}


def as_csv(rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> bytes:
    """The rows as a file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
