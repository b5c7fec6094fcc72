"""One month of Qinghe, delivered, declared and decided, so that it can be computed: October 2026."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.services import jobs
from alliance.tenancy.scope import act_in
from grouping.services import declarations, intake, publishing
from grouping.services import schemes as grouping_schemes
from performance.models import MonthRun, SchemeDraft
from performance.services import approving, bases, months, pools, schemes, thin
from referrals import services as referrals
from tests.grouping.files import as_csv, front_page
from tests.referrals.scene import logged
from tests.world import World

OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)
TODAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
BASES = {"lead": 300_000_000, "tcm": 120_000_000, "shiqiao": 21_000_000}
CASES = {"lead": ("lin", 12), "tcm": ("tan", 11), "shiqiao": ("han", 4)}
POOL = 50_000_001


@contextmanager
def inside(world: World) -> Iterator[None]:
    with act_in(world.qinghe), transaction.atomic():
        yield


def prepare(world: World, month: Month = OCTOBER, **cases: int) -> None:
    """Everything a month needs; `cases` overrides how many an institution delivers."""
    adopt(world)
    decide(world, month)
    for name, (steward, count) in CASES.items():
        deliver(world, month, name, steward, cases.get(name, count))
    refer(world, month)


def adopt(world: World) -> None:
    """Grouping scheme and performance scheme, both shipped."""
    with inside(world):
        grouping_schemes.adopt_shipped(by=world.su, code="xietong_demo", from_date=date(2020, 1, 1))
        schemes.adopt_demonstration(by=world.luo)


def decide(world: World, month: Month, fen: int = POOL) -> None:
    """Bases, and the pool confirmed by a second person."""
    with inside(world):
        for name, base in BASES.items():
            bases.set_basis(
                by=world.luo,
                institution=getattr(world, name),
                fen=base,
                from_month=month,
                source="绩效办 2026-1",
            )
        pool = pools.enter_pool(
            by=world.luo, month=month, fen=fen, source_kind="pay_total", source="协同奖励基金"
        )
        pools.confirm_pool(by=world.cai, pool=pool, now=NOW)


def deliver(
    world: World, month: Month, name: str, steward: str, count: int, declared: int | None = None
) -> None:
    """An institution's cases, grouped; it declares as many unless told otherwise."""
    place = getattr(world, name)
    days = {"B12": f"{month}-08 09:00:00", "B15": f"{month}-12 10:00:00"}
    rows = [
        front_page(place.organisation, f"{name}{month}{number:04}", A11=f"病人{number}", **days)
        for number in range(count)
    ]
    if rows:
        with inside(world):
            file, _made = intake.receive_file(
                by=world.people[steward], name=f"{name}.csv", content=[as_csv(rows)], today=TODAY
            )
        jobs.drain(world.qinghe)
        with inside(world):
            publishing.publish_by_id(by=world.people[steward], file_id=file.pk)
        assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    with inside(world):
        declarations.declare(
            by=world.luo, institution=place, month=month, discharges=count if declared is None else declared,
            total_fen=count * 123_456,
        )  # fmt: skip


def refer(world: World, month: Month) -> None:
    """Six up-referrals of the township, five accepted at once, arrived and treated."""
    at = datetime(month.year, month.number, 14, 2, tzinfo=UTC)
    with inside(world):
        for serial in range(1, 7):
            referral = logged(world, serial=serial + 10 * month.number % 90, now=at)
            if serial < 6:
                referral = referrals.accept(by=world.lin, referral=referral, now=at)
                referral = referrals.arrive(by=world.lin, referral=referral, now=at)
                referrals.treat(by=world.lin, referral=referral, now=at)


def answered(world: World, draft: SchemeDraft) -> None:
    """Where a scene's trial has too little data, two people answer for it."""
    tried = draft.trials.filter(digest=draft.digest).select_related("draft").get()
    if thin.short(tried):
        signed = thin.sign(by=world.luo, trial=tried, reason="样例数据，先行表决")
        thin.confirm(by=world.meng, exception=signed, now=NOW)


def compute(world: World, by: str = "su", month: Month = OCTOBER) -> MonthRun:
    """Start a run, work it off, return it."""
    with inside(world):
        run = months.enqueue_run(by=world.people[by], month=month)
    jobs.drain(world.qinghe)
    return again(world, run)


def again(world: World, run: MonthRun) -> MonthRun:
    """The run as it is now."""
    with inside(world):
        found: MonthRun = MonthRun.objects.select_related("settlement", "approval", "journal", "job").get(
            pk=run.pk
        )
        return found


def post(world: World, run: MonthRun) -> MonthRun:
    """Luo proposes, Cai agrees."""
    with inside(world):
        approval = approving.propose(by=world.luo, run=run, today=TODAY)
    with inside(world):
        approvals.decide(by=world.cai, approval=approval, verdict="yes")
    return again(world, run)


def tokens(formula: dict[str, Any]) -> str:
    """A stored line as text."""
    return " ".join(str(token.get("text") or token["value"]) for token in formula["tokens"])


def two_months(world: World) -> None:
    """September and October computed: three institutions deliver, both months have a referral."""
    adopt(world)
    for month in (SEPTEMBER, OCTOBER):
        decide(world, month)
        deliver(world, month, "lead", "lin", 12)
        deliver(world, month, "tcm", "tan", 11)
        deliver(world, month, "shiqiao", "han", 4)
        refer(world, month)
        compute(world, month=month)
