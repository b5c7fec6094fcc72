"""Grouping: the compiled scheme and the interpreter, over hard and ordinary cases; files; memory."""

from __future__ import annotations

import gc
import resource
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from benchmarks import cases as sources
from benchmarks.report import Section, Table, best_of
from grouping.engine import interpreter
from grouping.engine.case import Case
from grouping.engine.compiled import compile_scheme
from grouping.engine.quickfile import group_file
from grouping.engine.rows import Scheme
from grouping.engine.scheme import read_scheme

RUNS = 7
SOME = 3_000  # cases for the interpreter, and least number for the compiled scheme
FILE_TIMES = 10


def measure() -> Section:
    """All schemes in turn; the largest also with a file, in one process and in two."""
    made = [(path, read_scheme(path)) for path in sources.packages()]
    return Section(
        "Grouping",
        f"One process, processor time, best of {RUNS} runs over cases in memory. Warm: the chains of all "
        "pairs of kinds that occur are made; cold: the first pass over the set after compiling, which makes "
        "them. Every result of the compiled scheme was compared with the interpreter's first.",
        (
            Table(
                ("scheme and cases", "cases", "compiled, warm, cases/s", "cold", "interpreter", "ratio"),
                tuple(row for path, scheme in made for row in _rates(path.name, scheme)),
            ),
            Table(
                ("scheme", "package, MiB", "read and checked, s", "compiled, s", "compiled with chains, MiB",
                 "scheme as read, MiB"),
                tuple(_costs(path) for path, _ in made),
                title="Packages",
                note="Memory as allocated by Python (tracemalloc) after all sets were grouped.",
            ),
            _files(*made[0]),
        ),
    )  # fmt: skip


def _rates(code: str, scheme: Scheme) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, found in sources.sets(code, scheme).items():
        ready = compile_scheme(scheme)
        gc.collect()
        began = process_time()
        quick = [ready.group(case) for case in found]
        cold = len(found) / (process_time() - began)
        plain = [interpreter.group(scheme, case) for case in found]
        if quick != plain:
            raise SystemExit(f"{code}, {name}: the compiled scheme and the interpreter differ")
        many = found * (1 + SOME // len(found))
        warm = _rate(many, ready.group)
        few = found[:: max(1, len(found) // SOME)]
        slow = _rate(few, lambda case: interpreter.group(scheme, case))
        rows.append(
            (
                f"{code}: {name}",
                f"{len(found):,}",
                f"{warm:,.0f}",
                f"{cold:,.0f}",
                f"{slow:,.0f}",
                f"{warm / slow:.1f}",
            )
        )
    return rows


def _rate(found: list[Case], group: Callable[[Case], object]) -> float:
    def run() -> None:
        for case in found:
            group(case)

    return len(found) / best_of(RUNS, run).cpu


def _costs(path: Path) -> tuple[str, ...]:
    size = sum(file.stat().st_size for file in path.iterdir()) / 2**20
    reading = best_of(3, lambda: read_scheme(path)).cpu
    scheme = read_scheme(path)
    compiling = best_of(RUNS, lambda: compile_scheme(scheme)).cpu
    found = [case for cases in sources.sets(path.name, scheme).values() for case in cases]
    del scheme
    gc.collect()
    tracemalloc.start()
    scheme = read_scheme(path)
    gc.collect()
    read = tracemalloc.get_traced_memory()[0]
    ready = compile_scheme(scheme)
    for case in found:
        ready.group(case)
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0] - read
    tracemalloc.stop()
    return (
        path.name, f"{size:.1f}", f"{reading:.2f}", f"{compiling:.3f}", f"{kept / 2**20:.1f}",
        f"{read / 2**20:.1f}",
    )  # fmt: skip


def _files(path: Path, scheme: Scheme) -> Table:
    """group_file from the first byte to the last, in one process and in two."""
    name, found = next(iter(reversed([*sources.sets(path.name, scheme).items()][:-1])))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.csv"
        count = sources.write(source, found, FILE_TIMES)
        one = min(
            (_run(scheme, source, Path(folder) / "one.csv", 1) for _ in range(3)), key=lambda run: run[1]
        )
        two = min(
            (_run(scheme, source, Path(folder) / "two.csv", 2) for _ in range(3)), key=lambda run: run[1]
        )
        if (Path(folder) / "one.csv").read_bytes() != (Path(folder) / "two.csv").read_bytes():
            raise SystemExit("two processes wrote another file than one")
    rows = (
        ("one process", f"{count / one[0]:,.0f}", f"{count / one[1]:,.0f}", ""),
        ("two processes", f"{count / two[0]:,.0f}", f"{count / two[1]:,.0f}", f"{one[1] / two[1]:.2f}"),
    )
    return Table(
        ("group_file", "cases/s by the clock", "cases/s by processor time", "ratio"),
        rows,
        title=f"A file of {count:,} rows: {path.name}, {name}",
        note="From CSV to CSV with all checks, package already read, scheme compiled within. Processor time "
        "of two processes: the first one's own, and half of what its two workers used; on a machine whose "
        "cores are free the clock says the same.",
    )


def _run(scheme: Scheme, source: Path, target: Path, processes: int) -> tuple[float, float]:
    """Seconds by the clock, and of processor time on the longest way through."""
    workers = _children()
    wall, own = perf_counter(), process_time()
    group_file(scheme, source, target, processes)
    return perf_counter() - wall, process_time() - own + (_children() - workers) / processes


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
