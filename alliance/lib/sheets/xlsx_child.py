"""The child process that parses one workbook from its standard input and prints its rows, one JSON a line.

It runs isolated and imports nothing of the project. Every part of the archive is searched for a DTD
before any parser sees it. Messages: {"line", "cells"} a row, {"refused", "params"}, {"end"};
{"sheet"} before the rows of each sheet when several are asked for.
"""

import base64
import io
import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

# A spreadsheet rounds numbers: beyond 15 digits the last ones are lost already.
EXACT_DIGITS = 15
PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+(?::[a-z0-9_]+)?)\s*\}\}")
_BINARY = re.compile(r"\.(bin|png|jpe?g|gif|bmp|tiff?|emf|wmf)$", re.IGNORECASE)


class Refusal(Exception):
    """A reason of SheetRefused with its parameters."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.message: dict[str, object] = {"refused": reason, "params": params}


def main() -> None:
    """Confine this process, print the rows of the workbook, and end with one last message."""
    options = json.loads(sys.argv[1])
    limits = options["limits"]
    confine(memory=limits["memory_bytes"], seconds=limits["cpu_seconds"])
    try:
        check_parts(sys.stdin.buffer)
        if "fill" in options:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limits["unpacked_bytes"], limits["unpacked_bytes"]))
            fill(sys.stdin.buffer, json.load(os.fdopen(options["fill"], "rb")))
        elif options.get("sheets") is None:
            say_rows(chosen_sheet(sys.stdin.buffer, options["sheet"]), limits)
        else:
            say_sheets(sys.stdin.buffer, limits, frozenset(options["sheets"]))
        message: dict[str, object] = {"end": True}
    except Refusal as refusal:
        message = refusal.message
    except Exception as error:
        # Whatever a damaged or hostile workbook makes the parser raise, the answer is the same.
        message = {"refused": "memory" if is_memory(error) else "broken_workbook", "params": {}}
    say(message)
    sys.stdout.flush()


def confine(*, memory: int, seconds: int) -> None:
    """Limit this process: address space in bytes, processor seconds, no files written, no core."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The hard limit stays: filling a template writes its parts aside while it saves.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def is_memory(error: Exception) -> bool:
    """The XML parser reports a lack of memory as an error of the document."""
    return isinstance(error, MemoryError) or "out of memory" in str(error)


def say(message: dict[str, object]) -> None:
    """Print one message as a line of JSON."""
    sys.stdout.write(json.dumps(message) + "\n")


def check_parts(source: BinaryIO) -> None:
    """Check every part of the archive before any of it is read as a workbook. Raises Refusal."""
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            check_prolog(archive, name)
        check_content_types(archive)
        check_relationships(archive)


def say_rows(sheet: Any, limits: dict[str, int]) -> None:
    """Print the rows of a sheet. Raises Refusal."""
    for line, cells in filled_rows(sheet):
        if len(cells) > limits["columns"]:
            raise Refusal("too_many_columns", line=line, limit=limits["columns"])
        if sum(map(len, cells)) > limits["row_chars"]:
            raise Refusal("row_too_long", line=line, limit=limits["row_chars"])
        say({"line": line, "cells": cells})


def say_sheets(source: BinaryIO, limits: dict[str, int], names: frozenset[str]) -> None:
    """Print the sheets of these names, whatever their case, each after its title. Raises Refusal."""
    for sheet in sheets_of(source):
        if sheet.title.strip().lower() in names:
            say({"sheet": sheet.title.strip().lower()})
            say_rows(sheet, limits)


