"""Pages that update by themselves: an idle one costs one small query and journals nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.models import Journal
from alliance.tenancy.scope import act_in
from referrals import services
from referrals.services import board, papers
from tests.referrals.scene import NOW, SOON, logged, minutes, prepare
from tests.world import World

LIST = "/a/qinghe/referrals/"


@pytest.fixture
def ready(world: World) -> Iterator[World]:
    with act_in(world.qinghe):
        prepare(world)
    with time_machine.travel(SOON, tick=False):
        yield world


def asked(client: Client, address: str, seen: str) -> int:
    return client.get(address, headers={"X-Seen": seen}).status_code


def listed(world: World) -> int:
    with act_in(world.qinghe):
        return Journal.objects.filter(verb="patient.listed").count()


def test_a_list_is_sent_again_when_something_came_moved_or_became_late(ready: World) -> None:
    lin, tan = ready.client("lin"), ready.client("tan")
    with act_in(ready.qinghe):
        logged(ready)
        seen, theirs = board.state_of(ready.lin, SOON), board.state_of(ready.tan, SOON)
    assert (asked(lin, LIST, seen), asked(tan, LIST, theirs)) == (204, 204)
    assert listed(ready) == 0
    with act_in(ready.qinghe):
        second = logged(ready, serial=2)
    assert (asked(lin, LIST, seen), asked(tan, LIST, theirs)) == (200, 204)
    with act_in(ready.qinghe):
        seen = board.state_of(ready.lin, SOON)
        services.accept(by=ready.kong, referral=second, now=SOON)
    assert asked(lin, LIST, seen) == 200
    assert listed(ready) == 2
    with act_in(ready.qinghe):
        before, after = (board.state_of(ready.lin, minutes(at)) for at in (29, 31))
    assert before.split("-")[:4] != after.split("-")[:4]  # one is late now


def test_one_referral_is_sent_again_when_the_other_side_moved(ready: World) -> None:
    with act_in(ready.qinghe):
        row = logged(ready)
        seen = board.state_of_one(row.pk, ready.zhao, SOON)
    zhao, address = ready.client("zhao"), f"{LIST}{row.pk}/"
    assert asked(zhao, address, seen) == 204
    with act_in(ready.qinghe):
        services.decline(by=ready.lin, referral=row, now=SOON, reason="no_bed")
    assert asked(zhao, address, seen) == 200
    assert asked(ready.client("tan"), address, "") == asked(ready.client("tan"), address, seen) == 404


def test_the_question_whether_anything_changed_costs_one_query_at_any_number_of_rows(ready: World) -> None:
    def cost() -> int:
        with act_in(ready.qinghe):
            seen = board.state_of(ready.lin, SOON)
        client = ready.client("lin")
        assert asked(client, LIST, seen) == 204
        with CaptureQueriesContext(connection) as queries:
            assert asked(client, LIST, seen) == 204
        assert sum("referrals_referral" in one["sql"] for one in queries) == 1
        return len(queries)

    with act_in(ready.qinghe):
        logged(ready)
    before = cost()
    with act_in(ready.qinghe):
        for serial in range(2, 32):
            logged(ready, serial=serial)
    assert cost() == before <= 9


def test_a_page_that_asks_by_itself_keeps_no_session_alive(ready: World) -> None:
    client = ready.client("lin")
    with time_machine.travel(NOW, tick=False) as clock:
        assert client.get(LIST).status_code == 200
        for at in (10, 20, 29):
            clock.move_to(minutes(at))
            assert asked(client, LIST, "older") == 200
        clock.move_to(NOW + timedelta(minutes=31))
        answer = client.get(LIST, headers={"X-Seen": "older", "HX-Request": "true"})
        assert "/sign-in/" in answer["HX-Redirect"]


def test_the_word_of_a_referral_changes_with_its_papers(ready: World) -> None:
    with act_in(ready.qinghe):
        row = logged(ready)
        before = board.state_of_one(row.pk, ready.lin, SOON)
        papers.attach(
            by=ready.zhao, referral=row, name="心电图.pdf", content=[b"%PDF-1.4 x"],
            content_type="application/pdf", limit=1_000,
        )  # fmt: skip
        assert board.state_of_one(row.pk, ready.lin, SOON) != before
