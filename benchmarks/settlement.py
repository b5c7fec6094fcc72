"""The money of a month: pools from their sources to pots, every step in the books.

100 institutions, 10,000 persons, 40 pools in one run. BENCH_PART=10 measures a tenth of the institutions and
pools.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from time import perf_counter
from typing import Any

from benchmarks import cloning
from benchmarks.report import Section, Table
from benchmarks.servers import own_database

PART = int(os.environ.get("BENCH_PART", "1"))
PLACES, ROOMS, PEOPLE, POOLS = max(2, 100 // PART), 5, 100, max(2, 40 // PART)
NOW, TODAY = datetime(2026, 11, 20, 2, tzinfo=UTC), date(2026, 11, 20)
FEN = 10_000_001  # of one pool
KINDS = ("doctor", "doctor", "nurse", "nurse", "technician")
KINDS_OF_POOLS = ("award", "surplus")  # half of the pools each
FORKED: Any = multiprocessing.get_context("fork")


def measure() -> Section:
    """All pools of a month made, agreed and posted, each in a transaction of its own, by one process and by
    two side by side, as two workers of a house do; then the balance of the books.
    """
    runs = [_run(workers) for workers in (1, 2)]
    rows = [
        (f"{name}, {workers} at a time", f"{seconds:.2f}", f"{count:,}")
        for workers, (stages, _memory) in zip((1, 2), runs, strict=True) for name, seconds, count in stages
    ]  # fmt: skip
    for workers, (stages, _memory) in zip((1, 2), runs, strict=True):
        whole = sum(seconds for _name, seconds, _count in stages)
        rows.append(
            (f"all of it, {workers} at a time", f"{whole:.2f}", f"{stages[-1][2] / whole:,.0f} entries/s")
        )
    (base, peak), ratio = runs[0][1], sum(row[1] for row in runs[0][0]) / sum(row[1] for row in runs[1][0])
    return Section(
        "The money of a month",
        f"{PLACES:,} institutions, {PLACES * PEOPLE:,} persons, {POOLS} pools"
        f"{f' (a {PART}th of the whole)' if PART > 1 else ''}, beside PostgreSQL without fsync. The pools of"
        " two kinds are made and agreed one after another, each in a transaction of its own.",
        (Table(
            ("stage", "seconds", "rows"), tuple(rows),
            note=f"Two at a time are {ratio:.2f} times as fast as one. Most memory of a process:"
            f" {peak:,.0f} MiB, {peak - base:,.0f} of them for the run.",
        ),),
    )  # fmt: skip


Stages = list[tuple[str, float, int]]


def _run(workers: int) -> tuple[Stages, tuple[float, float]]:
    """Stages with seconds and rows; memory of a worker before and at its most, MiB."""
    with own_database() as database:
        from django.db import connections, transaction

        from alliance.ledger.models import Entry
        from alliance.tenancy.scope import act_in
        from performance.models import PayPot
        from tests import plugin

        world = _world()
        with act_in(world.qinghe), transaction.atomic():
            funds, before = _ground(world), Entry.objects.count()
        connections.close_all()
        meet, told = FORKED.Barrier(workers + 1), FORKED.SimpleQueue()
        shares = [KINDS_OF_POOLS[n::workers] for n in range(workers)]
        crew = [FORKED.Process(target=_work, args=(world, funds, own, meet, told)) for own in shares]
        for one in crew:
            one.start()
        moments = []
        for _stage in range(3):
            meet.wait(timeout=600)
            moments.append(perf_counter())
        memory = [told.get() for _one in crew]
        for one in crew:
            one.join()
        plugin.connect_to(database)
        with act_in(world.qinghe), transaction.atomic():
            pots, entries = PayPot.objects.count(), Entry.objects.count() - before
            assert not sum(Entry.objects.values_list("fen", flat=True)), "the books balance"
    stages = [
        ("drafts of all pools, down to pots", moments[1] - moments[0], pots),
        ("agreed and in the books", moments[2] - moments[1], entries),
    ]
    return stages, max(memory, key=lambda one: one[1])


def _work(world: Any, funds: dict[str, Any], kinds: Sequence[str], meet: Any, told: Any) -> None:
    """One worker: the pools of its kinds, first all drafts, then all decisions."""
    from alliance.tenancy.scope import act_in

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with act_in(world.qinghe):
        meet.wait()
        made = [_made(world, kind, funds[kind], number) for kind in kinds for number in range(POOLS // 2)]
        meet.wait()
        for pool in made:
            _agreed(world, pool)
        meet.wait()
    told.put((before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _world() -> Any:
    """Institutions with departments, people and their roster of October."""
    from django.db import transaction

    from alliance.models import Department, RosterRow, Staff
    from alliance.tenancy.scope import act_in
    from tests.world import make_world, place

    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        world.places = [place(f"B{n:03}", f"第{n}医院", "secondary", "general") for n in range(PLACES)]
        Department.objects.bulk_create(
            Department(institution=one, code=f"D{n}", name=f"{n}科", kind="clinical")
            for one in world.places for n in range(ROOMS)
        )  # fmt: skip
        rooms = {(row.institution_id, row.code): row for row in Department.objects.all()}
        people = Staff.objects.bulk_create(
            Staff(
                institution=one, department=rooms[one.pk, f"D{n % ROOMS}"], code=f"S{n}",
                kind=KINDS[n // ROOMS % len(KINDS)], name=f"{one.code}-{n}",
            )
            for one in world.places for n in range(PEOPLE)
        )  # fmt: skip
        RosterRow.objects.bulk_create(
            RosterRow(
                month=date(2026, 10, 1), staff=one, institution=one.institution, department=one.department,
                post_coefficient=Decimal("1.1"), days=18, employment="contract",
            )
            for one in people
        )  # fmt: skip
    cloning.analyze(("alliance_institution", "alliance_department", "alliance_staff", "alliance_rosterrow"))
    return world


def _ground(world: Any) -> dict[str, Any]:
    """October in the books, rules of two people, source accounts that hold enough; the accounts by kind."""
    from alliance.services.files import Upload
    from performance.models import Line
    from performance.pay.services import entering
    from tests.performance import pay_scene
    from tests.performance.scene import OCTOBER

    run = pay_scene.posted_month(world)
    Line.objects.bulk_create(
        Line(
            settlement=run.settlement, institution=one, formula={"key": "share", "tokens": []}, column="x",
            status="assessed", score=80 + number % 15, points=80, possible=100, score_formula={},
            basis_fen=1_000_000 + 7 * number, fen=1, weight=1, quota=1, remainder_rank=1,
        )
        for number, one in enumerate(world.places)
    )  # fmt: skip
    found = {}
    for kind in KINDS_OF_POOLS:
        pay_scene.rule(world, kind)
        fund = entering.open_fund(by=world.luo, code=kind, name="结余留用", source="retained", now=NOW)
        row = entering.enter_fund(
            by=world.luo, fund=fund, day=OCTOBER.first_day, fen=FEN * POOLS, body="x", now=NOW,
            document="理〔2026〕1号", scan=Upload("x.pdf", [b"%PDF-1.4"], "application/pdf", 99),
        )  # fmt: skip
        entering.confirm_fund(by=world.cai, row=row, now=NOW)
        found[kind] = fund
    return found


def _made(world: Any, kind: str, fund: Any, number: int) -> Any:
    from performance.pay.services import making
    from tests.performance.scene import OCTOBER

    return making.make_from_fund(
        by=world.luo, month=OCTOBER, kind=kind, fund=fund, fen=FEN, name=f"{kind} {number}",
        document="理〔2026〕1号", institutions=[one.pk for one in world.places], now=NOW,
    )  # fmt: skip


def _agreed(world: Any, pool: Any) -> None:
    from django.db import transaction

    from alliance.approvals import services as approvals
    from performance.models import PayPool
    from performance.pay.services import pools

    with transaction.atomic():
        found = PayPool.objects.named().get(pk=pool.pk)
    approval = pools.propose(by=world.luo, pool=found, today=TODAY)
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
