"""What stands beside the pools, pools and lines for programs, and what one institution pays another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.money import yuan
from alliance.training import facts as training
from performance.consequences.services import templates
from performance.models import Consequence, PayLine, PayoutSettled, PayPool, PayTransfer
from performance.pay import beside
from performance.pay.services import between, pots
from performance.payout.refusals import AccountRefused, PayoutRefused
from performance.payout.services import ground, vouchers
from referrals import transfers
from tests.performance import pay_scene as scene
from tests.performance.letters_scene import JANUARY, head_of_shiqiao, in_force
from tests.performance.pay_scene import AFTER, NOW, SHARES, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

API = "/api/v1/pay/"
OWED = 600_000
BETWEEN = "/a/qinghe/payout/between/2026-10/QH01/QH11/"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """The bonus fund of October is in its pots, one of them with its people."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.grounded(world)
            scene.posted_bonus(world)
            pot = doctors(world)
            pots.write(by=world.kong, pot=pot, agreed=plan_of(pot), now=NOW)
            pots.show(by=world.kong, pot=fresh(pot), now=NOW)
            pots.submit(by=world.wu, pot=fresh(pot), now=AFTER)
            pots.post(by=world.luo, pot=fresh(pot), now=AFTER)
        yield world


def asked(world: World, name: str, path: str, status: int = 200) -> Any:
    answer = world.client(name).get(f"{API}{path}", headers={"X-Alliance": "qinghe"})
    assert answer.status_code == status, answer.content
    return answer.json() if status == 200 else None


# Programs ----------------------------------------------------------------------------
def test_pools_and_pots_are_read_by_who_sees_them(house: World) -> None:
    (pool,) = asked(house, "luo", "pools/")["results"]
    assert (pool["month"], pool["kind"], pool["fen"], pool["state"]) == (
        "2026-10", "bonus", sum(SHARES.values()), "posted",
    )  # fmt: skip
    assert asked(house, "luo", f"pools/{pool['id']}/") == pool
    assert asked(house, "luo", "pools/?month=2026-09")["results"] == []
    every = asked(house, "luo", "pots/")["results"]
    assert sum(one["fen"] for one in every) == sum(SHARES.values())
    own = asked(house, "kong", "pots/")["results"]
    assert {one["institution"] for one in own} == {"QH01"} and len(own) < len(every)
    other = next(one["id"] for one in every if one["institution"] == "QH11")
    asked(house, "kong", f"pots/{other}/", status=404)
    asked(house, "luo", "pots/999999/", status=404)
    refused = house.client("qian").get(f"{API}pots/", headers={"X-Alliance": "qinghe"})
    assert refused.status_code in (403, 404)


def test_everybody_reads_the_own_lines_alone(house: World) -> None:
    (line,) = asked(house, "dr", "lines/")["results"]
    with inside(house):
        mine = PayLine.objects.get(staff__user=house.dr.user)
    assert (line["fen"], line["institution"], line["state"]) == (mine.fen, "QH01", "posted")
    assert asked(house, "luo", "lines/")["results"] == []
    assert asked(house, "dr", "lines/?month=2026-09")["results"] == []
    posted = house.client("luo").post(f"{API}pools/", {}, headers={"X-Alliance": "qinghe"})
    assert posted.status_code == 405


# Beside the pools ---------------------------------------------------------------------
@time_machine.travel(AFTER, tick=False)
def test_what_flows_beside_the_pools_stands_in_their_list_for_whom_it_is_about(house: World) -> None:
    """The training fund by persons served, and what the commitment letter of the township costs it."""
    house.people["head"] = head_of_shiqiao(house)
    with inside(house):
        templates.install(by=house.luo, year=2025, now=JANUARY)
        Consequence.objects.create(
            kind="commitment", period="2026", institution=house.shiqiao, fen=12_345, digest="d",
            opened_at=NOW, figures={}, letter=in_force(house), percent=5, found_percent=5, low=3, high=8,
        )  # fmt: skip
        whole = sum(one.fen for one in training.funds(2026, OCTOBER.last_day))
        with override_settings(ROOT_URLCONF="config.alliance_urls"):
            found = {
                name: {one.name: one.fen for one in beside.flows(OCTOBER, house.people[name])}
                for name in ("luo", "kong", "head")
            }  # fmt: skip
    said = {name: house.client(name).get("/a/qinghe/pay/?month=2026-10").content.decode() for name in found}
    assert whole > 0 and sorted(found["luo"].values()) == [-12_345, 0, whole]
    assert -12_345 in found["head"].values() and -12_345 not in found["kong"].values()
    for name in ("luo", "head"):
        assert "123.45" in said[name]
    assert "123.45" not in said["kong"] and yuan(whole, display=True) in said["luo"]
    assert yuan(whole, display=True) not in said["kong"]


