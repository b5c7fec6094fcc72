"""A repayment is charged to who was paid from the rejected cases of a posted statement (S4-32)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings

from alliance.approvals import services as approvals
from grouping import facts as case_books
from grouping.services import paying
from performance.life.refusals import CorrectionRefused
from performance.life.services import clawbacks, statements
from performance.models import Clawback, ClawbackShare, Statement, StatementLine
from performance.violations.models import Penalty, Violation
from performance.violations.refusals import ViolationRefused
from performance.violations.services import carrying, cases
from tests.grouping.test_metrics_pages import priced
from tests.performance import county_scene as scene
from tests.performance.county_scene import NOVEMBER
from tests.performance.scene import OCTOBER, compute, inside, post, prepare
from tests.violations.test_violations import LATER, NOW, again, agreed, found, warned
from tests.world import World

AT = datetime(2026, 12, 15, 2, tzinfo=UTC)


@pytest.fixture
def stated(world: World, tmp_path: Path) -> Statement:
    """October in the books, and a draft of the insurer's statement with twelve rejections."""
    with override_settings(MEDIA_ROOT=tmp_path):
        prepare(world)
        with inside(world):
            priced(world, scene.RATE)
        assert post(world, compute(world)).state == "posted"
        with inside(world):
            told = list(case_books.payment_cases(OCTOBER).order_by("institution__code", "record_no"))
            estimated = {one.case: one.payment_fen or 0 for one in paying.paid(OCTOBER)}
        rows = scene.statement_rows(told, estimated)
        file = scene.insurer_file(world, rows)
        with inside(world):
            scene.open_books(world, NOVEMBER)
            row: Statement = statements.make(
                by=world.luo, file=file, month=OCTOBER, stage="month", document="医保月结〔2026〕10号",
                into=NOVEMBER, total_fen=round(sum(float(str(one[5])) for one in rows) * 100),
                other_why="尾差", now=AT,
            )  # fmt: skip
    return row


def decided(world: World, *records: str) -> Penalty:
    """A case about the lead hospital, heard, found and voted: it repays; `records` are its evidence."""
    row = warned(world, "fund")
    for record in records:
        cases.add_evidence(
            by=world.luo, violation=again(row), kind="case", text="虚记费用", month=OCTOBER, record=record,
            now=NOW,
        )  # fmt: skip
    cases.state_view(by=world.kong, violation=again(row), text="无异议", now=NOW)
    found(world, row, follows={"repay": 10_000})
    agreed(world, row)
    penalty: Penalty = Penalty.objects.select_related("violation").get(violation=row)
    return penalty


def test_a_repayment_charges_the_rejected_cases_in_evidence_alone_and_once(
    world: World, stated: Statement
) -> None:
    with inside(world):
        rejected = list(
            StatementLine.objects.filter(statement=stated, institution=world.lead, rejected_fen__gt=0)
            .select_related("case").order_by("pk")
        )  # fmt: skip
        assert len(rejected) > 2 and rejected[0].case is not None
        penalty = decided(world, rejected[0].case.record_no)
        given = {"by": world.luo, "statement": stated, "into": NOVEMBER, "now": LATER}
        with pytest.raises(CorrectionRefused, match="not in the books"):
            carrying.repay(penalty=penalty, **given)
    with inside(world):
        approval = statements.propose(by=world.luo, row=stated, today=AT.date())
        approvals.decide(by=world.cai, approval=approval, verdict="yes")
        given["statement"] = Statement.objects.get(pk=stated.pk)
        made = carrying.repay(penalty=penalty, **given)
        charged = ClawbackShare.objects.filter(clawback=made)
        assert set(charged.values_list("line", flat=True)) == {rejected[0].pk}
        assert sum(charged.values_list("fen", flat=True)) == rejected[0].rejected_fen
        penalty.refresh_from_db()
        assert penalty.clawback == made and penalty.carried_by == world.luo and made.state == "draft"
        assert penalty.violation.number in made.reason
        with pytest.raises(ViolationRefused, match="already"):
            carrying.repay(penalty=penalty, **given)
        # Without cases in evidence: what the first one left; then nothing is left.
        other = decided(world)
        rest = carrying.repay(penalty=other, **given)
        lines = set(ClawbackShare.objects.filter(clawback=rest).values_list("line", flat=True))
        assert lines == {one.pk for one in rejected[1:]}
        with pytest.raises(ViolationRefused, match="no confirmed rejection"):
            carrying.repay(penalty=decided(world), **given)
        # It goes into the books by its own second person, and the case can be closed.
        asked = clawbacks.propose(by=world.luo, row=made, today=AT.date())
        approvals.decide(by=world.cai, approval=asked, verdict="yes")
        posted = Clawback.objects.get(pk=made.pk)
        assert posted.state == "posted" and posted.journal is not None
        row: Violation = again(penalty.violation)
        assert cases.close(by=world.luo, violation=row, now=LATER).state == "closed"
