"""Regrouping a stored year: from the table of cases to stored results, by stage, and what walls cost."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import perf_counter, process_time
from typing import Any

from benchmarks import cases as sources
from benchmarks import storing
from benchmarks.report import Section, Table
from benchmarks.servers import own_database
from grouping.engine.case import Case
from grouping.engine.rows import Scheme
from grouping.engine.scheme import read_scheme

MONTHS, A_MONTH = 12, 17_000
CASES = MONTHS * A_MONTH
STAGES = ("read and group", "store", "commit", "look once more whether a case came meanwhile")


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of this process's own processor time."""

    wall: float = 0.0
    own: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.own + other.own)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.wall - other.wall, self.own - other.own)


def now() -> Spent:
    """What both clocks say."""
    return Spent(perf_counter(), process_time())


def measure() -> Section:
    """One process and two over the same year, and the parts of storing taken apart."""
    path = sources.packages()[0]
    package = read_scheme(path)
    name, found = [*sources.sets(path.name, package).items()][-2]
    with own_database():
        keys = _store_year([found[n % len(found)] for n in range(CASES)])
        _settle()
        one = _best(lambda: _run(package, keys, range(MONTHS)))
        storing.clear()
        alone = _best_alone(package, keys)
        both = min(_two(package, keys) for _ in range(2))
        floor, parts = storing.floor(keys), storing.parts(keys)
        with storing.row_by_row():
            before = sum(_run(package, keys, range(MONTHS)).values(), Spent())
    return Section(
        "Regrouping a stored year",
        f"{CASES:,} stored cases ({path.name}: {name}, repeated) in {MONTHS} months, as a live run: pages of "
        "20,000 cases, each a transaction; a page is grouped while the server reads on. By the clock, best "
        "of 3; PostgreSQL without fsync on the same machine, whose load is named below. The floor goes into "
        "a table without key, index or wall.",
        (_stages(one, alone, before, both, floor), _parts(parts)),
    )


def _stages(
    one: dict[str, Spent], alone: dict[str, Spent], before: Spent, both: float, floor: float
) -> Table:
    total = sum(one.values(), Spent())
    both_clocks = {
        **alone,
        "read to result: " + STAGES[0]: one[STAGES[0]],
        **{stage: one[stage] for stage in STAGES[1:]},
        "read to stored": total,
        "read to stored, were the keys proved row by row (one run)": before,
    }
    rows = [
        (stage, _seconds(spent.wall), _rate(spent.wall), _seconds(spent.own), _rate(spent.own))
        for stage, spent in both_clocks.items()
    ]
    rows += [
        ("read to stored, two processes", _seconds(both), _rate(both), "", ""),
        ("floor: COPY of the same columns out and of results in", _seconds(floor), _rate(floor), "", ""),
        ("one process / floor", f"{total.wall / floor:.1f}", "", "", ""),
        ("two processes / floor", f"{both / floor:.1f}", "", "", ""),
    ]
    return Table(
        ("stage", "seconds", "cases/s", "own processor time, s", "cases/s of it"),
        tuple(rows),
        note="Own processor time leaves out what PostgreSQL uses, and waiting for it.",
    )


def _parts(parts: dict[str, float]) -> Table:
    return Table(
        ("what one INSERT of all results costs", "seconds", "rows/s"),
        tuple((label, _seconds(seconds), _rate(seconds)) for label, seconds in parts.items()),
        title="What the walls cost",
        note="The same rows by INSERT ... SELECT into copies of the table that lack more and more.",
    )


def _seconds(value: float) -> str:
    return f"{value:.2f}"


def _rate(seconds: float) -> str:
    return f"{CASES / seconds:,.0f}"


def _store_year(found: list[Case]) -> dict[str, int]:
    """The cast's county alliance with a year of cases, a scheme row and a live run."""
    from django.db import transaction

    from alliance.models import Attachment, Person
    from alliance.sql import copy_rows
    from alliance.tenancy.scope import act_in
    from grouping.models import CaseFile, GroupingRun, Scheme
    from tests.world import make_world

    world = make_world()
    digest = "0" * 64
    with act_in(world.qinghe), transaction.atomic():
        person = Person.objects.create(key="k", name="x", name_key="n", sex=1)
        sealed = Attachment.objects.create(
            purpose="case_file", stored_name="x", shown_name="x", content_type="text/csv", size=1,
            sha256=digest, owner=world.lin,
        )  # fmt: skip
        file = CaseFile.objects.create(
            attachment=sealed, sha256=digest, received_by=world.lin, delivered_on=date(2027, 1, 3)
        )
        scheme = Scheme.objects.create(
            code="bench", name="x", version="1", from_date=date(2020, 1, 1), digest=digest
        )
        run = GroupingRun.objects.create(
            kind="live", scheme=scheme, digest=digest, first_month=date(2026, 1, 1),
            last_month=date(2026, 12, 1), engine="1",
        )  # fmt: skip
        for month in range(MONTHS):
            part = found[month * A_MONTH : (month + 1) * A_MONTH]
            rows = (
                _row(case, month, line, world.lead.pk, person.pk, file.pk) for line, case in enumerate(part)
            )
            copy_rows("grouping_case", COLUMNS, rows)
    return {"alliance": world.qinghe.pk, "run": run.pk, "scheme": scheme.pk}


