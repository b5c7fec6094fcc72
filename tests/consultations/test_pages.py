"""Pages: list, one consultation, ask, change, steps, files, centres; who may see what, what is journaled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext, override_settings

from alliance.models import Journal, Person
from alliance.services import inbox, journal
from alliance.tenancy.scope import act_in
from referrals.consultations import services
from referrals.consultations.models import Centre, Consultation
from tests.consultations.scene import NOW, after, answered, asked, centre, read, reading_room
from tests.referrals.scene import number_of
from tests.world import World

ROOT = "/a/qinghe/consultations/"


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The pages ask the clock; it stands an hour after the scene's questions."""
    with time_machine.travel(after(hours=1), tick=False):
        yield


def make(world: World, **change: Any) -> Consultation:
    with act_in(world.qinghe):
        return asked(world, **change)


def stored(world: World) -> list[Consultation]:
    with act_in(world.qinghe):
        return list(Consultation.objects.order_by("pk"))


def verbs(world: World) -> list[str]:
    with act_in(world.qinghe):
        return list(Journal.objects.order_by("pk").values_list("verb", flat=True))


def typed(world: World, **change: Any) -> dict[str, Any]:
    """A complete form to the lead hospital."""
    return {
        "id_number": number_of(1), "name": "龚建良", "question": "是否需要调整抗凝方案？",
        "diagnosis_name": "心房颤动", "diagnosis_code": "I48.900", "summary": "反复心悸 2 年。",
        "target": f"i{world.lead.pk}", "urgency": "ordinary", "consent": "on",
    } | change  # fmt: skip


