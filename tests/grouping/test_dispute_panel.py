"""The loop of a dispute (S4-22): several ways in, a panel, joined questions, what settled it, read by all."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.models import Attachment, Membership, WorkCalendarDay
from alliance.services import files, inbox
from alliance.web.addresses import page_addresses
from grouping.disputes import clock, panel, services
from grouping.disputes.services import DisputeRefused, Thing
from grouping.models import Dispute, DisputeExpert, DisputeOpinion, Scheme
from grouping.services import schemes
from tests.grouping.scene import HOME, browser, inside, queries, text
from tests.grouping.test_disputes import LIST, NOW, filed, scan
from tests.world import World, member

KINDS = ("clinical", "insurance", "statistics")


@pytest.fixture
def experts(scene: World) -> list[Membership]:
    """Three of the technical evaluation team."""
    with inside(scene):
        made = [member(f"e{n}", f"专家{n}", None, "technical_team") for n in range(3)]
    scene.people |= {f"e{n}": one for n, one in enumerate(made)}
    return made


def studied(world: World) -> Dispute:
    row = filed(world)
    with inside(world):
        return services.study(by=world.luo, dispute=row, now=NOW)


def opinions(world: World, row: Dispute, experts: list[Membership]) -> None:
    with inside(world):
        for one, kind in zip(experts, KINDS, strict=True):
            panel.ask(by=world.luo, dispute=row, member=one, kind=kind, now=NOW)
            panel.give(by=one, dispute=row, verdict="change", text=f"{one.user} 的意见", now=NOW)


def answered(world: World, row: Dispute) -> Dispute:
    with inside(world):
        return services.reply(by=world.luo, dispute=row, answer="下一版补上", now=NOW)


def todos(world: World, who: str, now: datetime = NOW) -> list[tuple[str, str]]:
    with inside(world), page_addresses():
        found = inbox.waiting(by=world.people[who], now=now)
        return [(one.state, one.what) for one in found if one.room == "disputes"]


def test_it_is_settled_only_when_the_panel_has_given_its_opinions(
    scene: World, experts: list[Membership]
) -> None:
    row = studied(scene)
    with inside(scene):
        later = schemes.adopt_shipped(by=scene.su, code="xietong_demo", from_date=date(2027, 1, 1))
        with pytest.raises(DisputeRefused, match="owes 3 opinions and has given 0"):
            services.reply(by=scene.luo, dispute=row, answer="不改", now=NOW)
        said = {"state": "answered", "answer": "x", "answered_at": NOW, "answered_by": scene.luo}
        with pytest.raises(DatabaseError, match="has not given"), transaction.atomic():
            Dispute.objects.filter(pk=row.pk).update(**said)
        for owed in ({"opinions_due": 0}, {"opinions_due": 0, **said}):
            with pytest.raises(DatabaseError, match="from the study on"), transaction.atomic():
                Dispute.objects.filter(pk=row.pk).update(**owed)
    opinions(scene, row, experts)
    row = answered(scene, row)
    with inside(scene):
        with pytest.raises(DisputeRefused, match="second person"):
            services.settle(by=scene.luo, dispute=row, version=later, now=NOW)
        for who in (scene.luo, scene.lin, experts[0]):
            with pytest.raises(DatabaseError, match="settle"), transaction.atomic():
                Dispute.objects.filter(pk=row.pk).update(
                    state="settled", settled_in=later, settled_at=NOW, settled_by=who
                )
        done = services.settle(by=scene.meng, dispute=row, version=later, now=NOW)
        assert (done.state, done.settled_in, done.settled_at) == ("settled", later, NOW)


def test_an_expert_who_is_involved_gives_no_opinion_whoever_asks(scene: World) -> None:
    row = studied(scene)
    with inside(scene):
        near = member("near", "同院专家", scene.lead, "insurance_office")
        far = member("far", "邻院专家", scene.tcm, "insurance_office")
        with pytest.raises(DisputeRefused, match="involved"):
            panel.ask(by=scene.luo, dispute=row, member=near, kind="insurance", now=NOW)
        with pytest.raises(DisputeRefused):
            panel.ask(by=scene.luo, dispute=row, member=scene.cai, kind="insurance", now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            DisputeExpert.objects.create(
                dispute=row, member=near, kind="insurance", asked_by=scene.luo, asked_at=NOW
            )
        panel.ask(by=scene.luo, dispute=row, member=far, kind="insurance", now=NOW)
        with pytest.raises(DisputeRefused):
            panel.stand_back(by=far, dispute=row, why=" ", now=NOW)
        panel.stand_back(by=far, dispute=row, why="参与过该组的制定", now=NOW)
        with pytest.raises(PermissionDenied):
            panel.give(by=far, dispute=row, verdict="keep", text="不应改动", now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            DisputeOpinion.objects.create(
                dispute=row, expert=row.experts.get(), verdict="keep", text="不应改动", given_at=NOW
            )
    scene.people["far"] = far
    assert browser(scene, "far").get(f"{LIST}{row.pk}/").status_code == 200


def test_an_opinion_is_written_once_and_named_only_to_who_decides(
    scene: World, experts: list[Membership]
) -> None:
    row = studied(scene)
    assert todos(scene, "e0") == []
    opinions(scene, row, experts)
    with inside(scene):
        with pytest.raises(DisputeRefused):
            panel.give(by=experts[0], dispute=row, verdict="keep", text="另一种意见", now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            DisputeOpinion.objects.update(text="改写")
    assert "专家1" in text(browser(scene, "luo").get(f"{LIST}{row.pk}/"))
    assert "专家1 的意见" not in text(browser(scene, "lin").get(f"{LIST}{row.pk}/"))
    answered(scene, row)
    page = text(browser(scene, "lin").get(f"{LIST}{row.pk}/"))
    assert "专家1 的意见" in page and "statistics ·" in page and "clinical medicine · 专家0" not in page


def test_who_raised_the_same_hears_the_same_answer(scene: World, experts: list[Membership]) -> None:
    head = studied(scene)
    with inside(scene):
        twin = services.file_dispute(
            by=scene.tan, about="rule", scheme=Scheme.objects.get(), code="ES2", text="我院也有", now=NOW
        )
        with pytest.raises(DisputeRefused):
            services.merge(by=scene.luo, dispute=twin, into=twin, now=NOW)
        services.merge(by=scene.luo, dispute=twin, into=head, now=NOW)
        third = filed(scene)
        twin.refresh_from_db()
        with pytest.raises(DisputeRefused):
            services.merge(by=scene.luo, dispute=third, into=twin, now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            Dispute.objects.filter(pk=third.pk).update(state="merged", merged_into=twin)
        with pytest.raises(DisputeRefused):
            services.merge(by=scene.luo, dispute=head, into=third, now=NOW)
    assert todos(scene, "tan") == []
    opinions(scene, head, experts)
    answered(scene, head)
    said = ("info", "Your dispute about ES2 is answered")
    from django.utils import translation

    with translation.override("en"):
        assert said in todos(scene, "tan") and said in todos(scene, "lin")
        page = text(browser(scene, "tan").get(f"{LIST}{twin.pk}/"))
        assert "下一版补上" in page and "joined to" in page
        assert said not in todos(scene, "tan") and said in todos(scene, "lin")
    with inside(scene):
        head.refresh_from_db()
        services.settle(by=scene.meng, dispute=head, unchanged="分组依据国家目录", now=NOW)
    with translation.override("en"):
        assert said in todos(scene, "tan")


def test_a_settled_one_names_one_version_or_why_nothing_changes_and_everybody_may_read_it(
    scene: World, experts: list[Membership]
) -> None:
    row = studied(scene)
    opinions(scene, row, experts)
    row = answered(scene, row)
    with inside(scene):
        later = schemes.adopt_shipped(by=scene.su, code="xietong_demo", from_date=date(2027, 1, 1))
        for both in ({}, {"version": later, "unchanged": "不改"}):
            with pytest.raises(DisputeRefused):
                services.settle(by=scene.meng, dispute=row, now=NOW, **both)
        for change in ({}, {"settled_in": later, "unchanged": "x"}, {"settled_kind": "x"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Dispute.objects.filter(pk=row.pk).update(state="settled", **change)
    acted = browser(scene, "meng").post(
        f"{LIST}{row.pk}/settle/", {"version": "", "unchanged": "分组依据国家目录"}
    )
    assert acted.status_code == 302
    shown = text(browser(scene, "tan").get(f"{LIST}settled/?code=es2"))
    assert "分组依据国家目录" in shown and "下一版补上" in shown and "林静" not in shown
    assert "清河县人民医院" not in shown.split('id="list"')[1]
    assert "Already settled about this code" in text(browser(scene, "tan").get(f"{LIST}new/?code=ES2"))
    assert browser(scene, "tan").get(f"{LIST}{row.pk}/").status_code == 404


def test_an_indicator_is_disputed_and_settled_by_a_later_version_of_its_scheme(
    scene: World, experts: list[Membership]
) -> None:
    body = {"thing": "performance.indicator:cmi", "text": "权重的口径不一致"}
    assert browser(scene, "lin").post(f"{LIST}new/definition/", body).status_code == 302
    bad = browser(scene, "lin").post(f"{LIST}new/definition/", {**body, "thing": "performance.indicator:zz"})
    assert bad.status_code == 400 and "权重的口径不一致" in text(bad)
    with inside(scene):
        row = Dispute.objects.get()
        assert (row.about, row.scheme, row.object_kind, row.object_id) == (
            "indicator", None, "performance.indicator", "cmi"
        )  # fmt: skip
        with pytest.raises(DisputeRefused):
            services.file_dispute(
                by=scene.lin, about="indicator", thing=Thing("x", "cmi"), code="cmi", text="无此定义", now=NOW
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            Dispute.objects.update(object_id="")
        row = services.study(by=scene.luo, dispute=row, now=NOW)
    opinions(scene, row, experts)
    row = answered(scene, row)
    with inside(scene), pytest.raises(DisputeRefused):
        services.settle(by=scene.meng, dispute=row, version=("99", "x"), now=NOW)
    assert "cmi" in text(browser(scene, "luo").get(f"{LIST}{row.pk}/"))


def test_one_on_paper_is_entered_with_its_scan_and_who_raised_it(scene: World) -> None:
    body = {
        "institution": scene.shiqiao.pk, "raised_by": "王医生", "about": "group", "code": "ES2",
        "text": "手写信件所述",
    }  # fmt: skip
    office = browser(scene, "luo")
    assert browser(scene, "lin").get(f"{LIST}new/paper/").status_code == 403
    assert office.post(f"{LIST}new/paper/", body).status_code == 400
    assert office.post(f"{LIST}new/paper/", {**body, "evidence": scan()}).status_code == 302
    with inside(scene):
        row = Dispute.objects.get()
        assert (row.way, row.raised_by, row.institution) == ("paper", "王医生", scene.shiqiao)
        with pytest.raises(DatabaseError), transaction.atomic():
            Dispute.objects.create(
                about="group", scheme=row.scheme, code="ES2", text="x", filed_by=scene.luo, filed_at=NOW,
                rule="WD15", due_at=NOW, way="paper",
            )  # fmt: skip


def test_a_program_files_one(scene: World) -> None:
    client = scene.client("lin")
    good = {"about": "group", "code": "ES2", "text": "接口提交的争议"}
    made = client.post("/api/v1/disputes/", good, content_type="application/json")
    assert made.status_code == 201 and made.json()["state"] == "open"
    wrong = client.post("/api/v1/disputes/", {**good, "code": "NO"}, content_type="application/json")
    assert wrong.status_code == 400 and "code" in wrong.json()["fields"]
    assert [one["text"] for one in client.get("/api/v1/disputes/").json()["results"]] == ["接口提交的争议"]
    with inside(scene):
        assert Dispute.objects.get().way == "api"


def test_the_ledger_is_a_workbook_of_all_of_them(scene: World) -> None:
    filed(scene)
    answer = browser(scene, "luo").get(f"{HOME}/disputes/ledger.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[1][2] == "ES2" and rows[1][4] == "清河县人民医院" and rows[1][-1] in (None, "")
    assert browser(scene, "lin").get(f"{HOME}/disputes/ledger.xlsx").status_code == 403


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # 2026-02-06, Friday: the Spring Festival (15 to 23 February) is free, 14 and 28 February are worked
        # instead: fifteen working days end on 5 March.
        (datetime(2026, 2, 6, 2, tzinfo=UTC), "2026-03-06T00:00:00+08:00"),
        # 2026-12-18, Friday: no plan of 2027 is published, 1 January is free all the same.
        (datetime(2026, 12, 18, 2, tzinfo=UTC), "2027-01-12T00:00:00+08:00"),
        # 2026-09-18, Friday: Sunday 20 September and Saturday 10 October are worked for the festivals.
        (datetime(2026, 9, 18, 2, tzinfo=UTC), "2026-10-16T00:00:00+08:00"),
    ],
)
def test_its_clock_knows_festivals_the_end_of_the_year_and_days_worked_instead(
    scene: World, start: datetime, due: str
) -> None:
    with inside(scene):
        found = clock.due(start)
        assert found.answer.due_at.isoformat() == due and found.rule == "WD15"
        assert found.escalates_at < found.answer.due_at
        assert found.answer.provisional == (found.answer.due_at.year == 2027)


def test_a_plan_of_holidays_published_later_moves_the_limit_and_what_was_said_stays(scene: World) -> None:
    with inside(scene):
        row = services.file_dispute(
            by=scene.lin, about="rule", scheme=Scheme.objects.get(), code="ES2", text="跨年的争议",
            now=datetime(2026, 12, 18, 2, tzinfo=UTC),
        )  # fmt: skip
        assert row.provisional and clock.recount() == 0
        for day in (1, 4):
            WorkCalendarDay.objects.create(
                date=date(2027, 1, day), is_workday=False, note="元旦", source="gov", official=True
            )
        WorkCalendarDay.objects.create(
            date=date(2027, 12, 31), is_workday=True, note="", source="gov", official=True
        )
        assert clock.recount() == 1 and clock.recount() == 0
        row.refresh_from_db()
        assert row.due_at > row.due_first_at and not row.provisional


def test_nearly_late_it_stands_with_the_office_and_above_it(scene: World) -> None:
    row = filed(scene)
    from django.utils import translation

    with translation.override("en"):
        assert todos(scene, "luo") == [("info", "1 dispute to take up")] and todos(scene, "su") == []
        assert todos(scene, "luo", row.escalates_at) == [("warn", "1 dispute is nearly late")]
        assert todos(scene, "su", row.escalates_at) == [("warn", "1 dispute is nearly late")]
        assert todos(scene, "su", row.due_at) == [("late", "1 dispute is late or nearly so")]


def test_a_dispute_is_kept_as_it_was_filed(scene: World) -> None:
    filed(scene)
    with inside(scene):
        for change in ({"text": "改写"}, {"code": "ES1"}, {"due_first_at": NOW}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Dispute.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Dispute.objects.all().delete()


def test_lists_and_the_inbox_cost_the_same_for_any_number(scene: World) -> None:
    filed(scene)
    one = [queries(browser(scene, "luo"), page) for page in ("disputes/", "disputes/settled/", "inbox/")]
    for _n in range(5):
        filed(scene)
    many = [queries(browser(scene, "luo"), page) for page in ("disputes/", "disputes/settled/", "inbox/")]
    assert many == one


def test_who_filed_it_neither_answers_nor_settles_and_nothing_is_answered_unstudied(
    scene: World, experts: list[Membership]
) -> None:
    """Who files one for the alliance could answer and settle it alone, without any expert (S4-22)."""
    with inside(scene):
        row = services.file_dispute(
            by=scene.luo, about="rule", scheme=Scheme.objects.get(), code="ES2", text="自提自答", now=NOW,
            way="paper", raised_by="王医生", institution=scene.shiqiao, evidence=_evidence(scene),
        )  # fmt: skip
        with pytest.raises(DisputeRefused, match="Take it up first"):
            services.reply(by=scene.meng, dispute=row, answer="误解", now=NOW)
        row = services.study(by=scene.meng, dispute=row, now=NOW)
    opinions(scene, row, experts)
    with inside(scene):
        with pytest.raises(DisputeRefused, match="You filed this"):
            services.reply(by=scene.luo, dispute=row, answer="不改", now=NOW)
        with pytest.raises(DatabaseError, match="neither answers"), transaction.atomic():
            Dispute.objects.update(state="answered", answer="x", answered_at=NOW, answered_by=scene.luo)
        row = services.reply(by=scene.meng, dispute=row, answer="不改", now=NOW)
        with pytest.raises(DisputeRefused, match="You filed this"):
            services.settle(by=scene.luo, dispute=row, unchanged="不改", now=NOW)
        third = member("third", "第三人", None, scene.meng.roles[0])
        row = services.settle(by=third, dispute=row, unchanged="依据国家目录", now=NOW)
    page = text(scene.client("luo", HTTP_ACCEPT_LANGUAGE="zh-hans").get(f"{LIST}{row.pk}/"))
    assert "已办结，不作修改" in page and "新版已解决" not in page


def _evidence(world: World) -> Attachment:
    return files.store(
        by=world.luo, name="x.pdf", content=[b"%PDF-1.4"], purpose=Attachment.Purpose.EVIDENCE,
        content_type="application/pdf", limit=9_999, institution=None,
    )  # fmt: skip


def test_a_button_stands_only_before_whom_it_serves_and_the_others_read_what_is_awaited(
    scene: World, experts: list[Membership]
) -> None:
    """Answer and settle stood before the filer and before who answered, who were then refused (S4-22)."""

    def seen(who: str) -> tuple[bool, bool, str]:
        page = text(scene.client(who, HTTP_ACCEPT_LANGUAGE="en").get(f"{LIST}{row.pk}/"))
        said = page.split('class="note info"')[1].split("</div>")[0] if 'class="note info"' in page else ""
        return 'id="act-reply"' in page, 'id="act-settle"' in page, said.split("<div>")[-1]

    row = filed(scene)
    assert seen("luo") == (False, False, "")
    assert "to take it up" in seen("lin")[2]
    row = studied(scene)
    with inside(scene):
        scene.people["third"] = member("third", "第三人", None, scene.meng.roles[0])
        panel.ask(by=scene.luo, dispute=row, member=experts[0], kind="clinical", now=NOW)
    assert seen("luo") == (
        False,
        False,
        "Waits for the opinions of 专家0 and of more experts: 0 of 3 are given.",
    )
    assert seen("lin") == (False, False, "Waits for the opinions of the panel: 0 of 3 are given.")
    with inside(scene):
        panel.give(by=experts[0], dispute=row, verdict="keep", text="不宜改动", now=NOW)
        for one, kind in zip(experts[1:], KINDS[1:], strict=True):
            panel.ask(by=scene.luo, dispute=row, member=one, kind=kind, now=NOW)
            panel.give(by=one, dispute=row, verdict="keep", text="不宜改动", now=NOW)
    assert seen("luo") == seen("meng") == (True, False, "")
    assert seen("lin")[:2] == (False, False) and "did not file it" in seen("lin")[2]
    row = answered(scene, row)
    assert seen("luo") == (
        False,
        False,
        f"Waits for somebody uninvolved other than {scene.luo.user} to settle it.",
    )
    assert (
        seen("lin")[2] == "Waits for a second person of the office, not the one who answered, to settle it."
    )
    assert seen("meng") == seen("third") == (False, True, "")
    with inside(scene):
        row = services.settle(by=scene.meng, dispute=row, unchanged="依据国家目录", now=NOW)
    assert seen("luo") == seen("lin") == (False, False, "")


def test_experts_are_offered_with_their_department(scene: World) -> None:
    row = studied(scene)
    with inside(scene):
        one = member("near", "邻院专家", scene.tcm, "department_head")
        one.department = scene.tcm.departments.get()
        one.save()
    page = text(browser(scene, "luo").get(f"{LIST}{row.pk}/"))
    assert f"邻院专家 · {scene.tcm} · 内科 · near" in page and "谭一鸣" not in page  # a clinician gives none