def check_prolog(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a DTD in a member. It can only stand before the root element, so parsing ends there."""
    try:
        with archive.open(name) as member:
            next(iterparse(member, events=("start",), forbid_dtd=True), None)
    except DefusedXmlException:
        raise Refusal("dtd") from None
    except (ParseError, ValueError, LookupError) as error:
        if is_memory(error):
            raise
        if not _BINARY.search(name) and not name.endswith("/"):
            raise Refusal("broken_workbook") from None


def elements(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    """Yield the elements of a part as they end, keeping none."""
    with archive.open(name) as member:
        for _, element in iterparse(member, forbid_dtd=True):
            yield element
            element.clear()


def check_content_types(archive: zipfile.ZipFile) -> None:
    """Refuse a macro-enabled workbook under another name, and what is no workbook at all (N16)."""
    types = [element.get("ContentType", "") for element in elements(archive, "[Content_Types].xml")]
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        raise Refusal("macros")
    if not any(kind.endswith("spreadsheetml.sheet.main+xml") for kind in types):
        raise Refusal("broken_workbook")


def check_relationships(archive: zipfile.ZipFile) -> None:
    """Refuse references to anything outside the workbook; a hyperlink in a cell is only text here."""
    for name in archive.namelist():
        if not name.endswith(".rels"):
            continue
        for element in elements(archive, name):
            outside = element.get("TargetMode") == "External"
            if outside and not element.get("Type", "").endswith("/hyperlink"):
                raise Refusal("external_links")


def filled_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells as text) of every row with any text."""
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = trimmed(text_of(cell) for cell in row)
        if cells:
            yield line, cells


def sheets_of(source: BinaryIO) -> list[Any]:
    """The sheets of the workbook, in its order."""
    # Loaded only now: a hostile workbook is refused before, without the cost of this import.
    import openpyxl

    source.seek(0)
    workbook = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        # The size a sheet claims is not believed: rows are as wide as their last cell.
        sheet.reset_dimensions()
    return list(workbook.worksheets)


def chosen_sheet(source: BinaryIO, sheet: str | None) -> Any:
    """Return the sheet of that name, else the first visible one. Raises Refusal (no_sheet)."""
    for candidate in sheets_of(source):
        if candidate.title == sheet or (sheet is None and candidate.sheet_state == "visible"):
            return candidate
    raise Refusal("no_sheet")


def fill(source: BinaryIO, values: dict[str, Any]) -> None:
    """Say the placeholders of a template, or the template with its values put in, in pieces of base64."""
    import openpyxl

    source.seek(0)
    workbook = openpyxl.load_workbook(io.BytesIO(source.read()), keep_links=False)
    if values.get("find"):
        say({"spots": [spot for sheet in workbook.worksheets for spot in spots(sheet)]})
        return
    for sheet in workbook.worksheets:
        repeat(sheet, values["rows"])
        for row in sheet.iter_rows():
            for cell in row:
                put(cell, values["single"])
                if cell.data_type == "f":
                    cell.value, cell.data_type = "'" + str(cell.value), "s"
    saved = io.BytesIO()
    workbook.save(saved)
    content = saved.getvalue()
    for begin in range(0, len(content), 60_000):
        say({"piece": base64.b64encode(content[begin : begin + 60_000]).decode()})


def spots(sheet: Any) -> Iterator[tuple[str, str, str]]:
    """Every placeholder of a sheet: sheet, cell, name."""
    for row in sheet.iter_rows():
        for cell in row:
            for name in PLACEHOLDER.findall(str(cell.value or "")):
                yield sheet.title, cell.coordinate, name


def repeat(sheet: Any, rows: list[dict[str, Any]]) -> None:
    """Repeat each line with a row's placeholder for every row of values, from the last line up."""
    known = set(rows[0]) if rows else set()
    for line in range(sheet.max_row, 0, -1):
        cells = list(sheet[line])
        if not any(set(PLACEHOLDER.findall(str(cell.value or ""))) & known for cell in cells):
            continue
        pattern = [(cell.value, cell._style) for cell in cells]
        if len(rows) > 1:
            sheet.insert_rows(line + 1, len(rows) - 1)
        for below, values in enumerate(rows):
            for column, (value, style) in enumerate(pattern, start=1):
                cell = sheet.cell(line + below, column)
                cell.value, cell._style = value, style
                put(cell, values)


def put(cell: Any, values: dict[str, Any]) -> None:
    """Put values into a cell: a number where it is the whole cell, else as text."""
    text = cell.value
    if not isinstance(text, str) or cell.data_type == "f" or not PLACEHOLDER.search(text):
        return
    whole = PLACEHOLDER.fullmatch(text.strip())
    if whole and whole[1] in values:
        value = values[whole[1]]
        if isinstance(value, list):
            cell.value = Decimal(value[0])
        else:
            cell.value, cell.data_type = value, "s" if value is not None else "n"
        return
    said = {name: value[0] if isinstance(value, list) else value or "" for name, value in values.items()}
    cell.value = PLACEHOLDER.sub(lambda match: said.get(match[1], match[0]), text)
    cell.data_type = "s"


def trimmed(cells: Iterable[str]) -> list[str]:
    """Return the cells without the empty ones at the end."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def text_of(cell: Any) -> str:
    """Return a cell as text: its stored result, never a formula."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, datetime):
        return date_text(value, cell.number_format or "")
    return str(value)


def date_text(value: datetime, number_format: str) -> str:
    """Write a date, with its time where the cell shows one or has one."""
    midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
    shows_time = re.search(r"[hs]", number_format, re.IGNORECASE) is not None
    if midnight and not shows_time:
        return date.isoformat(value.date())
    return value.strftime("%Y-%m-%d %H:%M:%S")


def number_text(value: int | float) -> str:
    """Write a number as plain digits, or as a spreadsheet shows it where it has lost digits."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    if abs(exact) >= 10**EXACT_DIGITS:
        return f"{exact:.14E}"
    return format(exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact, "f")


if __name__ == "__main__":
    main()
