"""What a benchmark reports and how docs/performance.md is written from it.

A benchmark is a module of this folder with `measure() -> Section`. Each section says what was run, when, on
what machine and on what state of the code, and stands by itself: one benchmark can be run again alone.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter, process_time
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
HEAD = """# Performance

Written by `make bench`, never by hand: each section is what its program measured on the day it names. Figures
of another machine differ; the ratios are what to watch. A benchmark prints and never fails on time.
"""
_MARK = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Table:
    """Figures by row; cells are text, made by the benchmark. note: what one must know to read them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """What one benchmark found. what: what was run, on which data, and how it was timed."""

    title: str
    what: str
    tables: tuple[Table, ...]


def render(name: str, section: Section) -> str:
    """The Markdown of one section, under the mark by which it is found again."""
    lines = [
        f"<!-- {name} -->",
        f"## {section.title}",
        "",
        section.what,
        "",
        f"`python -m benchmarks {name}`, {facts()}.",
    ]
    for table in section.tables:
        lines += ["", f"### {table.title}"] if table.title else []
        lines += ["", _row(table.columns), _row(["---", *["---:"] * (len(table.columns) - 1)])]
        lines += [_row(row) for row in table.rows]
        lines += ["", table.note] if table.note else []
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def facts() -> str:
    """Day, state of the code, cores, memory, Python: what a figure is worth nothing without."""
    day = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, load {os.getloadavg()[0]:.1f}"
    return f"{day}, commit {_commit()}, Python {platform.python_version()}, {platform.system()}, {machine}"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def write(name: str, section: Section, page: Path = PAGE) -> None:
    """Put a section into the page: in the place of the one it had, or in the order of names."""
    sections = read(page) | {name: render(name, section)}
    page.write_text("\n".join([HEAD, *(sections[key] for key in sorted(sections))]), encoding="utf-8")


def read(page: Path) -> dict[str, str]:
    """The sections of the page by name of their benchmark."""
    parts = _MARK.split(page.read_text(encoding="utf-8")) if page.exists() else [""]
    return {
        name: f"<!-- {name} -->\n{body.strip()}\n"
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }


@dataclass(frozen=True)
class Seconds:
    """How long something took: by the clock on the wall, and of this process's processor time."""

    wall: float
    cpu: float


def best_of(times: int, run: Callable[[], object]) -> Seconds:
    """Run several times in this process and return the best wall time and the best processor time.

    The best, because everything else on the machine can only make a run slower.
    """
    found = [_timed(run) for _ in range(times)]
    return Seconds(min(one.wall for one in found), min(one.cpu for one in found))


def _timed(run: Callable[[], object]) -> Seconds:
    wall, cpu = perf_counter(), process_time()
    run()
    return Seconds(perf_counter() - wall, process_time() - cpu)