COLUMNS = [
    "institution_id", "person_id", "revision", "file_id", "line", "changed_at", "document", "record_no",
    "visit_no", "month", "admitted_at", "discharged_at", "department_code", "sex", "age", "age_days",
    "weight_g", "stay_days", "discharge_way", "receiver", "diagnoses", "procedures", "recorded", "fees",
    "total_fen", "raw", "digest",
]  # fmt: skip


def _row(case: Case, month: int, line: int, place: int, person: int, file: int) -> tuple[object, ...]:
    day = datetime(2026, month + 1, 1, 4, tzinfo=UTC)
    age_days = None if case.age_days is None else min(case.age_days, 32_000)
    return (
        place, person, 1, file, line, day, "front_page", f"R{month}-{line}", 1, day.date(), day,
        day, case.department or "", case.sex or 1, case.age or 0, age_days, case.weight, int(case.los or 1),
        case.discharge or 1, "", list(case.diagnoses), list(case.procedures), "{}", "{}", 100_000, "{}",
        "0" * 64,
    )  # fmt: skip


def _settle(table: str = "grouping_case") -> None:
    """What autovacuum would have done by the time a stored year is grouped again; only the owner may."""
    from django.db import connection

    from tests import plugin

    with plugin.owner(connection.settings_dict["NAME"]) as link:
        link.execute(f"vacuum analyze {table}")


def _page(keys: dict[str, int], month: int) -> dict[str, Any]:
    """What the job asks for: the cases of a month that have no result."""
    from grouping.services import runs

    return {
        "month": date(2026, month + 1, 1), "scheme": keys["scheme"], "limit": runs.PAGE,
        "since": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2027, 1, 1, tzinfo=UTC),
    }  # fmt: skip


def _run(package: Scheme, keys: dict[str, int], months: Iterable[int]) -> dict[str, Spent]:
    """Group these months as the job does, and say what each stage took."""
    from alliance.tenancy.scope import act_in

    spent = dict.fromkeys(STAGES, Spent())
    with act_in(keys["alliance"]):
        for month in months:
            more = True
            while more:
                more, times = _chunk(package, keys, _page(keys, month))
                spent = {stage: spent[stage] + times[stage] for stage in STAGES}
    return spent


def _chunk(package: Scheme, keys: dict[str, int], page: dict[str, Any]) -> tuple[bool, dict[str, Spent]]:
    """One transaction of the job; whether there was a case in it, and what each stage took."""
    from django.db import transaction

    from grouping.runs import sql
    from grouping.services import runs

    with transaction.atomic():
        began = now()
        found = runs.read_page(package, sql.UNGROUPED, **page)
        grouped = now()
        if found.ids:
            runs.store_page(package, found, sql.STORE_LIVE, run=keys["run"], scheme=keys["scheme"])
        written = now()
    ended = now()
    if not found.ids:
        return False, dict.fromkeys(STAGES, Spent()) | {STAGES[-1]: ended - began}
    return True, dict(
        zip(STAGES, (grouped - began, written - grouped, ended - written, Spent()), strict=True)
    )


def _best_alone(package: Scheme, keys: dict[str, int]) -> dict[str, Spent]:
    """Reading without grouping, and grouping what was read before: what runs beside one another above."""
    found = [_alone(package, keys) for _ in range(3)]
    return {stage: min((one[stage] for one in found), key=lambda spent: spent.wall) for stage in found[0]}


def _alone(package: Scheme, keys: dict[str, int]) -> dict[str, Spent]:
    from django.db import transaction

    from alliance.tenancy.scope import act_in
    from grouping.runs import sql
    from grouping.services import stored

    spent = {"read alone": Spent(), "group alone": Spent()}
    ready = stored.compiled(package)
    with act_in(keys["alliance"]):
        for month in range(MONTHS):
            with transaction.atomic():
                began = now()
                with sql.page(sql.UNGROUPED, **_page(keys, month)) as blocks:
                    taken = list(blocks)
                read = now()
                stored.grouped(ready, taken)
                spent["read alone"] += read - began
                spent["group alone"] += now() - read
    return spent


def _best(run: Callable[[], dict[str, Spent]]) -> dict[str, Spent]:
    found = []
    for _ in range(3):
        storing.clear()
        found.append(run())
    return min(found, key=lambda spent: sum(one.wall for one in spent.values()))


def _two(package: Scheme, keys: dict[str, int]) -> float:
    """Two processes, each with every second month, begun together."""
    from django.db import connections

    storing.clear()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_run, args=(package, keys, range(first, MONTHS, 2))) for first in range(2)
    ]
    began = perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    spent = perf_counter() - began
    if any(worker.exitcode for worker in workers):
        raise SystemExit("a worker failed")
    return spent
