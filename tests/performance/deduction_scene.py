"""A deduction of the lead hospital: found, proposed and agreed by a vote of two people (S3-31, S4-32)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import time_machine

from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.ledger.services import Line, NewAccount
from alliance.lib.period import Month
from alliance.models import Department, Membership
from performance.consequences.services import proposals
from performance.consequences.services.proposals import Finding
from performance.deductions.services import charging
from performance.models import Consequence, PayCharge
from tests.performance.scene import OCTOBER
from tests.world import World, member

DECIDED = datetime(2026, 12, 1, 2, tzinfo=UTC)  # a Tuesday


def head_of_lead(world: World) -> Membership:
    """Who speaks for the lead hospital."""
    found: Membership = world.people.get("head") or member("head", "贺院长", world.lead, "institution_head")
    world.people["head"] = found
    return found


def deduction(
    world: World, fen: int = 600_000, period: str = "2026-10", at: datetime = DECIDED
) -> Consequence:
    """5 % of a base of twenty times as much, agreed at a moment."""
    finding = Finding(
        Consequence.Kind.VIOLATION, period, {"number": "WG-1", "low": "1", "high": "10"},
        institution=world.lead.pk, percent=Decimal(5), low=Decimal(1), high=Decimal(10), base_fen=fen * 20,
    )  # fmt: skip
    with time_machine.travel(at, tick=False):
        row = Consequence.objects.named().get(pk=proposals.open_one(finding, at).pk)
        row = proposals.propose(by=world.luo, row=row, chain="two_people", today=date(at.year, at.month, 1))
        assert row.approval is not None
        approvals.decide(by=world.cai, approval=row.approval, verdict="yes")
    found: Consequence = Consequence.objects.named().get(pk=row.pk)
    assert (found.state, found.fen) == ("agreed", fen)
    return found


EARLY = datetime(2026, 11, 5, 2, tzinfo=UTC)


def charged(world: World, row: Consequence, into: Month = OCTOBER, verdict: str = "yes") -> PayCharge:
    """Proposed by Luo, agreed (or not) by Cai."""
    made = charging.make(by=world.luo, row=row, into=into, today=date(2026, 11, 10), now=EARLY)
    made = PayCharge.objects.get(pk=made.pk)
    assert made.approval is not None
    approvals.decide(
        by=world.cai, approval=made.approval, verdict=verdict, note="" if verdict == "yes" else "否"
    )
    return PayCharge.objects.get(pk=made.pk)


def balance(*codes: str) -> list[int]:
    """What stands on accounts, 0 where one is not open."""
    found = books.balance_of(codes)
    return [found.get(code, 0) for code in codes]


def rejected(world: World, fen: int, department: Department | None = None) -> str:
    """What confirmed rejections charged to an institution or a department of it, as a claw-back posts it."""
    code = f"rejected:{world.lead.code}" + (f":{department.code}" if department else "")
    kind = "department" if department else "institution"
    accounts = ledger.open_accounts(by=world.luo, accounts=[
        NewAccount(code, world.lead.name, kind, world.lead, department=department),
        NewAccount(f"insurance:{world.lead.code}", world.lead.name, "clearing", world.lead),
    ])  # fmt: skip
    insurance = accounts[f"insurance:{world.lead.code}"]
    ledger.post(
        by=world.luo, confirmed_by=world.cai, month=OCTOBER, kind="life.clawback", key=f"t:{code}",
        entries=[Line(accounts[code], -fen), Line(insurance, fen)],
    )  # fmt: skip
    return code
