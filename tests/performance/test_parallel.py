"""N29 and N31: one settlement of a month wins, and an old month computes to the same bytes for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from django.db import DatabaseError, connections, transaction
from django.test import override_settings

from alliance.ledger.models import LedgerJournal
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import jobs
from alliance.tenancy.scope import act_in
from performance.engine.scheme import demonstration_scheme
from performance.engine.settlement import recompute
from performance.models import Line, MonthRun, Settlement
from performance.services import approving, months, schemes
from tests.performance.scene import OCTOBER, TODAY, compute, inside, post, prepare
from tests.world import World, make_world

THREADS = 32
COMPUTE = "/a/qinghe/months/2026-10/compute/"


@pytest.fixture
def cast(own_database: str, tmp_path: Path) -> Iterator[World]:
    """October of Qinghe in a database with real commits."""
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_world()
        prepare(world)
        yield world


def at_once(work: object, count: int = THREADS) -> Counter[object]:
    """Run the same work in many threads that begin together; count what each answered."""
    barrier = Barrier(count)

    def one(number: int) -> object:
        barrier.wait()
        try:
            return work(number)  # type: ignore[operator]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


def test_n29_of_32_parallel_settlements_one_is_posted_and_31_get_409(cast: World) -> None:
    clients = [cast.client("su" if number % 2 else "luo") for number in range(THREADS)]
    answers = at_once(lambda number: clients[number].post(COMPUTE).status_code)
    assert answers == {302: 1, 409: 31}
    jobs.drain(cast.qinghe)
    with inside(cast):
        run = MonthRun.objects.get()
    assert run.state == "computed"

    def propose(number: int) -> str:
        with act_in(cast.qinghe):
            try:
                with transaction.atomic():
                    approving.propose(by=cast.luo if number % 2 else cast.meng, run=run, today=TODAY)
            except (Refused, Stale):
                return "409"
        return "proposed"

    assert at_once(propose) == {"proposed": 1, "409": 31}
    clients = [cast.client("su" if number % 2 else "luo") for number in range(THREADS)]
    assert at_once(lambda number: clients[number].post(COMPUTE).status_code) == {409: 32}
    agree(cast, run)
    assert at_once(lambda number: clients[number].post(COMPUTE).status_code) == {409: 32}
    with inside(cast):
        assert [run.state for run in MonthRun.objects.all()] == ["posted"]
        assert LedgerJournal.objects.count() == 1


def agree(world: World, run: MonthRun) -> None:
    """The second person says yes."""
    from alliance.approvals import services as approvals

    with inside(world):
        approval = MonthRun.objects.select_related("approval").get(pk=run.pk).approval
        assert approval is not None
        approvals.decide(by=world.cai, approval=approval, verdict="yes")


def test_n31_an_old_month_has_the_same_digest_after_the_weights_changed(cast: World) -> None:
    run = post(cast, compute(cast))
    with inside(cast):
        settlement = Settlement.objects.get(pk=run.settlement_id)
        before = (settlement.frozen(), settlement.result_digest)
        scheme = replace(demonstration_scheme(), version="2026-2", effective_from=date(2026, 10, 1))
        schemes.adopt(by=cast.luo, scheme=heavier(scheme))
        assert schemes.in_force(OCTOBER).version == "2026-2"
        again = months.recompute(settlement)
        assert again.identical and (settlement.frozen(), again.found) == before
        assert recompute(before[0]).digest == before[1]
        changed = months.settled(OCTOBER)
        assert changed.result_digest != before[1]  # today's data would give something else


def heavier(scheme: object) -> object:
    """The same scheme with two points of weight moved in every column."""
    columns = []
    for column in scheme.columns:  # type: ignore[attr-defined]
        first, second = column.items[0], column.items[-1]
        moved = {first.indicator: Decimal(-2), second.indicator: Decimal(2)}
        items = tuple(replace(i, weight=i.weight + moved.get(i.indicator, Decimal(0))) for i in column.items)
        columns.append(replace(column, items=items, blocks=()))
    return replace(scheme, columns=tuple(columns), floors=())  # type: ignore[type-var]


def test_what_was_computed_cannot_be_rewritten(cast: World) -> None:
    run = compute(cast)
    for change in (
        lambda: Settlement.objects.update(result_digest="0" * 64),
        lambda: Line.objects.update(fen=1),
        lambda: Settlement.objects.filter(pk=run.settlement_id).delete(),
        lambda: MonthRun.objects.update(state="posted"),
        lambda: MonthRun.objects.update(settlement=None),
        lambda: MonthRun.objects.all().delete(),
        lambda: MonthRun.objects.create(
            month=OCTOBER.first_day, number=9, started_by=cast.su, state="approved"
        ),
    ):
        with pytest.raises(DatabaseError), inside(cast):
            change()
