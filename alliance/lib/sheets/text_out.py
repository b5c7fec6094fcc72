"""Workbooks of text alone, streamed: the first piece leaves at once, the last a second or two later.

openpyxl needs 26 s for a national grouping scheme, because it makes an object of every cell. Rows of text
need none: they are joined, and only a row with a character that XML or a formula would take for its own is
looked at cell by cell. The cells carry the format "text", so that a code typed over another one keeps its
digits. The same rows give the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import RawIOBase
from xml.sax.saxutils import escape, quoteattr

from alliance.lib.sheets.limits import SheetRefused
from alliance.lib.sheets.out import DAY, RISKY_STARTS, XLSX_CELL_CHARS, XLSX_ROWS, guard, sheet_title

JOINT = "\x1f"
BATCH = 2_000  # rows compressed together
# The type "str" is read several times faster than an inline string with its runs of formats.
OPEN, CLOSE = '<c s="1" t="str"><v>', "</v></c>"
# A joined row without these goes out as it is: markup, control characters, the start of a formula.
SUSPECT = re.compile(
    rf"[&<>\x00-\x1e\ufffe\uffff]|(?:\A|{JOINT})[{re.escape(''.join(RISKY_STARTS))}]"
)  # fmt: skip
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TOP = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'{TOP}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
    '<xf numFmtId="49" applyNumberFormat="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Gathered(RawIOBase):
    """Takes what zipfile writes and hands it on; it cannot be wound back, so nothing is written twice."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self.pieces.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        found = b"".join(self.pieces)
        self.pieces.clear()
        return found


def text_workbook(sheets: Mapping[str, Iterable[Sequence[str]]]) -> Iterator[bytes]:
    """Yield a workbook of text cells, sheet by sheet, in pieces; memory stays that of one batch of rows.

    Text is guarded against being run as a formula. Raises SheetRefused (too_many_rows, cell_too_long) in the
    middle: look at long cells before the first byte leaves (`check_cells`).
    """
    target = _Gathered()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[arg-type]
        for name, text in _frame([sheet_title(title) for title in sheets]).items():
            archive.writestr(_member(name), text)
        for number, rows in enumerate(sheets.values(), start=1):
            with archive.open(_member(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as member:
                for piece in _sheet(rows):
                    member.write(piece.encode())
                    yield target.taken()
    yield target.taken()


def check_cells(rows: Iterable[Sequence[str]]) -> None:
    """Raise SheetRefused where a workbook cannot hold the rows."""
    for line, row in enumerate(rows, start=1):
        if line > XLSX_ROWS:
            raise SheetRefused("too_many_rows", limit=XLSX_ROWS)
        if any(len(guard(cell)) > XLSX_CELL_CHARS for cell in row):
            raise SheetRefused("cell_too_long", line=line)


def _sheet(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    columns = '<cols><col min="1" max="16384" width="16" style="1"/></cols>'
    yield f'{TOP}<worksheet xmlns="{MAIN}">{columns}<sheetData>'
    batch: list[str] = []
    for line, row in enumerate(rows, start=1):
        if line > XLSX_ROWS:
            raise SheetRefused("too_many_rows", limit=XLSX_ROWS)
        batch.append(_row(row, line))
        if len(batch) == BATCH:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch) + "</sheetData></worksheet>"


def _row(row: Sequence[str], line: int) -> str:
    joined = JOINT.join(row)
    if len(joined) >= XLSX_CELL_CHARS and any(len(guard(cell)) > XLSX_CELL_CHARS for cell in row):
        raise SheetRefused("cell_too_long", line=line)
    if SUSPECT.search(joined) or joined.count(JOINT) >= len(row):
        joined = JOINT.join(escape(ILLEGAL.sub("\ufffd", guard(cell))) for cell in row)
    return f"<row>{OPEN}{joined.replace(JOINT, CLOSE + OPEN)}{CLOSE}</row>" if row else "<row/>"


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _frame(titles: Sequence[str]) -> dict[str, str]:
    """The parts of a workbook beside its sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(titles) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>'
        for n, title in zip(numbers, titles, strict=True)
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": f'{TOP}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{TOP}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{TOP}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{TOP}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId0" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }  # fmt: skip
