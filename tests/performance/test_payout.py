"""Paying out: accounts by two people, nothing paid twice, the bank's answer, the books (practice.md 7)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import override_settings

from alliance.ledger import facts as books
from alliance.ledger.models import Account, LedgerJournal
from alliance.lib import sheets
from alliance.models import Journal, Parameter, Staff
from performance.models import (
    PayLine,
    PayoutAccount,
    PayoutHold,
    PayoutLot,
    PayoutPart,
    PayoutPayment,
    PayoutResult,
    PayoutRow,
)
from performance.payout import facts, forms
from performance.payout.refusals import AccountRefused, PayoutRefused
from performance.payout.services import accounts, answering, exporting, lots, payables
from performance.payout.services.accounts import Given
from tests.performance import payout_scene as scene
from tests.performance.pay_scene import NOW
from tests.performance.payout_scene import PAYDAY, again, answer, answered, exported, made
from tests.performance.scene import OCTOBER, inside
from tests.world import World


@pytest.fixture
def house(payable: World) -> Iterator[World]:
    with inside(payable):
        yield payable


def balance(code: str) -> int:
    return books.balance(Account.objects.get(code=code))


def whole() -> int:
    return sum(PayLine.objects.filter(pot__state="posted").values_list("fen", flat=True))


# Accounts ----------------------------------------------------------------------------
def test_an_account_is_sealed_counts_by_two_people_and_its_owner_is_told(house: World) -> None:
    staff = Staff.objects.get(user=house.dr.user)
    row = accounts.current([staff.pk])[staff.pk]
    assert row.masked == f"**** {scene.number(staff)[-4:]}"
    with connection.cursor() as cursor:
        cursor.execute("select number, number_key from performance_payoutaccount where id = %s", [row.pk])
        sealed, key = cursor.fetchone()
    assert scene.number(staff).encode() not in bytes(sealed) and scene.number(staff) not in key
    given = Given("icbc", "", "新户名", "62220000000000009999")
    with pytest.raises(AccountRefused, match="why the account changes"):
        accounts.enter(by=house.dr, staff=staff, given=given, why=" ", now=NOW)
    changed = accounts.enter(by=house.dr, staff=staff, given=given, why="换卡", now=NOW)
    with pytest.raises(AccountRefused, match="waits for its second person"):
        accounts.enter(by=house.luo, staff=staff, given=given, why="换卡", now=NOW)
    with pytest.raises(PermissionDenied):
        accounts.confirm(by=house.dr, row=changed, now=NOW)
    assert accounts.current([staff.pk])[staff.pk].pk == row.pk  # the old one counts until it is confirmed
    accounts.confirm(by=house.cai, row=changed, now=NOW)
    assert accounts.current([staff.pk])[staff.pk].pk == changed.pk
    with pytest.raises(PermissionDenied):
        accounts.notice(by=house.kong, row=changed, now=NOW)
    accounts.notice(by=house.dr, row=changed, now=NOW)
    assert PayoutAccount.objects.get(pk=changed.pk).seen_at == NOW
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutAccount.objects.filter(pk=changed.pk).update(tail="0000")


@pytest.mark.parametrize(("change", "said"), [
    ({"number": "62"}, "8 to 30 digits"), ({"number": "6222ABCD12345678"}, "8 to 30 digits"),
    ({"holder": " "}, "holder"), ({"bank": "nobank"}, "No template"),
])  # fmt: skip
def test_an_account_that_cannot_be_is_refused(house: World, change: dict[str, str], said: str) -> None:
    given = Given(**{"bank": "icbc", "branch": "", "holder": "x", "number": "6222000011112222", **change})
    staff = Staff.objects.filter(user=None).first()
    assert staff is not None
    with pytest.raises(AccountRefused, match=said):
        accounts.enter(by=house.luo, staff=staff, given=given, why="x", now=NOW)


def test_one_account_is_of_one_person_and_nobody_confirms_alone(house: World) -> None:
    first, second = Staff.objects.order_by("pk")[:2]
    given = Given("icbc", "", "x", scene.number(first))
    with pytest.raises(AccountRefused, match="another person"):
        accounts.enter(by=house.luo, staff=second, given=given, why="换卡", now=NOW)
    row = accounts.enter(
        by=house.luo, staff=second, given=Given("rcu", "", "x", "1234567890123"), why="换卡", now=NOW
    )
    with pytest.raises(AccountRefused, match="two different people"):
        accounts.confirm(by=house.luo, row=row, now=NOW)
    with pytest.raises(AccountRefused, match="its owner reads it") as nothing:
        accounts.decline(by=house.cai, row=row, why=" ", now=NOW)
    assert nothing.value.field == "why"
    for bare in ({}, {"declined_why": " "}):
        with pytest.raises(IntegrityError, match="with a reason"), transaction.atomic():
            PayoutAccount.objects.filter(pk=row.pk).update(declined_by=house.cai, declined_at=NOW, **bare)
    with pytest.raises(IntegrityError, match="why_declined"), transaction.atomic():
        PayoutAccount.objects.filter(pk=row.pk).update(declined_why="户名不符")
    declined = accounts.decline(by=house.cai, row=row, why=" 户名不符 ", now=NOW)
    assert declined.declined_why == "户名不符"
    assert Journal.objects.get(verb="payout.account_declined").detail["why"] == "户名不符"
    with pytest.raises(AccountRefused, match="declined"):
        accounts.confirm(by=house.cai, row=PayoutAccount.objects.get(pk=row.pk), now=NOW)
    assert accounts.current([second.pk])[second.pk].bank == "icbc"


# Lots ----------------------------------------------------------------------------------
def test_one_lot_an_institution_and_bank_holds_every_payable_line_once(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        lines = scene.grounded(world, {"QH01-03-0": "rcu"})
        found = made(world)
        assert {(lot.institution.code, lot.bank, lot.number) for lot in found} == {
            ("QH01", "icbc", 1), ("QH01", "rcu", 1), ("QH11", "icbc", 1),
        }  # fmt: skip
        assert sum(PayoutPayment.objects.values_list("fen", flat=True)) == whole()
        assert PayoutPart.objects.count() == len(lines)
        with pytest.raises(PayoutRefused, match="stands in a lot or is held already"):
            made(world)
        assert again(found[0]).state == "made"
        assert str(found[0]) == "202610-QH01-ICBC-1" and found[0].entity.credit_code == "12330000MB0000001X"


def test_nothing_is_paid_twice_by_construction(house: World) -> None:
    lot = made(house)[0]
    part = PayoutPart.objects.filter(payment__lot=lot).select_related("payment", "line").first()
    assert part is not None
    other = PayoutLot.objects.create(
        month=lot.month, institution=lot.institution, bank="icbc", number=9, entity=lot.entity,
        made_by=house.luo, made_at=PAYDAY,
    )  # fmt: skip
    payment = PayoutPayment.objects.create(
        lot=other, staff_id=part.payment.staff_id, account_id=part.payment.account_id, number=1, fen=1
    )
    for change, said in (
        ({"part": part.part}, "payoutpart_once|payout_line"), ({"part": 7}, "exceed it"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            PayoutPart.objects.create(payment=payment, line=part.line, fen=1, **change)
    with pytest.raises(IntegrityError, match="exceed it"), transaction.atomic():
        PayoutHold.objects.create(
            line=part.line, kind="by_hand", why="x", fen=1, made_by=house.luo, made_at=NOW
        )
    stranger = PayLine.objects.exclude(staff=part.payment.staff_id).filter(
        pot__institution=lot.institution, pot__state="posted").first()  # fmt: skip
    lots.withdraw(by=house.luo, lot=lot)
    with pytest.raises(IntegrityError, match="paid to its person"), transaction.atomic():
        PayoutPart.objects.create(payment=payment, line=stranger, part=2, fen=1)
    with pytest.raises(DatabaseError, match="keeps its money"), transaction.atomic():
        PayoutPayment.objects.filter(pk=payment.pk).update(fen=5)
    with pytest.raises(DatabaseError, match="keeps its money"), transaction.atomic():
        PayoutPayment.objects.filter(pk=payment.pk).delete()
    for state in ("exported", "paid", "returned"):
        with pytest.raises(DatabaseError), transaction.atomic():
            PayoutPayment.objects.filter(pk=payment.pk).update(state=state)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutPart.objects.filter(line=part.line, ended_at=None).update(ended_at=NOW)
        PayoutPart.objects.create(payment=payment, line=part.line, part=1, fen=1)
        PayoutPart.objects.filter(payment=payment).update(ended_at=NOW)


def test_a_lot_leaves_only_after_a_second_person_and_by_its_own_permission(house: World) -> None:
    lot = made(house)[0]
    with pytest.raises(PayoutRefused, match="second person checks"):
        exporting.export(by=house.cai, lot=lot, now=PAYDAY)
    with pytest.raises(PayoutRefused, match="two different people"):
        lots.check(by=house.luo, lot=lot, now=PAYDAY)
    lot = lots.check(by=house.meng, lot=lot, now=PAYDAY)
    assert again(lot).state == "checked"
    with pytest.raises(PermissionDenied):
        exporting.export(by=house.luo, lot=lot, now=PAYDAY)
    shown = exporting.preview(lot)
    numbers = [scene.number(one.staff) for one in lot.payments.select_related("staff")]
    assert shown[0][1] == "收款账号" and all(
        row[1] == f"**** {n[-4:]}" for row, n in zip(shown[1:], numbers, strict=True)
    )
    file = exporting.export(by=house.cai, lot=lot, now=PAYDAY)
    rows = [row.cells for row in sheets.read("x.xlsx", io.BytesIO(file.content))]
    assert [row[1] for row in rows[1:]] == numbers and rows[1][7] == "202610-QH01-ICBC-1-0001"
    total = sum(Decimal(row[4]) for row in rows[1:])
    assert total == Decimal(sum(lot.payments.values_list("fen", flat=True))) / 100
    assert again(lot).state == "exported"
    assert exporting.export(by=house.cai, lot=lot, now=PAYDAY).content == file.content
    assert Journal.objects.filter(verb="payout.exported").count() == lot.exports.count() == 2
    with pytest.raises(PayoutRefused, match="left for the bank"):
        lots.withdraw(by=house.luo, lot=lot)
    with pytest.raises(DatabaseError, match="checked lot takes no further"), transaction.atomic():
        one = lot.payments.first()
        PayoutPayment.objects.create(lot=lot, staff=one.staff, account=one.account, number=99, fen=1)


def test_a_name_never_becomes_a_formula_in_the_file(house: World) -> None:
    staff = Staff.objects.get(user=house.dr.user)
    given = Given("rcu", "", "=HYPERLINK(1)", "6222000099998888")
    row = accounts.enter(by=house.luo, staff=staff, given=given, why="改名", now=NOW)
    accounts.confirm(by=house.cai, row=row, now=NOW)
    lot = next(lot for lot in exported(house) if lot.bank == "rcu")
    text = exporting.export(by=house.cai, lot=lot, now=PAYDAY).content.decode("gb18030")
    assert "6222000099998888,'=HYPERLINK(1)," in text


# Disputed and held -------------------------------------------------------------------------
def test_a_disputed_line_is_paid_at_its_undisputed_part_and_the_rest_after_the_decision(house: World) -> None:
    line = PayLine.objects.filter(fen__gt=0).select_related("staff").order_by("pk")[0]
    exported(house, {line.pk: 1_000})
    part = PayoutPart.objects.get(line=line)
    assert (part.part, part.fen) == (1, line.fen - 1_000)
    assert facts.paid_in(OCTOBER, {line.pk: 1_000}).held_fen == 1_000
    with pytest.raises(PayoutRefused, match="stands in a lot or is held already"):
        made(house, {line.pk: 1_000})
    with pytest.raises(PayoutRefused, match="decision about it"):
        lots.release(by=house.luo, row=PayoutHold.objects.get(), now=PAYDAY)
    lot = made(house)[0]
    assert lot.number == 2 and list(
        PayoutPart.objects.filter(payment__lot=lot).values_list("part", "fen")
    ) == [(2, 1_000)]
    assert PayoutHold.objects.get().ended_by == house.luo


def test_where_the_setting_says_so_a_disputed_line_is_held_whole(house: World) -> None:
    Parameter.objects.create(
        key="payout.pay_undisputed", value=False, from_date=OCTOBER.first_day, decided_by="理事会"
    )
    line = PayLine.objects.filter(fen__gt=0).order_by("pk")[0]
    made(house, {line.pk: 1})
    assert PayoutHold.objects.get().fen == line.fen and not PayoutPart.objects.filter(line=line).exists()


def test_money_held_by_hand_waits_with_its_reason(house: World) -> None:
    line = PayLine.objects.filter(fen__gt=0).order_by("pk")[0]
    with pytest.raises(PayoutRefused, match="why it is held"):
        lots.hold(by=house.luo, line=line.pk, why="", now=NOW)
    row = lots.hold(by=house.luo, line=line.pk, why="人事关系核实中", now=NOW)
    with pytest.raises(PayoutRefused, match="paid or held already"):
        lots.hold(by=house.luo, line=line.pk, why="x", now=NOW)
    made(house)
    assert not PayoutPart.objects.filter(line=line).exists()
    lots.release(by=house.luo, row=row, now=PAYDAY)
    assert [lot.number for lot in made(house)] == [2] and PayoutPart.objects.get(line=line).fen == line.fen


def test_without_an_account_a_line_stays_open_and_is_named(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.paid_down(world)
        found = lots.ready(OCTOBER, {})
        assert len(found.no_account) == len(payables.of(OCTOBER)) and not found.groups
        with pytest.raises(PayoutRefused, match="wait for a confirmed bank account"):
            made(world)
        assert facts.paid_in(OCTOBER).open_fen == whole() and not facts.paid_in(OCTOBER).done


# The bank's answer -----------------------------------------------------------------------------
def test_a_month_is_paid_one_payment_returned_and_paid_again(house: World) -> None:
    lot, other = exported(house)
    person = lot.payments.select_related("staff__institution").get(number=2)
    code = f"person:{person.staff.institution.code}:{person.staff.code}"
    before = balance(code)
    answered(house, lot, answer(lot, {2: "退票"}))
    assert again(lot).state == "exported"  # nothing ends before a second person has looked
    with pytest.raises(PayoutRefused, match="two different people"):
        answering.settle(by=house.luo, lot=lot, now=PAYDAY)
    assert answering.settle(by=house.cai, lot=lot, now=PAYDAY) == 4
    told = again(lot)
    assert (told.state, told.n_paid, told.n_returned) == ("partly_returned", 3, 1)
    assert balance(code) == before and balance("paid:QH01") == told.fen_paid
    with pytest.raises(PayoutRefused, match="No row waits"):
        answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    answered(house, other, answer(other))
    answering.settle(by=house.meng, lot=other, now=PAYDAY)
    assert again(other).state == "paid" and not facts.paid_in(OCTOBER).done
    scene.reconfirmed(house)
    (later,) = exported(house)
    assert (later.number, later.payments.get().fen) == (2, person.fen)
    answered(house, later, answer(later))
    answering.settle(by=house.cai, lot=later, now=PAYDAY)
    assert balance(code) == 0 and again(later).state == "paid" and again(lot).state == "partly_returned"
    assert balance("paid:QH01") + balance("paid:QH11") == whole()
    assert books.trial_balance().sum_fen == 0
    paid = facts.paid_in(OCTOBER)
    assert (paid.paid_fen, paid.open_fen, paid.held_fen) == (whole(), 0, 0)


def test_a_payment_returned_days_after_it_was_paid_is_taken_back_in_the_books(house: World) -> None:
    lot = exported(house)[0]
    answered(house, lot, answer(lot))
    answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    total = balance("paid:QH01")
    late = answer(lot, {1: "退票", 2: "", 3: "", 4: ""})
    result = answered(house, lot, late)
    assert list(result.rows.values_list("kind", "action")) == [("matched", "returned")]
    answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    back = lot.payments.get(number=1)
    assert back.state == "returned" and balance("paid:QH01") == total - back.fen
    assert LedgerJournal.objects.filter(kind="payout.returned").count() == 1
    assert books.trial_balance().sum_fen == 0


def test_differences_wait_in_a_queue_until_two_people_have_settled_them(house: World) -> None:
    lot = exported(house)[0]
    content = answer(
        lot, {2: "处理中", 4: ""}, amounts={1: "1.00"}, more=[("XX-1", "62229999", "5.00", "成功", "")]
    )
    answered(house, lot, content)
    with pytest.raises(PayoutRefused, match="imported already"):
        answered(house, lot, content)
    rows = {row.kind: row for row in PayoutRow.objects.open().named()}
    assert set(rows) == {"amount", "unknown", "missing", "unclear"}
    assert (rows["amount"].fen, rows["unknown"].tail) == (100, "9999")
    assert rows["missing"].payment is not None and rows["missing"].payment.number == 4
    assert answering.possible(rows["unknown"]) == ["noted"]
    assert answering.possible(rows["unclear"]) == ["paid", "returned", "noted"]
    with pytest.raises(PayoutRefused, match="names no payment"):
        answering.decide(by=house.luo, row=rows["unknown"], action="paid", note="x", now=PAYDAY)
    with pytest.raises(PayoutRefused, match="found out with the bank"):
        answering.decide(by=house.luo, row=rows["amount"], action="returned", note=" ", now=PAYDAY)
    answering.decide(by=house.luo, row=rows["unknown"], action="noted", note="他行来款，已退", now=PAYDAY)
    answering.decide(by=house.luo, row=rows["amount"], action="returned", note="银行全额退回", now=PAYDAY)
    answering.decide(by=house.luo, row=rows["unclear"], action="paid", note="次日入账，有回单", now=PAYDAY)
    with pytest.raises(PayoutRefused, match="decided this row already"):
        answering.decide(by=house.meng, row=rows["unclear"], action="returned", note="x", now=PAYDAY)
    answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    assert dict(lot.payments.values_list("number", "state")) == {
        1: "returned", 2: "paid", 3: "paid", 4: "exported",
    }  # fmt: skip
    answered(house, lot, answer(lot, {1: "", 2: "", 3: ""}))
    answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    assert lot.payments.get(number=4).state == "paid" and not PayoutRow.objects.open().exists()
    assert books.trial_balance().sum_fen == 0


def test_several_files_of_one_lot_never_block_what_is_right(house: World) -> None:
    """One with a wrong amount, one with a foreign row, a duplicate, at last the right one: what is right is
    posted, the rest stands row by row.
    """
    lot = exported(house)[0]
    foreign = ("XX-1", "62229999", "5.00", "成功", "")
    first = answered(house, lot, answer(lot, amounts={1: "1.00"}))
    second = answered(house, lot, answer(lot, more=[foreign]))
    twice = answer(lot).decode("utf-8-sig").splitlines()
    third = answered(house, lot, "\n".join([*twice, twice[2]]).encode("utf-8-sig"))
    kinds = [list(one.rows.values_list("kind", "action")) for one in (first, second, third)]
    assert kinds[0] == [("amount", None), *[("matched", "paid")] * 3]
    assert kinds[1] == [("matched", "paid"), *[("repeat", "paid")] * 3, ("unknown", None)]
    assert kinds[2] == [*[("repeat", "paid")] * 4, ("twice", None)]
    assert answering.settle(by=house.cai, lot=lot, now=PAYDAY) == 4
    assert again(lot).state == "paid" and balance("paid:QH01") == again(lot).fen_paid
    left = [(row.result_id, row.number, row.kind) for row in answering.left(lot)]
    assert left == [
        (first.pk, 3, "amount"), (second.pk, 7, "unknown"), (third.pk, 7, "twice"),
    ]  # fmt: skip
    assert not PayoutRow.objects.ripe().filter(result__lot=lot).exists()
    with pytest.raises(PayoutRefused, match="No row waits"):
        answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    fourth = answered(house, lot, answer(lot, {2: "成功 "}) + b"\n")
    assert set(fourth.rows.values_list("kind", "action")) == {("repeat", "noted")}
    assert books.trial_balance().sum_fen == 0


def test_a_row_that_contradicts_an_earlier_answer_stands_alone(house: World) -> None:
    lot = exported(house)[0]
    answered(house, lot, answer(lot))
    late = answered(house, lot, answer(lot, {2: "退票"}))
    assert dict(late.rows.values_list("payment__number", "kind")) == {
        1: "repeat", 2: "contrary", 3: "repeat", 4: "repeat",
    }  # fmt: skip
    row = PayoutRow.objects.named().get(result=late, kind="contrary")
    with pytest.raises(PayoutRefused, match="waits to be posted"):
        answering.decide(by=house.luo, row=row, action="paid", note="x", now=PAYDAY)
    assert answering.settle(by=house.cai, lot=lot, now=PAYDAY) == 4
    assert [one.pk for one in answering.left(lot)] == [row.pk]
    row = PayoutRow.objects.named().get(pk=row.pk)
    # What is paid is not paid again: the page offers what may still follow, the service says why.
    assert answering.possible(row) == ["returned", "noted"]
    drawn = str(forms.DecideForm(possible=answering.possible(row))["action"])
    assert 'value="returned"' in drawn and 'value="paid"' not in drawn
    with pytest.raises(PayoutRefused, match="ended otherwise"):
        answering.decide(by=house.luo, row=row, action="paid", note="x", now=PAYDAY)
    answering.decide(by=house.luo, row=row, action="returned", note="次日退回，有退票通知", now=PAYDAY)
    assert answering.settle(by=house.cai, lot=lot, now=PAYDAY) == 1
    assert lot.payments.get(number=2).state == "returned" and not answering.left(lot)
    assert books.trial_balance().sum_fen == 0


def test_an_answer_is_withdrawn_until_a_row_of_it_is_posted(house: World) -> None:
    lot = exported(house)[0]
    wrong = answered(house, lot, answer(lot, {1: "退票"}))
    right = answered(house, lot, answer(lot))
    with pytest.raises(PermissionDenied):
        answering.withdraw(by=house.kong, result=wrong, why="x", now=PAYDAY)
    with pytest.raises(PayoutRefused, match="why the file"):
        answering.withdraw(by=house.luo, result=wrong, why=" ", now=PAYDAY)
    answering.withdraw(by=house.luo, result=wrong, why="银行发错了文件", now=PAYDAY)
    with pytest.raises(PayoutRefused, match="withdrawn already"):
        answering.withdraw(by=house.luo, result=wrong, why="x", now=PAYDAY)
    assert Journal.objects.get(verb="payout.answer_withdrawn").detail["why"] == "银行发错了文件"
    said = wrong.rows.filter(payment__number=1)
    with pytest.raises(IntegrityError, match="withdrawn"), transaction.atomic():
        said.update(posted_by=house.cai, posted_at=PAYDAY)
    # What the withdrawn file said first, the later one says now; its contradiction is decided.
    (row,) = PayoutRow.objects.open().named()
    assert (row.result, row.kind) == (right, "contrary")
    answering.decide(by=house.luo, row=row, action="paid", note="银行更正", now=PAYDAY)
    assert answering.settle(by=house.cai, lot=lot, now=PAYDAY) == 4 and again(lot).state == "paid"
    with pytest.raises(PayoutRefused, match="posted already"):
        answering.withdraw(by=house.luo, result=right, why="x", now=PAYDAY)
    with pytest.raises(IntegrityError, match="are posted"), transaction.atomic():
        PayoutResult.objects.filter(pk=right.pk).update(
            withdrawn_by=house.luo, withdrawn_at=PAYDAY, withdrawn_why="x"
        )
    again_read = answered(house, lot, answer(lot, {1: "退票"}))
    assert again_read.pk != wrong.pk
