"""A bill asked for by what the patient knows: three right ones open it, guesses are counted (N41)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from alliance.web.public import SALT, Sheet
from complaints.bills import attempts
from complaints.bills.models import BillLink
from tests.bills.conftest import id_number
from tests.grouping.scene import inside, text
from tests.world import World

ASK = "/say/qinghe/bill/?lang=en"


def body(world: World, **change: str) -> dict[str, str]:
    return {
        "sheet": Sheet.hand_out("bill:qinghe"), "place": str(world.lead.pk), "record_no": "R00001",
        "day": "2026-10-12", "last_four": id_number(1)[-4:], **change,
    }  # fmt: skip


def send(world: World, address: str = "10.0.0.1", **change: str) -> Any:
    cache.delete_pattern("*throttle*") if hasattr(cache, "delete_pattern") else None
    return Client(REMOTE_ADDR=address).post(ASK, body(world, **change))


def plain(response: Any) -> str:
    """The page without what was typed and the new sheet."""
    import re

    return re.sub(r'value="[^"]*"', "", text(response))


def test_the_right_three_open_the_bill_for_half_an_hour(bills: World) -> None:
    answer = send(bills, last_four=id_number(1)[-4:].lower())
    assert answer.status_code == 302
    page = text(Client().get(answer["Location"]))
    assert "1,234.56" in page and "人*" in page
    with inside(bills):
        link = BillLink.objects.get()
        assert link.batch is None and (link.expires_at - link.made_at).total_seconds() == 1800


def test_unknown_and_wrong_are_one_answer_whatever_was_wrong(bills: World) -> None:
    wrong = [
        {"record_no": "R99999"}, {"day": "2026-10-13"}, {"last_four": "0000"},
        {"place": str(bills.shiqiao.pk)},
    ]  # fmt: skip
    answers = [send(bills, f"10.0.1.{n}", **change) for n, change in enumerate(wrong)]
    assert {one.status_code for one in answers} == {404}
    strip = [plain(one).replace(" selected", "") for one in answers]
    assert len(set(strip)) == 1 and "These three do not belong together" in strip[0]


def test_after_five_guesses_a_record_stays_closed_also_to_the_right_answer_and_whether_or_not_it_exists(
    bills: World,
) -> None:
    for record in ("R00001", "NOBODY"):
        seen = [send(bills, f"10.1.{n}.1", record_no=record, last_four="0000") for n in range(5)]
        assert [one.status_code for one in seen] == [404] * 5
        assert send(bills, "10.1.9.1", record_no=record).status_code == 429
    assert send(bills, "10.1.9.2", record_no="R00002", last_four=id_number(2)[-4:]).status_code == 302


def test_the_right_answer_forgives_the_record(bills: World) -> None:
    for _round in range(2):
        for n in range(4):
            assert send(bills, f"10.2.{n}.1", last_four="0000").status_code == 404
        assert send(bills, "10.2.8.1").status_code == 302


def test_one_address_has_twenty_attempts_over_all_records(bills: World, settings: Any) -> None:
    now = timezone.now()
    with inside(bills):
        spent = [attempts.spend("10.3.0.1", bills.lead.pk, f"X{n}", now) for n in range(21)]
    assert spent == [True] * 20 + [False]


@pytest.mark.usefixtures("own_database")
def test_guesses_sent_at_once_are_counted_one_by_one(settings: Any) -> None:
    from tests.world import make_world

    world, found = make_world(), []
    cache.clear()

    def guess(n: int) -> None:
        with inside(world):
            found.append(attempts.spend(f"10.4.0.{n}", 1, "R1", timezone.now()))
        connections.close_all()

    threads = [threading.Thread(target=guess, args=[n]) for n in range(12)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert sorted(found) == [False] * 7 + [True] * 5
    cache.clear()


@pytest.mark.parametrize(("sheet", "status"), [("", 403), ("forged", 403), ("other", 403), ("old", 400)])
def test_n42_a_form_that_is_not_from_our_page_is_refused_and_compares_nothing(
    bills: World, sheet: str, status: int
) -> None:
    made = {
        "other": Sheet.hand_out("bill:jiangzhou"),
        "old": signing.Signer(salt=SALT).sign_object({"p": "bill:qinghe", "m": "a", "t": 0}),
    }.get(sheet, sheet)
    answer = send(bills, sheet=made)
    assert answer.status_code == status and "R00001" in text(answer)
    with inside(bills):
        assert not BillLink.objects.exists()


def test_what_was_typed_stays_beside_the_error_but_the_page_keeps_no_cookie(bills: World) -> None:
    answer = send(bills, last_four="12")
    shown = text(answer)
    assert answer.status_code == 400 and "Four characters" in shown and 'value="R00001"' in shown
    assert not answer.cookies


def test_a_page_that_is_not_there_is_one_answer(bills: World) -> None:
    assert Client().get("/say/nowhere/bill/").status_code == 404
    assert Client().get("/say/jiangzhou/bill/").status_code == 200
