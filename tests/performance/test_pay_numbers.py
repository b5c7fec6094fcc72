"""What the books refuse, as pay meets it: N23 to N31, N47 and N50, each by its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import override_settings

from alliance.ledger import errors, many, proposals
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.models.base import Stale
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.engine.pay.flow import persons
from performance.engine.pay.redlines import RedLine
from performance.engine.pay.steps import PayRefused
from performance.models import PayPool, PayPot, PayShare
from performance.pay.refusals import ReversalRefused
from performance.pay.services import computing, entering, making, pools, posting, pots
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, RULE, SHARES, TODAY, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.world import World, make_world, member

NOVEMBER = OCTOBER.next()
THREADS = 8


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """The bonus fund of October has reached its pots."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
        yield world


def submitted(world: World) -> PayPot:
    pot = doctors(world)
    pots.write(by=world.kong, pot=pot, agreed=plan_of(pot), now=NOW)
    pots.show(by=world.kong, pot=fresh(pot), now=NOW)
    return fresh(pots.submit(by=world.wu, pot=fresh(pot), now=AFTER))  # type: ignore[no-any-return]


def posted(world: World) -> LedgerJournal:
    pots.post(by=world.luo, pot=submitted(world), now=AFTER)
    return LedgerJournal.objects.get(key=f"pay.pot:{doctors(world).pk}")


def raw(world: World, fen: tuple[int, ...]) -> None:
    """A journal of a pot with these entries, past every service."""
    accounts = list(Account.objects.order_by("pk")[:2])
    head = LedgerJournal.objects.create(
        period=Period.objects.get(month=OCTOBER.first_day), about_month=OCTOBER.first_day, kind=posting.POT,
        key="pay.pot:raw", posted_by=world.luo, confirmed_by=world.cai, body_digest="0" * 64,
        entries_count=max(len(fen), 2), debit_fen=max(1, sum(one for one in fen if one > 0)),
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(journal=head, number=number, account=accounts[number % 2], fen=one)
        for number, one in enumerate(fen, start=1)
    )


