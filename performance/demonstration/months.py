"""The months of the demonstration: bases and pools decided by two people, each month computed, the earlier
posted.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.demo import DemoAlliance
from alliance.ledger.facts import month_sums
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.tenancy.scope import act_in
from performance.demonstration.clock import acting, days_after
from performance.demonstration.deliveries import drain
from performance.demonstration.ground import Ground
from performance.models import PoolDecision
from performance.services import approving, bases, months, pools, schemes

COMPUTED = 9  # day of the month after


def run_all(ground: Ground, demo: DemoAlliance) -> list[str]:
    """Compute all months and post all but the last, which waits for its second person; a line for each."""
    proposer, second = ground.office
    with act_in(ground.alliance), transaction.atomic(), acting(_at(demo.pools[0].decided_on)):
        schemes.adopt_demonstration(by=None)
        _decide_money(ground, demo)
    said = []
    for pool in demo.pools:
        with acting(days_after(pool.month, COMPUTED, 10)):
            with act_in(ground.alliance), transaction.atomic():
                months.enqueue_run(by=proposer, month=pool.month)
            drain(ground)
        posted = pool is not demo.pools[-1]
        at = days_after(pool.month, COMPUTED, 11)
        with act_in(ground.alliance), transaction.atomic():
            run = months.current(pool.month)
            assert run is not None, f"{pool.month} was not computed"
            with acting(at):
                approval = approving.propose(by=proposer, run=run, today=at.date())
            if posted:
                with acting(days_after(pool.month, COMPUTED, 15)):
                    approvals.decide(by=second, approval=approval, verdict=Decision.Verdict.YES)
            said.append(_summary(pool.month, pool.fen, posted))
    return said


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)


def _decide_money(ground: Ground, demo: DemoAlliance) -> None:
    proposer, second = ground.office
    for base in demo.pay_bases:
        bases.set_basis(
            by=proposer,
            institution=ground.places[base.institution],
            fen=base.fen,
            from_month=base.month,
            source=base.source,
        )
    for pool in demo.pools:
        entered = pools.enter_pool(
            by=proposer,
            month=pool.month,
            fen=pool.fen,
            source_kind=PoolDecision.Source.PAY_TOTAL,
            source=pool.source,
        )
        pools.confirm_pool(by=second, pool=entered, now=_at(pool.decided_on))


def _summary(month: Month, fen: int, posted: bool) -> str:
    if not posted:
        return (
            f"{month}: {yuan(fen)} yuan computed and proposed; the second person's decision is yours to give"
        )
    return (
        f"{month}: {yuan(fen)} yuan shared and posted; ledger sum {yuan(month_sums(month, month)[0].sum_fen)}"
    )
