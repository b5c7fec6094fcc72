"""How pages are timed: few and many rows, in turn with a floor, so that a busy machine is busy for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import time_machine

from benchmarks.report import Table
from benchmarks.servers import own_database

ASKED, WARM = 20, 2
FLOOR = "floor: the page about oneself"
HOW = (
    f"Each page asked {ASKED} times in turn with the others through all middleware, in one process, with row "
    "security; the floor is a page without any list. Wall time: what else runs on the machine is in it, and "
    "in the floor alike."
)


@dataclass(frozen=True)
class Page:
    """One address and who asks for it; `headers` beside it."""

    address: str
    client: Any
    headers: Mapping[str, str] | None = None
    status: int = 200


@dataclass(frozen=True)
class Found:
    """Milliseconds and queries of one page."""

    half: float
    most: float
    queries: int


Stage = Callable[[int], Mapping[str, Page]]


def compare(stage: Stage, few: int, many: int) -> Table:
    """The pages at both sizes, each in a database of its own; the first page is the floor."""
    small, large = _at(stage, few), _at(stage, many)
    floor = large[FLOOR]
    rows = tuple(
        (
            page, f"{large[page].half:.0f}", f"{large[page].most:.0f}",
            f"{large[page].half / floor.half:.1f}", f"{large[page].half / small[page].half:.1f}",
            str(small[page].queries), str(large[page].queries),
        )
        for page in large
    )  # fmt: skip
    columns = (
        "page", "median ms", "95th percentile ms", "median / floor", f"median / at {few:,}",
        f"queries at {few:,}", f"queries at {many:,}",
    )  # fmt: skip
    return Table(columns, rows)


def _at(stage: Stage, size: int) -> dict[str, Found]:
    # The clock stands: no limit passes while pages are timed.
    with own_database(), time_machine.travel(datetime.now(UTC), tick=False):
        return _timed(stage(size))


def _timed(pages: Mapping[str, Page]) -> dict[str, Found]:
    # What the web entry does before the first request: all loaded, and left out of garbage collection.
    import_module("config.wsgi")
    for name, page in pages.items():
        for _warm in range(WARM):
            answer = _ask(page)
            assert answer.status_code == page.status, (name, answer.status_code)
    times: dict[str, list[float]] = {name: [] for name in pages}
    for _turn in range(ASKED):
        for name, page in pages.items():
            begun = perf_counter()
            _ask(page)
            times[name].append((perf_counter() - begun) * 1000)
    return {
        name: Found(median(taken), quantiles(taken, n=20)[-1], _queries(pages[name]))
        for name, taken in times.items()
    }


def _ask(page: Page) -> Any:
    return page.client.get(page.address, headers=page.headers)


def _queries(page: Page) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _ask(page)
    return len(asked)
