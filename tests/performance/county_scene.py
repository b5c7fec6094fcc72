"""A county month as it happens (practice.md 12): ungrouped cases, a corrected file, late townships."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from alliance.ledger import services as ledger
from alliance.ledger.models import LedgerJournal
from alliance.lib.period import Month
from alliance.models import Department, RosterRow, Staff
from alliance.services import jobs
from alliance.services.files import Upload
from grouping.central import facts as insurer
from grouping.models import Case
from grouping.readers.mapping import Column, TableMap
from grouping.services import central, declarations, intake, publishing, sources
from performance.engine.inputs import MonthInputs, Pool
from performance.models import Line, MonthRun, PayPool, PayPot, PoolDecision, Settlement
from performance.pay.services import entering, making
from performance.services import bases, schemes
from tests.grouping.files import as_csv, front_page
from tests.grouping.test_metrics_pages import priced
from tests.performance import pay_scene
from tests.performance.life_scene import divide
from tests.performance.scene import OCTOBER, adopt, decide, inside
from tests.world import World, member, place

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
LATE = ("shiqiao", "baihe", "qingtang")
UNGROUPED, CASES, REJECTED = 40, 60, 12
BILL = 123_456  # fen a case costs
RATE = 1_000_000  # fen a point of weight
DAYS = {"B12": "2026-10-08 09:00:00", "B15": "2026-10-12 10:00:00"}
HEADER = ["机构", "病案号", "住院次数", "出院日期", "DRG编码", "结算金额", "拒付金额", "拒付原因"]
MAPPING = TableMap(tuple(
    Column(heading, target)
    for heading, target in zip(HEADER, ["A01", "A48", "A49", "B15", "R01", "R03", "R06", "R07"], strict=True)
))  # fmt: skip


def settle_in(world: World) -> None:
    """Two more townships, stewards and administrators of all, schemes, bases, pool and a rate."""
    adopt(world)
    decide(world, OCTOBER)
    with inside(world):
        more: Any = world
        more.baihe = place("QH12", "白河乡卫生院", "primary", "township", beds=40, served_population=18_000)
        more.qingtang = place(
            "QH13", "青塘乡卫生院", "primary", "township", beds=30, served_population=12_000
        )
        for code in ("baihe", "qingtang"):
            world.people[f"{code}_s"] = member(f"{code}_s", code, getattr(world, code), "data_steward")
            bases.set_basis(
                by=world.luo, institution=getattr(world, code), fen=18_000_000, from_month=OCTOBER,
                source="绩效办 2026-1",
            )  # fmt: skip
        for code in ("tcm", *LATE):
            world.people[f"{code}_a"] = member(f"{code}_a", code, getattr(world, code), "institution_admin")
        world.people["yao"] = world.people["shiqiao_a"]
        priced(world, RATE)


def rows_of(world: World, name: str, count: int, ungrouped: int = 0) -> list[dict[str, str]]:
    """Discharges of October; the first ones of a diagnosis no adult can be grouped by."""
    here = getattr(world, name)
    found = [
        front_page(here.organisation, f"{name}{number:04}", A11=f"病人{number}", **DAYS)
        for number in range(count)
    ]
    for row in found[:ungrouped]:
        row["C03C"] = "P59.900"
    return found


def steward(world: World, name: str) -> Any:
    """Who delivers for an institution."""
    return {"lead": world.lin, "tcm": world.tan, "shiqiao": world.han}.get(name) or world.people[f"{name}_s"]


def send(world: World, name: str, rows: list[dict[str, str]], today: date) -> None:
    """One file of an institution, its good rows taken and grouped."""
    by = steward(world, name)
    with inside(world):
        file, _made = intake.receive_file(by=by, name=f"{name}.csv", content=[as_csv(rows)], today=today)
    jobs.drain(world.qinghe)
    with inside(world):
        publishing.publish_by_id(by=by, file_id=file.pk)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))


def declare(world: World, name: str, count: int) -> None:
    """How many were discharged."""
    with inside(world):
        declarations.declare(
            by=world.luo, institution=getattr(world, name), month=OCTOBER, discharges=count,
            total_fen=count * BILL,
        )  # fmt: skip


def employ(world: World, places: Sequence[str] = ("lead", "tcm", *LATE)) -> None:
    """Four doctors a place, on the roster of October and November; totals and the rule of the bonus."""
    for name in places:
        here = getattr(world, name)
        unit = Department.objects.get(institution=here, code="03")
        people = Staff.objects.bulk_create(
            Staff(
                institution=here,
                department=unit,
                code=f"{here.code}-{n}",
                kind="doctor",
                name=f"{here.code}医{n}",
            )
            for n in range(4)
        )
        RosterRow.objects.bulk_create(
            RosterRow(
                month=month.first_day, staff=one, institution=here, department=unit, employment="contract",
                post_coefficient=Decimal(1), days=18,
            )
            for one in people for month in (OCTOBER, NOVEMBER, DECEMBER)
        )  # fmt: skip
        total = entering.enter_total(
            by=world.luo, institution=here, year=2026, fen=500_000_000, document="绩效总量〔2026〕1号",
            now=pay_scene.NOW,
        )  # fmt: skip
        entering.confirm(by=world.cai, row=total, now=pay_scene.NOW)
    pay_scene.rule(world, "bonus")
    pay_scene.rule(world, "award")


def award(world: World, account: Any, month: Month, fen: int) -> PayPool:
    """An award of a month to the lead hospital, divided among its doctors and in the books."""
    made = making.make_from_fund(
        by=world.luo, month=month, kind="award", fund=account, fen=fen, name=f"奖励 {month}",
        document="理事会〔2026〕7号", institutions=[world.lead.pk], now=pay_scene.NOW,
    )  # fmt: skip
    posted = pay_scene.agreed(world, made)
    for pot in PayPot.objects.named().filter(pool=posted):
        divide(world, pot)
    return posted


def fed(world: World, fen: int) -> Any:
    """A source account with money of November."""
    account = entering.open_fund(
        by=world.luo, code="award", name="奖励资金", source="retained", now=pay_scene.NOW
    )
    row = entering.enter_fund(
        by=world.luo, fund=account, day=date(2026, 11, 20), fen=fen, document="理事会〔2026〕7号",
        body="理事会", scan=Upload("决议.pdf", [b"%PDF-1.4"], "application/pdf", 99), now=pay_scene.NOW,
    )  # fmt: skip
    entering.confirm_fund(by=world.cai, row=row, now=pay_scene.NOW)
    return account


def open_books(world: World, *months: Month) -> None:
    """Months that take corrections."""
    for month in months:
        ledger.open_period(by=world.luo, month=month)


def statement_rows(cases: Sequence[Case], paid: dict[int, int]) -> list[list[object]]:
    """What the insurer says: as estimated, but twelve rejections, five regrouped for less, three for more."""
    found = []
    for place_, case in enumerate(cases):
        expected = paid[case.pk]
        settled, drg, rejected, why = expected, case.drg, 0, ""
        if place_ < REJECTED:
            rejected, why = 10_000 + place_, "超限定支付范围"
            settled -= rejected
        elif place_ < REJECTED + 5:
            settled, drg = expected - 20_000, "ES29"
        elif place_ < REJECTED + 8:
            settled = expected + 3_333
        found.append([
            case.institution.organisation, case.record_no, case.visit_no, "2026-10-12", drg,
            f"{settled / 100:.2f}", f"{rejected / 100:.2f}" if rejected else "", why,
        ])  # fmt: skip
    return found


def insurer_file(world: World, rows: list[list[object]]) -> int:
    """The file of the statement, through a mapped source of central results."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(rows)
    with inside(world):
        made = sources.create(by=world.su, institution=None, name="医保月结", format="results")
        sources.settle(
            by=world.su, source=made, edition="insurance", from_date=date(2026, 1, 1), mapping=MAPPING
        )
        file, _made = central.receive(
            by=world.su,
            source=made,
            name="月结.csv",
            content=[out.getvalue().encode()],
            today=date(2026, 12, 15),
        )
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    with inside(world):
        assert insurer.is_read(file.pk) and file.pk in dict(insurer.files(world.luo))
    return int(file.pk)


