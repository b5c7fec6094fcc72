"""Entitlement sheets from the numbers to the pots they pay: two people, the database, pages, the bundle."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from alliance.ledger import facts as books
from alliance.models import Department, Journal, Staff, Team, TeamMember
from alliance.services.files import Upload
from performance.declared.services.proving import keep
from performance.engine.pay.entitled_parts import EntitledRefused
from performance.entitlement import subjects
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import sheets
from performance.levels import seen
from performance.models import (
    Entitlement,
    EntitlementLine,
    LevelRun,
    LevelSubject,
    PayFund,
    PayPool,
    PayPot,
    PayShare,
)
from performance.pay.refusals import PoolRefused
from performance.pay.services import entering, making
from performance.services import schemes
from tests.performance import bundle_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW, agreed
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

PDF = b"%PDF-1.4\n"
TEAMS = replace(scene.RULE, team_percent=Decimal(100))
PACKAGE = {"months_low": 600, "months_mid": 120, "months_high": 24, "saving_fen": 30_001, "prepaid_fen": 0}


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is posted; a source account holds a million fen; Shiqiao has two teams, one of one doctor."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        for kind in ("award", "prevention"):
            scene.rule(world, kind)
        scene.rule(world, "reward", TEAMS)
        teams_of(world)
        fed(world, 20_000_000)
        yield world


def teams_of(world: World) -> list[Team]:
    made = [Team.objects.create(institution=world.shiqiao, code=code, name=name)
            for code, name in (("T1", "一队"), ("T2", "二队"))]  # fmt: skip
    doctors = Staff.objects.filter(institution=world.shiqiao, kind="doctor").order_by("code")
    for team, staff in zip(made, doctors, strict=True):
        TeamMember.objects.create(
            institution=world.shiqiao, team=team, home=world.shiqiao, staff=staff, role="gp",
            from_date=date(2026, 1, 1),
        )  # fmt: skip
    return made


def fed(world: World, fen: int) -> Any:
    """A source account of retained surplus with so much in it."""
    fund = entering.open_fund(by=world.luo, code="kept", name="结余留用", source="retained", now=NOW)
    row = entering.enter_fund(
        by=world.luo, fund=fund, day=date(2026, 10, 9), fen=fen, document="理事会〔2026〕7号", body="理事会",
        scan=Upload("x.pdf", [PDF], "application/pdf", 99), now=NOW,
    )  # fmt: skip
    entering.confirm_fund(by=world.cai, row=row, now=NOW)
    return fund


def entered(world: World, kind: str, rows: dict[str, dict[str, Any]], **more: Any) -> Entitlement:
    asked: dict[str, Any] = {
        "head": {}, "document": "理事会〔2026〕8号", "body": "理事会", "now": NOW,
        "scan": kept(world), **more,
    }  # fmt: skip
    return sheets.enter(by=world.luo, kind=kind, month=OCTOBER, rows=rows, **asked)


def kept(world: World) -> Any:
    return keep(by=world.luo, place=None, uploads=[Upload("决议.pdf", [PDF], "application/pdf", 99)])[0]


def paid_by(world: World, sheet: Entitlement) -> PayPool:
    fund = PayFund.objects.get(code="kept")
    return making.make_from_entitlement(
        by=world.luo, sheet=sheet, fund=fund, name="测算", document="理事会〔2026〕8号", now=NOW
    )


def key_of(name: str, kind: str) -> str:
    [found] = [one.key for one in subjects.of(kind, OCTOBER) if one.name.endswith(name)]
    return found


def scored(world: World, dimensions: dict[str, list[list[str]]]) -> None:
    """The scores of teams in October by their code."""
    run = LevelRun.objects.create(
        month=OCTOBER.first_day, level="team", number=1, scheme=schemes.in_force(OCTOBER), scheme_digest="d",
        started_by=world.luo,
    )  # fmt: skip
    LevelRun.objects.filter(pk=run.pk).update(state="computed", result_digest="r", computed_at=NOW)
    for team in Team.objects.filter(code__in=dimensions):
        LevelSubject.objects.create(
            run=run, institution=team.institution, team=team, code=f"{team.institution.code}/{team.code}",
            role="primary", kind="team", column="c", status="assessed", score=50, points=50, possible=100,
            dimensions=dimensions[team.code],
        )  # fmt: skip


def test_a_sheet_is_of_two_people_and_its_pool_pays_each_team_to_the_fen(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {key_of("一队", "packages"): PACKAGE, key_of("二队", "packages"): {**PACKAGE, "months_low": 12}}
    sheet = entered(house, "packages", rows)
    # 600 x 50 / 12 + 120 x 100 / 12 + 24 x 200 / 12 = 2,500 + 1,000 + 400 yuan, and half of 300.01
    assert [one.fen for one in EntitlementLine.objects.filter(sheet=sheet)] == [
        405_001,
        160_001,
    ]
    with pytest.raises(SheetRefused, match="second person"):
        paid_by(house, sheet)
    with pytest.raises(SheetRefused, match="two different people"):
        sheets.confirm(by=house.luo, sheet=sheet, now=NOW)
    with pytest.raises(PermissionDenied):
        sheets.confirm(by=house.kong, sheet=sheet, now=NOW)
    sheet = sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    pool = paid_by(house, sheet)
    with pytest.raises(SheetRefused, match="already"):
        paid_by(house, sheet)
    with pytest.raises(SheetRefused, match="has a sheet of this kind and month already"):
        entered(house, "packages", rows)
    with monkeypatch.context() as meanwhile:  # as if both had looked before either had stored
        meanwhile.setattr(sheets, "_first_of", lambda *_: None)
        with pytest.raises(SheetRefused, match="just now"):
            entered(house, "packages", rows)
    agreed(house, pool)
    pots = dict(PayPot.objects.filter(pool=pool).values_list("team__name", "fen"))
    assert pots == {"一队": 405_001, "二队": 160_001} and books.trial_balance().sum_fen == 0
    assert PayShare.objects.get(pool=pool).fen == sheet.fen == 565_002


def test_an_award_of_a_department_goes_to_its_groups_and_one_of_an_institution_by_the_rule(
    house: World,
) -> None:
    department = Department.objects.get(institution=house.lead, code="HL")
    sheet = entered(house, "innovation", {f"d{department.pk}": {"award_fen": 5_000_003}})
    pool = paid_by(house, sheets.confirm(by=house.cai, sheet=sheet, now=NOW))
    assert list(PayPot.objects.filter(pool=pool).values_list("department", "group", "fen")) == [
        (department.pk, "nurse", 5_000_003)
    ]
    saved = entered(house, "prevention", {f"i{house.lead.pk}": {"contribution": Decimal(1)},
                                          f"i{house.shiqiao.pk}": {"contribution": Decimal(2)}},
                    head={"saved_fen": 600_000})  # fmt: skip
    pool = paid_by(house, sheets.confirm(by=house.cai, sheet=saved, now=NOW))
    assert dict(PayShare.objects.filter(pool=pool).values_list("institution", "fen")) == {
        house.lead.pk: 100_000, house.shiqiao.pk: 200_000
    }  # fmt: skip
    assert PayPot.objects.filter(pool=pool, institution=house.lead).count() == 3  # by the rule: three groups


def test_scores_come_from_the_month_and_who_has_none_is_named(house: World) -> None:
    one, two = key_of("一队", "four_part"), key_of("二队", "four_part")
    row = {"pay_fen": 2_000_000, "posts": Decimal(2)}
    with pytest.raises(EntitledRefused, match="二队 has no score for"):
        scored(house, {"T1": [["process", "27", "30"], ["outcome", "20", "40"], ["drg", "15", "30"]]})
        entered(house, "four_part", {one: row, two: row})
    sheet = entered(house, "four_part", {one: row})
    line = EntitlementLine.objects.get(sheet=sheet)
    assert [part["fen"] for part in line.parts] == [700_000, 450_000, 250_000, 150_000]
    with pytest.raises(EntitledRefused, match=r"below the local minimum wage of 2,000\.00"):
        entered(house, "four_part", {one: {**row, "posts": Decimal(4)}}, document="理事会〔2026〕6号")


@time_machine.travel(NOW, tick=False)
def test_the_scores_of_a_sheet_open_where_they_came_about(house: World) -> None:
    """Each team's score links to its own page of the month, from which its records open: of the run the sheet
    read, not of one computed since.
    """
    whole = [["process", "27", "30"], ["outcome", "20", "40"], ["drg", "15", "30"]]
    scored(house, {"T1": whole, "T2": whole})
    row = {"pay_fen": 2_000_000, "posts": Decimal(2)}
    sheet = entered(house, "four_part", {key_of(name, "four_part"): row for name in ("一队", "二队")})
    run = LevelRun.objects.get(level="team")
    later = LevelRun.objects.create(
        month=OCTOBER.first_day, level="team", number=2, scheme=run.scheme, scheme_digest="d",
        started_by=house.luo,
    )  # fmt: skip
    LevelRun.objects.filter(pk=later.pk).update(
        state="computed", result_digest="r", computed_at=NOW + timedelta(hours=1)
    )
    page = house.client("luo").get(f"/a/qinghe/pay/entitlements/{sheet.pk}/").content.decode()
    for one in LevelSubject.objects.filter(run=run):
        assert page.count(f'href="/a/qinghe/months/level-scores/{one.pk}/"') == 3


@time_machine.travel(NOW, tick=False)
def test_who_reads_a_line_opens_its_scores(house: World) -> None:
    """A township reads the lines of its village rooms' teams, which it is paid for, and their scores."""
    Team.objects.create(institution=house.liulin, code="T3", name="柳林队")
    whole = [["process", "27", "30"], ["outcome", "20", "40"], ["drg", "15", "30"]]
    scored(house, {"T1": whole, "T3": whole})
    row = {"pay_fen": 2_000_000, "posts": Decimal(2)}
    sheet = entered(house, "four_part", {key_of(name, "four_part"): row for name in ("一队", "柳林队")})
    sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    house.people["gu"] = member("gu", "顾守成", house.shiqiao, "institution_admin")
    address = f"/a/qinghe/pay/entitlements/{sheet.pk}/"
    run = LevelRun.objects.get(level="team")
    for who in ("luo", "cai", "gu"):
        page = house.client(who).get(address).content.decode()
        links = set(re.findall(r'href="(/a/qinghe/months/level-scores/(\d+)/)"', page))
        opens = seen.subjects(house.people[who], run).values_list("pk", flat=True)
        assert {int(pk) for _link, pk in links} == set(opens) and len(links) == 2
    other = house.client("kong")
    assert {other.get(link).status_code for link in (address, *(one for one, _pk in links))} == {404}


