"""A wrong list of linked indicators is left with a reason: by who entered it or by the second person."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from alliance.models import Journal
from performance.models import PayLinked
from performance.uplift.refusals import ListRefused
from performance.uplift.services import linked
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW
from tests.performance.scene import OCTOBER, inside
from tests.world import World


@pytest.fixture
def house(world: World) -> Iterator[World]:
    """October is in the books."""
    with inside(world):
        scene.grounded(world)
        yield world


def waits(world: World) -> PayLinked:
    """A list that waits for its second person."""
    return linked.enter(by=world.luo, from_month=OCTOBER, indicators=["cmi"], decided_by="理事会", now=NOW)


@pytest.mark.parametrize("name", ["luo", "cai"])
def test_either_of_the_two_leaves_a_wrong_list_and_it_links_nothing(house: World, name: str) -> None:
    row, by = waits(house), house.people[name]
    with pytest.raises(ListRefused, match="few words") as nothing:
        linked.set_aside(by=by, row=row, why=" ", now=NOW)
    assert nothing.value.field == "why"
    for stranger in (house.kong, house.wu):
        with pytest.raises(PermissionDenied):
            linked.set_aside(by=stranger, row=row, why="录错指标", now=NOW)
    linked.set_aside(by=by, row=row, why=" 录错指标 ", now=NOW)
    left = PayLinked.objects.get(pk=row.pk)
    assert (left.set_aside_by, left.set_aside_at, left.set_aside_why) == (by, NOW, "录错指标")
    assert Journal.objects.get(verb="pay.linked_set_aside").detail["why"] == "录错指标"
    for decide in (linked.confirm, partial(linked.set_aside, why="再")):
        with pytest.raises(ListRefused, match="set aside already"):
            decide(by=house.cai, row=left, now=NOW)
    assert linked.by_month([OCTOBER]) == {}
    assert linked.confirm(by=house.cai, row=waits(house), now=NOW).confirmed_by == house.cai


def test_the_database_confirms_no_list_set_aside_and_asks_who_when_and_why(house: World) -> None:
    row = waits(house)
    rows = PayLinked.objects.filter(pk=row.pk)
    whole = {"set_aside_by": house.cai, "set_aside_at": NOW, "set_aside_why": "录错指标"}
    for lacking in ({**whole, "set_aside_why": ""}, *({**whole, name: None} for name in whole)):
        with pytest.raises(IntegrityError, match="set_aside_whole"), transaction.atomic():
            rows.update(**lacking)
    rows.update(**whole)
    with pytest.raises(IntegrityError, match="set_aside_whole"), transaction.atomic():
        rows.update(confirmed_by=house.cai, confirmed_at=NOW)
    for change in ({"set_aside_why": "另一理由"}, dict.fromkeys(whole)):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            rows.update(**change)


@time_machine.travel(NOW, tick=False)
def test_the_page_of_lists_asks_why_and_keeps_what_was_left(house: World) -> None:
    row, base = waits(house), "/a/qinghe/pay/uplifts/linked/"
    address, confirms = f"{base}{row.pk}/set-aside/", f"{base}{row.pk}/confirm/"
    enters, second, reads = (house.client(name) for name in ("luo", "cai", "wu"))
    for client, ways in ((enters, (True, False)), (second, (True, True))):
        page = client.get(base).content.decode()
        assert (address in page, confirms in page) == ways
    asked = enters.get(address).content.decode()
    assert "撤回" in asked and "理事会" in asked and "2026年10月" in asked
    assert reads.get(address).status_code == reads.post(address, {"why": "录错"}).status_code == 403
    assert second.post(address, {"why": " "}).status_code == 400
    assert "份挂钩指标清单待确认" in second.get("/a/qinghe/").content.decode()
    assert second.post(address, {"why": "录错指标"}).headers["Location"] == base
    assert second.post(address, {"why": "录错指标"}).status_code == 400
    page = enters.get(base).content.decode()
    assert "已搁置" in page and "录错指标" in page and address not in page
    assert second.post(confirms).status_code == 409
    assert "份挂钩指标清单待确认" not in second.get("/a/qinghe/").content.decode()
