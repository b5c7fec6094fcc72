"""Bank accounts by a sheet: proposed sealed, agreed by a second person, owners told, bad lines named."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from alliance.lib import sheets
from alliance.models import Staff
from performance.models import PayoutAccount, PayoutSheet
from performance.payout.refusals import AccountRefused
from performance.payout.services import account_sheets, accounts, ground
from performance.payout.services.account_sheets import SheetFaults
from performance.payout.waiting import waiting
from tests.performance import payout_scene as scene
from tests.performance.pay_scene import NOW
from tests.performance.scene import inside
from tests.world import World

HEAD = ("机构代码", "工号", "户名", "银行", "支行", "银行账号", "变更原因")
NEW = "/a/qinghe/payout/accounts/sheets/new/"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Doctors with a line of October, templates of banks; nobody has an account yet."""
    settings = override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls")
    with settings, inside(world), translation.override("en"):
        scene.paid_down(world)
        for made in ground.adopt(by=world.luo, now=NOW):
            ground.confirm(by=world.cai, row=made, now=NOW)
        yield world


def people(world: World) -> list[Staff]:
    rows = Staff.objects.filter(institution=world.lead, kind="doctor").select_related("institution")
    return list(rows.order_by("code"))


def line(person: Staff, **change: str) -> list[str]:
    found = {
        "institution": person.institution.code, "staff": person.code, "holder": person.name, "bank": "icbc",
        "branch": "清河支行", "number": scene.number(person), "why": "",
    }  # fmt: skip
    return list({**found, **change}.values())


def book(rows: Sequence[Sequence[str]], kind: str = "xlsx") -> io.BytesIO:
    body = io.BytesIO()
    (sheets.write_xlsx if kind == "xlsx" else sheets.write_csv)(body, [HEAD, *rows])
    body.seek(0)
    return body


def taken(world: World, rows: Sequence[Sequence[str]], kind: str = "xlsx") -> PayoutSheet:
    return account_sheets.propose(by=world.luo, name=f"账户.{kind}", source=book(rows, kind), now=NOW)


def stored() -> str:
    """Everything of accounts and sheets as it lies in the database."""
    found = ""
    with connection.cursor() as cursor:
        for table in ("performance_payoutaccount", "performance_payoutsheet", "alliance_journal"):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            found += cursor.fetchone()[0]
    return found


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_sheet_proposes_sealed_accounts_that_a_second_person_agrees_to(house: World, kind: str) -> None:
    mine = people(house)
    sheet = taken(house, [line(one) for one in mine], kind)
    assert (sheet.rows, sheet.same) == (len(mine), 0) and accounts.current() == {}
    text = stored()
    assert not any(scene.number(one) in text for one in mine)
    with pytest.raises(AccountRefused, match="two different people"):
        account_sheets.decide(by=house.luo, sheet=sheet, agreed=True, now=NOW)
    with pytest.raises(PermissionDenied):
        account_sheets.decide(by=house.kong, sheet=sheet, agreed=True, now=NOW)
    assert account_sheets.decide(by=house.cai, sheet=sheet, agreed=True, now=NOW) == len(mine)
    known = accounts.current()
    assert {one.number for one in PayoutAccount.objects.all()} == {scene.number(one) for one in mine}
    assert set(known) == {one.pk for one in mine}
    assert any("bank account was entered" in one.what or "账户" in one.what
               for one in waiting(house.dr, NOW))  # fmt: skip  # its owner is told
    with pytest.raises(AccountRefused, match="already confirmed"):
        account_sheets.decide(by=house.cai, sheet=sheet, agreed=False, why="户名不符", now=NOW)
    with pytest.raises(AccountRefused, match="counts already"):
        taken(house, [line(one) for one in mine])


