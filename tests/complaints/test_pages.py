"""The pages of the house: list, one complaint, steps, the desk, orders, figures, the sealed box."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.models import Journal
from alliance.services import inbox
from alliance.tenancy.scope import act_in
from complaints.models import Addition, Complaint
from complaints.services import box, filing, handling, person
from complaints.services.refusals import ComplaintRefused
from tests.complaints.scene import appoint, assigned, at, department, filed, phoned, resolved
from tests.complaints.scene import said as said_
from tests.world import World

ROOT = "/a/qinghe/complaints/"
HEADS = "工单号,收到时间,机构代码,类别,内容,办结期限,姓名,电话"


def now() -> Any:
    return timezone.now()


def page(world: World, who: str, path: str, **more: Any) -> str:
    answer = world.client(who).get(path, HTTP_ACCEPT_LANGUAGE="zh-hans", **more)
    assert answer.status_code == 200, answer.status_code
    return "".join(part.decode() for part in answer) if answer.streaming else answer.content.decode()


def step(world: World, who: str, row: Complaint, name: str, **data: Any) -> Any:
    path = f"{ROOT}{row.pk}/{name}/?version={row.version}"
    return world.client(who).post(path, data)


def again(world: World, row: Complaint) -> Complaint:
    with act_in(world.qinghe):
        return Complaint.objects.get(pk=row.pk)


def test_from_the_list_to_the_answer_in_the_words_of_the_person(ready: World) -> None:
    with act_in(ready.qinghe):
        row = filed(ready.lead, now())
    assert row.number in page(ready, "kong", ROOT)
    body = page(ready, "kong", f"{ROOT}{row.pk}/")
    assert row.text in body and "首次答复" in body and "匿名，不可查" in body
    done = step(ready, "kong", row, "assign", department=department_pk(ready), note="请查")
    assert done.status_code == 302
    row = again(ready, row)
    assert step(ready, "gu", row, "answer", text="").status_code == 400
    assert step(ready, "gu", row, "answer", text="正在查").status_code == 302
    assert step(ready, "gu", row, "answer", text="又一次").status_code == 409
    row = again(ready, row)
    assert step(ready, "gu", row, "resolve", text="已退费", verdict="true").status_code == 302
    assert again(ready, row).state == "resolved"
    with act_in(ready.qinghe):
        assert Journal.objects.filter(verb="complaint.read").exists()


def department_pk(world: World) -> int:
    with act_in(world.qinghe):
        return department(world.lead).pk


def test_a_department_reads_what_happened_and_not_who(ready: World) -> None:
    with act_in(ready.qinghe):
        row = phoned(ready, now())
    step(ready, "kong", row, "assign", department=department_pk(ready))
    row = again(ready, row)
    assert "龚" not in page(ready, "gu", f"{ROOT}{row.pk}/")
    assert step(ready, "gu", row, "reveal", reason="想知道").status_code == 403
    body = page(ready, "kong", f"{ROOT}{row.pk}/")
    assert "龚*" in body and "龚国良" not in body and "138****1234" in body
    auditor = page(ready, "ding", f"{ROOT}{row.pk}/")  # reads what happened, may not open the name
    assert "龚*" not in auditor and "138****1234" not in auditor
    for nothing in ("x", "xx", "。。", " "):
        assert step(ready, "kong", row, "reveal", reason=nothing).status_code == 400
    shown = step(ready, "kong", row, "reveal", reason="回电核实")
    assert "龚国良" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    with act_in(ready.qinghe):
        assert Journal.objects.get(verb="complaint.revealed").detail == {"reason": "回电核实"}


def test_a_list_costs_the_same_for_any_number_of_rows(ready: World) -> None:
    def cost() -> int:
        client = ready.client("kong")
        client.get(ROOT)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(ROOT)
        return len(asked)

    with act_in(ready.qinghe):
        assigned(ready, now())
    few = cost()
    with act_in(ready.qinghe):
        for _n in range(12):
            assigned(ready, now())
    assert cost() == few


@override_settings(ROOT_URLCONF=settings.ALLIANCE_URLCONF)
def test_the_inbox_names_what_is_late_and_what_waits(ready: World) -> None:
    with act_in(ready.qinghe):
        appoint(ready, ready.ji)
        filed(ready.lead, now() - timedelta(days=2))
        filed(ready.lead, now())
        todos = inbox.waiting(by=ready.kong, now=now())
        assert [(one.state, one.count) for one in todos if "complaints" in one.url] == [
            ("late", 1),
            ("warn", 1),
        ]
        box.file(institution=ready.lead, text="x", mark="r", now=now())
        assert [one.count for one in inbox.waiting(by=ready.ji, now=now()) if "box" in one.url] == [1]
        for who in (ready.luo, ready.kong, ready.su):
            assert not [one for one in inbox.waiting(by=who, now=now()) if "box" in one.url]


def test_taking_down_by_telephone_gives_a_slip_once_for_its_writer(ready: World) -> None:
    client = ready.client("zhao")  # a clinician of a township, for somebody treated elsewhere
    form = client.get(f"{ROOT}enter/").content.decode()
    sheet = form.partition('name="sheet" value="')[2].partition('"')[0]
    data = {
        "sheet": sheet, "channel": "phone", "category": "waiting", "text": "等了三个小时", "filer": "staff",
        "institution": ready.lead.pk, "name": "", "phone": "",
    }  # fmt: skip
    assert client.post(f"{ROOT}enter/", {**data, "text": ""}).status_code == 400
    answer = client.post(f"{ROOT}enter/", data)
    assert answer.status_code == 302
    slip = client.get(answer["Location"]).content.decode()
    assert "/say/qinghe/complaint/t/" in slip and "data:image/svg+xml" in slip
    assert ready.client("lin").get(answer["Location"]).status_code == 404
    assert client.post(f"{ROOT}enter/", data)["Location"] == answer["Location"]
    # Sent again with other words: they are not lost in silence, and nothing is written over the first.
    other = client.post(f"{ROOT}enter/", {**data, "text": "等了五个小时"})
    with act_in(ready.qinghe):
        row = Complaint.objects.get()
    body = other.content.decode()
    assert other.status_code == 400 and row.number in body and "等了五个小时" in body
    assert (row.filer, row.text) == ("staff", "等了三个小时")


def test_the_qr_sheet_names_the_public_form_and_loads_nothing_from_elsewhere(ready: World) -> None:
    body = page(ready, "kong", f"{ROOT}codes/QH01/")
    assert "http://testserver/say/qinghe/complaint/QH01/" in body and "data:image/svg+xml;base64," in body


def orders(world: World, lines: list[str], heads: str = HEADS, **more: Any) -> Any:
    text = "\n".join([heads, *lines]).encode()
    data = {"channel": "12345", "file": SimpleUploadedFile("orders.csv", text), **more}
    return world.client("kong").post(f"{ROOT}orders/", data, HTTP_ACCEPT_LANGUAGE="zh-hans")


def test_orders_come_with_their_deadline_and_bad_lines_are_named(ready: World) -> None:
    good = "W1,2026-11-10 09:00,QH01,收费与价格,多收了一次,2026-11-13 17:00,龚国良,13800001234"
    bad = [
        "W2,昨天,QH01,收费与价格,x,,,",
        "W3,2026-11-10 09:00,QH02,收费与价格,x,,,",
        "W1,2026-11-10 09:00,QH01,其他,x,,,",
    ]
    answer = orders(ready, [good, *bad])
    body = answer.content.decode()
    assert answer.status_code == 400 and "昨天" in body and "QH02" in body and "W1" in body
    with act_in(ready.qinghe):
        assert not Complaint.objects.exists()
    assert orders(ready, [good, *bad], good="1").status_code == 302
    with act_in(ready.qinghe):
        row = Complaint.objects.get()
        assert (row.order_number, row.result_rule, row.anonymous) == ("W1", "", False)
        detail = Journal.objects.get(verb="complaint.orders_imported").detail
    assert detail == {"channel": "12345", "taken": 1, "left_out": 3}


def test_an_order_from_the_future_is_refused_and_every_fault_of_a_line_is_named(ready: World) -> None:
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    early = "2026-11-01 09:00"
    answer = orders(ready, [f"W1,{tomorrow},QH01,收费与价格,x,,,", f",{tomorrow},QH02,天气,,{early},,123"])
    body = answer.content.decode()
    assert answer.status_code == 400 and body.count("晚于现在") == 2 and "2 行" in body
    for said in ("QH02", "天气", "早于", "工单号", "内容", "11 位手机号"):
        assert said in body, said
    good = "W2,2026-11-10 09:00,QH01,收费与价格,x,,,"
    assert orders(ready, [good, f"W1,{tomorrow},QH01,收费与价格,x,,,123"], good="1").status_code == 302
    with act_in(ready.qinghe):
        assert Complaint.objects.get().order_number == "W2"
        assert Journal.objects.get(verb="complaint.orders_imported").detail["left_out"] == 1
        order = filing.Order("W3", now() + timedelta(minutes=1))
        content = said_(ready.lead, channel="12345", order=order)
        with pytest.raises(ComplaintRefused, match="before it is delivered"):
            filing.file(by=ready.kong, said=content, mark="f", now=now())


def test_a_sheet_sent_again_says_what_is_the_same_and_keeps_changes_as_additions(ready: World) -> None:
    same = "W1,2026-11-10 09:00,QH01,收费与价格,多收了一次,2026-11-13 17:00,龚国良,13800001234"
    first = "W2,2026-11-10 09:00,QH01,收费与价格,停车费太贵,2026-11-13 17:00,,"
    assert orders(ready, [same, first]).status_code == 302
    changed = "W2,2026-11-10 09:00,QH01,收费与价格,停车费收了两次,2026-11-14 17:00,,"
    fresh = "W3,2026-11-11 09:00,QH01,其他,没有热水,,,"
    answer = orders(ready, [same, changed, fresh])
    body = answer.content.decode()
    assert answer.status_code == 400 and "停车费太贵" in body and "停车费收了两次" in body
    with act_in(ready.qinghe):
        rows = {row.order_number: row for row in Complaint.objects.all()}
        assert set(rows) == {"W1", "W2"} and not Addition.objects.exists()
    assert rows["W1"].number in body and rows["W2"].number in body
    assert orders(ready, [same, changed, fresh], changes="1").status_code == 302
    with act_in(ready.qinghe):
        (added,) = Addition.objects.select_related("complaint")
        assert added.complaint.text == "停车费太贵" and added.by == ready.kong
        assert "停车费收了两次" in added.text and "2026-11-14 17:00" in added.text
        assert Complaint.objects.filter(order_number="W3").exists()
    # The same sheet once more: everything is here word for word, and no second addition comes of it.
    assert orders(ready, [same, changed, fresh], changes="1").status_code == 302
    with act_in(ready.qinghe):
        assert Addition.objects.count() == 1 and Complaint.objects.count() == 3
        detail = Journal.objects.filter(verb="complaint.orders_imported").order_by("-pk")[0].detail
    assert detail == {"channel": "12345", "taken": 0, "left_out": 0, "again": 3}


def test_a_deadline_the_hotline_moved_moves_the_clock_and_the_journal_says_from_when_to_when(
    ready: World,
) -> None:
    def line(first: str, result: str) -> str:
        return f"W1,2026-11-10 09:00,QH01,收费与价格,多收了一次,{result},,,{first}"

    heads = f"{HEADS},首次答复期限"
    assert orders(ready, [line("", "2026-11-13 17:00")], heads=heads).status_code == 302
    with act_in(ready.qinghe):
        before = Complaint.objects.get()
        assert before.first_rule == "H24" and not before.result_rule
    later = line("2026-11-12 12:00", "2026-11-20 17:00")
    assert orders(ready, [later], heads=heads).status_code == 400  # asked first
    assert orders(ready, [later], heads=heads, changes="1").status_code == 302
    with act_in(ready.qinghe):
        row = Complaint.objects.get()
        assert (row.first_due_at, row.first_rule) == (at("2026-11-12 12:00"), "")
        assert row.result_due_at == row.result_stated_at == at("2026-11-20 17:00")
        assert row.clock == ("first", at("2026-11-12 12:00")) and row.version > before.version
        told = [one.detail for one in Journal.objects.filter(verb="complaint.due_moved").order_by("pk")]
        assert [one["clock"] for one in told] == ["first", "result"]
        assert datetime.fromisoformat(told[1]["before"]) == before.result_due_at
        assert datetime.fromisoformat(told[1]["due"]) == row.result_due_at
        assert "2026-11-20 17:00" in Addition.objects.get().text
    # The same sheet again moves nothing; back to the first deadline moves the clock, the words stand already.
    assert orders(ready, [later], heads=heads, changes="1").status_code == 302
    with act_in(ready.qinghe):
        assert Complaint.objects.get().version == row.version
    assert orders(ready, [line("", "2026-11-13 17:00")], heads=heads, changes="1").status_code == 302
    assert orders(ready, [later], heads=heads, changes="1").status_code == 302
    with act_in(ready.qinghe):
        assert Complaint.objects.get().result_due_at == at("2026-11-20 17:00")
        assert Addition.objects.count() == 3  # each time it said another deadline
    early = orders(ready, [line("", "2026-11-09 17:00")], heads=heads, changes="1")
    assert early.status_code == 400 and "早于" in early.content.decode()


def test_a_change_of_an_order_that_is_over_names_its_line_and_stores_nothing(ready: World) -> None:
    line = "W1,2026-11-10 09:00,QH01,收费与价格,多收了一次,,,"
    assert orders(ready, [line]).status_code == 302
    with act_in(ready.qinghe):
        row = Complaint.objects.get()
        person.withdraw(by=None, complaint=row, now=now())
    answer = orders(ready, [line.replace("一次", "两次")], changes="1")
    assert answer.status_code == 400 and "已撤回" in answer.content.decode()
    with act_in(ready.qinghe):
        assert not Addition.objects.exists()


def test_what_was_typed_stays_when_somebody_was_faster(ready: World) -> None:
    with act_in(ready.qinghe):
        row = assigned(ready, now() - timedelta(hours=1))
        stale = row.version
        handling.triage(
            by=ready.kong, complaint=row, category="waiting", severity="1_ordinary", subject="", now=now()
        )
    at, words = f"{ROOT}{row.pk}/answer/?version={stale}", "写了很久的一段答复"
    answer = ready.client("gu").post(at, {"text": words}, HTTP_ACCEPT_LANGUAGE="zh-hans")
    body = answer.content.decode()
    assert answer.status_code == 409 and f">\n{words}</textarea>" in body
    assert f"version={stale + 1}" in body
    fresh = again(ready, row)
    sent = ready.client("gu").post(f"{ROOT}{row.pk}/answer/?version={fresh.version}", {"text": words})
    assert sent.status_code == 302
    # Answered meanwhile: the step is over, the words are still there to copy.
    said = {"text": "另一段答复", "verdict": "untrue"}
    late = ready.client("gu").post(at, said, HTTP_ACCEPT_LANGUAGE="zh-hans")
    page_ = late.content.decode()
    assert late.status_code == 409 and "另一段答复" in page_ and "<textarea" not in page_
    assert "不属实" in page_ and "untrue" not in page_
    assert "不属实" in page_ and "untrue" not in page_


def test_merging_escalating_and_adding(ready: World) -> None:
    with act_in(ready.qinghe):
        first, second = filed(ready.lead, now() - timedelta(hours=1)), filed(ready.lead, now())
    assert step(ready, "kong", second, "merge", number=first.number, reason="同一事").status_code == 403
    assert step(ready, "luo", second, "merge", number=first.number, reason="同一事").status_code == 302
    assert first.number in page(ready, "kong", f"{ROOT}{second.pk}/")
    assert "另一件事" in page(ready, "luo", f"{ROOT}{second.pk}/")
    assert "另一件事" not in page(ready, "kong", f"{ROOT}{second.pk}/")
    assert step(ready, "kong", first, "escalate", reason="院里定不了").status_code == 302
    row = again(ready, first)
    assert row.level == "alliance" and "院里定不了" in page(ready, "luo", f"{ROOT}{row.pk}/")
    assert step(ready, "kong", row, "add", text="又来电").status_code == 302
    assert "又来电" in page(ready, "kong", f"{ROOT}{row.pk}/")


@time_machine.travel(datetime(2026, 11, 18, 2, tzinfo=UTC))
def test_figures_by_cause_with_trend_and_their_export(ready: World) -> None:
    """Within one month: a complaint of the hour before a month begins belongs to the one that ended."""
    with act_in(ready.qinghe):
        resolved(ready, now() - timedelta(hours=1))
        filed(ready.lead, now(), category="waiting")  # due tomorrow: neither in time nor late
        filed(ready.lead, now() - timedelta(days=2), category="waiting")
    body = page(ready, "kong", f"{ROOT}figures/")
    assert "收费与价格" in body and "等候与流程" in body and "50.0%" in body and "不到 1 分钟" in body
    text = page(ready, "kong", f"{ROOT}figures/export/")
    assert "收费与价格,1,1,1,1,1" in text
    assert ready.client("kong").get(f"{ROOT}figures/export/?kind=xlsx").content[:2] == b"PK"
    assert ready.client("wu").get(f"{ROOT}figures/export/").status_code == 403


def test_the_sealed_box_is_a_page_of_discipline_alone(ready: World) -> None:
    with act_in(ready.qinghe):
        appoint(ready, ready.ji)
        box.file(institution=ready.lead, text="虚假住院", mark="r", now=now(), name="知情人")
        pk = box.listed(by=ready.ji)[0].pk
        before = Journal.objects.count()
    path = f"{ROOT}box/{pk}/"
    assert "虚假住院" in page(ready, "ji", path) and "虚假住院" not in page(ready, "ji", f"{ROOT}box/")
    for who in ("luo", "su", "kong", "ding"):
        assert ready.client(who).get(path).status_code == 403
        assert "JB-" not in page(ready, who, f"{ROOT}?view=all&q=JB") and "虚假" not in page(
            ready, who, "/a/qinghe/"
        )
    client = ready.client("ji")
    assert client.post(path, {"to": "refused", "said": ""}).status_code == 400
    assert client.post(path, {"to": "examined", "said": "", "note": "立案"}).status_code == 302
    with act_in(ready.qinghe):
        assert not Journal.objects.filter(pk__gt=before, verb__contains="report").exists()


@pytest.mark.parametrize("who", ["lin", "wu", "cai"])
def test_who_has_nothing_to_do_with_complaints_is_kept_out(who: str, ready: World) -> None:
    with act_in(ready.qinghe):
        row = filed(ready.lead, now())
    assert ready.client(who).get(f"{ROOT}{row.pk}/").status_code in (403, 404)
