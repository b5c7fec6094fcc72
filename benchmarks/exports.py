"""A large front-page export for measuring: reference rows (or the demonstration's) again and again, under new
record numbers and new ID numbers, 120 columns, GB18030. It is made when it is needed and never kept.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from alliance.lib.identity import id_check_character
from benchmarks.report import ROOT
from grouping.readers.layout import MAIN_PARTS

COLUMNS = 120
ENCODING = "gb18030"
_STAY = (
    "A01 A02 A48 A49 A46C A47 A11 A12C A13 A14 A15C A16 A18x01 A19C A20 A21C A26 A38C "
    "B11C B12 B13C B15 B16C B20 B25 B29 B34C B36C C03C C04N C05C"
)
_DIAGNOSIS = "C06x{0:02}C C07x{0:02}N C08x{0:02}C"
_PROCEDURE = "C35x{0:02}C C36x{0:02}N C37x{0:02} C38x{0:02} C39x{0:02}"
_MAIN = "C14x01C C15x01N C16x01 C17x01 C18x01"
_REST = "C24C C26C C27C D01 D09"
_SUB = ("D19x01", "D20x01", "D20x02", "D23x01")


def columns() -> list[str]:
    """The 120 columns: person and stay, 9 other diagnoses, 4 other procedures, every class of charges."""
    found = _STAY.split()
    found += [name for number in range(1, 10) for name in _DIAGNOSIS.format(number).split()]
    found += _MAIN.split()
    found += [name for number in range(1, 5) for name in _PROCEDURE.format(number).split()]
    found += [*_REST.split(), *sorted((*MAIN_PARTS, *_SUB))]
    return [*found, *(f"F{number:02}x01" for number in range(1, 1 + COLUMNS - len(found)))]


def write(path: Path, sources: list[Path], rows: int) -> int:
    """Write an export of so many rows made from the rows of other exports; return its bytes."""
    names = columns()
    with path.open("w", encoding=ENCODING, newline="") as file:
        out = csv.DictWriter(file, names, restval="", extrasaction="ignore", lineterminator="\r\n")
        out.writeheader()
        base = [row for source in sources for row in read(source)]
        for number, row in zip(range(rows), cycle(base)):
            out.writerow(_renewed(row, number))
    return path.stat().st_size


def write_apart(path: Path, sources: list[Path], rows: int) -> int:
    """As `write`, in a process of its own: what it holds must not count as the worker's memory."""
    call = "import sys; from pathlib import Path; from benchmarks import exports; "
    call += "exports.write(Path(sys.argv[1]), [*map(Path, sys.argv[3:])], int(sys.argv[2]))"
    command = [sys.executable, "-c", call, str(path), str(rows), *map(str, sources)]
    subprocess.run(command, check=True, cwd=ROOT)
    return path.stat().st_size


def read(path: Path) -> Iterator[dict[str, str]]:
    """The rows of an export in either encoding."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(ENCODING)
    yield from csv.DictReader(io.StringIO(text))


def _renewed(row: dict[str, str], number: int) -> dict[str, str]:
    """The row under a new record number; its person gets another number with the same birth date and sex."""
    new = row | {"A48": f"bm{number:08}"}
    old = row.get("A20", "")
    if len(old) == 18:
        serial = 2 * (number % 500) + int(old[16]) % 2
        first = f"{110000 + number // 500 % 700000:06}{old[6:14]}{serial:03}"
        new["A20"] = first + id_check_character(first)
    return new