def test_the_database_keeps_a_sheet_and_what_pays_it(house: World) -> None:
    sheet = entered(house, "clinic", {f"i{house.shiqiao.pk}": {"clinics": 1}})
    line = EntitlementLine.objects.get(sheet=sheet)
    told = {"held_fen": 10**9, "wanted_fen": 10**9}
    for change in ({"fen": 1}, {"document": "理事会〔2026〕4号"}, {"terms": {}}):
        with pytest.raises(DatabaseError, match=r"permission denied|written once"), transaction.atomic():
            Entitlement.objects.filter(pk=sheet.pk).update(**change)
    with pytest.raises(DatabaseError, match=r"permission denied|written once"), transaction.atomic():
        EntitlementLine.objects.filter(pk=line.pk).update(fen=1)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Entitlement.objects.filter(pk=sheet.pk).update(**told, confirmed_by=house.luo, confirmed_at=NOW)
    EntitlementLine.objects.create(sheet=sheet, institution=house.lead, given={}, parts=[], fen=5)
    with pytest.raises(DatabaseError, match="do not add up"), transaction.atomic():
        Entitlement.objects.filter(pk=sheet.pk).update(**told, confirmed_by=house.cai, confirmed_at=NOW)
    other = entered(house, "clinic", {f"i{house.shiqiao.pk}": {"clinics": 1}}, document="理事会〔2026〕6号")
    row = PayPool(month=OCTOBER.first_day, kind="award", source="retained", document="理〔2026〕1号",
                  fen=other.fen, entitlement=other, digest="d", made_by=house.luo, made_at=NOW)  # fmt: skip
    with pytest.raises(DatabaseError, match="pays a confirmed sheet"), transaction.atomic():
        row.save(force_insert=True)
    sheets.confirm(by=house.cai, sheet=other, now=NOW, over_why="拨款在途")
    row.fen += 1
    with pytest.raises(DatabaseError, match="to the fen"), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(DatabaseError, match="no further line"), transaction.atomic():
        EntitlementLine.objects.create(sheet=other, institution=house.lead, given={}, parts=[], fen=0)
    with pytest.raises(PoolRefused, match="holds"):
        paid_by(house, Entitlement.objects.get(pk=other.pk))  # half a million yuan, the account has less
    third = entered(house, "clinic", {f"i{house.lead.pk}": {"clinics": 1}}, document="理事会〔2026〕3号")
    with pytest.raises(SheetRefused, match="few words"):
        sheets.set_aside(by=house.luo, sheet=third, why=" ", now=NOW)
    sheets.set_aside(by=house.luo, sheet=third, why="名单有误", now=NOW)
    with pytest.raises(SheetRefused, match="decided already"):
        sheets.confirm(by=house.cai, sheet=third, now=NOW, over_why="拨款在途")


