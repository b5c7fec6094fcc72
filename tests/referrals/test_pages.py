"""Pages: list, one referral, log, amend, steps; who may see what, and what is journaled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from alliance.models import Journal, Person
from alliance.services import inbox, journal, people
from alliance.tenancy.scope import act_in
from referrals import services
from referrals.models import Referral
from tests.referrals.scene import NOW, SOON, content, logged, number_of, prepare
from tests.world import World


@pytest.fixture
def ready(world: World) -> Iterator[World]:
    """The cast with Qinghe prepared, and no alliance open."""
    with act_in(world.qinghe):
        prepare(world)
    yield world


def make(world: World, **change: Any) -> Referral:
    with act_in(world.qinghe):
        return logged(world, **change)


def stored(world: World) -> list[Referral]:
    with act_in(world.qinghe):
        return list(Referral.objects.order_by("pk"))


def verbs(world: World) -> list[str]:
    with act_in(world.qinghe):
        return list(Journal.objects.order_by("pk").values_list("verb", flat=True))


def typed(world: World, **change: Any) -> dict[str, Any]:
    """A complete log form going up to the lead hospital."""
    return {
        "id_number": number_of(1), "name": "龚建良", "diagnosis_name": "心力衰竭",
        "diagnosis_code": "I50.900", "reason": "difficult", "summary": "活动后气促 3 天。",
        "target": f"i{world.lead.pk}", "urgency": "urgent",
        "consent": "on",
    } | change  # fmt: skip


LOG = "/a/qinghe/referrals/log/?direction=up"


def test_a_township_doctor_logs_a_referral(ready: World) -> None:
    answer = ready.client("zhao").post(LOG, typed(ready))
    (referral,) = stored(ready)
    assert (answer.status_code, answer["Location"]) == (302, f"/a/qinghe/referrals/{referral.pk}/")
    assert (referral.direction, referral.target_institution_id, referral.urgency) == (
        "up",
        ready.lead.pk,
        "urgent",
    )


def test_the_department_is_chosen_together_with_its_house(ready: World) -> None:
    with act_in(ready.qinghe):
        room = ready.lead.departments.get()
    ready.client("zhao").post(LOG, typed(ready, target=f"d{room.pk}"))
    (referral,) = stored(ready)
    assert (referral.target_institution_id, referral.target_department_id) == (ready.lead.pk, room.pk)


def test_a_refused_form_keeps_everything_typed_and_stores_nothing(ready: World) -> None:
    answer = ready.client("zhao").post(
        LOG, typed(ready, consent="", diagnosis_code="心衰", summary="夜间不能平卧")
    )
    page = answer.content.decode()
    assert answer.status_code == 400 and stored(ready) == []
    for value in (number_of(1), "龚建良", "心力衰竭", "心衰", "夜间不能平卧"):
        assert value in page
    assert 'id="id_consent_error"' in page and 'id="id_diagnosis_code_error"' in page
    with act_in(ready.qinghe):
        assert Person.objects.count() == 0


def test_a_live_referral_refuses_the_second_and_names_it(ready: World) -> None:
    first = make(ready)
    answer = ready.client("zhao").post(LOG, typed(ready))
    assert answer.status_code == 400 and first.number in answer.content.decode()
    assert len(stored(ready)) == 1


def test_while_typing_the_page_says_whether_one_is_unfinished(ready: World) -> None:
    first = make(ready)
    check = "/a/qinghe/referrals/check/?direction=up"
    own = ready.client("zhao").post(check, {"id_number": number_of(1), "name": "龚建良"}).content.decode()
    assert first.number in own and f"/a/qinghe/referrals/{first.pk}/" in own and "龚建良" not in own
    other = ready.client("tan").post(check, {"id_number": number_of(1), "name": "龚建良"}).content.decode()
    assert first.number in other and f"/referrals/{first.pk}/" not in other
    down = ready.client("zhao").post(
        check.replace("up", "down"), {"id_number": number_of(1), "name": "龚建良"}
    )
    assert first.number not in down.content.decode()
    by_number = ready.client("zhao").post(check, {"id_number": number_of(1)}).content.decode()
    assert first.number in by_number and "龚**" in by_number
    assert ready.client("zhao").post(check, {"id_number": "3301"}).content.strip() == b""
    assert verbs(ready).count("patient.looked_up") == 4


def test_the_form_offers_only_houses_in_the_right_direction(ready: World) -> None:
    up = ready.client("zhao").get(LOG).content.decode()
    down = ready.client("lin").get("/a/qinghe/referrals/log/").content.decode()
    assert f'value="i{ready.lead.pk}"' in up and f'value="i{ready.liulin.pk}"' not in up
    assert f'value="i{ready.shiqiao.pk}"' in down and "next_plan" in down and "next_plan" not in up


def test_only_members_of_an_institution_with_the_right_log(ready: World) -> None:
    for name in ("han", "wu", "luo", "su"):
        assert ready.client(name).get(LOG).status_code == 403
        assert ready.client(name).post(LOG, typed(ready)).status_code == 403
    assert stored(ready) == []


def test_the_two_sides_read_the_page_with_the_full_name_and_masked_numbers(ready: World) -> None:
    referral = make(ready)
    for name in ("zhao", "lin"):
        page = ready.client(name).get(f"/a/qinghe/referrals/{referral.pk}/").content.decode()
        assert "龚建良" in page and number_of(1) not in page
    office = ready.client("luo").get(f"/a/qinghe/referrals/{referral.pk}/").content.decode()
    assert "龚建良" not in office and "龚**" in office
    assert verbs(ready).count("patient.read") == 3


def test_n44_without_its_journal_entry_the_page_is_refused(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = make(ready)
    client = ready.client("zhao", raise_request_exception=False)

    def broken(**entry: object) -> None:
        raise DatabaseError("the journal is full")

    monkeypatch.setattr(journal, "write", broken)
    for address in ("", "change/"):
        answer = client.get(f"/a/qinghe/referrals/{referral.pk}/{address}")
        assert answer.status_code == 500 and "龚建良" not in answer.content.decode()
    assert client.get("/a/qinghe/referrals/").status_code == 500


def test_n2_another_institutions_patient_is_not_found_and_the_denial_is_journaled(ready: World) -> None:
    referral = make(ready)
    client = ready.client("tan")
    base = f"/a/qinghe/referrals/{referral.pk}/"
    for method, address in (
        ("get", ""),
        ("get", "change/"),
        ("post", "change/"),
        ("post", "accept/"),
        ("post", "cancel/"),
    ):
        assert getattr(client, method)(base + address).status_code == 404
    missing = client.get("/a/qinghe/referrals/999999999/")
    assert plain(client.get(base)) == plain(missing)
    assert verbs(ready).count("request.denied") == 7


def plain(answer: Any) -> str:
    import re

    body = re.sub(
        r'nonce="[^"]*"|"X-CSRFToken": "[^"]*"|value="[A-Za-z0-9]{64}"', "", answer.content.decode()
    )
    return re.sub(r"referrals/[0-9]+/", "", body)


def test_n1_the_other_alliance_finds_nothing(ready: World) -> None:
    referral = make(ready)
    assert ready.client("qian").get(f"/a/qinghe/referrals/{referral.pk}/").status_code == 404
    assert ready.client("qian").get(f"/a/jiangzhou/referrals/{referral.pk}/").status_code == 404
    assert (
        referral.number not in ready.client("qian").get("/a/jiangzhou/referrals/?view=all").content.decode()
    )


def test_n5_filter_sort_and_search_bring_no_foreign_row(ready: World) -> None:
    mine, other = make(ready, serial=1), make(ready, serial=2, target="tcm")
    with act_in(ready.jiangzhou):
        prepare(ready)
        foreign = services.log_referral(
            by=ready.qian, now=NOW, content=content(ready.linhu, direction="down", reason="stable"),
            person=people.find_or_create(by=ready.qian, name="龚建良", id_number=number_of(1)),
        )  # fmt: skip
    client = ready.client("lin")
    for query in (
        "view=all", "view=late", "view=all&q=龚建良", f"view=all&q={other.number}",
        f"view=all&place={ready.linhu.pk}",
        f"view=all&place={ready.tcm.pk}", "view=all&sort=-logged_at", "view=all&sort=person__name_key",
    ):  # fmt: skip
        page = client.get(f"/a/qinghe/referrals/?{query}").content.decode()
        assert f"/referrals/{other.pk}/" not in page and f"/referrals/{foreign.pk}/" not in page
    found = client.get("/a/qinghe/referrals/?view=all&q=龚建良").content.decode()
    assert f"/referrals/{mine.pk}/" in found


def test_lists_mask_names_and_say_who_waits(ready: World) -> None:
    referral = make(ready)
    page = ready.client("lin").get("/a/qinghe/referrals/").content.decode()
    assert referral.number in page and "龚**" in page and "龚建良" not in page
    sent = ready.client("zhao").get("/a/qinghe/referrals/?view=sent").content.decode()
    assert referral.number in sent
    assert referral.number not in ready.client("zhao").get("/a/qinghe/referrals/").content.decode()
    assert verbs(ready).count("patient.listed") == 3


def test_who_may_not_view_referrals_gets_no_list(ready: World) -> None:
    make(ready)
    assert ready.client("han").get("/a/qinghe/referrals/").status_code == 403
    assert Client().get("/a/qinghe/referrals/").status_code == 302


@pytest.mark.parametrize("name", ["lin", "luo"])
def test_a_list_costs_the_same_queries_at_10_and_at_60_rows(ready: World, name: str) -> None:
    def queries() -> int:
        client = ready.client(name)
        client.get("/a/qinghe/referrals/")
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/a/qinghe/referrals/")
        assert page.status_code == 200
        return len(captured)

    for serial in range(10):
        make(ready, serial=serial)
    ten = queries()
    for serial in range(10, 60):
        make(ready, serial=serial)
    assert queries() == ten <= 16


def test_the_page_of_one_referral_costs_a_fixed_number_of_queries(ready: World) -> None:
    referral = make(ready)
    client = ready.client("lin")
    client.get(f"/a/qinghe/referrals/{referral.pk}/")
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/a/qinghe/referrals/{referral.pk}/")
    assert len(captured) <= 14


def test_buttons_take_the_steps(ready: World) -> None:
    referral = make(ready, now=NOW)
    base = f"/a/qinghe/referrals/{referral.pk}"
    page = ready.client("lin").get(f"{base}/").content.decode()
    assert f"{base}/accept/?version=1" in page and f"{base}/cancel/" not in page
    assert ready.client("lin").post(f"{base}/accept/?version=1").status_code == 302
    assert ready.client("lin").post(f"{base}/arrive/?version=2").status_code == 302
    assert ready.client("lin").post(f"{base}/complete/?version=3", {"reply": "好转出院"}).status_code == 302
    assert stored(ready)[0].state == "completed"
    assert "好转出院" in ready.client("zhao").get(f"{base}/").content.decode()


def test_the_sender_reads_why_it_was_declined(ready: World) -> None:
    referral = make(ready)
    base = f"/a/qinghe/referrals/{referral.pk}/"
    answer = ready.client("lin").post(
        f"{base}decline/?version=1", {"decline_reason": "incomplete", "decline_text": ""}
    )
    assert answer.status_code == 400 and "龚建良" not in answer.content.decode()
    ready.client("lin").post(
        f"{base}decline/?version=1", {"decline_reason": "incomplete", "decline_text": "缺心电图"}
    )
    page = ready.client("zhao").get(base).content.decode()
    assert "资料不全" in page and "缺心电图" in page


def test_an_emergency_shows_no_button_to_decline_and_takes_none(ready: World) -> None:
    referral = make(ready, urgency="critical")
    base = f"/a/qinghe/referrals/{referral.pk}/"
    assert "decline/" not in ready.client("lin").get(base).content.decode()
    assert ready.client("lin").post(f"{base}decline/", {"decline_reason": "no_bed"}).status_code == 400
    assert stored(ready)[0].state == "submitted"


def test_the_wrong_side_is_forbidden_and_an_unheard_of_step_not_found(ready: World) -> None:
    referral = make(ready)
    base = f"/a/qinghe/referrals/{referral.pk}/"
    assert ready.client("zhao").post(f"{base}accept/").status_code == 403
    assert ready.client("lin").post(f"{base}cancel/", {"note": "x"}).status_code == 403
    assert ready.client("lin").post(f"{base}explode/").status_code == 404
    assert ready.client("lin").get(f"{base}accept/").status_code == 405
    assert stored(ready)[0].state == "submitted"


def test_n33_who_is_second_is_told_so(ready: World) -> None:
    referral = make(ready)
    base = f"/a/qinghe/referrals/{referral.pk}/"
    assert ready.client("kong").post(f"{base}accept/?version=1").status_code == 302
    answer = ready.client("lin").post(f"{base}accept/?version=1")
    assert answer.status_code == 409 and "龚建良" not in answer.content.decode()


def test_n34_a_stale_form_answers_409_with_both_versions(ready: World) -> None:
    referral = make(ready)
    address = f"/a/qinghe/referrals/{referral.pk}/change/"
    client = ready.client("zhao")
    form = {
        "version": 1, "diagnosis_name": "心力衰竭", "diagnosis_code": "I50.900", "reason": "difficult",
        "summary": "先写的一版",
    }  # fmt: skip
    assert client.post(address, form).status_code == 302
    answer = client.post(address, form | {"summary": "后写的一版"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "先写的一版" in page and "后写的一版" in page
    assert stored(ready)[0].summary == "先写的一版"
    assert 'name="version" value="2"' in page
    assert client.post(address, form | {"summary": "后写的一版", "version": 2}).status_code == 302
    assert stored(ready)[0].summary == "后写的一版"


def test_after_the_answer_the_form_is_refused_with_a_sentence(ready: World) -> None:
    referral = make(ready)
    with act_in(ready.qinghe):
        services.accept(by=ready.lin, referral=referral, now=SOON)
    answer = ready.client("zhao").post(
        f"/a/qinghe/referrals/{referral.pk}/change/",
        {
            "version": 2,
            "diagnosis_name": "x",
            "diagnosis_code": "I50.900",
            "reason": "difficult",
            "summary": "改",
        },
    )
    assert answer.status_code == 400
    assert ready.client("lin").get(f"/a/qinghe/referrals/{referral.pk}/change/").status_code == 403


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_what_waits_stands_in_the_inbox_of_the_receiver(ready: World) -> None:
    def todos(name: str, now: datetime) -> list[tuple[str, int]]:
        found = inbox.waiting(by=ready.people[name], now=now)
        return [(todo.state, todo.count) for todo in found if "/referrals/" in todo.url]

    make(ready, serial=1)
    make(ready, serial=2, urgency="critical")
    with act_in(ready.qinghe):
        services.accept(by=ready.lin, referral=logged(ready, serial=3), now=SOON)
        assert todos("lin", SOON) == [("late", 2), ("info", 1)]
        assert todos("lin", NOW + timedelta(minutes=29)) == [("late", 1), ("warn", 1), ("info", 1)]
        assert todos("lin", NOW + timedelta(hours=2)) == [("late", 2), ("info", 1)]
        # The sender of the emergency is asked for its form.
        assert (todos("zhao", SOON), todos("wu", SOON)) == ([("warn", 1)], [])
        assert todos("luo", NOW + timedelta(hours=2)) == [("late", 2)]


def test_the_whole_way_home_goes_through_the_pages(ready: World) -> None:
    with act_in(ready.qinghe):
        referral = logged(
            ready, by="lin", target="shiqiao", direction="down", reason="rehabilitation", urgency="ordinary"
        )
    zhao, page = ready.client("zhao"), f"/a/qinghe/referrals/{referral.pk}/"
    assert zhao.post(f"{page}accept/").status_code == 302
    assert zhao.post(f"{page}schedule/", {"planned_at": ""}).status_code == 400
    soon = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert zhao.post(f"{page}schedule/", {"planned_at": soon}).status_code == 302
    assert zhao.post(f"{page}arrive/").status_code == 302
    words = {
        "seen_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "seen_by": "赵敏学", "way": "home",
        "rehabilitation": "done", "medication": "problem", "complications": "done", "condition": "stable",
    }  # fmt: skip
    refused = zhao.post(f"{page}follow_up/", words)
    assert refused.status_code == 400
    assert "有问题或加重时" in refused.content.decode()
    assert zhao.post(f"{page}follow_up/", words | {"note": "头晕，减量"}).status_code == 302
    seen = ready.client("lin").get(page).content.decode()
    assert "头晕，减量" in seen
    assert "首次随访完成，结案" in seen
    assert stored(ready)[0].state == "closed"
