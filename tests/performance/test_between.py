"""What institutions owe each other is paid evidence by evidence, once, and follows what changed later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.period import Month
from alliance.tenancy import walls
from performance.models import PayPool, PayTransfer
from performance.pay import sql
from performance.pay.refusals import PoolRefused
from performance.pay.services import between, owed, pools
from referrals import transfers
from referrals.consultations import services as consultations
from referrals.consultations.models import Consultation, Fee
from tests import plugin
from tests.consultations import scene as asking
from tests.performance import bundle_scene as bundles
from tests.performance import pay_scene as scene
from tests.performance.scene import OCTOBER, inside
from tests.world import World, make_world, member

NOW, NOVEMBER = scene.NOW, Month(2026, 11)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        yield world


def read(world: World, name: str, path: str) -> str:
    answer = world.client(name).get(f"/a/qinghe/{path}")
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def balance(code: str) -> int:
    assert books.trial_balance().sum_fen == 0
    return books.balance(Account.objects.get(code=f"clearing:{code}"))


def priced(world: World, kind: str, fen: int) -> None:
    consultations.set_rate(by=world.su, kind=kind, fen=fen, from_date=date(2026, 1, 1), source="价格文件")


def answered(world: World, *kinds: str) -> list[Consultation]:
    """Questions of the township to the lead hospital, one a kind, answered in November."""
    rooms = asking.centre(world, "imaging", "ecg").department
    found = []
    for serial, kind in enumerate(kinds, start=1):
        more = {} if kind == "consultation" else {"examination": "检查", "target_department": rooms}
        row = asking.asked(world, serial=serial, kind=kind, **more)
        found.append(asking.answered(world, row, now=asking.after(hours=1)))
    return found


def booked(world: World, kind: str = "service", month: Month = NOVEMBER) -> PayPool:
    return scene.agreed(world, between.make(by=world.luo, month=month, kind=kind, now=NOW))


# Paid once ------------------------------------------------------------------------------
@pytest.mark.parametrize("late", [0, 1], ids=["the lowest number comes late", "it was paid before"])
def test_a_fee_charged_after_the_pool_was_posted_is_paid_once_and_is_not_lost(
    house: World, late: int
) -> None:
    kinds = ["consultation", "consultation", "consultation"]
    kinds[late] = "ecg"
    priced(house, "consultation", 10_150)
    rows = answered(house, *kinds)
    first = booked(house)
    assert first.fen == 20_300 and balance("QH01") == 20_300
    assert {one.evidence_id: one.fen for one in PayTransfer.objects.all()} == {
        row.pk: 10_150 for row in rows if row != rows[late]
    }
    priced(house, "ecg", 30_000)
    assert consultations.charge_missing(by=house.su, month=NOVEMBER, now=NOW) == 1
    owes = sum(Fee.objects.values_list("answerer_fen", flat=True))
    later = booked(house)
    assert (later.number, later.fen) == (2, owes - 20_300)
    assert [one.evidence_id for one in PayTransfer.objects.filter(pool=later)] == [rows[late].pk]
    assert balance("QH01") == owes and balance("QH11") == -owes
    with pytest.raises(PoolRefused, match="owes anything"):
        between.make(by=house.luo, month=NOVEMBER, kind="service", now=NOW)


def test_the_database_refuses_a_second_payment_of_an_evidence(house: World) -> None:
    priced(house, "consultation", 10_000)
    (row,) = answered(house, "consultation")
    first = booked(house)
    paid = PayTransfer.objects.get()
    for number, (more, refused) in enumerate((
        ({}, "fact_once"),
        ({"revision": 2}, "paid once"),
        ({"revision": 2, "paid_fen": 4_000}, "paid once"),
        ({"revision": 3, "paid_fen": 10_000}, "paid once"),
        ({"revision": 2, "paid_fen": 10_000, "payee": house.tcm}, "paid once"),
        ({"revision": 2, "paid_fen": 10_000, "fen": -10_001}, "owes_something"),
        ({"revision": 2, "paid_fen": 10_000, "base_fen": 0}, "of_a_base"),
    )):  # fmt: skip
        fields: dict[str, Any] = {
            "payer": paid.payer, "payee": paid.payee, "fen": 10_000, "base_fen": 10_000,
            "evidence_kind": "consultation", "evidence_id": row.pk, **more,
        }  # fmt: skip
        with pytest.raises(IntegrityError, match=refused), transaction.atomic():
            other = drafted(house, first, number=2 + number)
            PayTransfer.objects.create(pool=other, **fields)
    with pytest.raises(IntegrityError, match="paid once"), transaction.atomic():  # under another month
        elsewhere = drafted(house, first, month=OCTOBER.first_day, number=1)
        PayTransfer.objects.create(
            pool=elsewhere, payer=paid.payer, payee=paid.payee, fen=5, base_fen=5, revision=2,
            paid_fen=10_000, evidence_kind="consultation", evidence_id=row.pk,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="above_zero"), transaction.atomic():  # the first of a month
        drafted(house, first, month=OCTOBER.first_day, number=1, fen=-5)


def drafted(world: World, like: PayPool, **change: Any) -> PayPool:
    fields: dict[str, Any] = {
        "month": like.month, "kind": like.kind, "source": "between", "persons": False, "fen": 10_000,
        "digest": "d" * 64, "made_by": world.luo, "made_at": NOW, **change,
    }  # fmt: skip
    made: PayPool = PayPool.objects.create(**fields)
    return made


def test_rows_of_pairs_are_told_apart_and_what_was_paid_twice_is_booked_back(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the first runs of an alliance left them: a pool of 203.00, then a supplement of all 503.00."""
    world = make_world()
    with inside(world):
        priced(world, "consultation", 10_150)
        late, *paid = answered(world, "ecg", "consultation", "consultation")
        monkeypatch.setattr(between, "still_so", lambda pool, now: True)
        of_a_pair(world, 1, 20_300, paid[0])
        priced(world, "ecg", 30_000)
        consultations.charge_missing(by=world.su, month=NOVEMBER, now=NOW)
        owes = sum(Fee.objects.values_list("answerer_fen", flat=True))
        of_a_pair(world, 2, owes, late)
        assert balance("QH01") == owes + 20_300
    with plugin.owner(own_database) as link:
        link.execute(sql.SPLIT)
    monkeypatch.undo()
    assert walls.faults() == []
    with inside(world):
        rows = PayTransfer.objects.order_by("pool__number", "evidence_id")
        twice = [(2, row.pk, 2, 10_150, 10_150) for row in paid]
        assert list(rows.values_list("pool__number", "evidence_id", "revision", "paid_fen", "fen")) == sorted(
            [*((1, row.pk, 1, 0, 10_150) for row in paid), (2, late.pk, 1, 0, owes - 20_300), *twice]
        )
        back = booked(world)
        assert (back.number, back.fen) == (3, -20_300) and balance("QH01") == owes
        assert owed.changed(NOVEMBER, NOW) == {"service": []}
        with pytest.raises(IntegrityError, match="fact_once"), transaction.atomic():
            of_a_pair(world, 4, 5, late)


