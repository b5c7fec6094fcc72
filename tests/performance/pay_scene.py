"""A posted October of Qinghe, made small, with a roster, pay totals and a rule of the bonus fund."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from alliance.approvals import services as approvals
from alliance.ledger import services as ledger
from alliance.ledger.services import Line as Entry
from alliance.ledger.services import NewAccount
from alliance.models import Department, Institution, RosterRow, Staff, User
from performance.engine.pay.flow import FlowRule
from performance.models import Line, MonthRun, PayPool, PayPot, PoolDecision, Settlement
from performance.pay.services import entering, making, pools, pots
from performance.pay.services.pots import Agreed
from performance.services import schemes
from tests.performance.scene import OCTOBER
from tests.world import World, member

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
AFTER = datetime(2026, 11, 24, 2, tzinfo=UTC)
SHARES = {"lead": 30_000_001, "shiqiao": 20_000_000}
RULE = FlowRule(
    (("doctor", Decimal(1)), ("nurse", Decimal("0.8")), ("technician", Decimal("0.85"))), Decimal("0.9")
)
# Institution, department, kind of staff, how many, post coefficient.
PEOPLE = (
    ("lead", "03", "doctor", 4, "1.2"), ("lead", "HL", "nurse", 3, "0.9"),
    ("lead", "XZ", "administrator", 2, "1"),
    ("shiqiao", "03", "doctor", 2, "1.1"), ("liulin", "03", "doctor", 1, "0.8"),
)  # fmt: skip


def posted_month(world: World) -> MonthRun:
    """October in the books: two shares, without a computation behind them."""
    schemes.adopt_demonstration(by=world.luo)
    version: Any = schemes.in_force(OCTOBER)
    decision = PoolDecision.objects.create(
        month=OCTOBER.first_day, fen=sum(SHARES.values()), source_kind="pay_total", source="协同奖励基金",
        entered_by=world.luo, confirmed_by=world.cai, confirmed_at=NOW,
    )  # fmt: skip
    weight = Decimal(80 * 300_000_000 + 90 * 21_000_000)
    settlement = Settlement.objects.create(
        month=OCTOBER.first_day, scheme=version, scheme_digest=version.digest, pool=decision, weight=weight,
        pool_fen=decision.fen, inputs=b"{}", inputs_digest="i" * 64, result={}, result_digest="r" * 64,
        code_version="test",
    )  # fmt: skip
    for place, score, basis in (("lead", 80, 300_000_000), ("shiqiao", 90, 21_000_000)):
        Line.objects.create(
            settlement=settlement, institution=getattr(world, place), formula={"key": "share", "tokens": []},
            column="x", status="assessed", score=score, points=score, possible=100, score_formula={},
            basis_fen=basis, fen=SHARES[place], weight=score * basis, quota=SHARES[place], remainder_rank=1,
        )  # fmt: skip
    run = MonthRun.objects.create(month=OCTOBER.first_day, number=1, started_by=world.luo)
    MonthRun.objects.filter(pk=run.pk).update(state="computed", settlement=settlement)
    for state in ("proposed", "approved"):
        MonthRun.objects.filter(pk=run.pk).update(state=state)
    accounts = ledger.open_accounts(by=world.luo, accounts=[
        NewAccount("source:pay_total", "within the approved pay total", "source"),
        *(NewAccount(f"institution:{getattr(world, name).code}", getattr(world, name).name, "institution",
                     getattr(world, name)) for name in SHARES),
    ])  # fmt: skip
    ledger.open_period(by=world.luo, month=OCTOBER)
    entries = [Entry(accounts["source:pay_total"], -decision.fen)]
    entries += [
        Entry(accounts[f"institution:{getattr(world, name).code}"], fen) for name, fen in SHARES.items()
    ]
    made = ledger.post(
        by=world.luo,
        confirmed_by=world.cai,
        month=OCTOBER,
        kind="performance.month",
        key="month",
        entries=entries,
    )
    MonthRun.objects.filter(pk=run.pk).update(state="posted", journal=made.journal)
    return MonthRun.objects.get(pk=run.pk)


def roster(world: World) -> list[Staff]:
    """Everybody full time; the first doctor of the lead hospital signs in as dr, wu leads its department."""
    made = []
    for place, code, kind, count, _coefficient in PEOPLE:
        here: Institution = getattr(world, place)
        department, _new = Department.objects.get_or_create(
            institution=here, code=code,
            defaults={"name": {"HL": "护理单元", "XZ": "院办公室"}.get(code, code),
                      "kind": {"HL": "nursing", "XZ": "administration"}.get(code, "clinical")},
        )  # fmt: skip
        for number in range(count):
            made.append(Staff(
                institution=here, department=department, code=f"{here.code}-{code}-{number}", kind=kind,
                name=f"{here.code}{code}{number}",
            ))  # fmt: skip
    made = Staff.objects.bulk_create(made)
    coefficients = {(getattr(world, place).pk, code): value for place, code, _k, _n, value in PEOPLE}
    RosterRow.objects.bulk_create(
        RosterRow(
            month=OCTOBER.first_day, staff=one, institution=one.institution, department=one.department,
            post_coefficient=coefficients[one.institution_id, one.department.code], days=18,
            employment="contract",
        )
        for one in made
    )  # fmt: skip
    world.people["dr"] = member("dr", made[0].name, world.lead, "clinician")
    Staff.objects.filter(pk=made[0].pk).update(user=world.dr.user)
    world.wu.department = made[0].department
    world.wu.save()
    return made


def grounded(world: World, total: int = 100_000_000) -> None:
    """The month, the roster, approved totals and the rule, all by two people."""
    posted_month(world)
    roster(world)
    for name in SHARES:
        row = entering.enter_total(
            by=world.luo, institution=getattr(world, name), year=2026, fen=total,
            document="绩效总量〔2026〕1号", now=NOW,
        )  # fmt: skip
        entering.confirm(by=world.cai, row=row, now=NOW)
    rule(world, "bonus")


def rule(world: World, kind: str, body: FlowRule = RULE) -> None:
    made = entering.enter_rule(
        by=world.luo, kind=kind, from_month=OCTOBER, rule=body, decided_by="理事会 2026-10-01", now=NOW
    )
    entering.confirm(by=world.meng, row=made, now=NOW)


def posted_bonus(world: World) -> PayPool:
    """The bonus fund of October, proposed by Luo and agreed by Cai."""
    made = making.make_bonus(by=world.luo, month=OCTOBER, now=NOW)
    return agreed(world, made)


def agreed(world: World, pool: PayPool) -> PayPool:
    approval = pools.propose(by=world.luo, pool=pool, today=TODAY)
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
    return fresh(pool)


def fresh(row: Any) -> Any:
    """As it is now, with what pages name."""
    return type(row).objects.named().get(pk=row.pk)


def doctors(world: World) -> PayPot:
    """The pot of the lead hospital's doctors."""
    found: PayPot = PayPot.objects.named().get(institution=world.lead, group="doctor")
    return found


def plan_of(pot: PayPot, *points: int, group: int = 3, **change: Any) -> Agreed:
    """A plan with these points in the order of the people, else by the roster."""
    people = list(pots.points_of(pot))
    given = dict(zip(people, map(Decimal, points), strict=True)) if points else pots.points_of(pot)
    found: dict[str, Any] = {
        "points": given,
        "group": people[:group],
        "agreed_on": TODAY,
        "minutes": "一致同意",
    }
    return Agreed(**{**found, **change})


def user(world: World, name: str) -> User:
    found: User = world.people[name].user
    return found


def tcm_people(world: World) -> None:
    """One doctor of the second hospital, so that its share has somebody to go to."""
    department, _new = Department.objects.get_or_create(
        institution=world.tcm, code="03", defaults={"name": "03", "kind": "clinical"}
    )
    one = Staff.objects.create(
        institution=world.tcm, department=department, code="T-1", kind="doctor", name="T一"
    )
    RosterRow.objects.create(
        month=OCTOBER.first_day, staff=one, institution=world.tcm, department=department, post_coefficient=1,
        days=18, employment="contract",
    )  # fmt: skip
