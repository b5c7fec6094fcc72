"""The golden demonstration: loaded through the product, it holds what its generator knows and gives the same
months.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import override_settings

from alliance.demo import DemoAlliance, build_alliance, write_files
from alliance.demo.books import Demo
from alliance.ledger.facts import month_sums
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI, WorkCalendar
from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from grouping import facts as cases
from performance.demonstration import loading
from performance.models import Line, MonthCorrection, MonthLife, PayoutSheet, PayPool, RosterChange
from performance.payout.services import account_sheets
from performance.services import months
from referrals import facts as referrals

CODE = "lanchuan"
GOLDEN = Path(__file__).parent / "digests.toml"


@pytest.fixture(scope="module")
def demo() -> DemoAlliance:
    return build_alliance(CODE)


@contextmanager
def inside() -> Iterator[None]:
    alliance = Alliance.objects.get(code=CODE)
    with act_in(alliance), transaction.atomic():
        yield


@pytest.mark.slow
def test_the_demonstration_through_the_product(demo: DemoAlliance, own_database: str, tmp_path: Path) -> None:
    files = write_files(Demo({CODE: demo}, ()), tmp_path)
    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        loading.load(CODE, files, make_password(None))
    with inside():
        check_cases(demo)
        check_arrivals(demo)
        check_months(demo)
        check_times(demo)
        check_afterwards(demo)


def check_cases(demo: DemoAlliance) -> None:
    """Discharges, cost and days of every institution and month are those of the readable rows."""
    stored = {
        (fact.code, fact.month): (fact.discharges, fact.cost_fen, fact.stay_days)
        for pool in demo.pools
        for fact in cases.case_facts(pool.month)
    }
    assert stored == {
        (one.institution, one.month): (one.discharges, one.cost, one.stay_days)
        for one in demo.expected.stored
        if one.discharges
    }


def check_arrivals(demo: DemoAlliance) -> None:
    """Arrivals up and down, for sender and receiver."""
    for pool in demo.pools:
        wanted = {
            one.institution: (one.up_sent, one.up_received, one.down_sent, one.down_received)
            for one in demo.expected.arrivals
            if one.month == pool.month
        }
        found = {fact.institution: arrivals(fact) for fact in referrals.referral_facts(pool.month)}
        nothing = (0, 0, 0, 0)
        assert {code: row for code, row in found.items() if row != nothing} == {
            code: row for code, row in wanted.items() if row != nothing
        }


def arrivals(fact: referrals.ReferralFact) -> tuple[int, int, int, int]:
    return (
        fact.count("up_arrived_sent"),
        fact.count("up_arrived_received"),
        fact.count("down_arrived_sent"),
        fact.count("down_arrived_received"),
    )


def check_months(demo: DemoAlliance) -> None:
    """Money adds up, a recomputation is identical, and the digests are those kept with this test."""
    golden = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    found = {}
    for pool in demo.pools:
        run = months.current(pool.month)
        assert run is not None and run.settlement is not None
        again = months.recompute(run.settlement)
        assert again.identical, f"{pool.month}: {again}"
        assert sum(line.fen or 0 for line in Line.objects.filter(settlement=run.settlement)) == pool.fen
        found[str(pool.month)] = {
            "inputs": run.settlement.inputs_digest,
            "result": run.settlement.result_digest,
        }
    assert found == golden
    sums = month_sums(demo.pools[0].month, demo.pools[-1].month)
    assert [one.sum_fen for one in sums] == [0, 0, 0]  # October: the sources a surplus was divided into


def check_times(demo: DemoAlliance) -> None:
    """The months were lived in their own time: one deed after another, in the hours of working days."""
    working = WorkCalendar.from_library()
    for pool in demo.pools[:-1]:
        run, life = months.current(pool.month), MonthLife.objects.get(month=pool.month.first_day)
        assert run is not None and run.settlement is not None and run.approval is not None
        assert run.journal is not None and life.published_at is not None
        shares = PayPool.objects.filter(month=pool.month.first_day, approval__isnull=False)
        deeds = [
            run.started_at,
            run.settlement.computed_at,
            run.approval.proposed_at,
            run.journal.posted_at,
            *sorted(shares.values_list("approval__proposed_at", flat=True)),
        ]
        final = pool is demo.pools[0]
        deeds += [life.paid_at, life.closed_at, life.final_at] if final else []
        assert deeds == sorted(deeds) and run.journal.posted_at < life.published_at
        for at in (*deeds, life.published_at):
            here = at.astimezone(SHANGHAI)
            assert working.is_workday(here.date()) and 8 <= here.hour < 18, here
        assert Month.of(run.started_at) == pool.month.plus(1)


def check_afterwards(demo: DemoAlliance) -> None:
    """What is put right later: a roster's line, a township's cases, two persons' new cards."""
    changes = RosterChange.objects.order_by("pk")
    assert [one.confirmed_at is not None for one in changes] == [True, False]
    row = MonthCorrection.objects.get()
    assert (row.state, row.month) == ("posted", demo.pools[0].month.first_day)
    assert sum(one.diff_fen for one in row.lines.all()) == 0 < max(one.diff_fen for one in row.lines.all())
    entered, renewed = PayoutSheet.objects.order_by("pk")
    assert not account_sheets.waiting(entered).exists()
    assert account_sheets.waiting(renewed).count() == renewed.rows == 2