def of_a_pair(world: World, number: int, fen: int, lowest: Consultation) -> None:
    """A pool in the books that holds a pair's sum under its lowest consultation."""
    first = PayPool(month=NOVEMBER.first_day, kind="service")
    made = drafted(world, first, number=number, fen=fen)
    base = sum(Fee.objects.values_list("fen", flat=True))
    PayTransfer.objects.create(
        pool=made, payer=world.shiqiao, payee=world.lead, fen=fen, base_fen=base,
        evidence_kind="consultation", evidence_id=lowest.pk,
    )  # fmt: skip
    scene.agreed(world, made)


# Changed afterwards ---------------------------------------------------------------------
@pytest.fixture
def known(house: World, monkeypatch: pytest.MonkeyPatch) -> list[transfers.TransferFact]:
    """What three referrals of October owe; a test corrects their front pages by changing the list."""
    facts = [
        transfers.TransferFact(
            rule, OCTOBER, house.lead.pk, house.shiqiao.pk, referral, referral, base, Decimal(percent),
            base * percent // 100, base,
        )
        for rule, referral, base, percent in (
            ("down_transfer", 7, 399_002, 60), ("down_transfer", 8, 100_000, 60),
            ("fee_return", 9, 50_000, 10),
        )
    ]  # fmt: skip
    monkeypatch.setattr(transfers, "transfer_facts", lambda month, **more: facts if month == OCTOBER else [])
    return facts


