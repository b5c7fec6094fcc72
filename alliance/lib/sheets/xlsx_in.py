"""Workbooks are parsed in a child process with little memory, no secrets and a bounded processor time."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from alliance.lib.sheets.archive import check_archive
from alliance.lib.sheets.limits import MIB, Limits, SheetRefused, SheetRow

CHILD = Path(__file__).with_name("xlsx_child.py")
# What a Python may need to start; settings and keys of the parent stay out of reach of a hostile file.
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")


def read_xlsx(
    source: BinaryIO, *, limits: Limits | None = None, sheet: str | None = None
) -> Iterator[SheetRow]:
    """Stream the rows of a workbook's first visible sheet (or the one named) as text; see SheetRow.

    Raises SheetRefused: at the call what `check_archive` finds, with the first row dtd, macros,
    external_links, no_sheet, broken_workbook, and while rows are taken memory, time, too_many_columns,
    row_too_long. Source: walls section 4, N14-N16.
    """
    limits = limits or Limits()
    check_archive(source, limits=limits)
    return _rows(source, limits, sheet)


def read_sheets(
    source: BinaryIO, names: Iterable[str], *, limits: Limits | None = None
) -> Iterator[tuple[str, SheetRow]]:
    """Stream the rows of the sheets called `names` (lower case), in one pass: (name, row); see SheetRow.

    A sheet's name is compared in lower case; one that is not there gives no rows. Raises as `read_xlsx`.
    """
    limits = limits or Limits()
    check_archive(source, limits=limits)
    return _named_rows(source, limits, sorted(names))


def _named_rows(source: BinaryIO, limits: Limits, names: list[str]) -> Iterator[tuple[str, SheetRow]]:
    title = ""
    for message in _messages(source, {"limits": asdict(limits), "sheets": names}):
        if "sheet" in message:
            title = message["sheet"]
        else:
            yield title, SheetRow(message["line"], tuple(message["cells"]))


def _rows(source: BinaryIO, limits: Limits, sheet: str | None) -> Iterator[SheetRow]:
    for message in _messages(source, {"limits": asdict(limits), "sheet": sheet}):
        yield SheetRow(message["line"], tuple(message["cells"]))


def _messages(source: BinaryIO, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with spooled(source) as workbook, _started(workbook, options) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                message = json.loads(line)
                if "end" in message:
                    return
                if "refused" in message:
                    raise SheetRefused(message["refused"], **message["params"])
                yield message
            raise SheetRefused(cause_of_death(child.wait()))
        finally:
            child.kill()


def _started(workbook: BinaryIO, options: dict[str, Any]) -> "subprocess.Popen[bytes]":
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    # A fixed program of our own, no shell; what the user sent arrives as its standard input only.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", str(CHILD), json.dumps(options)],
        stdin=workbook,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
    )


def spooled(source: BinaryIO) -> BinaryIO:
    """Copy the workbook into a nameless file in memory (on disk where the system has none)."""
    if sys.platform == "linux":
        target: BinaryIO = os.fdopen(os.memfd_create("workbook"), "w+b")
    else:
        target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    source.seek(0)
    while chunk := source.read(MIB):
        target.write(chunk)
    target.seek(0)
    return target


def cause_of_death(status: int) -> str:
    """The reason of SheetRefused for how the child ended."""
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    return "memory" if status < 0 else "broken_workbook"
