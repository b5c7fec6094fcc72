"""From the phone to the answer: nobody signs in, nothing typed is lost, no cookie is set."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from django.test import Client

from alliance.tenancy.scope import act_in
from referrals.offsite.models import Filing
from tests.offsite.scene import ID, sent
from tests.world import World

_hosts = itertools.count(2)
FORM, LIST = "/say/qinghe/offsite/", "/a/qinghe/offsite/"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """A test is faster than a person."""
    settings.PUBLIC_FORM_SECONDS = 0


def phone() -> Client:
    """A device of its own address."""
    return Client(REMOTE_ADDR=f"10.78.0.{next(_hosts)}", HTTP_ACCEPT_LANGUAGE="zh-hans")


def sheet_of(page: str) -> str:
    """The sheet of the first form of a page."""
    return page.partition('name="sheet" value="')[2].partition('"')[0]


def filled(client: Client, world: World, **more: Any) -> dict[str, Any]:
    """The form as a person sends it."""
    return {
        "sheet": sheet_of(client.get(FORM).content.decode()), "kind": "residence", "name": "龚木良",
        "id_number": ID, "phone": "13800001234", "insurance": "resident", "place": world.lead.pk,
        "city": "上海市", "from_on": "2026-12-15", **more,
    }  # fmt: skip


def test_a_phone_files_the_desk_asks_the_phone_adds_the_desk_files(ready: World) -> None:
    client, desk = phone(), ready.client("fang", HTTP_ACCEPT_LANGUAGE="zh-hans")
    answer = client.post(FORM, filled(client, ready))
    assert answer.status_code == 303 and client.cookies == {}
    address = answer["Location"].partition("?")[0]
    page = client.get(address)
    assert page["Referrer-Policy"] == "no-referrer" and ID not in page.content.decode()
    with act_in(ready.qinghe):
        row = Filing.objects.get()
    at = f"{LIST}{row.pk}/"
    listed = desk.get(LIST).content.decode()
    assert row.number in listed and "龚木良" not in listed
    shown = desk.get(at).content.decode()
    assert ID not in shown
    opened = desk.post(f"{at}reveal/", {"text": "办理备案"})
    assert ID in opened.content.decode() and "no-store" in opened["Cache-Control"]
    assert desk.post(f"{at}act/more/?version=1", {"text": "请补居住证"}).status_code == 302
    told = client.get(address).content.decode()
    assert "请补居住证" in told
    supplied = client.post(f"{address}supply/", {"sheet": sheet_of(told), "note": "已在社区办理"})
    assert supplied.status_code == 303
    stale = desk.post(f"{at}act/file/?version=1", {"filing_no": "YB1"})
    assert stale.status_code == 409
    assert desk.post(f"{at}act/file/?version=3", {"filing_no": "YB1"}).status_code == 302
    assert "YB1" in client.get(address).content.decode()


def test_what_was_typed_stays_and_is_named(ready: World) -> None:
    client = phone()
    answer = client.post(FORM, filled(client, ready, id_number="123", until_on="2026-01-01"))
    page = answer.content.decode()
    assert answer.status_code == 400 and "龚木良" in page and "上海市" in page
    forged = client.post(FORM, {**filled(client, ready), "sheet": "x"})
    assert forged.status_code == 403 and "龚木良" in forged.content.decode()
    assert client.get(f"{FORM}t/unknown/").status_code == 404


def test_staff_file_on_behalf_and_only_they_see_the_slip(ready: World) -> None:
    lin, wu = ready.client("lin"), ready.client("wu")
    page = lin.get(f"{LIST}new/").content.decode()
    data = {**filled(phone(), ready), "sheet": sheet_of(page)}
    answer = lin.post(f"{LIST}new/", data)
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.content.decode())
    assert lin.get(answer["Location"]).status_code == 200
    assert wu.get(answer["Location"]).status_code == 403
    assert ready.client("tan").get(answer["Location"]).status_code == 404


def test_another_house_does_not_see_it(ready: World) -> None:
    with act_in(ready.qinghe):
        row = sent(ready.lead).filing
    assert ready.client("yu").get(f"{LIST}{row.pk}/").status_code == 404
    assert ready.client("lin").get(f"{LIST}{row.pk}/").status_code == 403


def test_the_list_costs_the_same_for_many(ready: World, django_assert_max_num_queries: Any) -> None:
    desk = ready.client("fang")
    counts = []
    for number in (2, 9):
        with act_in(ready.qinghe):
            for n in range(number):
                sent(ready.lead, f"{number}-{n}")
        desk.get(LIST)
        with django_assert_max_num_queries(60) as seen:
            desk.get(LIST)
        counts.append(len(seen))
    assert counts[0] == counts[1]
