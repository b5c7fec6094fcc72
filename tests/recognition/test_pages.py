"""Pages: ordering shows what exists, deciding, results, register, figures, trace; who may see what."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext, override_settings

from alliance.models import Journal
from alliance.services import inbox, journal
from alliance.tenancy.scope import act_in
from referrals.recognition import services
from referrals.recognition.models import Order, Result
from tests.recognition.scene import after, order, register, result
from tests.referrals.scene import number_of
from tests.world import World

ROOT = "/a/qinghe/recognition/"
RESULTS = "/a/qinghe/results/"


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The pages ask the clock; it stands an hour after the scene's orders."""
    with time_machine.travel(after(hours=1), tick=False):
        yield


@pytest.fixture
def scene(ready: World) -> World:
    """A register, and a valid result of the lead hospital."""
    with act_in(ready.qinghe):
        register(ready)
        result(ready)
    return ready


def typed(**change: Any) -> dict[str, Any]:
    return {"id_number": number_of(1), "name": "龚建良", "item": "CT002", "indication": "发热"} | change


def test_ordering_shows_the_result_of_another_member_and_it_is_recognised(scene: World) -> None:
    zhao = scene.client("zhao")
    answer = zhao.post(f"{ROOT}order/", typed())
    with act_in(scene.qinghe):
        row = Order.objects.get()
        made = Result.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{ROOT}{row.pk}/")
    page = zhao.get(f"{ROOT}{row.pk}/").content.decode()
    assert "右肺下叶炎症" in page and 'href="https://pacs.invalid/1"' in page and "互认此结果" in page
    assert "R6 其他" in page and number_of(1) not in page
    done = zhao.post(f"{ROOT}{row.pk}/recognise/?version=1", {"result": made.pk})
    assert done.status_code == 302
    with act_in(scene.qinghe):
        assert Order.objects.get().state == "recognised"
        read = Journal.objects.filter(verb="patient.read").order_by("pk").first()
    assert read.detail["results"] == [made.pk] and read.detail["person"] == row.person_id


def test_the_result_of_another_member_is_seen_only_through_the_order(scene: World) -> None:
    with act_in(scene.qinghe):
        made = Result.objects.get()
        row = order(scene)
    assert scene.client("zhao").get(f"{RESULTS}{made.pk}/").status_code == 404
    assert scene.client("lin").get(f"{RESULTS}{made.pk}/").status_code == 200
    assert scene.client("tan").get(f"{ROOT}{row.pk}/").status_code == 404
    assert scene.client("lin").get(f"{ROOT}{row.pk}/").status_code == 404
    office = scene.client("luo").get(f"{ROOT}{row.pk}/").content.decode()
    assert "右肺下叶炎症" not in office and "龚建良" not in office and "互认此结果" not in office


def test_an_order_without_a_result_says_go_on(scene: World) -> None:
    answer = scene.client("zhao").post(f"{ROOT}order/", typed(item="LAB01"), follow=True)
    page = answer.content.decode()
    assert "联合体内没有有效结果，可以检查" in page and "互认此结果" not in page


def test_a_refused_order_keeps_everything_typed(scene: World) -> None:
    answer = scene.client("zhao").post(f"{ROOT}order/", typed(id_number="330106195903121234"))
    page = answer.content.decode()
    assert answer.status_code == 400 and "330106195903121234" in page and "发热" in page
    with act_in(scene.qinghe):
        assert not Order.objects.exists()


def test_repeating_without_a_reason_is_refused_in_place(scene: World) -> None:
    with act_in(scene.qinghe):
        row = order(scene)
    zhao = scene.client("zhao")
    assert zhao.post(f"{ROOT}{row.pk}/repeat/?version=1", {}).status_code == 400
    refused = zhao.post(f"{ROOT}{row.pk}/repeat/?version=1", {"reason": "R6"})
    assert refused.status_code == 400 and "这一原因要写几句说明" in refused.content.decode()
    assert zhao.post(f"{ROOT}{row.pk}/repeat/?version=1", {"reason": "R2"}).status_code == 302
    again = zhao.post(f"{ROOT}{row.pk}/repeat/?version=1", {"reason": "R1"})
    assert again.status_code == 409 and "注明原因重做" in again.content.decode()
    assert scene.client("luo").post(f"{ROOT}{row.pk}/repeat/", {"reason": "R1"}).status_code == 403


