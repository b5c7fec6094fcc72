"""What the bank gives back goes nowhere again before two people stand by the account anew (practice.md 7)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import translation

from alliance.models import Staff
from performance.models import PayLine, PayoutAccount, PayoutLot, PayoutPayment
from performance.payout import show_lots
from performance.payout.refusals import AccountRefused, PayoutRefused
from performance.payout.services import account_sheets, accounts, answering, exporting, lots, returned
from performance.payout.services.accounts import Given
from performance.payout.waiting import waiting
from performance.slip import person_month as slips
from tests.performance.payout_scene import (
    PAYDAY,
    again,
    answer,
    answered,
    exported,
    made,
    number,
    reconfirmed,
)
from tests.performance.scene import OCTOBER, inside
from tests.world import World

BASE = "/a/qinghe/payout/"


@pytest.fixture
def house(payable: World) -> Iterator[World]:
    with inside(payable):
        yield payable


def came_back(world: World) -> tuple[PayoutLot, Any]:
    """The lot, and the payment of it that the bank gave back."""
    lot = exported(world)[0]
    answered(world, lot, answer(lot, {2: "退票"}))
    answering.settle(by=world.cai, lot=lot, now=PAYDAY)
    return lot, lot.payments.select_related("staff", "account").get(number=2)


def became(lot: PayoutLot) -> tuple[str, str, bool]:
    with override_settings(ROOT_URLCONF="config.alliance_urls"), translation.override("en"):
        return show_lots.again(again(lot))


def given(payment: Any, **change: str) -> Given:
    row = payment.account
    return Given(row.bank, row.branch, row.holder, change.get("number", number(payment.staff)))


def test_a_returned_account_is_held_until_two_people_enter_it_anew(house: World) -> None:
    lot, payment = came_back(house)
    assert became(lot) == ("paid again once the account is confirmed anew", "", True)
    assert returned.said() == {payment.account_id: "账户不符"}
    found = lots.ready(OCTOBER, {})
    assert [(row.staff.pk, row.free, why) for row, why in found.came_back] == [
        (payment.staff_id, payment.fen, "账户不符")
    ] and not found.groups  # fmt: skip
    with pytest.raises(PayoutRefused, match=r"confirmed anew after a return.*: 1"):
        made(house)
    row = accounts.enter(by=house.luo, staff=payment.staff, given=given(payment), why="核对无误", now=PAYDAY)
    assert lots.ready(OCTOBER, {}).came_back  # entered is not confirmed
    back = returned.said()
    assert (returned.held(back).count(), returned.waiting(back).count()) == (1, 0)
    accounts.decline(by=house.cai, row=row, why="户名不符", now=PAYDAY)
    assert returned.waiting(returned.said()).count() == 1
    reconfirmed(house)
    assert became(lot) == ("is paid with the next lot", "", True)
    assert not returned.waiting(returned.said())
    (later,) = made(house)
    assert later.payments.get().fen == payment.fen
    assert became(lot) == (f"paid again in {later}", f"/payout/lots/{later.pk}/", False)
    with pytest.raises(AccountRefused, match="counts already"):
        accounts.enter(by=house.luo, staff=payment.staff, given=given(payment), why="再录", now=PAYDAY)


def test_another_account_does_as_well(house: World) -> None:
    _lot, payment = came_back(house)
    other = given(payment, number="6217000099990000")
    row = accounts.enter(by=house.luo, staff=payment.staff, given=other, why="原卡已销户", now=PAYDAY)
    accounts.confirm(by=house.cai, row=row, now=PAYDAY)
    (later,) = made(house)
    assert later.payments.get().account_id == row.pk


def test_the_database_pays_nothing_into_a_returned_account(house: World) -> None:
    lot, payment = came_back(house)
    other = PayoutLot.objects.create(
        month=lot.month, institution=lot.institution, bank="icbc", number=9, entity=lot.entity,
        made_by=house.luo, made_at=PAYDAY,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="came back from this account"), transaction.atomic():
        PayoutPayment.objects.create(lot=other, staff=payment.staff, account=payment.account, number=1, fen=1)


def test_a_lot_made_before_the_return_is_made_again(house: World) -> None:
    line = PayLine.objects.filter(pot__institution=house.lead, fen__gt=1_000).first()
    assert line is not None
    lot = exported(house, {line.pk: 1_000})[0]
    (later,) = made(house)  # the dispute is over: its part goes to the same account
    lots.check(by=house.meng, lot=later, now=PAYDAY)
    first = lot.payments.get(staff=line.staff)
    answered(house, lot, answer(lot, {first.number: "退票"}))
    answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    with pytest.raises(IntegrityError, match="came back from this account"), transaction.atomic():
        PayoutPayment.objects.filter(lot=later).update(state="exported")
    with pytest.raises(PayoutRefused, match="Withdraw the lot"):
        exporting.export(by=house.cai, lot=again(later), now=PAYDAY)
    lots.withdraw(by=house.luo, lot=later)
    reconfirmed(house)
    (whole,) = made(house)
    assert whole.payments.get().fen == line.fen


def test_a_sheet_enters_a_returned_account_anew_unchanged(house: World) -> None:
    _lot, payment = came_back(house)
    quiet = PayoutAccount.objects.exclude(staff=payment.staff).select_related("staff").first()
    assert quiet is not None
    rows = ["机构代码,工号,户名,银行,支行,账号,变更原因"]
    for one, bank in ((payment.staff, payment.account.bank), (quiet.staff, quiet.bank)):
        place = one.institution.code
        rows.append(f"{place},{one.code},{one.name},{bank},清河支行,{number(one)},退票后与本人核对")
    source = io.BytesIO("\n".join(rows).encode("utf-8-sig"))
    sheet = account_sheets.propose(by=house.luo, name="核对.csv", source=source, now=PAYDAY)
    assert (sheet.rows, sheet.same) == (1, 1)
    account_sheets.decide(by=house.cai, sheet=sheet, agreed=True, now=PAYDAY)
    assert made(house)[0].payments.get().staff_id == payment.staff_id


@time_machine.travel(PAYDAY, tick=False)
def test_office_and_owner_read_what_came_back(payable: World) -> None:
    with inside(payable):
        lot = exported(payable)[0]
        staff = Staff.objects.get(user=payable.dr.user)
        own = lot.payments.get(staff=staff)
        answered(payable, lot, answer(lot, {own.number: "退票"}))
        answering.settle(by=payable.cai, lot=lot, now=PAYDAY)
        with override_settings(ROOT_URLCONF="config.alliance_urls"), translation.override("en"):
            office, mine = waiting(payable.luo, PAYDAY), waiting(payable.dr, PAYDAY)
    assert any(one.url.endswith(f"/accounts/{staff.pk}/") and "came back" in one.what for one in office)
    assert any("账户不符" in one.what and one.url.endswith("/mine/") for one in mine)
    said = "the bank gave a payment back (账户不符)"
    client = payable.client("luo", HTTP_ACCEPT_LANGUAGE="en")
    assert said in client.get(f"{BASE}months/2026-10/").content.decode()
    listed = client.get(f"{BASE}accounts/?state=returned").content.decode()
    assert staff.name in listed and listed.count("a payment came back") > 1
    for name, address in (("luo", f"accounts/{staff.pk}/"), ("dr", "mine/")):
        page = payable.client(name, HTTP_ACCEPT_LANGUAGE="en").get(BASE + address).content.decode()
        assert "The bank gave back a payment into" in page and "账户不符" in page
    office_page = payable.client("luo").get(f"{BASE}accounts/{staff.pk}/").content.decode()
    assert "<form" in office_page and "退回" in office_page
    typed = {"bank": "icbc", "branch": "", "holder": staff.name, "number": number(staff), "why": ""}
    doctor = payable.client("dr", HTTP_ACCEPT_LANGUAGE="en")
    assert doctor.post(f"{BASE}mine/", typed).status_code == 400  # a change says why
    assert doctor.post(f"{BASE}mine/", typed | {"why": "核对无误"}).status_code == 302
    own_page = doctor.get(f"{BASE}mine/").content.decode()
    assert "before a second person confirms" in own_page and "It is mine" not in own_page
    assert "waits for its second person" in client.get(f"{BASE}months/2026-10/").content.decode()
    assert staff.name in client.get(f"{BASE}accounts/?state=returned").content.decode()
    with inside(payable):
        row = PayoutAccount.objects.filter(staff=staff).latest("revision")
    second, decline = (
        payable.client("cai", HTTP_ACCEPT_LANGUAGE="en"),
        f"{BASE}accounts/act/{row.pk}/decline/",
    )
    bare = second.post(decline, {"why": " "})
    assert bare.status_code == 400 and 'id="decline-why"' in bare.content.decode()
    told = second.post(decline, {"why": "holder differs"}, follow=True)
    assert "Nothing is paid to this person" in told.content.decode()
    own_page = doctor.get(f"{BASE}mine/").content.decode()
    assert "Your change was declined" in own_page and "holder differs" in own_page
    assert "was declined" in doctor.get("/a/qinghe/").content.decode()
    assert doctor.post(f"{BASE}accounts/act/{row.pk}/notice/").status_code == 302
    assert "was declined" not in doctor.get("/a/qinghe/").content.decode()
    own_page = doctor.get(f"{BASE}mine/").content.decode()
    assert "Your change was declined" not in own_page and "holder differs" in own_page


def test_a_lot_of_which_everything_came_back_says_so(house: World) -> None:
    lot = exported(house)[0]
    numbers = lot.payments.values_list("number", flat=True)
    answered(house, lot, answer(lot, dict.fromkeys(numbers, "退票")))
    answering.settle(by=house.cai, lot=lot, now=PAYDAY)
    assert again(lot).state == "returned"


@time_machine.travel(PAYDAY, tick=False)
def test_the_slip_says_the_return_until_a_later_lot_takes_the_line_up(payable: World) -> None:
    """On page, paper and the page of the line; what the bank said is read by its owner and the office."""
    with inside(payable):
        lot = exported(payable)[0]
        staff = Staff.objects.get(user=payable.dr.user)
        own = lot.payments.get(staff=staff)
        line = own.parts.get().line
        answered(payable, lot, answer(lot, {own.number: "退票"}))
        answering.settle(by=payable.cai, lot=lot, now=PAYDAY)
        with override_settings(ROOT_URLCONF="config.alliance_urls"), translation.override("zh-hans"):
            (row,) = slips.slip(staff, OCTOBER, payable.kong, PAYDAY).rows
            others = PayLine.objects.exclude(staff=staff).select_related("staff")
            assert not any(slips.slip(one.staff, OCTOBER, payable.luo, PAYDAY).back for one in others)
    assert row.back == "银行退回，账户重新确认后再发"
    held, client = "银行退回（账户不符），账户重新确认后再发", payable.client("dr")
    pages = ("/a/qinghe/pay/mine/", f"/a/qinghe/pay/persons/{staff.pk}/print/?month=2026-10",
             f"/a/qinghe/pay/lines/{line.pk}/")  # fmt: skip
    assert all(held in client.get(page).content.decode() for page in pages)
    assert "已入账，银行退回" in client.get(pages[0]).content.decode()
    with inside(payable):
        reconfirmed(payable)
    anew = client.get(pages[0]).content.decode()
    assert held not in anew and "银行退回（账户不符），账户已重新确认，随下一批次发放" in anew
    with inside(payable):
        made(payable)
    assert all("银行退回" not in client.get(page).content.decode() for page in pages)
