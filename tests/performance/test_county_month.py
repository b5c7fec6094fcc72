"""A county month as it happens (practice.md 12): every yuan explained, no closed month changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.serializers import serialize
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Sum
from django.test import override_settings

from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.ledger import proposals as closing
from alliance.ledger import services as ledger
from alliance.ledger.errors import PeriodClosed
from alliance.ledger.models import Account, Entry, LedgerJournal
from alliance.lib.canonical import digest, to_plain
from alliance.models import Staff
from grouping import facts as case_books
from grouping.models import CaseRevision
from grouping.services import paying
from performance.life import standing
from performance.life.refusals import CorrectionRefused, LifeRefused
from performance.life.services import bearing, clawbacks, planning, stages, statements
from performance.models import (
    Appeal,
    Clawback,
    ClawbackShare,
    Line,
    MonthLife,
    MonthRun,
    MonthStep,
    PayDeduction,
    PayLine,
    PayPool,
    PayPot,
    PayShare,
    Settlement,
    Statement,
    StatementLine,
)
from performance.pay import before
from performance.pay.services import making
from performance.services import months
from performance.slip import person_month as slips
from tests.performance import county_appeal as appealed
from tests.performance import county_scene as scene
from tests.performance import pay_scene
from tests.performance.county_appeal import D25
from tests.performance.county_scene import AT, DECEMBER, LATE, NOVEMBER, REJECTED, UNGROUPED
from tests.performance.life_scene import booked, paid_out, shown
from tests.performance.scene import OCTOBER, compute, inside, post
from tests.world import World

D10, D16 = (datetime(2026, 11, day, 2, tzinfo=UTC) for day in (10, 16))


def of_october() -> str:
    """Everything the books of October hold and everything its money rests on, as one digest."""
    rows = Entry.objects.filter(journal__period__month=OCTOBER.first_day).order_by("journal", "number")
    settled = Settlement.objects.filter(month=OCTOBER.first_day)
    kept = [
        settled.defer("inputs"), Line.objects.filter(settlement__in=settled),
        *(PayPool.objects.filter(month=OCTOBER.first_day),
          *(model.objects.filter(pool__month=OCTOBER.first_day) for model in (PayShare, PayPot))),
        PayLine.objects.filter(pot__pool__month=OCTOBER.first_day),
    ]  # fmt: skip
    return digest(to_plain([
        *([row.journal_id, row.number, row.account_id, row.fen, row.reason] for row in rows),
        *(serialize("json", found.order_by("pk")) for found in kept),
    ]))  # fmt: skip


def ungrouped() -> int:
    return sum(fact.ungrouped for fact in case_books.case_facts(OCTOBER))


def delivered(world: World) -> None:
    """A file with 40 ungrouped cases, its corrected file, three townships late, then the month computed."""
    scene.settle_in(world)
    for name, count in (("lead", scene.CASES), ("tcm", 11), *((one, 5) for one in LATE)):
        scene.declare(world, name, count)
    scene.send(world, "lead", scene.rows_of(world, "lead", scene.CASES, UNGROUPED), date(2026, 11, 3))
    scene.send(world, "tcm", scene.rows_of(world, "tcm", 11), date(2026, 11, 3))
    with inside(world):
        assert ungrouped() == UNGROUPED
    scene.send(world, "lead", scene.rows_of(world, "lead", scene.CASES), date(2026, 11, 6))
    with inside(world):
        assert ungrouped() == 0 and CaseRevision.objects.count() == UNGROUPED
        files = {one.planned.step: one for one in standing.standings(OCTOBER, D10)}[MonthStep.FILES]
        late = {getattr(world, name).pk for name in LATE}
        assert files.state == "late" and {gap.institution_id for gap in files.lacking} == late
        for name in LATE:
            row = planning.remind(by=world.luo, month=OCTOBER, institution=getattr(world, name), now=D10)
            assert ["discharge_files", 0, 5] in row.missing
    refused = compute(world)
    assert refused.state == "failed" and "石桥" in str(refused.refusal)
    for name in LATE:
        scene.send(world, name, scene.rows_of(world, name, 5), date(2026, 11, 11))
    run = compute(world)
    assert run.state == "computed"
    assert post(world, run).state == "posted"


def paid(world: World) -> Appeal:
    """Publication, second distribution, an appeal from a line, pay all the same; books and month closed."""
    scene.employ(world)
    pay_scene.agreed(world, making.make_bonus(by=world.luo, month=OCTOBER, now=D10))
    stages.publish(by=world.luo, month=OCTOBER, now=D16)
    found = [shown(world, pot) for pot in PayPot.objects.named()]
    appeal = appealed.disputed(world)
    for pot in found:
        booked(world, pot)
    paid_out(world, OCTOBER, D25)
    appealed.held(appeal)
    stages.pay(by=world.cai, month=OCTOBER, now=D25)
    proposal = closing.propose_closing(by=world.luo, month=OCTOBER, on=D25.date())
    approvals.decide(by=world.cai, approval=proposal, verdict="yes")
    stages.close(by=world.cai, month=OCTOBER, now=D25)
    with pytest.raises(LifeRefused, match="1 appeals"):
        stages.end(by=world.cai, month=OCTOBER, now=D25)
    return appeal


def test_a_county_month_as_it_happens(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        delivered(world)
        with inside(world):
            appeal = paid(world)
            before = of_october()
            cases = list(case_books.payment_cases(OCTOBER).order_by("institution__code", "record_no"))
            estimated = {one.case: one.payment_fen or 0 for one in paying.paid(OCTOBER)}
            assert all(estimated.values()) and len(cases) == 86
            rows = scene.statement_rows(cases, estimated)
        file = scene.insurer_file(world, rows)
        with inside(world):
            scene.open_books(world, NOVEMBER, DECEMBER)
            appealed.answered(world, appeal)
            statement = true_up(world, file, estimated)
            claw_back(world, statement)
            appealed.upheld(world, appeal)
            explained(statement)
            unchanged(world, before)


def explained(statement: Statement) -> None:
    """Every entry October has in later months says its rule and opens its record."""
    later = LedgerJournal.objects.filter(about_month=OCTOBER.first_day, period__month__gt=OCTOBER.first_day)
    kinds = dict(later.values("kind").annotate(n=Count("pk")).values_list("kind", "n").order_by())
    assert kinds == {"life.statement": 1, "life.clawback": 2, "performance.appeal": 1, "payout.paid": 1}
    entries = Entry.objects.filter(journal__in=later)
    assert entries.aggregate(fen=Sum("fen"))["fen"] == 0
    for one in entries.select_related("account", "journal"):
        whole = one.account.kind in ("paid", "source")  # the other side of rows each of which has its record
        assert one.reason["rule"] and (one.evidence_kind or whole), f"{one.journal} {one.account.code}"
    by_case = entries.filter(journal__kind="life.clawback", account__code__startswith="insurance:")
    by_case = by_case.exclude(evidence_id=None).values("evidence_id").annotate(fen=Sum("fen"))
    rejected = StatementLine.objects.filter(statement=statement, rejected_fen__gt=0)
    charged = dict(by_case.values_list("evidence_id", "fen").order_by())
    assert charged == dict(rejected.values_list("case", "rejected_fen"))


def unchanged(world: World, before: str) -> None:
    """No closed month changed: not one entry, not one digest; the database refuses to."""
    assert of_october() == before and books.trial_balance().sum_fen == 0
    run = MonthRun.objects.select_related("settlement").get(month=OCTOBER.first_day, state="posted")
    assert run.settlement is not None and months.recompute(run.settlement).identical
    assert OCTOBER not in books.open_months()
    assert MonthLife.objects.get(month=OCTOBER.first_day).state == "final"
    for wrong in (
        "update ledger_entry set fen = fen + 1",
        "delete from ledger_entry",
        "update ledger_period set closed_at = null where closed_at is not null",
        "update performance_payline set fen = fen + 1 where fen > 0",
        "update performance_line set fen = fen + 1",
        "update performance_settlement set pool_fen = pool_fen + 1",
        "update performance_monthlife set state = 'approved'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(wrong)
    late = {"by": world.luo, "confirmed_by": world.cai, "kind": "life.late", "key": "late", "month": OCTOBER}
    accounts = list(Account.objects.filter(entries__isnull=False).distinct()[:2])
    with pytest.raises(PeriodClosed), transaction.atomic():
        ledger.post(entries=[ledger.Line(accounts[0], -1), ledger.Line(accounts[1], 1)], **late)


def true_up(world: World, file: int, estimated: dict[int, int]) -> Statement:
    """Twenty days later the insurer's statement: every difference has its cause, every fen is booked."""
    regrouped, more = 5 * -20_000, 3 * 3_333
    rejected = sum(10_000 + number for number in range(REJECTED))
    total = sum(estimated.values()) - rejected + regrouped + more
    asked = {
        "by": world.luo, "file": file, "month": OCTOBER, "stage": "month", "document": "医保月结〔2026〕10号",
        "now": AT,
    }  # fmt: skip
    with pytest.raises(CorrectionRefused, match="books of 2026-10 are not open"):
        statements.make(into=OCTOBER, total_fen=total, other_why="", **asked)
    with pytest.raises(CorrectionRefused, match="Say what the difference"):
        statements.make(into=NOVEMBER, total_fen=total - 7, other_why="", **asked)
    row = statements.make(into=NOVEMBER, total_fen=total - 7, other_why="质量保证金", **asked)
    found = {one["cause"]: (one["cases"], one["fen"]) for one in statements.by_cause(row)}
    assert found == {"group": (5, regrouped), "multiple": (3, more), "rejected": (REJECTED, -rejected)}
    assert row.total_fen == sum(estimated.values()) + sum(fen for _n, fen in found.values()) + row.other_fen
    approval = statements.propose(by=world.luo, row=row, today=AT.date())
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
    row = Statement.objects.get(pk=row.pk)
    assert row.state == "posted" and row.journal is not None
    assert (row.journal.period.month, row.journal.about_month) == (NOVEMBER.first_day, OCTOBER.first_day)
    lines = row.journal.entries.filter(account__code__startswith="insurance:QH")
    assert lines.count() == 5 + 3 + REJECTED
    assert all(one.evidence_kind == "life.case" and one.reason["month"] == "2026-10" for one in lines)
    assert lines.aggregate(fen=Sum("fen"))["fen"] == sum(fen for _n, fen in found.values())
    with pytest.raises(CorrectionRefused, match="a statement of this stage already"):
        statements.make(into=NOVEMBER, total_fen=total, other_why="x", **asked)
    with pytest.raises(DatabaseError), transaction.atomic():
        Statement.objects.filter(pk=row.pk).update(total_fen=1)
    return row