def test_n44_a_read_that_cannot_be_journaled_is_refused(scene: World, monkeypatch: Any) -> None:
    with act_in(scene.qinghe):
        row = order(scene)

    def broken(**_: Any) -> None:
        raise DatabaseError("the journal is full")

    monkeypatch.setattr(journal, "write", broken)
    client = scene.client("zhao")
    client.raise_request_exception = False
    answer = client.get(f"{ROOT}{row.pk}/")
    assert answer.status_code >= 500 and "右肺下叶炎症" not in answer.content.decode()


def test_a_result_is_entered_and_withdrawn(scene: World) -> None:
    lin = scene.client("lin")
    form = {
        "id_number": number_of(2), "name": "施玉兰", "item": "LAB01", "number": "L9", "conclusion": "6.8 %",
        "taken_at": "2026-11-12T08:00", "reference": "javascript:alert(1)",
    }  # fmt: skip
    assert lin.post(f"{RESULTS}new/", form).status_code == 302
    with act_in(scene.qinghe):
        made = Result.objects.get(number="L9")
    page = lin.get(f"{RESULTS}{made.pk}/").content.decode()
    assert 'href="javascript' not in page and "施玉兰" in page
    assert lin.post(f"{RESULTS}{made.pk}/", {"why": ""}).status_code == 400
    assert lin.post(f"{RESULTS}{made.pk}/", {"why": "标本混淆"}).status_code == 302
    assert "标本混淆" in lin.get(f"{RESULTS}{made.pk}/").content.decode()
    listed = lin.get(RESULTS).content.decode()
    assert "施**" in listed
    assert scene.client("luo").get(RESULTS).status_code == 403


def test_a_sheet_with_a_bad_row_shows_it_and_stores_nothing_until_told(scene: World) -> None:
    text = (
        "报告号,项目编码,姓名,身份证号,检查时间,结论\n"
        f"S1,CT001,施玉兰,{number_of(2)},2026-11-10,正常\nS2,CT009,施玉兰,{number_of(2)},2026-11-10,正常\n"
    )

    def sheet() -> SimpleUploadedFile:
        return SimpleUploadedFile("r.csv", text.encode(), content_type="text/csv")

    lin = scene.client("lin")
    answer = lin.post(f"{RESULTS}import/", {"sheet": sheet()})
    page = answer.content.decode()
    assert answer.status_code == 400 and "CT009" in page and "项目编码" in page and "1 行无误" in page
    assert lin.post(f"{RESULTS}import/", {"sheet": sheet(), "take_good": "on"}).status_code == 302
    with act_in(scene.qinghe):
        assert sorted(Result.objects.values_list("number", flat=True))[-1] == "S1"


def test_the_register_is_kept_by_the_office(ready: World) -> None:
    su = ready.client("su")
    text = "项目编码,项目名称,检查方式,有效天数\nCT001,胸部 CT,影像,30\n"
    body = {"from_date": "2026-01-01", "source": "目录", "sheet": SimpleUploadedFile("i.csv", text.encode())}
    assert su.post(f"{ROOT}items/import/", body).status_code == 302
    form = {"code": "US1", "name": "腹部超声", "modality": "ultrasound", "validity_days": 30, 
            "source": "目录", "from_date": "2026-01-01"}  # fmt: skip
    assert su.post(f"{ROOT}items/new/", form).status_code == 302
    assert su.post(f"{ROOT}items/new/", form).status_code == 400
    page = ready.client("zhao").get(f"{ROOT}items/").content.decode()
    assert "腹部超声" in page and "胸部 CT" in page
    assert ready.client("zhao").get(f"{ROOT}items/import/").status_code == 403


