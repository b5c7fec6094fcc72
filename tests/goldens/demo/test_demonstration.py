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
from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from grouping import facts as cases
from performance.demonstration import loading
from performance.models import Line
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
    assert [one.sum_fen for one in sums] == [0, 0]
