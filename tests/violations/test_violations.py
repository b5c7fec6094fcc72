"""Violation cases: evidence, warning, statement, a finding by uninvolved people, what follows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.urls import set_urlconf

from alliance.approvals import chains, names
from alliance.approvals import services as approvals
from alliance.approvals.errors import ChainUnknown, Involved, PaperInvolved, SamePerson
from alliance.approvals.models import Approval, OutsideDecision
from alliance.services.files import Upload
from performance.agreements.models import Agreement
from performance.models import Consequence
from performance.violations import show
from performance.violations.models import Penalty, Violation
from performance.violations.refusals import ViolationRefused
from performance.violations.services import carrying, cases, deciding
from performance.violations.waiting import waiting
from tests.agreements.access import agreement
from tests.approvals.matter import chain
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
LATER = NOW + timedelta(days=9)
A = "/a/qinghe/violations/"
SCAN = Upload("证据.pdf", [b"%PDF-1.4"], "application/pdf", 99)


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """Pages of an alliance, as inside a request."""
    set_urlconf("config.alliance_urls")
    yield
    set_urlconf(None)


def again(row: Violation) -> Violation:
    found: Violation = Violation.objects.named().get(pk=row.pk)
    return found


def opened(world: World, kind: str = "data", **more: Any) -> Violation:
    given = {
        "institution": world.lead, "title": "上报数据不实", "facts": "体检人次无原始记录", "source": "hand",
        "by": world.luo, **more,
    }  # fmt: skip
    return cases.open_case(kind=kind, now=NOW, **given)


def warned(world: World, kind: str = "data") -> Violation:
    row = opened(world, kind)
    cases.add_evidence(
        by=world.luo, violation=again(row), kind="other", text="现场照片", now=NOW, files=[SCAN]
    )
    return cases.warn(by=world.luo, violation=again(row), text="请说明来源", now=NOW)


def heard(world: World, kind: str = "data") -> Violation:
    row = warned(world, kind)
    return cases.state_view(by=world.kong, violation=again(row), text="系录入错误", now=NOW)


def found(world: World, row: Violation, **more: Any) -> Violation:
    given = {"violated": True, "finding": "查证属实", "follows": {"warning": None}, "by": world.meng, **more}
    return deciding.find(violation=again(row), chain="two_people", now=LATER, **given)


def agreed(world: World, row: Violation) -> Violation:
    approval = again(row).approval
    assert approval is not None
    approvals.decide(by=world.cai, approval=approval, verdict="yes")
    return again(row)


def test_a_warning_rests_on_evidence_and_opens_the_case_to_the_institution(qinghe: World) -> None:
    with inside(qinghe):
        row = opened(qinghe)
        assert row.number == "WY2026-0001"
        with pytest.raises(ViolationRefused, match="evidence"):
            cases.warn(by=qinghe.luo, violation=again(row), text="x", now=NOW)
        assert not Violation.objects.seen_by(qinghe.kong).exists()
        with pytest.raises(ViolationRefused, match="record"):
            cases.add_evidence(
                by=qinghe.luo, violation=again(row), kind="case", text="x", month=OCTOBER, record="none",
                now=NOW,
            )  # fmt: skip
        made = cases.add_evidence(
            by=qinghe.luo, violation=again(row), kind="case", text="该例无原始记录", month=OCTOBER,
            record=f"lead{OCTOBER}0001", now=NOW,
        )  # fmt: skip
        assert made.object_id is not None
        warn = cases.warn(by=qinghe.luo, violation=again(row), text="请说明", now=NOW)
        assert warn.due_at is not None and warn.due_at > NOW + timedelta(days=5)
        assert Violation.objects.seen_by(qinghe.kong).get() == row
        assert [one.due for one in waiting(qinghe.kong, NOW)] == [warn.due_at]
        assert not Violation.objects.seen_by(qinghe.tan).exists()
        with pytest.raises(PermissionDenied):
            cases.state_view(by=qinghe.tan, violation=again(row), text="x", now=NOW)
        with pytest.raises(ViolationRefused, match="ended"):
            cases.state_view(by=qinghe.kong, violation=again(row), text="x", now=LATER + timedelta(days=9))


def test_only_inspectors_take_up_a_report_and_nothing_leads_back(qinghe: World) -> None:
    with inside(qinghe):
        with pytest.raises(ViolationRefused, match="discipline"):
            opened(qinghe, source="report")
        inspector = member("ji", "纪书记", None, "discipline")
        row = opened(qinghe, source="report", by=inspector)
        assert row.source_id is None
        cases.add_evidence(by=inspector, violation=again(row), kind="other", text="核查记录", now=NOW)
        cases.warn(by=inspector, violation=again(row), text="请说明", now=NOW)
        page = show.page(again(row), qinghe.kong, NOW, {})
        told = " ".join(f"{one.name} {one.value}" for one in page["facts_case"])
        assert "纪书记" not in told and not page["history"] and not page["inside"]
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute("insert into violations_violation (alliance_id, number, kind, institution_id, title, "
                       "facts, source, source_id, state, version, opened_by_id, opened_at, warning, "
                       "statement, attempt, finding) select alliance_id, 'x', kind, institution_id, title, "
                       "facts, 'report', 5, 'identified', 1, opened_by_id, opened_at, '', '', 0, '' "
                       "from violations_violation")  # fmt: skip


def test_nobody_is_found_guilty_unheard_nor_by_who_is_involved(qinghe: World) -> None:
    with inside(qinghe):
        row = warned(qinghe)
        with pytest.raises(ViolationRefused, match="until"):
            deciding.find(
                by=qinghe.meng, violation=again(row), violated=True, finding="x", chain="two_people", now=NOW,
                follows={"warning": None},
            )  # fmt: skip
        with pytest.raises(ViolationRefused, match="opened this case"):
            found(qinghe, row, by=qinghe.luo)
        with pytest.raises(ViolationRefused, match="at least one"):
            found(qinghe, row, follows={})
        # The time has passed without a statement: it goes on.
        late = found(qinghe, row)
        assert late.state == "found"


def test_who_opened_or_found_a_case_handles_no_paper_that_decides_it(qinghe: World) -> None:
    with inside(qinghe):
        council = chain({"name": "理事会", "outside": True})
        row = heard(qinghe)
        case = deciding.find(
            by=qinghe.meng, violation=again(row), violated=True, finding="属实", follows={"warning": None},
            chain=council.code, now=LATER,
        )  # fmt: skip
        approval = again(case).approval
        assert approval is not None
        said: Any = {"verdict": "yes", "decided_on": date(2026, 11, 20), "document": "理〔2026〕9号"}
        for involved in (qinghe.luo, qinghe.meng):
            with pytest.raises(PaperInvolved):
                approvals.enter_outside(by=involved, approval=approval, **said)
        paper = approvals.enter_outside(by=qinghe.cai, approval=approval, **said)
        assert approval not in approvals.waiting_for(qinghe.luo)
        with pytest.raises(PaperInvolved):
            approvals.check_outside(by=qinghe.luo, outside=paper, correct=True)
        with pytest.raises(SamePerson):
            approvals.check_outside(by=qinghe.meng, outside=paper, correct=True)
        assert again(case).state == "found"
    forced: Any = {"checked_at": paper.entered_at, "correct": True}
    with pytest.raises(DatabaseError, match="uninvolved"), inside(qinghe):
        OutsideDecision.objects.filter(pk=paper.pk).update(checked_by=qinghe.luo, **forced)
        Approval.objects.filter(pk=approval.pk).update(state="approved")
        Violation.objects.filter(pk=case.pk).update(state="decided", decided_by=qinghe.cai, decided_at=LATER)
    with inside(qinghe):
        approvals.check_outside(by=qinghe.su, outside=paper, correct=True)
        assert again(case).state == "decided"


def test_a_chain_made_for_something_else_decides_no_case(qinghe: World) -> None:
    with inside(qinghe):
        chains.install(by=qinghe.su)
        assert "sealed_box" not in dict(names.offered(deciding.KIND))
        assert "sealed_box" in dict(names.offered("sealed_box.keeper"))
        row = heard(qinghe)
        with pytest.raises(ChainUnknown):
            deciding.find(
                by=qinghe.meng, violation=again(row), violated=True, finding="属实", chain="sealed_box",
                follows={"warning": None}, now=LATER,
            )  # fmt: skip
        case = again(found(qinghe, row))
        its = f"approvals/{case.approval_id}/"
        assert [one.url for one in show.facts(case, qinghe.meng)][-1].endswith(its)
        assert not any(one.url.endswith(its) for one in show.facts(case, qinghe.kong))


def test_who_opened_a_case_gives_no_verdict_on_it(qinghe: World) -> None:
    with inside(qinghe):
        row = found(qinghe, heard(qinghe))
        with pytest.raises(Involved):
            approvals.decide(by=qinghe.luo, approval=again(row).approval, verdict="yes")


def test_the_table_bounds_what_follows(qinghe: World) -> None:
    with inside(qinghe):
        row = heard(qinghe, "grouping")
        for follows, match in (
            ({"end": None}, "does not know"), ({"deduct": Decimal(50)}, "deducts from"),
            ({"deduct": None}, "deducts from"), ({"repay": None}, "amount"),
        ):  # fmt: skip
            with pytest.raises(ViolationRefused, match=match):
                found(qinghe, row, follows=follows)


def test_it_takes_effect_by_the_vote_and_is_carried_out(qinghe: World) -> None:
    with inside(qinghe):
        signed = agreement(qinghe.luo, qinghe.meng, qinghe.lead, "协议")
        row = heard(qinghe)
        found(qinghe, row, follows={"warning": None, "deduct": Decimal("2.5"), "end": signed})
        done = agreed(qinghe, row)
        assert done.state == "decided" and done.decided_by == qinghe.cai
        warning, deduct, end = (
            Penalty.objects.select_related("violation__decided_by", "agreement").get(measure=one)
            for one in ("warning", "deduct", "end")
        )
        assert warning.carried_at is not None and deduct.carried_at is None
        with pytest.raises(ViolationRefused, match="not carried out"):
            cases.close(by=qinghe.luo, violation=again(row), now=LATER)
        carrying.deduct(by=qinghe.luo, penalty=deduct, month=OCTOBER, now=LATER)
        consequence = Consequence.objects.get(kind="violation")
        assert (consequence.percent, consequence.state) == (Decimal("2.50"), "open")
        carrying.end_agreement(by=qinghe.luo, penalty=end, last=date(2026, 11, 30), now=LATER)
        assert Agreement.objects.get(pk=signed.pk).last_day == date(2026, 11, 30)
        closed = cases.close(by=qinghe.luo, violation=again(row), now=LATER)
        assert closed.state == "closed"
        assert "2.50" in show.amount(deduct)


def test_a_repayment_is_a_claw_back_or_a_document(qinghe: World) -> None:
    with inside(qinghe):
        row = heard(qinghe, "fund")
        found(qinghe, row, follows={"repay": 1_234_500})
        agreed(qinghe, row)
        repay = Penalty.objects.select_related("violation").get()
        assert "12,345.00" in show.amount(repay)
        for said in (" ", "x", "88"):
            with pytest.raises(ViolationRefused, match="by its number, with at least 4"):
                carrying.paid(by=qinghe.luo, penalty=repay, outcome=said, now=LATER)
        carrying.paid(by=qinghe.luo, penalty=repay, outcome="财政缴款书 2026-88", now=LATER)
        with pytest.raises(ViolationRefused, match="already"):
            carrying.paid(by=qinghe.luo, penalty=repay, outcome="x", now=LATER)


def test_a_vote_that_does_not_agree_lets_another_finding_follow(qinghe: World) -> None:
    with inside(qinghe):
        row = heard(qinghe)
        first = found(qinghe, row).approval
        assert first is not None
        approvals.decide(by=qinghe.cai, approval=first, verdict="no", note="证据不足")
        assert again(row).state == "heard"
        found(qinghe, row, violated=False, finding="证据不足，不予认定", follows={})
        done = agreed(qinghe, row)
        assert done.violated is False and not deciding.penalties(done)
        assert cases.close(by=qinghe.luo, violation=again(row), now=LATER).state == "closed"


REFUSED = (
    # Unheard, by the opener, decided without a vote, rewritten, taken away.
    "update violations_violation set state = 'found', found_at = now(), found_by_id = opened_by_id, "
    "violated = false, finding = 'x', approval_id = 1",
    "update violations_violation set state = 'decided'",
    "update violations_violation set facts = 'x'",
    "update violations_violation set warning = 'x'",
    "update violations_violation set statement = 'x'",
    "update violations_violation set opened_by_id = warned_by_id + 1",
    "delete from violations_violation",
    "update violations_evidence set text = 'x'",
    "delete from violations_evidence",
    "insert into violations_penalty (alliance_id, violation_id, attempt, measure) select alliance_id, id, "
    "attempt, 'warning' from violations_violation",
)


def test_the_database_refuses_what_must_never_happen(qinghe: World) -> None:
    with inside(qinghe):
        heard(qinghe)
    for statement in REFUSED:
        with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
            cursor.execute(statement)
            pytest.fail(statement)


def test_the_database_refuses_a_finding_unheard_and_a_decision_without_its_vote(qinghe: World) -> None:
    with inside(qinghe):
        row = found(qinghe, heard(qinghe))
    for change, match in (
        ({"state": "decided", "decided_by": qinghe.cai, "decided_at": LATER}, "vote"),
        ({"state": "decided", "decided_by": qinghe.kong, "decided_at": LATER}, "uninvolved"),
        ({"finding": "x"}, "stays"),
    ):
        with pytest.raises(DatabaseError, match=match), inside(qinghe):
            Violation.objects.filter(pk=row.pk).update(**change)
    with inside(qinghe):
        other = warned(qinghe)
        approval = again(row).approval
    for by, match in ((qinghe.meng, "unheard"), (qinghe.kong, "unheard")):
        with pytest.raises(DatabaseError, match=match), inside(qinghe):
            Violation.objects.filter(pk=other.pk).update(
                state="found", found_by=by, found_at=NOW, violated=False, finding="x", approval=approval
            )
    with pytest.raises(DatabaseError, match="uninvolved"), inside(qinghe):
        Violation.objects.filter(pk=other.pk).update(
            state="found", found_by=qinghe.kong, found_at=LATER, violated=False, finding="x",
            approval=approval,
        )  # fmt: skip


def test_pages_from_opening_to_the_decision(qinghe: World) -> None:
    office, place, second = qinghe.client("luo"), qinghe.client("kong"), qinghe.client("meng")
    body = {"institution": qinghe.lead.pk, "kind": "data", "source": "hand", "title": "数据不实", "facts": ""}
    answer = office.post(f"{A}open/", body)
    assert answer.status_code == 400 and "数据不实" in answer.content.decode()
    assert office.post(f"{A}open/", {**body, "facts": "无原始记录"}).status_code == 302
    with inside(qinghe):
        row = Violation.objects.get()
    url = f"{A}{row.pk}/"
    assert place.get(url).status_code == 404
    assert office.post(f"{url}act/evidence/", {"kind": "other", "text": "照片"}).status_code == 302
    assert office.post(f"{url}act/warn/?version=1", {"text": "请说明"}).status_code == 302
    assert office.post(f"{url}act/warn/?version=1", {"text": "请说明"}).status_code == 409
    page = place.get(url).content.decode()
    assert "请说明" in page and qinghe.luo.user.name not in page
    assert place.post(f"{url}act/state-view/", {"text": "系录入错误"}).status_code == 302
    assert place.post(f"{url}act/find/", {}).status_code == 403
    finding = {"violated": "yes", "finding": "属实", "measures": ["warning"], "chain": "two_people"}
    assert office.post(f"{url}act/find/", finding).status_code == 400  # the opener
    assert second.post(f"{url}act/find/", finding).status_code == 302
    assert "属实" not in place.get(url).content.decode()  # not decided yet
    with inside(qinghe):
        agreed(qinghe, row)
    assert "属实" in place.get(url).content.decode()
    for which, word in (("notice", "请说明"), ("decision", "属实")):
        assert word in office.get(f"{url}papers/{which}/").content.decode()
        text = docx.Document(io.BytesIO(office.get(f"{url}papers/{which}/docx/").content))
        assert any(word in one.text for one in text.paragraphs)
    # In Chinese, to whom, by which rule, how to object, with the places of both seals; whoever prints it.
    english = qinghe.client("luo", HTTP_ACCEPT_LANGUAGE="en").get(f"{url}papers/notice/").content.decode()
    paper = english[english.index("<article") : english.index("</article>")]
    for said in (
        "预警通知书：数据造假", qinghe.lead.name, qinghe.qinghe.name, "违约处置表：数据造假可采取的处置",
        "书面警告", "陈述申辩", "登录", f"{row.opened_at:%Y年}", "（盖章）", row.number,
    ):  # fmt: skip
        assert said in paper, said
    assert "Evidence" not in paper and "Issued" not in paper
    assert office.post(f"{url}act/close/").status_code == 302
    assert "数据不实" in office.get(A).content.decode()


def test_evidence_after_the_statement_reopens_it_and_bars_the_finding_until_then(qinghe: World) -> None:
    """Nobody is found guilty on evidence they could not answer (S4-32)."""
    day = timedelta(days=1)
    with inside(qinghe):
        row = heard(qinghe)
        cases.add_evidence(by=qinghe.luo, violation=again(row), kind="other", text="新证", now=LATER - day)
        told = again(row)
        assert (told.state, told.notified_at) == ("warned", LATER - day)
        assert told.due_at is not None and told.due_at > LATER + day
        [todo] = waiting(qinghe.kong, LATER)
        assert todo.due == told.due_at and "新证据" in todo.what
        assert not [one for one in show.actions(told, qinghe.meng, LATER, {}) if "find" in one.url]
        with pytest.raises(ViolationRefused, match="until"):
            found(qinghe, row)
    with pytest.raises(DatabaseError, match="unheard"), inside(qinghe):
        Violation.objects.filter(pk=row.pk).update(
            state="found", found_by=qinghe.meng, found_at=LATER, violated=False, finding="x", approval=1
        )
    with pytest.raises(DatabaseError, match="stays"), inside(qinghe):
        Violation.objects.filter(pk=row.pk).update(due_at=LATER - day)
    with inside(qinghe):
        said = cases.state_view(
            by=qinghe.kong, violation=again(row), text="新证不实", now=LATER - day / 2, files=[SCAN]
        )
        assert said.statement.startswith("系录入错误") and said.statement.endswith("新证不实")
        assert found(qinghe, row).state == "found"


def test_the_database_refuses_a_finding_on_evidence_nobody_was_told_of(qinghe: World) -> None:
    with inside(qinghe):
        row = heard(qinghe)
        row.evidence.create(kind="other", text="新证", added_by=qinghe.luo, added_at=NOW + timedelta(hours=1))
        with pytest.raises(ViolationRefused, match="not told"):
            found(qinghe, row)
    with pytest.raises(DatabaseError, match="new evidence"), inside(qinghe):
        Violation.objects.filter(pk=row.pk).update(
            state="found", found_by=qinghe.meng, found_at=LATER, violated=False, finding="x", approval=1
        )
