"""What was posted by mistake goes back whole, by two people; nothing that was paid does (walls.md 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import override_settings

from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.ledger import proposals
from alliance.ledger import services as ledger
from alliance.ledger.errors import RoomRests
from alliance.ledger.models import Account, LedgerJournal
from alliance.models import Transition
from alliance.services.files import Upload
from performance.models import FundEntry, PayFund, PayLine, PayPool, PayPot
from performance.pay.refusals import PoolRefused, ReversalRefused
from performance.pay.services import entering, limits, making
from performance.payout.services import lots, payables
from tests.performance import bundle_scene, payout_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, fresh
from tests.performance.scene import OCTOBER, inside
from tests.world import World

Money = dict[str, int]


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October paid down to persons: three pots in the books, others open; nothing in a lot."""
    with override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls"), inside(world):
        payout_scene.grounded(world)
        yield world


def reversed_by_two(world: World, journal: LedgerJournal, why: str = "重复录入") -> LedgerJournal:
    made = proposals.propose_reversal(by=world.luo, journal=journal, month=OCTOBER, text=why, on=AFTER.date())
    approvals.decide(by=world.cai, approval=made, verdict="yes")
    connection.check_constraints()
    return LedgerJournal.objects.get(reverses=journal)


def money() -> Money:
    """What stands on every account."""
    return {one.code: books.balance(one) for one in Account.objects.all()}


def bonus() -> PayPool:
    return fresh(PayPool.objects.exclude(state="reversed").get(kind="bonus"))  # type: ignore[no-any-return]


def fed(world: World, fen: int) -> FundEntry:
    fund = PayFund.objects.filter(code="own").first() or entering.open_fund(
        by=world.luo, code="own", name="财政补助", source="fiscal", now=NOW
    )
    row = entering.enter_fund(
        by=world.luo, fund=fund, day=NOW.date(), fen=fen, document="财社〔2026〕1号", body="财政局", now=NOW,
        scan=Upload("文件.pdf", [b"%PDF-1.4"], "application/pdf", 99),
    )  # fmt: skip
    return entering.confirm_fund(by=world.cai, row=row, now=NOW)


def award(world: World, fen: int) -> PayPool:
    """A pool that takes all of what an entry fed."""
    scene.rule(world, "award")
    made = making.make_from_fund(
        by=world.luo, month=OCTOBER, kind="award", fund=PayFund.objects.get(), fen=fen, name="奖励",
        document="理〔2026〕5号", institutions=[world.lead.pk], now=NOW,
    )  # fmt: skip
    return scene.agreed(world, made)


def test_a_pool_goes_back_whole_and_is_made_anew(house: World) -> None:
    pool, lines = bonus(), PayLine.objects.filter(pot__state="posted").count()
    assert lines and payables.of(OCTOBER)
    undone = reversed_by_two(house, pool.journal)
    after = fresh(pool)
    assert (after.state, after.reversal, after.reversal.text) == ("reversed", undone, "重复录入")
    pots = PayPot.objects.filter(pool=pool)
    assert set(pots.values_list("state", flat=True)) == {"reversed"}
    assert all(pot.reversal.reverses_id == pot.journal_id for pot in pots.exclude(journal=None))
    assert pots.exclude(journal=None).count() == 3 and not pots.filter(journal=None, reversal__isnull=False)
    held = money()
    shares = {f"institution:{one.code}": scene.SHARES[name] for name, one in
              (("lead", house.lead), ("shiqiao", house.shiqiao))}  # fmt: skip
    assert {code: fen for code, fen in held.items() if fen and code.startswith("institution:")} == shares
    assert not [code for code, fen in held.items() if fen and code.startswith(("department:", "person:"))]
    assert limits.paid_of(2026) == {} and payables.of(OCTOBER) == []
    assert Transition.objects.filter(name="reverse", to_state="reversed").count() == pots.count() + 1
    again = scene.posted_bonus(house)
    assert (again.state, again.number, again.fen) == ("posted", 2, pool.fen)


@pytest.mark.parametrize("step", ["made", "withdrawn", "exported"])
def test_nothing_goes_back_of_what_stands_in_a_lot_or_is_paid(house: World, step: str) -> None:
    pool = bonus()
    found = payout_scene.exported(house) if step == "exported" else payout_scene.made(house)
    if step == "withdrawn":
        for lot in found:
            lots.withdraw(by=house.luo, lot=lot)
        reversed_by_two(house, pool.journal)
        assert fresh(pool).state == "reversed"
        return
    before = LedgerJournal.objects.count()
    with pytest.raises(ReversalRefused, match=r"7 payments .* Withdraw the lots that have not left"):
        reversed_by_two(house, pool.journal)
    page = house.client("cai").get(f"/a/qinghe/ledger/journals/{pool.journal.pk}/").content.decode()
    assert "已列入发放批次或已发放" in page and "/reverse/" not in page and f"/pay/{pool.pk}/" in page
    assert LedgerJournal.objects.count() == before and bonus() == pool