def moved(rows: list[PayTransfer]) -> list[tuple[int, int, int]]:
    return [(one.evidence_id, one.paid_fen, one.fen) for one in rows]


def test_a_corrected_base_is_shown_and_its_difference_booked_into_an_open_month(
    house: World, known: list[transfers.TransferFact]
) -> None:
    first = booked(house, "down_transfer", OCTOBER)
    assert first.fen == 299_401 and owed.changed(OCTOBER, NOW) == {"down_transfer": []}
    known[0] = replace(known[0], base_fen=389_002, fen=233_401)  # the front page was corrected
    known[1] = replace(known[1], base_fen=None, fen=None)  # and of this one says nothing any more: not 0
    assert moved(owed.changed(OCTOBER, NOW)["down_transfer"]) == [(7, 239_401, -6_000)]
    assert balance("QH11") == 299_401, "nothing is recalculated silently"
    made = between.make(by=house.luo, month=OCTOBER, kind="down_transfer", now=NOW)
    assert (made.fen, made.number) == (-6_000, 2)
    known[0] = replace(known[0], base_fen=379_002, fen=227_401)
    with pytest.raises(PoolRefused, match="changed since"):
        pools.propose(by=house.luo, pool=made, today=scene.TODAY)
    pools.discard(by=house.luo, pool=made)
    later = booked(house, "down_transfer", OCTOBER)
    assert (later.fen, later.state, balance("QH11")) == (-12_000, "posted", 287_401)
    assert later.journal is not None and later.journal.about_month == OCTOBER.first_day
    assert owed.changed(OCTOBER, NOW) == {"down_transfer": []}
    known[0] = replace(known[0], base_fen=399_002, fen=239_401)  # and corrected back
    assert booked(house, "down_transfer", OCTOBER).fen == 12_000
    assert balance("QH11") == 299_401


def test_what_is_owed_no_longer_or_by_another_rule_is_given_back_before_it_is_paid_anew(
    house: World, known: list[transfers.TransferFact]
) -> None:
    booked(house, "down_transfer", OCTOBER)
    booked(house, "fee_return", OCTOBER)
    known[0] = replace(known[0], rule="fee_return", base_fen=20_000, percent=Decimal(10), fen=2_000)
    known[1] = replace(known[1], payer=house.tcm.pk)  # the other hospital sent the patient
    known.pop()  # the referral proved ineffective
    found = owed.changed(OCTOBER, NOW)
    assert moved(found["down_transfer"]) == [(7, 239_401, -239_401), (8, 60_000, -60_000), (8, 0, 60_000)]
    assert moved(found["fee_return"]) == [(9, 5_000, -5_000)], "7 waits until its transfer is given back"
    assert booked(house, "down_transfer", OCTOBER).fen == -239_401
    assert booked(house, "fee_return", OCTOBER).fen == -3_000
    assert not any(owed.changed(OCTOBER, NOW).values())
    assert (balance("QH01"), balance("QH02"), balance("QH11")) == (-2_000, -60_000, 62_000)