# Between institutions -------------------------------------------------------------------
def owes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lead hospital owes the township 6,000.00 yuan of October, in the books."""
    fact = transfers.TransferFact(
        "down_transfer", OCTOBER, world.lead.pk, world.shiqiao.pk, 7, 1, 1_000_000, Decimal(60), OWED,
        1_000_000,
    )  # fmt: skip
    monkeypatch.setattr(transfers, "transfer_facts", lambda month, **more: [fact])
    with inside(world):
        made = between.make(by=world.luo, month=OCTOBER, kind="down_transfer", now=NOW)
        scene.agreed(world, made)
        table = ground.enter_map(by=world.luo, from_month=OCTOBER, body=ground.shipped_map(), now=NOW)
        ground.confirm(by=world.cai, row=table, now=NOW)


def balances(world: World) -> tuple[int, int]:
    with inside(world):
        assert books.trial_balance().sum_fen == 0
        found = [books.balance(Account.objects.get(code=f"clearing:{code}")) for code in ("QH01", "QH11")]
        return found[0], found[1]


def test_what_one_institution_pays_another_is_entered_and_confirmed_by_two(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owes(house, monkeypatch)
    asked_: dict[str, Any] = {
        "month": OCTOBER, "payer": house.lead, "payee": house.shiqiao, "day": date(2026, 11, 24),
        "document": "回单 7", "now": AFTER,
    }  # fmt: skip
    with inside(house):
        for fen in (OWED + 1, 0, -1):
            with pytest.raises(PayoutRefused):
                vouchers.enter_settled(by=house.luo, fen=fen, **asked_)
        with pytest.raises(PayoutRefused):
            vouchers.enter_settled(by=house.luo, fen=1, **{**asked_, "document": " "})
        with pytest.raises(PayoutRefused):  # the other way round nothing is owed
            way_back = {**asked_, "payer": house.shiqiao, "payee": house.lead}
            vouchers.enter_settled(by=house.luo, fen=1, **way_back)
        with pytest.raises(PermissionDenied):
            vouchers.enter_settled(by=house.kong, fen=1, **asked_)
        row = vouchers.enter_settled(by=house.luo, fen=400_000, **asked_)
        (owed,) = vouchers.owed(OCTOBER)
        assert (owed.fen, owed.paid, owed.open, owed.facts) == (OWED, 0, OWED, 1)
        with pytest.raises(AccountRefused):
            vouchers.confirm_settled(by=house.luo, row=row, now=AFTER)
    assert balances(house) == (-OWED, OWED)
    with inside(house):
        vouchers.confirm_settled(by=house.cai, row=row, now=AFTER)
        with pytest.raises(AccountRefused):
            vouchers.confirm_settled(by=house.cai, row=row, now=AFTER)
        (owed,) = vouchers.owed(OCTOBER, seen_by=house.kong)
        assert (owed.paid, owed.open) == (400_000, 200_000)
        assert vouchers.owed(OCTOBER, seen_by=house.tan) == []
        with pytest.raises(PayoutRefused):
            vouchers.enter_settled(by=house.luo, fen=200_001, **{**asked_, "document": "回单 8"})
        for change in ({"fen": 1}, {"confirmed_by": house.luo}):
            with pytest.raises(DatabaseError), transaction.atomic():
                PayoutSettled.objects.filter(pk=row.pk).update(**change)
        assert PayTransfer.objects.count() == 1 and PayPool.objects.filter(source="between").count() == 1
    assert balances(house) == (-200_000, 200_000)


@time_machine.travel(AFTER, tick=False)
def test_the_statement_between_two_is_settled_on_its_pages(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owes(house, monkeypatch)
    office, second, payer = (house.client(name) for name in ("luo", "cai", "kong"))
    assert "6,000.00" in payer.get(BETWEEN).content.decode()
    with inside(house):
        house.people["third"] = member("third", "中医院", house.tcm, "institution_admin")
    assert house.client("third").get(BETWEEN).status_code == 404
    assert payer.get(f"{BETWEEN}settle/").status_code == 403
    typed = {"fen": "7000", "day": "2026-11-24", "document": "回单 7"}
    refused = office.post(f"{BETWEEN}settle/", typed)
    assert refused.status_code == 400
    assert 'value="7000"' in refused.content.decode() and "回单 7" in refused.content.decode()
    assert office.post(f"{BETWEEN}settle/", {**typed, "fen": "6000"}).status_code == 302
    with inside(house):
        row = PayoutSettled.objects.get()
    confirm = f"/a/qinghe/payout/between/confirm/{row.pk}/"
    assert office.post(confirm).status_code == 409
    assert payer.post(confirm).status_code == 403
    assert second.post(confirm).headers["Location"] == BETWEEN
    assert balances(house) == (0, 0)
    assert "0.00" in office.get(BETWEEN).content.decode()
    with inside(house):
        lines = [one for one in vouchers.of_month(OCTOBER) if one.paper == "回单 7"]
    assert {one.institution for one in lines} == {house.lead.name, house.shiqiao.name}
    assert sum(one.debit for one in lines) == sum(one.credit for one in lines) == 2 * OWED
