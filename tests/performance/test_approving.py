"""From a computed month to the books: two people, one journal, and the way back while nothing is posted."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from alliance.approvals import errors
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.errors import PeriodClosed
from alliance.ledger.facts import lines_of
from alliance.models import Transition
from alliance.models.base import Stale
from alliance.web import words
from performance.models import Line, MonthRun
from performance.services import approving, months, pools
from performance.services.refusals import RunUnderway
from tests.performance.scene import NOW, OCTOBER, POOL, TODAY, again, compute, inside, post
from tests.world import World


@pytest.fixture
def run(qinghe: World) -> MonthRun:
    return compute(qinghe)


def proposed(world: World, run: MonthRun, by: str = "luo") -> Approval:
    with inside(world):
        return approving.propose(by=world.people[by], run=run, today=TODAY)


def test_an_agreed_month_is_posted_to_the_fen_with_reasons(qinghe: World, run: MonthRun) -> None:
    run = post(qinghe, run)
    with inside(qinghe):
        assert run.state == "posted" and run.journal is not None
        entries = list(lines_of(run.journal))
        assert sum(entry.fen for entry in entries) == 0 and entries[0].fen == -POOL
        assert (run.journal.posted_by, run.journal.confirmed_by) == (qinghe.luo, qinghe.cai)
        assert run.journal.inputs_digest == run.settlement.inputs_digest
        lines = {line.pk: line for line in Line.objects.filter(settlement=run.settlement)}
        for entry in entries[1:]:
            line = lines[entry.evidence_id]
            assert (entry.fen, entry.reason["remainder_rank"]) == (line.fen, line.remainder_rank)
        steps = Transition.objects.filter(about_kind="performance.monthrun").order_by("pk")
        assert [step.name for step in steps] == ["compute", "propose", "approve", "post"]


def test_the_proposer_does_not_agree_alone(qinghe: World, run: MonthRun) -> None:
    approval = proposed(qinghe, run)
    with inside(qinghe), pytest.raises(errors.NotYours):
        approvals.decide(by=qinghe.luo, approval=approval, verdict="yes")
    assert again(qinghe, run).state == "proposed"


def test_a_declined_or_withdrawn_month_can_be_computed_again(qinghe: World, run: MonthRun) -> None:
    approval = proposed(qinghe, run)
    with inside(qinghe), pytest.raises(RunUnderway):
        months.enqueue_run(by=qinghe.su, month=OCTOBER)
    with inside(qinghe):
        approvals.decide(by=qinghe.cai, approval=approval, verdict="no", note="麻坪镇未核对")
    assert again(qinghe, run).state == "computed"
    approval = proposed(qinghe, run)
    with inside(qinghe):
        approvals.withdraw(by=qinghe.luo, approval=approval)
    assert again(qinghe, run).state == "computed"
    assert compute(qinghe).state == "computed" and again(qinghe, run).state == "superseded"


def test_a_replaced_run_cannot_be_proposed(qinghe: World, run: MonthRun) -> None:
    compute(qinghe)
    with inside(qinghe), pytest.raises(Stale):
        approving.propose(by=qinghe.luo, run=run, today=TODAY)


def test_while_a_new_run_is_computed_the_old_one_cannot_be_proposed(qinghe: World, run: MonthRun) -> None:
    with inside(qinghe):
        months.enqueue_run(by=qinghe.su, month=OCTOBER)
    with inside(qinghe), pytest.raises(RunUnderway):
        approving.propose(by=qinghe.luo, run=run, today=TODAY)


def test_closed_books_leave_the_decision_undone(qinghe: World, run: MonthRun) -> None:
    with inside(qinghe):
        ledger.open_period(by=qinghe.luo, month=OCTOBER)
        ledger.close_period(by=qinghe.luo, confirmed_by=qinghe.cai, month=OCTOBER)
    approval = proposed(qinghe, run)
    with pytest.raises(PeriodClosed), inside(qinghe):
        approvals.decide(by=qinghe.cai, approval=approval, verdict="yes")
    assert again(qinghe, run).state == "proposed"


def test_only_the_office_proposes(qinghe: World, run: MonthRun) -> None:
    for name in ("su", "cai", "kong", "lin"):
        with inside(qinghe), pytest.raises(PermissionDenied):
            approving.propose(by=qinghe.people[name], run=run, today=TODAY)


def test_the_home_page_says_what_waits_and_what_it_came_to(qinghe: World, run: MonthRun) -> None:
    office = qinghe.client("luo").get("/a/qinghe/").content.decode()
    assert 'href="/a/qinghe/months/2026-10/"' in office and "500,000.01" in office
    with inside(qinghe):
        own = Line.objects.get(settlement=run.settlement, institution=qinghe.lead)
        entered = pools.enter_pool(
            by=qinghe.luo, month=OCTOBER, fen=1, source_kind="pay_total", source="更正"
        )
    assert words.yuan(own.fen) in qinghe.client("kong").get("/a/qinghe/").content.decode()
    inputs = 'href="/a/qinghe/months/2026-10/inputs/"'
    assert inputs in qinghe.client("cai").get("/a/qinghe/").content.decode()
    assert inputs not in qinghe.client("luo").get("/a/qinghe/").content.decode()
    with inside(qinghe):
        pools.confirm_pool(by=qinghe.cai, pool=entered, now=NOW)
    assert inputs not in qinghe.client("cai").get("/a/qinghe/").content.decode()
