"""A wrong entry of what pay stands on is left with a reason: by who entered it or by the second person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from alliance.ledger.models import LedgerJournal
from alliance.models import Journal
from performance.models import FundEntry, PayFund, PayRule, PayTotal
from performance.pay.refusals import EntryRefused
from performance.pay.services import entering, limits
from performance.pay.waiting import waiting
from tests.performance import pay_access
from tests.performance.pay_scene import NOW, RULE, SHARES, grounded
from tests.performance.scene import OCTOBER, inside
from tests.world import World

WHY = "录错文号"
SOURCES = "/a/qinghe/pay/sources/"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is posted; roster, totals and rule are there."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            grounded(world)
        yield world


def entry(world: World, fund: PayFund) -> FundEntry:
    return pay_access.entry(world.luo, fund, "理事会〔2026〕")


def fed(world: World) -> FundEntry:
    return entry(world, pay_access.fund(world.luo, "f1", "结余留用"))


def total(world: World) -> PayTotal:
    return entering.enter_total(
        by=world.luo, institution=world.lead, year=2026, fen=SHARES["lead"] - 1, document="调整〔2026〕1号",
        now=NOW,
    )  # fmt: skip


def rule(world: World) -> PayRule:
    return entering.enter_rule(
        by=world.luo, kind="bonus", from_month=OCTOBER, rule=RULE, decided_by="理事会", now=NOW
    )


KINDS: dict[str, Callable[[World], Any]] = {"entry": fed, "total": total, "rule": rule}
each = pytest.mark.parametrize("what", KINDS)


def confirm(world: World, what: str, row: Any) -> Any:
    deed = entering.confirm_fund if what == "entry" else entering.confirm
    return deed(by=world.cai, row=type(row).objects.get(pk=row.pk), now=NOW)


def entries_waiting(world: World) -> int:
    """Entries of pay in the inbox of the second person."""
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        return sum(one.count for one in waiting(world.cai, NOW) if one.url.endswith("/pay/sources/"))


@each
@pytest.mark.parametrize("name", ["luo", "cai"])
def test_either_of_the_two_leaves_a_wrong_entry_and_it_counts_nowhere(
    house: World, what: str, name: str
) -> None:
    with inside(house):
        approved = limits.over_total(OCTOBER, {house.lead.pk: 1})
        held, books = entering.rule_in_force("bonus", OCTOBER), LedgerJournal.objects.count()
        row = KINDS[what](house)
        assert entries_waiting(house) == 1
        with pytest.raises(EntryRefused, match="few words") as nothing:
            entering.set_aside(by=house.people[name], row=row, why=" ", now=NOW)
        assert nothing.value.field == "why"
        entering.set_aside(by=house.people[name], row=row, why=f" {WHY} ", now=NOW)
        assert entries_waiting(house) == 0
        left = type(row).objects.get(pk=row.pk)
        assert (left.set_aside_by, left.set_aside_at, left.set_aside_why) == (house.people[name], NOW, WHY)
        assert Journal.objects.get(verb="pay.entry_set_aside").detail["why"] == WHY
        with pytest.raises(EntryRefused, match="set aside already"):
            confirm(house, what, row)
        with pytest.raises(EntryRefused, match="set aside already"):
            entering.set_aside(by=house.cai, row=left, why=WHY, now=NOW)
        assert limits.over_total(OCTOBER, {house.lead.pk: 1}) == approved
        assert entering.rule_in_force("bonus", OCTOBER) == held
        assert LedgerJournal.objects.count() == books
        anew = entry(house, row.fund) if what == "entry" else KINDS[what](house)
        assert confirm(house, what, anew).confirmed_by == house.cai


@each
def test_what_counts_is_not_set_aside_and_a_stranger_leaves_nothing(house: World, what: str) -> None:
    with inside(house):
        row = KINDS[what](house)
        for name in ("kong", "wu"):
            with pytest.raises(PermissionDenied):
                entering.set_aside(by=house.people[name], row=row, why=WHY, now=NOW)
        confirm(house, what, row)
        for name in ("luo", "cai"):
            with pytest.raises(EntryRefused, match="confirmed or set aside already"):
                entering.set_aside(by=house.people[name], row=row, why=WHY, now=NOW)
        assert type(row).objects.get(pk=row.pk).set_aside_at is None


@each
def test_the_database_confirms_nothing_set_aside_and_asks_who_when_and_why(house: World, what: str) -> None:
    with inside(house):
        row = KINDS[what](house)
        rows = type(row).objects.filter(pk=row.pk)
        whole = {"set_aside_by": house.cai, "set_aside_at": NOW, "set_aside_why": WHY}
        for lacking in ({**whole, "set_aside_why": ""}, *({**whole, name: None} for name in whole)):
            with pytest.raises(IntegrityError, match="set_aside_whole"), transaction.atomic():
                rows.update(**lacking)
        rows.update(**whole)
        more = {"journal": LedgerJournal.objects.earliest("pk")} if what == "entry" else {}
        with pytest.raises(IntegrityError, match="set_aside_whole"), transaction.atomic():
            rows.update(confirmed_by=house.cai, confirmed_at=NOW, **more)
        for change in ({"set_aside_why": "另一理由"}, dict.fromkeys(whole)):
            with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
                rows.update(**change)


@each
@time_machine.travel(NOW, tick=False)
def test_the_page_asks_why_and_keeps_what_was_left_in_the_list(house: World, what: str) -> None:
    with inside(house):
        row = KINDS[what](house)
    address = f"{SOURCES}set-aside/{what}/{row.pk}/"
    enters, second, reads = (house.client(name) for name in ("luo", "cai", "wu"))
    confirms = f"{SOURCES}confirm/{what}/{row.pk}/"
    for client, ways in ((enters, (True, False)), (second, (True, True))):
        page = client.get(SOURCES).content.decode()
        assert (address in page, confirms in page) == ways
    assert "撤回" in enters.get(address).content.decode()
    assert reads.get(address).status_code == reads.post(address, {"why": WHY}).status_code == 403
    assert second.get(f"{SOURCES}set-aside/fund/{row.pk}/").status_code == 404
    assert second.post(address, {"why": " "}).status_code == 400
    assert second.post(address, {"why": WHY}).headers["Location"] == SOURCES
    again = second.post(address, {"why": WHY})
    assert again.status_code == 400 and "已确认或已搁置" in again.content.decode()
    for client in (enters, second):
        page = client.get(SOURCES).content.decode()
        assert "已搁置" in page and WHY in page and address not in page and confirms not in page
    assert second.post(confirms).status_code == 409
