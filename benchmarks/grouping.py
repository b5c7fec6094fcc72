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
from grouping.engine.casefile import read_case, read_rows
from grouping.engine.compiled import compile_scheme
from grouping.engine.quickfile import CELLS, DIAGNOSES, PROCEDURES, group_file
from grouping.engine.rows import Scheme
from grouping.engine.scheme import read_scheme

RUNS = 9
SOME = 3_000  # cases for the interpreter, and least number for the compiled scheme
FILE_TIMES = 25
FILE_RUNS = 5


def measure() -> Section:
    """All schemes in turn; the largest also with a file, in one process and in two."""
    made = [(path, read_scheme(path)) for path in sources.packages()]
    return Section(
        "Grouping",
        f"One process, processor time, best of {RUNS} runs over cases in memory. Warm: the chains of all "
        "pairs of kinds that occur are made; cold: the first pass over the set after compiling, which makes "
        "them. Inside the figures is the call of `group` with a `Case` that is there already, from its "
        "codes to the finished `Result`; what making the `Case` costs stands below. Every result of the "
        "compiled scheme was compared with the interpreter's first.",
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
            _making(*made[0]),
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


def _making(path: Path, scheme: Scheme) -> Table:
    """What a `Case` costs, and grouping without one: the cells of a row as `group_file` has them."""
    name, found = _hospital(path, scheme)
    with tempfile.TemporaryDirectory() as folder:
        sources.write(Path(folder) / "in.csv", found, 1)
        with (Path(folder) / "in.csv").open(encoding="utf-8", newline="") as lines:
            rows = [cells for _, cells in read_rows(lines, [])]
    group, number = compile_scheme(scheme).group, compile_scheme(scheme, CELLS).number

    def made() -> None:
        for cells in rows:
            read_case(0, cells, [])

    def grouped() -> None:
        for case in found:
            group(case)

    def straight() -> None:
        for cells in rows:
            number(
                cells[DIAGNOSES].split("|"), cells[PROCEDURES].split("|") if cells[PROCEDURES] else (), cells
            )

    stages = (
        ("a Case made of the cells of a row, every cell checked", made),
        ("the Case grouped", grouped),
        ("the cells grouped without a Case (the codes split, fields read where asked)", straight),
    )
    return Table(
        ("stage", "cases/s", "microseconds a case"),
        tuple(_stage(words, len(rows), best_of(RUNS, run).cpu) for words, run in stages),
        title=f"With a Case and without: {path.name}, {name}",
        note="Processor time, warm.",
    )


def _stage(words: str, count: int, seconds: float) -> tuple[str, ...]:
    return words, f"{count / seconds:,.0f}", f"{seconds / count * 1e6:.2f}"


def _hospital(path: Path, scheme: Scheme) -> tuple[str, list[Case]]:
    """The last set before the made one: hospitals' files where they are."""
    return next(iter(reversed([*sources.sets(path.name, scheme).items()][:-1])))


def _files(path: Path, scheme: Scheme) -> Table:
    """group_file from the first byte to the last, in one process and in two."""
    name, found = _hospital(path, scheme)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.csv"
        count = sources.write(source, found, FILE_TIMES)
        del found
        # In turn, so that what else the machine does meets both alike.
        runs = [
            [_run(scheme, source, Path(folder) / f"{processes}.csv", processes) for processes in (1, 2)]
            for _ in range(FILE_RUNS)
        ]
        if (Path(folder) / "1.csv").read_bytes() != (Path(folder) / "2.csv").read_bytes():
            raise SystemExit("two processes wrote another file than one")
    (wall, cpu), (wall_two, cpu_two) = (
        tuple(min(run[place][clock] for run in runs) for clock in (0, 1)) for place in (0, 1)
    )
    rows = (
        ("one process", f"{count / wall:,.0f}", "", f"{count / cpu:,.0f}", ""),
        ("two processes", f"{count / wall_two:,.0f}", f"{wall / wall_two:.2f}", f"{count / cpu_two:,.0f}",
         f"{cpu / cpu_two:.2f}"),
    )  # fmt: skip
    return Table(
        ("group_file", "cases/s by the clock", "ratio", "cases/s by processor time", "ratio"),
        rows,
        title=f"A file of {count:,} rows: {path.name}, {name}",
        note=f"From CSV to CSV with all checks, package already read, scheme compiled within; best of "
        f"{FILE_RUNS}, in turn. Processor time of two processes: the first one's own, and half of what its "
        "two workers used; on a machine whose cores are free the clock says the same.",
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
