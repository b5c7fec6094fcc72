"""Sheets out: rows are streamed, text can never become a formula, numbers stay numbers."""

import csv
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from alliance.lib.sheets.limits import SheetRefused

Cell: TypeAlias = str | int | Decimal | date | datetime | None

SHANGHAI = ZoneInfo("Asia/Shanghai")
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# The day of every part of a workbook, and where openpyxl writes down when it worked.
DAY = (1980, 1, 1, 0, 0, 0)
PROPERTIES, STAMP = "docProps/core.xml", re.compile(rb">\d{4}-\d\d-\d\dT[\d:]+Z<")
# What the xlsx format and the programs that read it hold.
XLSX_ROWS, XLSX_CELL_CHARS, EXACT_DIGITS = 1_048_576, 32_767, 15


def guard(text: str) -> str:
    """Prefix text that a spreadsheet might run as a formula with an apostrophe (walls section 4, N21)."""
    return f"'{text}" if text.startswith(RISKY_STARTS) else text


def csv_chunks(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a csv file as bytes, one row at a time, with a UTF-8 mark first so that spreadsheets read it.

    Text is guarded; int and Decimal are written as plain digits; dates as ISO, times in Shanghai time.
    Raises TypeError for other types, floats among them.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([_csv_text(cell) for cell in row])
        yield _taken(buffer)
    rest = _taken(buffer)
    if rest:
        yield rest


def write_csv(target: BinaryIO, rows: Iterable[Sequence[Cell]]) -> None:
    """Write `csv_chunks` into a binary file."""
    for chunk in csv_chunks(rows):
        target.write(chunk)


def write_xlsx(target: BinaryIO, rows: Iterable[Sequence[Cell]], *, title: str = "Sheet1") -> None:
    """Write a workbook of one sheet, row by row, into a binary file.

    Text cells are guarded and typed as strings; numbers of at most 15 digits are numbers, longer ones text
    so that no digit is lost. Raises SheetRefused (too_many_rows, cell_too_long), TypeError for other types.
    """
    write_sheets(target, {title: rows})


def write_sheets(target: BinaryIO, sheets: Mapping[str, Iterable[Sequence[Cell]]]) -> None:
    """Write a workbook of several sheets by title, row by row, as `write_xlsx` does. Raises as it.

    The same rows are the same bytes, whenever they are written.
    """
    workbook = Workbook(write_only=True)
    try:
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(sheet_title(title))
            for line, row in enumerate(rows, start=1):
                if line > XLSX_ROWS:
                    raise SheetRefused("too_many_rows", limit=XLSX_ROWS)
                sheet.append([_xlsx_cell(sheet, cell, line) for cell in row])
    finally:
        # Saving also removes the temporary file of the rows, so it happens after a refusal too.
        with tempfile.TemporaryFile() as dated:
            workbook.save(dated)
            undated(dated, target)


def undated(dated: BinaryIO, target: BinaryIO) -> None:
    """Copy a workbook, each part and the workbook itself with the same day always."""
    with zipfile.ZipFile(dated) as source, zipfile.ZipFile(target, "w") as packed:
        for member in source.infolist():
            info = zipfile.ZipInfo(member.filename, DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            with source.open(member) as part, packed.open(info, "w", force_zip64=True) as copy:
                if member.filename == PROPERTIES:
                    copy.write(STAMP.sub(b">2000-01-01T00:00:00Z<", part.read()))
                else:
                    shutil.copyfileobj(part, copy)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8")


def _csv_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return guard(cell)
    if isinstance(cell, datetime):
        return _local(cell).strftime("%Y-%m-%d %H:%M:%S")
    if cell is None or isinstance(cell, date):
        return "" if cell is None else cell.isoformat()
    return _number_text(cell)


def _number_text(number: int | Decimal) -> str:
    if isinstance(number, bool):
        return "TRUE" if number else "FALSE"
    if isinstance(number, int):
        return str(number)
    if not isinstance(number, Decimal):
        raise TypeError(f"a cell cannot be {type(number).__name__}")
    return format(number, "f") if number.is_finite() else ""


def _xlsx_cell(sheet: WriteOnlyWorksheet, cell: Cell, line: int) -> Cell | XlsxCell:
    if isinstance(cell, datetime):
        return _local(cell)
    if cell is None or isinstance(cell, date | bool):
        return cell
    text = guard(cell) if isinstance(cell, str) else _number_text(cell)
    if not isinstance(cell, str) and sum(map(str.isdigit, text)) <= EXACT_DIGITS:
        return cell
    if len(text) > XLSX_CELL_CHARS:
        raise SheetRefused("cell_too_long", line=line)
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    return _typed_as_text(sheet, text) if text in ERROR_CODES else text


def _typed_as_text(sheet: WriteOnlyWorksheet, text: str) -> XlsxCell:
    """Text such as "#N/A" would otherwise be written as an error value."""
    typed: XlsxCell = WriteOnlyCell(sheet, value=text)
    typed.data_type = "s"
    return typed


def _local(moment: datetime) -> datetime:
    """Times of files are read by people in China; spreadsheets know no time zones."""
    return moment if moment.utcoffset() is None else moment.astimezone(SHANGHAI).replace(tzinfo=None)


def sheet_title(title: str) -> str:
    """A title that a workbook takes: at most 31 characters, none of []:*?/\\ among them."""
    return "".join(" " if char in "[]:*?/\\'" else char for char in title)[:31].strip() or "Sheet1"