def test_figures_lead_to_the_trace_and_the_trace_leaves_journaled(scene: World) -> None:
    with act_in(scene.qinghe):
        row = order(scene)
        services.repeat(by=scene.zhao, order=row, now=after(minutes=5), reason="R3")
        result(scene, by="zhao", days_ago=0, number="REPORT-Z1")
        result(scene, serial=3, days_ago=4, number="D1")
        result(scene, by="tan", serial=3, days_ago=2, number="REPORT-D2")
    ding = scene.client("ding")
    page = ding.get(f"{ROOT}figures/?month=2026-11").content.decode()
    assert "R3 对治疗意义重大" in page and "1 / 1" in page
    assert f"/recognition/trace/?month=2026-11&amp;institution={scene.shiqiao.pk}&amp;state=repeated" in page
    doubles = ding.get(f"{ROOT}duplicates/?month=2026-11").content.decode()
    assert "REPORT-D2" in doubles and "REPORT-Z1" not in doubles
    trace = ding.get(f"{ROOT}trace/?month=2026-11&state=repeated").content.decode()
    assert row.number in trace and "龚**" in trace and "龚建良" not in trace
    answer = ding.get(f"{ROOT}trace/export/?month=2026-11")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert row.number in text and "龚**" in text and number_of(1) not in text
    assert scene.client("zhao").get(f"{ROOT}trace/").status_code == 403
    with act_in(scene.qinghe):
        entry = Journal.objects.get(verb="recognition.exported")
    assert (entry.detail["rows"], entry.detail["filter"]) == (1, "month=2026-11")


def test_lists_cost_the_same_queries_at_10_and_at_60_rows(scene: World) -> None:
    def queries() -> dict[str, int]:
        found = {}
        for name, path in (
            ("lin", RESULTS), ("zhao", ROOT), ("zhao", f"{ROOT}?view=all"), ("ding", f"{ROOT}trace/"),
            ("ding", f"{ROOT}figures/?month=2026-11"), ("ding", f"{ROOT}duplicates/?month=2026-11"),
        ):  # fmt: skip
            client = scene.client(name)
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            found[path] = len(captured)
        return found

    def more(first: int, last: int) -> None:
        with act_in(scene.qinghe):
            for serial in range(first, last):
                result(scene, serial=serial)
                order(scene, serial=serial)
                result(scene, by="zhao", serial=serial, days_ago=0, number=f"Z{serial}")

    more(2, 12)
    ten = queries()
    more(12, 60)
    assert queries() == ten
    assert max(ten.values()) <= 16


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_the_inbox_counts_what_is_to_decide(scene: World) -> None:
    with act_in(scene.qinghe):
        order(scene)

        def todos(name: str, hours: int) -> list[tuple[str, int]]:
            found = inbox.waiting(by=scene.people[name], now=after(hours=hours))
            return [(todo.state, todo.count) for todo in found if "recognition" in todo.url]

        assert (todos("zhao", 1), todos("zhao", 25), todos("luo", 25)) == (
            [("warn", 1)],
            [("late", 1)],
            [("late", 1)],
        )
        assert todos("lin", 25) == todos("luo", 1) == []


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_a_rate_below_the_floor_is_told_to_who_watches(scene: World) -> None:
    with act_in(scene.qinghe):
        services.repeat(by=scene.zhao, order=order(scene), now=after(hours=1), reason="R1")

        def told(name: str, days: int) -> list[str]:
            found = inbox.waiting(by=scene.people[name], now=after(days=days))
            return [todo.what for todo in found if "recognition/figures" in todo.url]

        assert told("luo", 20) == ["2026年11月 1 家机构互认率低于 80%"]
        # Not before the month is over, not of another institution, not to who decides anyway.
        assert (told("luo", 5), told("kong", 20), told("zhao", 20)) == ([], [], [])