def test_a_township_doctor_asks_with_a_file(ready: World, tmp_path: Any) -> None:
    pdf = SimpleUploadedFile("心电图.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    with override_settings(MEDIA_ROOT=tmp_path):
        answer = ready.client("zhao").post(f"{ROOT}ask/?kind=consultation", typed(ready, file=pdf))
        (row,) = stored(ready)
        assert (answer.status_code, answer["Location"]) == (302, f"{ROOT}{row.pk}/")
        page = ready.client("lin").get(f"{ROOT}{row.pk}/").content.decode()
        assert "心电图.pdf" in page and "龚建良" in page and number_of(1) not in page
        with act_in(ready.qinghe):
            kept = row.files.get()
        address = f"{ROOT}{row.pk}/files/{kept.pk}/"
        fetched = ready.client("lin").get(address)
        assert b"".join(fetched.streaming_content) == b"%PDF-1.4 x"
        assert [ready.client(name).get(address).status_code for name in ("tan", "luo")] == [404, 404]
    assert verbs(ready).count("patient.read") == 2


def test_a_refused_form_keeps_everything_typed_and_stores_nothing(ready: World) -> None:
    form = typed(ready, consent="", diagnosis_code="房颤", question="夜间不能平卧")
    answer = ready.client("zhao").post(f"{ROOT}ask/", form)
    page = answer.content.decode()
    assert answer.status_code == 400 and stored(ready) == []
    for value in (number_of(1), "龚建良", "心房颤动", "房颤", "夜间不能平卧"):
        assert value in page
    assert 'id="id_consent_error"' in page and 'id="id_diagnosis_code_error"' in page
    with act_in(ready.qinghe):
        assert Person.objects.count() == 0


def test_a_file_that_is_no_scan_is_refused_by_its_content(ready: World) -> None:
    exe = SimpleUploadedFile("x.pdf", b"MZ\x90\x00", content_type="application/pdf")
    answer = ready.client("zhao").post(f"{ROOT}ask/", typed(ready, file=exe))
    assert answer.status_code == 400 and "PDF" in answer.content.decode() and stored(ready) == []


def test_a_reading_offers_only_centres_that_serve_it_and_says_when_there_is_none(ready: World) -> None:
    client = ready.client("zhao")
    assert "还没有承接这一项目的共享中心" in client.get(f"{ROOT}ask/?kind=imaging").content.decode()
    with act_in(ready.qinghe):
        room = centre(ready, "imaging").department
    page = client.get(f"{ROOT}ask/?kind=imaging").content.decode()
    assert f'value="d{room.pk}"' in page and f'value="i{ready.lead.pk}"' not in page
    assert "24 小时内" in page
    form = typed(ready, target=f"d{room.pk}", examination="胸部 CT 平扫", examined_at="2026-11-12T09:30")
    assert client.post(f"{ROOT}ask/?kind=imaging", form).status_code == 302
    (row,) = stored(ready)
    assert (row.kind, row.target_department_id, row.examined_at) == (
        "imaging", room.pk, NOW - timedelta(minutes=54)
    )  # fmt: skip


def test_the_answer_goes_back_and_the_asker_records_the_outcome(ready: World) -> None:
    row = make(ready, impression="房颤")
    lin, zhao = ready.client("lin"), ready.client("zhao")
    said = {"conclusion": "同意抗凝。", "findings": "心率 110", "advice": "利伐沙班"}
    assert lin.post(f"{ROOT}{row.pk}/answer/?version=1", said).status_code == 302
    page = zhao.get(f"{ROOT}{row.pk}/").content.decode()
    assert all(text in page for text in said.values()) and 'id="act-close"' in page
    assert zhao.post(f"{ROOT}{row.pk}/close/?version=2", {"outcome": "treated_here"}).status_code == 400
    end = {"outcome": "treated_here", "verdict": "agrees"}
    assert zhao.post(f"{ROOT}{row.pk}/close/?version=2", end).status_code == 302
    proof = {"verdict": "partly", "verdict_text": "随访 3 月"}
    assert lin.post(f"{ROOT}{row.pk}/proof/", proof).status_code == 302
    page = zhao.get(f"{ROOT}{row.pk}/").content.decode()
    assert "按会诊意见在本机构诊治" in page and "基本符合 随访 3 月" in page


def test_a_returned_question_is_completed_and_sent_again(ready: World) -> None:
    row = make(ready)
    lin, zhao = ready.client("lin"), ready.client("zhao")
    assert lin.post(f"{ROOT}{row.pk}/send_back/?version=1", {"missing": "缺心电图"}).status_code == 302
    page = zhao.get(f"{ROOT}{row.pk}/").content.decode()
    assert "对方需要补充：缺心电图" in page and "补充并重新提交" in page
    form = {"question": "见附件", "diagnosis_name": "心房颤动", "summary": "补心电图", "version": "2"}
    assert zhao.post(f"{ROOT}{row.pk}/change/", form).status_code == 302
    (row,) = stored(ready)
    assert (row.state, row.summary, row.answer_due_at) == ("requested", "补心电图", after(hours=25))


def test_n33_the_second_answer_is_409(ready: World) -> None:
    row = make(ready)
    assert ready.client("kong").post(f"{ROOT}{row.pk}/accept/?version=1", {}).status_code == 302
    answer = ready.client("lin").post(f"{ROOT}{row.pk}/accept/?version=1", {})
    assert answer.status_code == 409 and "已受理" in answer.content.decode()


def test_n34_a_stale_form_shows_both_versions(ready: World) -> None:
    row = make(ready)
    zhao = ready.client("zhao")
    form = {"question": "先问", "diagnosis_name": "心房颤动", "version": "1"}
    assert zhao.post(f"{ROOT}{row.pk}/change/", form).status_code == 302
    answer = zhao.post(f"{ROOT}{row.pk}/change/", form | {"question": "后问"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "先问" in page and "后问" in page and 'value="2"' in page
    assert stored(ready)[0].question == "先问"


def test_a_step_of_the_other_side_is_forbidden_and_an_unknown_one_not_found(ready: World) -> None:
    row = make(ready)
    assert ready.client("zhao").post(f"{ROOT}{row.pk}/accept/", {}).status_code == 403
    assert ready.client("lin").post(f"{ROOT}{row.pk}/cancel/", {"note": "x"}).status_code == 403
    assert ready.client("lin").post(f"{ROOT}{row.pk}/resend/", {}).status_code == 404
    assert ready.client("tan").get(f"{ROOT}{row.pk}/").status_code == 404
    assert ready.client("luo").post(f"{ROOT}ask/", {}).status_code == 403


def test_who_stands_for_the_alliance_sees_masked_names_and_no_buttons(ready: World) -> None:
    row = make(ready)
    page = ready.client("luo").get(f"{ROOT}{row.pk}/").content.decode()
    assert "龚**" in page and "龚建良" not in page and "act-" not in page


def test_n44_a_read_that_cannot_be_journaled_is_refused(ready: World, monkeypatch: Any) -> None:
    row = make(ready)

    def broken(**_: Any) -> None:
        raise DatabaseError("the journal is full")

    monkeypatch.setattr(journal, "write", broken)
    client = ready.client("lin")
    client.raise_request_exception = False
    answer = client.get(f"{ROOT}{row.pk}/")
    assert answer.status_code >= 500 and "龚建良" not in answer.content.decode()


def test_the_list_costs_the_same_queries_at_10_and_at_60_rows(ready: World) -> None:
    def queries(view: str) -> int:
        client = ready.client("lin")
        client.get(f"{ROOT}?view={view}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{ROOT}?view={view}").status_code == 200
        return len(captured)

    for serial in range(10):
        make(ready, serial=serial)
    ten = {view: queries(view) for view in ("waiting", "all", "late")}
    for serial in range(10, 60):
        make(ready, serial=serial)
    assert {view: queries(view) for view in ten} == ten
    assert max(ten.values()) <= 14


def test_the_inbox_tells_each_side_what_waits(ready: World) -> None:
    def todos(name: str, hours: int) -> list[tuple[str, int]]:
        with act_in(ready.qinghe), override_settings(ROOT_URLCONF="config.alliance_urls"):
            found = inbox.waiting(by=ready.people[name], now=after(hours=hours))
        return [(todo.state, todo.count) for todo in found if "consultations" in todo.url]

    row = make(ready)
    make(ready, serial=2)
    assert (todos("lin", 1), todos("lin", 25), todos("luo", 25)) == (
        [("warn", 2)],
        [("late", 2)],
        [("late", 2)],
    )
    with act_in(ready.qinghe):
        services.send_back(by=ready.lin, consultation=row, now=after(hours=1), missing="x")
    assert (todos("zhao", 2), todos("lin", 2)) == ([("info", 1)], [("warn", 1)])


def test_centres_are_registered_and_show_their_month(ready: World) -> None:
    with act_in(ready.qinghe):
        room = reading_room(ready.lead)
    su = ready.client("su")
    form = {"department": room.pk, "kinds": ["imaging", "ultrasound"], "is_active": "on"}
    assert su.post(f"{ROOT}centres/", form).status_code == 302
    assert ready.client("lin").post(f"{ROOT}centres/", form).status_code == 403
    assert su.post(f"{ROOT}centres/", {"department": room.pk}).status_code == 400
    with act_in(ready.qinghe):
        assert Centre.objects.get().kinds == ["imaging", "ultrasound"]
        answered(ready, read(ready), now=after(hours=2))
        read(ready, serial=2)
    page = ready.client("lin").get(f"{ROOT}centres/?month=2026-11").content.decode()
    assert "影像科" in page and "2 小时 0 分" in page
    assert "2 小时 0 分" not in ready.client("tan").get(f"{ROOT}centres/?month=2026-11").content.decode()
    assert "2 小时 0 分" not in su.get(f"{ROOT}centres/?month=2026-10").content.decode()


def test_the_asker_is_told_of_answers_and_refusals(ready: World) -> None:
    def told(name: str, hours: int) -> list[tuple[str, int]]:
        with act_in(ready.qinghe), override_settings(ROOT_URLCONF="config.alliance_urls"):
            found = inbox.waiting(by=ready.people[name], now=after(hours=hours))
        return [(todo.url.partition("state=")[2], todo.count) for todo in found if "view=asked" in todo.url]

    first, second = make(ready), make(ready, serial=2)
    with act_in(ready.qinghe):
        answered(ready, first, now=after(hours=1))
        services.decline(by=ready.lin, consultation=second, now=after(hours=1), reason="no_doctor")
    assert told("zhao", 2) == [("declined", 1), ("answered", 1)]
    assert (told("zhao", 90), told("lin", 2)) == ([("answered", 1)], [])