@pytest.mark.parametrize("fen", [(5, -4), (), (5,), (0, 0)])
def test_n23_a_journal_of_pay_that_does_not_balance_is_refused(house: World, fen: tuple[int, ...]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(house, fen)
        connection.check_constraints()  # as COMMIT does
    lines = [ledger.Line(account, one) for account, one in zip(Account.objects.all(), fen, strict=False)]
    with pytest.raises((errors.Unbalanced, errors.TooFewEntries, errors.ZeroAmount)), transaction.atomic():
        many.post_all(
            by=house.kong, confirmed_by=house.luo, month=OCTOBER, about_month=OCTOBER, kind=posting.POT,
            found=[many.NewJournal("pay.pot:raw", lines)],
        )  # fmt: skip


def test_n24_a_posted_pot_takes_no_further_pair(house: World) -> None:
    journal = posted(house)
    accounts = list(Account.objects.order_by("pk")[:2])
    pair = [
        Entry(journal=journal, number=journal.entries_count + place, account=accounts[place - 1], fen=fen)
        for place, fen in ((1, -7), (2, 7))
    ]
    with pytest.raises(IntegrityError, match="takes no further entry"), transaction.atomic():
        Entry.objects.bulk_create(pair)


@pytest.mark.parametrize("statement", [
    "update ledger_entry set fen = fen + 1", "delete from ledger_entry", "truncate ledger_entry",
    "update performance_payline set fen = fen + 1", "delete from performance_payline",
    "update performance_paypot set fen = fen + 1 where state = 'posted'",
])  # fmt: skip
def test_n25_what_persons_were_paid_is_never_rewritten(house: World, statement: str) -> None:
    posted(house)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_n26_a_pot_is_in_the_books_once(house: World) -> None:
    pot = submitted(house)
    pots.post(by=house.luo, pot=pot, now=AFTER)
    with pytest.raises(Stale):
        pots.post(by=house.luo, pot=pot, now=AFTER)
    again = posting.pot(fresh(pot), by=house.wu, second=house.luo, now=AFTER)
    assert not again.created and LedgerJournal.objects.filter(kind=posting.POT).count() == 1
    entries = [
        ledger.Line(one.account, -one.fen)
        for one in Entry.objects.filter(journal=again.journal).select_related("account")
    ]
    with pytest.raises(errors.KeyReused):
        ledger.post(
            by=house.wu, confirmed_by=house.luo, month=OCTOBER, kind=posting.POT, key=f"pay.pot:{pot.pk}",
            entries=entries,
        )  # fmt: skip


def test_n27_a_pot_of_a_closed_month_goes_into_an_open_one_and_says_whose_it_is(house: World) -> None:
    pot = submitted(house)
    ledger.close_period(by=house.luo, confirmed_by=house.cai, month=OCTOBER)
    before = LedgerJournal.objects.filter(period__month=OCTOBER.first_day).count()
    pots.post(by=house.luo, pot=pot, now=AFTER)
    journal = LedgerJournal.objects.select_related("period").get(kind=posting.POT)
    assert (journal.period.month, journal.about_month) == (NOVEMBER.first_day, OCTOBER.first_day)
    assert LedgerJournal.objects.filter(period__month=OCTOBER.first_day).count() == before
    with pytest.raises(IntegrityError, match="not open"), transaction.atomic():
        raw(house, (5, -5))


def fed(house: World) -> Any:
    """A source account with money."""
    fund = entering.open_fund(by=house.luo, code="late", name="结余", source="retained", now=NOW)
    scan = Upload("x.pdf", [b"%PDF-1.4"], "application/pdf", 99)
    fed = entering.enter_fund(
        by=house.luo, fund=fund, day=TODAY, fen=900_000, document="理事会〔2026〕8号", body="理事会",
        scan=scan, now=NOW,
    )  # fmt: skip
    entering.confirm_fund(by=house.cai, row=fed, now=NOW)
    return fund


def test_the_page_of_a_pool_says_that_its_month_has_ended_before_its_button(house: World) -> None:
    """And so does what the second person reads; while the books are open nothing is said."""
    fund = fed(house)
    scene.rule(house, "award")
    made = making.make_from_fund(
        by=house.luo, month=OCTOBER, kind="award", fund=fund, fen=100_000, name="迟到的奖励",
        document="理事会〔2026〕9号", institutions=[house.lead.pk], now=NOW,
    )  # fmt: skip
    at = f"/a/qinghe/pay/{made.pk}/"
    with time_machine.travel(AFTER, tick=False):
        luo = house.client("luo")
        assert "已结束" not in luo.get(at).content.decode()
        ledger.close_period(by=house.luo, confirmed_by=house.cai, month=OCTOBER)
        page = luo.get(at).content.decode()
        assert page.index("已结束") < page.index("act/propose/") and "将记入" in page
        approval = pools.propose(by=house.luo, pool=made, today=TODAY)
        told = house.client("cai").get(f"/a/qinghe/approvals/{approval.pk}/").content.decode()
        assert "已结束" in told and "将记入" in told


def test_a_pool_without_a_rule_leads_to_where_rules_are_made(house: World) -> None:
    with time_machine.travel(AFTER, tick=False):
        fund = fed(house)
        body = {
            "kind": "award", "month": "2026-10", "fund": fund.pk, "fen": "10.00", "name": "奖励",
            "document": "理事会〔2026〕9号", "institutions": [house.lead.pk], "persons": "on",
        }  # fmt: skip
        refused = house.client("luo").post("/a/qinghe/pay/begin/", body)
        page = refused.content.decode()
        assert refused.status_code == 400
        assert "/a/qinghe/pay/sources/enter/rule/" in page


def test_a_steward_of_no_institution_reads_no_pool_and_no_amount_of_one(house: World) -> None:
    """Who has a slip of their own and looks over nothing: neither the list nor one of them."""
    with time_machine.travel(AFTER, tick=False):
        steward = house.people["whole"] = member("whole", "管数据", None, "data_steward")
        assert steward.can("pay.view") and not steward.can("pay.look")
        pool = PayPool.objects.filter(state="posted").first()
        assert pool is not None and not PayPool.objects.seen_by(steward).exists()
        client = house.client("whole")
        listed = client.get("/a/qinghe/pay/").content.decode()
        assert f"/a/qinghe/pay/{pool.pk}/" not in listed
        assert f"/a/qinghe/pay/{pool.pk}/" in house.client("ding").get("/a/qinghe/pay/").content.decode()
        assert client.get(f"/a/qinghe/pay/{pool.pk}/").status_code == 404
        assert client.get("/a/qinghe/pay/sources/").status_code == 403
        assert house.client("ding").get(f"/a/qinghe/pay/{pool.pk}/").status_code == 200


def test_n28_a_journal_of_pay_is_reversed_once(house: World) -> None:
    """And never without the pot that stands on it: nobody is left paid out of what is undone."""
    journal, two = posted(house), {"by": house.luo, "confirmed_by": house.cai, "month": OCTOBER}
    with pytest.raises(IntegrityError, match="goes back with it"), transaction.atomic():
        ledger.reverse(journal=journal, **two)  # type: ignore[arg-type]
        with pytest.raises(errors.AlreadyReversed):
            ledger.reverse(journal=journal, **two)  # type: ignore[arg-type]
        assert books.trial_balance().sum_fen == 0
        connection.check_constraints()
    assert books.trial_balance().sum_fen == 0


def test_n29_of_parallel_postings_of_one_pot_one_wins(own_database: str, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        world, barrier = make_world(), Barrier(THREADS)
        with inside(world):
            scene.grounded(world)
            scene.posted_bonus(world)
            pot = submitted(world)

        def one(_number: int) -> str:
            barrier.wait()
            try:
                with inside(world):
                    pots.post(by=world.luo, pot=pot, now=AFTER)
                return "posted"
            except Stale:
                return "stale"
            finally:
                connections.close_all()

        with ThreadPoolExecutor(THREADS) as pool:
            answers = Counter(pool.map(one, range(THREADS)))
        assert answers == {"posted": 1, "stale": THREADS - 1}
        with inside(world):
            assert LedgerJournal.objects.filter(kind=posting.POT).count() == 1
            assert books.trial_balance().sum_fen == 0


def test_n30_a_hundred_fen_over_three_alike_persons() -> None:
    alike = dict.fromkeys(("a", "b", "c"), Decimal("1.5"))
    assert persons("pot", 100, alike).by_code() == {"a": 34, "b": 33, "c": 33}
    with pytest.raises(PayRefused) as nobody:
        persons("pot", 100, dict.fromkeys(alike, Decimal(0)))
    with pytest.raises(PayRefused) as negative:
        persons("pot", -100, alike)
    assert (nobody.value.reason, negative.value.reason) == ("no_points", "negative")


def test_n31_an_old_month_flows_as_before_after_its_rule_changed(house: World) -> None:
    rows = list(PayPot.objects.order_by("pk").values_list("pk", "fen", "people"))
    changed: Any = replace(
        RULE, coefficients=(("doctor", Decimal(1)), ("nurse", Decimal("0.1")), ("technician", Decimal(1)))
    )
    made = entering.enter_rule(
        by=house.luo, kind="bonus", from_month=NOVEMBER, rule=changed, decided_by="理事会", now=NOW
    )
    entering.confirm(by=house.meng, row=made, now=NOW)
    read = computing.ground(OCTOBER)
    for share in PayShare.objects.select_related("institution", "pool__rule"):
        assert share.pool.rule is not None
        place = share.institution
        found = read.flow(place.pk, place.code, share.fen, share.pool.rule.rule())
        stored = PayPot.objects.filter(share=share)
        again = [pot.fen for pot in found.pots]
        assert sorted(again) == sorted(stored.values_list("fen", flat=True)) and again
    assert list(PayPot.objects.order_by("pk").values_list("pk", "fen", "people")) == rows


def test_n47_a_journal_of_pay_is_checked_at_commit_whatever_scope_is_open(own_database: str) -> None:
    world = make_world()
    with inside(world):
        scene.grounded(world)
        before = LedgerJournal.objects.count()
    with (
        pytest.raises(IntegrityError, match="does not balance"), transaction.atomic(), act_in(world.qinghe)
    ):  # fmt: skip
        raw(world, (5, -4))
    with inside(world):
        assert LedgerJournal.objects.count() == before


def test_n50_pay_of_the_year_stays_within_the_approved_total(house: World) -> None:
    for name in SHARES:
        row = entering.enter_total(
            by=house.luo, institution=getattr(house, name), year=2026, fen=SHARES[name], document="理调1号",
            now=NOW,
        )  # fmt: skip
        entering.confirm(by=house.cai, row=row, now=NOW)
    account = entering.open_fund(by=house.luo, code="own", name="财政", source="fiscal", now=NOW)
    fed = entering.enter_fund(
        by=house.luo, fund=account, day=NOW.date(), fen=100, document="财社〔2026〕1号", body="财政局",
        scan=Upload("文件.pdf", [b"%PDF-1.4"], "application/pdf", 99), now=NOW,
    )  # fmt: skip
    entering.confirm_fund(by=house.cai, row=fed, now=NOW)
    scene.rule(house, "award")
    made = making.make_from_fund(
        by=house.luo, month=OCTOBER, kind="award", fund=account, fen=1, name="奖励", document="理〔2026〕5号",
        institutions=[house.lead.pk], now=NOW + timedelta(hours=1),
    )  # fmt: skip
    with pytest.raises(RedLine, match=r"清河县人民医院.*by 0\.01 yuan"):
        pools.propose(by=house.luo, pool=made, today=TODAY)


def test_n28_a_pot_goes_back_with_its_pool_alone(house: World) -> None:
    """Undone in the books alone, the pot would still be paid; the page leads to its pool."""
    journal = posted(house)
    text = {"month": OCTOBER, "text": "录错", "on": AFTER.date()}
    with pytest.raises(ReversalRefused, match="with its pool alone"):
        proposals.propose_reversal(by=house.luo, journal=journal, **text)  # type: ignore[arg-type]
    client = house.client("cai")
    page = client.get(f"/a/qinghe/ledger/journals/{journal.pk}/").content.decode()
    pool = PayPool.objects.get(pots__journal=journal)
    assert "随其资金池冲正" in page and "/reverse/" not in page and f"/pay/{pool.pk}/" in page
    answer = client.post(
        f"/a/qinghe/ledger/journals/{journal.pk}/reverse/", {"month": "2026-10", "text": "x"}
    )
    assert "随其资金池冲正" in answer.content.decode()
    assert not LedgerJournal.objects.filter(reverses=journal).exists()