def test_a_lot_made_while_a_colleague_decides_stops_the_reversal(house: World) -> None:
    pool = bonus()
    made = proposals.propose_reversal(
        by=house.luo, journal=pool.journal, month=OCTOBER, text="录错", on=AFTER.date()
    )
    payout_scene.made(house)
    agreed = {"verdict": "yes", "step": made.step}
    answer = house.client("cai").post(f"/a/qinghe/approvals/{made.pk}/decide/", agreed)
    assert answer.status_code in (400, 409) and "已列入发放批次" in answer.content.decode()
    assert bonus() == pool and not LedgerJournal.objects.filter(kind="reversal").exists()


def test_the_shares_of_a_month_are_corrected_in_their_room(house: World) -> None:
    journal = LedgerJournal.objects.get(kind="performance.month")
    with pytest.raises(RoomRests, match=f"journal {journal.pk}"):
        reversed_by_two(house, journal)
    page = house.client("cai").get(f"/a/qinghe/ledger/journals/{journal.pk}/").content.decode()
    assert "请在原处更正" in page and "/reverse/" not in page


def test_an_entry_of_a_fund_goes_back_and_counts_no_more(house: World) -> None:
    row = fed(house, 700)
    undone = reversed_by_two(house, row.journal)
    row = FundEntry.objects.get(pk=row.pk)
    assert row.reversal == undone and not FundEntry.objects.standing().exists()
    assert money()["fund:own"] == money()["source:fiscal"] == 0
    page = house.client("cai").get("/a/qinghe/pay/sources/").content.decode()
    assert "已冲正" in page and "重复录入" in page
    with pytest.raises(PoolRefused, match="Feed the account first"):
        award(house, 700)


def test_an_entry_that_a_pool_has_spent_goes_back_after_the_pool(house: World) -> None:
    row = fed(house, 700)
    pool = award(house, 700)
    with pytest.raises(ReversalRefused, match="Reverse the pools that took it first"):
        reversed_by_two(house, row.journal)
    reversed_by_two(house, pool.journal)
    reversed_by_two(house, row.journal)
    assert money()["fund:own"] == 0


def raw(world: World, journal: LedgerJournal) -> LedgerJournal:
    """The mirror image in the books, past pay."""
    return ledger.reverse(by=world.luo, confirmed_by=world.cai, journal=journal, month=OCTOBER).journal


@pytest.mark.parametrize("which", ["entry", "pool", "pot"])
def test_the_database_lets_no_journal_go_back_without_what_stands_on_it(house: World, which: str) -> None:
    found: dict[str, Callable[[], Any]] = {
        "entry": lambda: fed(house, 700), "pool": bonus,
        "pot": lambda: PayPot.objects.filter(state="posted").first(),
    }  # fmt: skip
    row = found[which]()
    with pytest.raises(IntegrityError, match="goes back with it"), transaction.atomic():
        raw(house, row.journal)
        connection.check_constraints()


def test_the_database_lets_no_row_go_back_without_its_journal(house: World) -> None:
    pool, row, pot = bonus(), fed(house, 700), PayPot.objects.filter(state="posted")[0]
    stranger = raw(house, LedgerJournal.objects.get(kind="performance.month"))
    for deed in (
        lambda: FundEntry.objects.filter(pk=row.pk).update(reversal=stranger),
        lambda: PayPot.objects.filter(pk=pot.pk).update(state="reversed", reversal=stranger),
        lambda: PayPool.objects.filter(pk=pool.pk).update(state="reversed", reversal=stranger),
        lambda: PayPool.objects.filter(pk=pool.pk).update(state="reversed"),
        lambda: PayPool.objects.filter(pk=pool.pk).update(state="draft"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_the_database_holds_what_is_in_a_lot_also_past_the_services(house: World) -> None:
    pool = bonus()
    payout_scene.made(house)
    with pytest.raises(DatabaseError, match="stands in a lot"), transaction.atomic():
        raw(house, pool.journal)
        pot = PayPot.objects.filter(pool=pool, state="posted")[0]
        PayPot.objects.filter(pk=pot.pk).update(state="reversed", reversal=raw(house, pot.journal))


def test_the_bundle_of_a_month_with_a_reversed_pool_is_identical(qinghe: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        bundle_scene.paid_month(qinghe)
        with inside(qinghe):
            pool = PayPool.objects.exclude(fund=None).get(state="posted")
            reversed_by_two(qinghe, fresh(pool).journal)
        content = bundle_scene.bundle_of(qinghe)
    assert bundle_scene.verified(content, tmp_path).differences == ()
    assert f"pay/{pool.kind}-{pool.number}.jsonl" not in bundle_scene.members(content)
    kinds = [row["kind"] for row in bundle_scene.rows(content, "ledger/journals.jsonl")]
    assert "reversal" in kinds and "pay.pool" in kinds