def test_bad_lines_are_named_with_field_and_remedy_and_nothing_is_stored(house: World) -> None:
    first, second, third, *_rest = people(house)
    rows = [
        line(first, number="12"), line(second, bank="没有的银行"), line(third, staff="nobody"),
        line(second), line(first, holder=""), line(third, number="6.222E+18"),
    ]  # fmt: skip
    with pytest.raises(SheetFaults) as caught:
        taken(house, rows)
    told = {(one.line, one.column) for one in caught.value.faults}
    assert {row for row, _column in told} == {2, 3, 4, 5, 6, 7}
    said = " ".join(one.sentence for one in caught.value.faults)
    for remedy in ("8 to 30 digits", "Enter one first", "master data", "Keep one line", "as text"):
        assert remedy in said
    assert not any(scene.number(one) in said for one in people(house))
    assert not PayoutAccount.objects.exists() and not PayoutSheet.objects.exists()
    same = scene.number(first)
    with pytest.raises(SheetFaults, match="lines have to be corrected"):
        taken(house, [line(first), line(second, number=same)])  # one account of two persons
    with pytest.raises(AccountRefused, match="columns are missing"):
        account_sheets.propose(by=house.luo, name="x.csv", source=io.BytesIO(b"a,b\n1,2\n"), now=NOW)


def test_a_change_needs_its_reason_and_what_waits_is_left_alone(house: World) -> None:
    first, second, *_rest = people(house)
    scene.banked(house, first)
    with pytest.raises(SheetFaults) as caught:
        taken(house, [line(first, number="6222000000000000001"), line(second)])
    assert "Say in a few words" in caught.value.faults[0].sentence
    sheet = taken(house, [line(first, number="6222000000000000001", why="换卡"), line(second)])
    with pytest.raises(SheetFaults, match="lines have to be corrected"):
        taken(house, [line(second)])  # the first sheet waits
    with pytest.raises(AccountRefused, match="its owner reads it"):
        account_sheets.decide(by=house.cai, sheet=sheet, agreed=False, now=NOW)
    assert account_sheets.decide(by=house.cai, sheet=sheet, agreed=False, why="户名不符", now=NOW) == 2
    assert {one.declined_why for one in PayoutAccount.objects.filter(sheet=sheet)} == {"户名不符"}
    assert accounts.current()[first.pk].tail == scene.number(first)[-4:]


def test_nobody_confirms_the_own_account_by_a_sheet(house: World) -> None:
    mine = people(house)[:2]
    Staff.objects.filter(pk=mine[0].pk).update(user=house.cai.user)
    sheet = taken(house, [line(one) for one in mine])
    assert account_sheets.decide(by=house.cai, sheet=sheet, agreed=True, now=NOW) == 1
    assert set(accounts.current()) == {mine[1].pk}
    assert account_sheets.decide(by=house.meng, sheet=sheet, agreed=True, now=NOW) == 1


def test_reading_costs_the_same_for_any_number_of_lines(house: World) -> None:
    mine = people(house)
    counted = []
    for rows in ([mine[0]], [mine[1]], mine[2:]):
        with CaptureQueriesContext(connection) as queries:
            taken(house, [line(one) for one in rows])
        counted.append(len(queries))
    assert len(mine) == 4 and counted[1] == counted[2]  # the first reads what is read once


def test_it_works_through_the_pages(house: World) -> None:
    office, second = house.client("luo"), house.client("cai")
    mine = people(house)
    assert office.get(NEW).status_code == 200
    assert office.get("/a/qinghe/payout/accounts/sheets/empty.xlsx").status_code == 200
    bad = SimpleUploadedFile("账户.xlsx", book([line(mine[0], number="12")]).read())
    refused = office.post(NEW, {"file": bad})
    assert refused.status_code == 400 and "表中需更正的内容" in refused.content.decode()
    good = SimpleUploadedFile("账户.xlsx", book([line(one) for one in mine]).read())
    assert office.post(NEW, {"file": good}).status_code == 302
    sheet = PayoutSheet.objects.get()
    at = f"/a/qinghe/payout/accounts/sheets/{sheet.pk}/"
    page = second.get(at).content.decode()
    assert mine[0].name in page and scene.number(mine[0]) not in page
    assert f"**** {scene.number(mine[0])[-4:]}" in page
    assert f"sheets/{sheet.pk}/" in second.get("/a/qinghe/payout/accounts/").content.decode()
    assert office.post(f"{at}confirm/").status_code == 409  # nobody agrees to the own sheet
    assert second.post(f"{at}confirm/").status_code == 302
    assert set(accounts.current()) == {one.pk for one in mine}
    assert house.client("kong").get(at).status_code in (403, 404)