@time_machine.travel(scene.AFTER, tick=False)
def test_pages_show_the_pair_with_its_evidence_and_what_changed_since(world: World) -> None:
    with inside(world):
        priced(world, "consultation", 10_150)
        late, paid = answered(world, "ecg", "consultation")
        pool = booked(world)
        priced(world, "ecg", 30_000)
        consultations.charge_missing(by=world.su, month=NOVEMBER, now=NOW)
        world.people["third"] = member("third", "中医院", world.tcm, "institution_admin")
    assert paid.number in read(world, "luo", f"pay/{pool.pk}/")
    statement = read(world, "kong", "payout/between/2026-11/QH11/QH01/")
    assert paid.number in statement and "101.50" in statement
    month, begin = "payout/between/?month=2026-11", "pay/begin/?kind=service&month=2026-11"
    pages = {name: read(world, name, month) for name in ("luo", "kong", "third")}
    assert late.number in pages["luo"] and "入账后有变动" in pages["kong"]
    assert late.number in pages["kong"] and late.number not in pages["third"]
    link = begin.replace("&", "&amp;")
    assert link in pages["luo"] and link not in pages["kong"]
    form = read(world, "luo", begin)
    assert '<option value="service" selected>' in form and '<option value="2026-11" selected>' in form
    typed = {"kind": "service", "month": "2026-11"}
    assert world.client("luo").post("/a/qinghe/pay/begin/", typed).status_code == 302
    again = read(world, "luo", month)
    assert "补充 1" in again and link not in again, "the one under way is opened, none is made beside it"


@time_machine.travel(scene.AFTER, tick=False)
def test_the_month_s_pages_say_what_its_books_owe_no_longer_at_the_same_cost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(world):
        scene.posted_month(world)
        known = facts_of(world, 40)
        monkeypatch.setattr(
            transfers, "transfer_facts", lambda month, **more: known if month == OCTOBER else []
        )
        booked(world, "down_transfer", OCTOBER)
    counted = []
    for corrected in (1, 40):
        for place in range(corrected):
            known[place] = replace(known[place], base_fen=90_000, fen=54_000)
        for path in ("months/2026-10/life/", "payout/between/?month=2026-10"):
            read(world, "luo", path)
            with CaptureQueriesContext(connection) as asked:
                page = read(world, "luo", path)
            counted.append(len(asked))
            assert "600.00 → 540.00" in page or "540.00" in page
        assert f"机构间有 {corrected} 笔" in read(world, "luo", "months/2026-10/life/")
    assert counted[:2] == counted[2:]


def facts_of(world: World, many: int) -> list[transfers.TransferFact]:
    return [
        transfers.TransferFact(
            "down_transfer", OCTOBER, world.lead.pk, world.shiqiao.pk, referral, referral, 100_000,
            Decimal(60), 60_000, 60_000,
        )
        for referral in range(1, many + 1)
    ]  # fmt: skip


# Offline --------------------------------------------------------------------------------
def test_a_month_with_a_supplement_between_institutions_is_identical_offline(
    qinghe: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundles.post(qinghe, bundles.compute(qinghe))
    with inside(qinghe):
        known = facts_of(qinghe, 2)
        monkeypatch.setattr(transfers, "transfer_facts", lambda month, **more: known)
        booked(qinghe, "down_transfer", OCTOBER)
        known[0] = replace(known[0], base_fen=90_001, fen=54_001)
        booked(qinghe, "down_transfer", OCTOBER)
    content = bundles.bundle_of(qinghe)
    assert bundles.verified(content, tmp_path).differences == ()
    later = "pay/down_transfer-2.jsonl"
    (place,) = (at for at, row in enumerate(bundles.rows(content, later)) if row["row"] == "transfer")
    twice = bundles.changed(content, later, lambda row: row.update(paid_fen=0), place)
    assert f"{later}:{place + 1}.paid_fen" in str(bundles.verified(twice, tmp_path).differences[0])