AT = datetime(2026, 12, 15, 2, tzinfo=UTC)


def approved(world: World, month: Month) -> None:
    """A later month in the books, small: the lead hospital has its share."""
    version: Any = schemes.in_force(month)
    decision = PoolDecision.objects.create(
        month=month.first_day, fen=100, source_kind="pay_total", source="x", entered_by=world.luo,
        confirmed_by=world.cai, confirmed_at=AT,
    )  # fmt: skip
    frozen = MonthInputs(month, (), version.scheme(), (), (), Pool(100, "x"), ())
    settlement = Settlement.objects.create(
        month=month.first_day, scheme=version, scheme_digest=version.digest, pool=decision, weight=1,
        pool_fen=100, inputs=frozen.frozen(), inputs_digest="i" * 64, result={}, result_digest="r" * 64,
        code_version="test",
    )  # fmt: skip
    Line.objects.create(
        settlement=settlement, institution=world.lead, formula={"key": "share", "tokens": []}, column="x",
        status="assessed", score=80, points=80, possible=100, score_formula={}, basis_fen=1, fen=100,
        weight=80, quota=100, remainder_rank=1,
    )  # fmt: skip
    rows = MonthRun.objects.filter(
        pk=MonthRun.objects.create(month=month.first_day, number=1, started_by=world.luo).pk
    )
    rows.update(state="computed", settlement=settlement)
    for state in ("proposed", "approved"):
        rows.update(state=state)
    rows.update(state="posted", journal=LedgerJournal.objects.first())