def claw_back(world: World, statement: Statement) -> None:
    """Twelve rejections: borne by hospital, department and who was paid; the floor carries the rest on."""
    account = scene.fed(world, 1_000_000)
    for month in (NOVEMBER, DECEMBER):
        scene.approved(world, month)
    scene.award(world, account, NOVEMBER, 4 * 50_100)  # 501.00 yuan each: 1.00 yuan above the floor
    rejected = list(StatementLine.objects.filter(statement=statement, rejected_fen__gt=0))
    row = clawbacks.make(
        by=world.luo, statement=statement, lines=rejected, into=NOVEMBER, reason="复核确认拒付", now=AT
    )
    with pytest.raises(CorrectionRefused, match="charged already"):
        clawbacks.make(
            by=world.luo, statement=statement, lines=rejected[:1], into=NOVEMBER, reason="重复", now=AT
        )
    shares = list(ClawbackShare.objects.filter(clawback=row))
    assert len(rejected) == REJECTED
    for line in rejected:
        assert sum(one.fen for one in shares if one.line_id == line.pk) == line.rejected_fen
    persons = sum(one.fen for one in shares if one.bearer == "person")
    approval = clawbacks.propose(by=world.luo, row=row, today=AT.date())
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
    row = Clawback.objects.get(pk=row.pk)
    assert row.state == "posted" and row.journal is not None
    taken = taken_of(NOVEMBER)
    assert set(taken.values()) == {100}  # what stands above the floor of 500 yuan, of each of four
    left = sum(one.fen for one in bearing.outstanding()) - sum(taken.values())
    assert persons == sum(taken.values()) + left and left > 0
    with pytest.raises(CorrectionRefused, match="Nothing is left"):
        clawbacks.propose_carry(by=world.luo, row=row, into=NOVEMBER, today=AT.date())
    scene.award(world, account, DECEMBER, 4 * 60_000)
    pot = PayPot.objects.named().get(pool__kind="award", pool__month=DECEMBER.first_day)
    last = before.last_plan(pot)  # what a late department is offered: the plan of the month before
    assert last is not None and last.pot.pool.period == NOVEMBER and last.pk == last.pot.plan_id
    approval = clawbacks.propose_carry(by=world.luo, row=row, into=DECEMBER, today=AT.date())
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
    assert sum(taken_of(DECEMBER).values()) == left and bearing.outstanding() == []
    for month in (NOVEMBER, DECEMBER):
        for staff, fen in taken_of(month).items():
            pay = PayLine.objects.filter(staff=staff, pot__pool__month=month.first_day)
            assert pay.aggregate(fen=Sum("fen"))["fen"] - fen >= 50_000
            with override_settings(ROOT_URLCONF="config.alliance_urls"):
                slip = slips.slip(Staff.objects.get(pk=staff), month, world.luo, AT)
            assert slip.fen == pay.aggregate(fen=Sum("fen"))["fen"] - fen  # what is read is what is paid
            assert [one.fen for one in slip.later] == [-fen] and "复核确认拒付" in slip.later[0].why
    assert not Entry.objects.filter(account__kind="person", journal__kind="life.clawback", fen__gt=0).exists()
    assert LedgerJournal.objects.filter(kind="life.clawback").count() == 2


def taken_of(month: object) -> dict[int, int]:
    rows = PayDeduction.objects.filter(into=month.first_day)  # type: ignore[attr-defined]
    return dict(rows.values("staff").annotate(fen=Sum("fen")).values_list("staff", "fen").order_by())
