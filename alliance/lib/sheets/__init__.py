"""Safe csv and xlsx, in and out (walls section 4): nothing in a file is trusted, nothing leaves as a formula.

`read` takes an uploaded file, decides by name and content what it is, and streams its rows as text;
`csv_chunks`, `write_csv` and `write_xlsx` stream rows out.
"""

from collections.abc import Iterator
from typing import BinaryIO

from alliance.lib.sheets.csv_in import read_csv
from alliance.lib.sheets.fill import Spot, fill, placeholders
from alliance.lib.sheets.kinds import Kind, recognise, stored_name
from alliance.lib.sheets.limits import Limits, SheetRefused, SheetRow
from alliance.lib.sheets.out import Cell, csv_chunks, guard, write_csv, write_sheets, write_xlsx
from alliance.lib.sheets.xlsx_in import read_sheets, read_xlsx

__all__ = [
    "Cell",
    "Kind",
    "Limits",
    "SheetRefused",
    "SheetRow",
    "Spot",
    "csv_chunks",
    "fill",
    "guard",
    "placeholders",
    "read",
    "read_csv",
    "read_sheets",
    "read_xlsx",
    "recognise",
    "stored_name",
    "write_csv",
    "write_sheets",
    "write_xlsx",
]


def read(name: str, source: BinaryIO, *, limits: Limits | None = None) -> Iterator[SheetRow]:
    """Stream the rows of a csv or xlsx file, recognised by its name and its content.

    `source` must be seekable and stay open while rows are taken. Every cell comes as text (see SheetRow).
    Raises SheetRefused, at the call or while rows are taken.
    """
    limits = limits or Limits()
    if recognise(name, source, limits=limits) is Kind.XLSX:
        return read_xlsx(source, limits=limits)
    return read_csv(source, limits=limits)
