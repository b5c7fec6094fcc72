"""Workbooks are parsed in a child process with little memory, no secrets and a bounded processor time."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from alliance.lib.sheets.archive import check_archive
from alliance.lib.sheets.limits import MIB, Limits, SheetRefused, SheetRow

_CHILD = Path(__file__).with_name("xlsx_child.py")
# What a Python may need to start; settings and keys of the parent stay out of reach of a hostile file.
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")


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


def _rows(source: BinaryIO, limits: Limits, sheet: str | None) -> Iterator[SheetRow]:
    with _spooled(source) as workbook, _started(workbook, limits, sheet) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                message = json.loads(line)
                if "end" in message:
                    return
                if "refused" in message:
                    raise SheetRefused(message["refused"], **message["params"])
                yield SheetRow(message["line"], tuple(message["cells"]))
            raise SheetRefused(_cause_of_death(child.wait()))
        finally:
            child.kill()


def _started(workbook: BinaryIO, limits: Limits, sheet: str | None) -> "subprocess.Popen[bytes]":
    options = json.dumps({"limits": asdict(limits), "sheet": sheet})
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    # A fixed program of our own, no shell; what the user sent arrives as its standard input only.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", str(_CHILD), options],
        stdin=workbook,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
    )


def _spooled(source: BinaryIO) -> BinaryIO:
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


def _cause_of_death(status: int) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    return "memory" if status < 0 else "broken_workbook"