def test_the_bundle_works_the_sheet_out_again(qinghe: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        bundle_scene.paid_month(qinghe)
        with inside(qinghe):
            scene.rule(qinghe, "reward", TEAMS)
            teams_of(qinghe)
            sheet = entered(qinghe, "packages", {key_of("一队", "packages"): PACKAGE})
            agreed(qinghe, paid_by(qinghe, sheets.confirm(by=qinghe.cai, sheet=sheet, now=NOW)))
        content = bundle_scene.bundle_of(qinghe)
    assert bundle_scene.verified(content, tmp_path).differences == ()
    [name] = [one for one in bundle_scene.members(content) if "reward" in one]
    place = next(n for n, row in enumerate(bundle_scene.rows(content, name)) if row["row"] == "entitled")

    def more(row: dict[str, Any]) -> None:
        row["given"]["months_low"] += 12

    said = bundle_scene.verified(bundle_scene.changed(content, name, more, place), tmp_path).differences
    assert any(".parts" in one or ".fen" in one for one in said)


@time_machine.travel(NOW, tick=False)
def test_pages_keep_what_was_typed_and_go_to_the_pool(house: World) -> None:
    client = house.client("luo")
    base = "/a/qinghe/pay/entitlements/"
    assert client.get(f"{base}enter/").status_code == 200
    url = f"{base}enter/?kind=packages&month=2026-10"
    key = key_of("一队", "packages")
    typed = {"document": "理事会〔2026〕9号", "body": "理事会", f"{key}-months_low": "600"}
    answer = client.post(url, {**typed, "files": SimpleUploadedFile("x.pdf", PDF, "application/pdf")})
    page = answer.content.decode()
    assert answer.status_code == 400 and 'value="600"' in page and "x.pdf" in page
    [waits] = [part.split('"')[0] for part in page.split('name="kept" value="')[1:]]
    rest = {f"{key}-{name}": "0" for name in ("months_mid", "months_high", "saving_fen", "prepaid_fen")}
    answer = client.post(url, {**typed, **rest, "kept": waits})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    sheet = Entitlement.objects.get()
    second = house.client("cai")
    page = second.get(f"{base}{sheet.pk}/").content.decode()
    assert "2,500.00" in page and "600" in page
    assert "测算单" in second.get("/a/qinghe/").content.decode()
    assert second.post(f"{base}{sheet.pk}/act/confirm/").status_code == 302
    form = {
        "fund": PayFund.objects.get().pk,
        "name": "健康管理包",
        "document": "理事会〔2026〕9号",
        "persons": "on",
    }
    answer = client.post(f"{base}{sheet.pk}/act/pay/", form)
    pool = PayPool.objects.get(entitlement=sheet)
    assert answer.headers["Location"].endswith(f"/pay/{pool.pk}/")
    page = client.get(f"/a/qinghe/pay/{pool.pk}/").content.decode()
    assert f"/pay/entitlements/{sheet.pk}/" in page
    assert_handed_out(house, sheet)


def assert_handed_out(house: World, sheet: Entitlement) -> None:
    """The sheet as a workbook, on A4 and over the API; an institution without a line has none."""
    base = f"/a/qinghe/pay/entitlements/{sheet.pk}/"
    client = house.client("luo")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}workbook/").content)).active
    cells = [[cell.value for cell in row] for row in book.rows]
    assert ["文号", "理事会〔2026〕9号"] in [row[:2] for row in cells] and cells[-1][0] == "合计"
    assert any(row[-1] == 2500 and "一队" in str(row[0]) for row in cells)
    assert cells[-1][1:] == [2500, 2500]  # what each part comes to
    with inside(house):
        assert Journal.objects.filter(verb="pay.sheet_exported", about_id=sheet.pk).count() == 1
    page = client.get(f"{base}print/").content.decode()
    assert 'class="sheet paper"' in page and '<td class="n">2,500.00</td>' in page
    [shown] = client.get("/api/v1/pay/entitlements/?state=confirmed&kind=packages").json()["results"]
    assert shown == client.get(f"/api/v1/pay/entitlements/{sheet.pk}/").json()
    assert (shown["document"], shown["fen"]) == ("理事会〔2026〕9号", 250_000)
    assert shown["lines"][0]["team"] == "T1"
    assert client.get("/api/v1/pay/entitlements/?state=waits").json()["results"] == []
    assert client.get("/api/v1/pay/entitlements/?state=wrong").status_code == 400
    [shown] = client.get(f"/api/v1/pay/entitlements/?institution={house.shiqiao.code}").json()["results"]
    other = house.client("kong")
    for address in (f"{base}workbook/", f"{base}print/", f"/api/v1/pay/entitlements/{sheet.pk}/"):
        assert other.get(address).status_code in (403, 404)


