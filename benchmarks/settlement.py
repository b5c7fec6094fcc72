"""The money of a month: pools from their sources to pots, every step in the books.

100 institutions, 10,000 persons, 40 pools in one run. BENCH_PART=10 measures a tenth of the institutions and
pools.
"""

from __future__ import annotations

import os
import resource
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


def measure() -> Section:
    """All pools of a month made, agreed and posted; then the balance of the books."""
    rows: list[tuple[str, float, int]] = []
    with own_database():
        from django.db import transaction

        from alliance.ledger.models import Entry
        from alliance.tenancy.scope import act_in
        from performance.models import PayPot

        world = _world()
        with act_in(world.qinghe), transaction.atomic():
            fund = _ground(world)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with act_in(world.qinghe):
            begin = perf_counter()
            with transaction.atomic():
                made = _made(world, fund)
            took = perf_counter() - begin
            with transaction.atomic():
                pots, entries = PayPot.objects.count(), Entry.objects.count()
            rows.append(("drafts of all pools, down to pots", took, pots))
            begin = perf_counter()
            with transaction.atomic():
                _agreed(world, made)
            took = perf_counter() - begin
            with transaction.atomic():
                rows.append(("agreed and in the books", took, Entry.objects.count() - entries))
    return _told(rows, before)


def _told(rows: list[tuple[str, float, int]], before: float) -> Section:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole, entries = sum(row[1] for row in rows), rows[-1][2]
    told = [(name, f"{seconds:.2f}", f"{count:,}") for name, seconds, count in rows]
    told.append(("all of it", f"{whole:.2f}", f"{entries / whole:,.0f} entries/s"))
    return Section(
        "The money of a month",
        f"{PLACES:,} institutions, {PLACES * PEOPLE:,} persons, {POOLS} pools"
        f"{f' (a {PART}th of the whole)' if PART > 1 else ''}. One process beside PostgreSQL without fsync.",
        (Table(
            ("stage", "seconds", "rows"), tuple(told),
            note=f"Most memory of this process: {peak:,.0f} MiB, {peak - before:,.0f} of them for the run.",
        ),),
    )  # fmt: skip


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


def _ground(world: Any) -> Any:
    """October in the books, a rule of two people, a source account that holds enough."""
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
    pay_scene.rule(world, "award")
    fund = entering.open_fund(by=world.luo, code="f", name="结余留用", source="retained", now=NOW)
    row = entering.enter_fund(
        by=world.luo, fund=fund, day=OCTOBER.first_day, fen=FEN * POOLS, document="x", body="x", now=NOW,
        scan=Upload("x.pdf", [b"%PDF-1.4"], "application/pdf", 99),
    )  # fmt: skip
    entering.confirm_fund(by=world.cai, row=row, now=NOW)
    return fund


def _made(world: Any, fund: Any) -> list[Any]:
    from performance.pay.services import pools
    from tests.performance.scene import OCTOBER

    places = [one.pk for one in world.places]
    return [
        pools.make_from_fund(
            by=world.luo, month=OCTOBER, kind="award", fund=fund, fen=FEN, name=f"奖励{number}",
            document="x", institutions=places, now=NOW,
        )
        for number in range(POOLS)
    ]  # fmt: skip


def _agreed(world: Any, made: list[Any]) -> None:
    from alliance.approvals import services as approvals
    from performance.models import PayPool
    from performance.pay.services import pools

    for pool in made:
        found = PayPool.objects.named().get(pk=pool.pk)
        approval = pools.propose(by=world.luo, pool=found, today=TODAY)
        approvals.decide(by=world.cai, approval=approval, verdict="yes")