@time_machine.travel(NOW, tick=False)
def test_who_confirms_more_than_the_source_accounts_hold_says_why(house: World) -> None:
    """The numbers are said before anything is confirmed, and stay with the reason."""
    wanted = {**PACKAGE, "months_high": 24_000}
    sheet = entered(house, "packages", {key_of("一队", "packages"): wanted})
    assert sheet.fen > 20_000_000
    with pytest.raises(SheetRefused, match=r"200,000\.00 yuan free; with this sheet 403,650\.01 yuan"):
        sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    kept_ = {"confirmed_by": house.cai, "confirmed_at": NOW}
    for change, said in (
        ({}, "beside what the source accounts hold"),
        ({"held_fen": 1, "wanted_fen": sheet.fen}, "over_said"),
        ({"held_fen": 1, "wanted_fen": sheet.fen - 1, "over_why": "x"}, "over_said"),
    ):
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            Entitlement.objects.filter(pk=sheet.pk).update(**kept_, **change)
    second, base = house.client("cai"), f"/a/qinghe/pay/entitlements/{sheet.pk}/"
    page = second.get(base).content.decode()
    assert "可用余额 200,000.00 元" in page and "缺 203,650.01 元" in page and 'name="over_why"' in page
    assert second.post(f"{base}act/confirm/", {"over_why": " "}).status_code == 400
    assert second.post(f"{base}act/confirm/", {"over_why": "拨款文件已到，下周注入"}).status_code == 302
    page = second.get(base).content.decode()
    assert "拨款文件已到，下周注入（当时可用 200,000.00 元，待付 403,650.01 元）" in page
    sheet.refresh_from_db()
    assert (sheet.held_fen, sheet.wanted_fen) == (20_000_000, sheet.fen)
    small = entered(house, "packages", {key_of("二队", "packages"): PACKAGE}, document="理事会〔2026〕6号")
    with pytest.raises(SheetRefused, match="are confirmed to be paid of them"):  # what is confirmed counts
        sheets.confirm(by=house.cai, sheet=small, now=NOW)


@time_machine.travel(NOW, tick=False)
def test_only_what_can_be_filled_is_a_field_and_what_is_refused_without_is_marked(house: World) -> None:
    url, client = "/a/qinghe/pay/entitlements/enter/?month=2026-10&kind=", house.client("luo")
    first, second = (key_of(name, "four_part") for name in ("一队", "二队"))
    page = client.get(f"{url}four_part").content.decode()
    assert f'name="{first}-posts"' not in page and "2 个不能填" in page and "二队" in page
    scored(house, {"T1": [["process", "18", "20"], ["outcome", "27", "30"], ["drg", "9", "10"]]})
    page = client.get(f"{url}four_part").content.decode()
    assert f'name="{first}-posts"' in page and f'name="{second}-posts"' not in page
    assert "1 个不能填" in page
    assert '佐证文件<span class="must">必填</span>' in page
