"""On site: photos taken back, checklists as workbooks, falsification to the committee (practice 5; S3-35)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.lib.period import Month
from alliance.models import Journal
from alliance.services.imports import ImportRefused
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import vetoes
from performance.engine.checklist import Checklist, shipped
from performance.models import OnsiteChecklist, OnsitePhoto
from performance.onsite import workbook
from performance.onsite.refusals import OnsiteRefused
from performance.onsite.services import checklists, finishing, receiving, withdrawing
from performance.onsite.sheet import sheet_of
from tests.performance import onsite_scene as scene
from tests.performance.declared_scene import both_seats, committee
from tests.performance.onsite_scene import NOW, deducted, parcel
from tests.performance.scene import inside
from tests.world import World, member

JULY = Month(2026, 7)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        world.people["fang"] = member("fang", "方圆", world.shiqiao, "institution_admin")
        yield world


def test_a_photo_taken_back_keeps_its_reason_and_shows_nothing(house: World) -> None:
    visit = scene.begun(house)
    photos = [
        receiving.photo(by=house.tan, visit=visit, parcel=parcel(), item="D1", image=scene.PNG)
        for _number in range(receiving.MOST_PHOTOS)
    ]
    with pytest.raises(PermissionDenied):
        withdrawing.withdraw(by=house.wu, photo=photos[0], why="x", now=NOW)
    with pytest.raises(OnsiteRefused, match="Say why"):
        withdrawing.withdraw(by=house.tan, photo=photos[0], why=" ", now=NOW)
    gone = withdrawing.withdraw(by=house.tan, photo=photos[0], why="拍到了居民面部", now=NOW)
    with pytest.raises(OnsiteRefused, match="withdrawn already"):
        withdrawing.withdraw(by=house.lin, photo=photos[0], why="再撤", now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        OnsitePhoto.objects.filter(pk=gone.pk).update(withdrawn_why="另一理由")
    with pytest.raises(DatabaseError), transaction.atomic():
        OnsitePhoto.objects.filter(pk=photos[1].pk).update(withdrawn_at=NOW)
    sheet = sheet_of(visit)
    assert gone not in sheet.photos["D1"] and sheet.withdrawn["D1"] == [gone]
    receiving.photo(by=house.tan, visit=visit, parcel=parcel(), item="D1", image=scene.PNG)  # room again
    scene.all_answered(house, visit, {})
    scene.signed_by_both(house, visit)
    finishing.finish(by=house.lin, visit=visit, now=NOW)
    with pytest.raises(PermissionDenied):  # signed: the office alone
        withdrawing.withdraw(by=house.lin, photo=OnsitePhoto.objects.get(pk=photos[1].pk), why="x", now=NOW)
    office = OnsitePhoto.objects.select_related("visit", "file").get(pk=photos[1].pk)
    withdrawing.withdraw(by=house.luo, photo=office, why="涉及隐私", now=NOW)
    assert Journal.objects.filter(verb="onsite.photo_withdrawn").count() == 2


@time_machine.travel(NOW, tick=False)
def test_the_pages_of_a_withdrawn_photo(world: World, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    with inside(world):
        visit = scene.begun(world)
        photo = receiving.photo(by=world.lin, visit=visit, parcel=parcel(), item="B5", image=scene.PNG)
        scene.all_answered(world, visit, {"B5": deducted("三者不一致")})
        scene.signed_by_both(world, visit)
        finishing.finish(by=world.lin, visit=visit, now=NOW)
    url = f"/a/qinghe/onsite/{visit.pk}/"
    office, shown = world.client("luo"), f"{url}photos/{photo.pk}/"
    assert shown in office.get(url).content.decode() and office.get(shown).status_code == 200
    assert world.client("lin").get(f"{shown}withdraw/").status_code == 403
    assert office.post(f"{shown}withdraw/", {"why": ""}).status_code == 400
    assert office.post(f"{shown}withdraw/", {"why": "拍到居民"}).status_code == 302
    assert office.post(f"{shown}withdraw/", {"why": "再"}).status_code == 409
    page = office.get(url).content.decode()
    assert "照片已撤回: 拍到居民" in page and shown not in page and office.get(shown).status_code == 404
    assert "拍到居民" in office.get(f"{url}copy/").content.decode()


# Checklists ----------------------------------------------------------------------
def sheet(*changes: tuple[int, str, object]) -> bytes:
    """The shipped village checklist as a workbook, some cells (line, column) changed."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(shipped()["village"])))
    page = book.worksheets[0]
    for line, name, value in changes:
        page.cell(line, workbook.COLUMNS.index(name) + 1).value = value  # type: ignore[union-attr]
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


@pytest.mark.parametrize("code", ["village", "township"])
def test_every_shipped_checklist_comes_back_from_its_own_workbook(code: str) -> None:
    table = shipped()[code]
    found = workbook.read("考核表.xlsx", io.BytesIO(workbook.workbook(table)))
    assert found.faults == () and found.sections == table.sections


def test_faults_name_line_column_and_remedy_and_nothing_is_stored() -> None:
    broken = sheet(
        (3, "full", "六分"),
        (4, "rule", "随便"),
        (5, "code", "A1"),
        (6, "steps", "三次"),
        (7, "critical", "也许"),
    )
    found = workbook.read("考核表.xlsx", io.BytesIO(broken))
    assert {(one.line, one.column) for one in found.faults} == {
        (3, workbook.label("full")), (4, workbook.label("rule")), (5, workbook.label("code")),
        (6, workbook.label("steps")), (7, workbook.label("critical")),
    }  # fmt: skip
    said = " ".join(one.sentence for one in found.faults)
    assert "“随便”" in said and "1:0.5 3:1" in said
    with pytest.raises(ImportRefused, match="unknown"):
        workbook.read("考核表.csv", io.BytesIO("编码,胡写\nA1,1\n".encode()))
    with pytest.raises(ImportRefused, match="no lines"):
        workbook.read("考核表.xlsx", io.BytesIO(workbook.workbook(Checklist("空", ()))))


@time_machine.travel(NOW, tick=False)
def test_a_workbook_goes_into_a_draft_alone(world: World) -> None:
    with inside(world):
        made = checklists.begin(by=world.luo, code="village", from_date=scene.DAY, now=NOW)
    office, url = world.client("luo"), f"/a/qinghe/onsite/checklists/{made.pk}/"
    taken = office.get(f"{url}workbook.xlsx")
    assert taken.status_code == 200 and taken.content[:2] == b"PK"
    assert world.client("kong").get(f"{url}workbook/").status_code == 403
    bad = SimpleUploadedFile("表.xlsx", sheet((3, "full", "六分")))
    refused = office.post(f"{url}workbook/?version=1", {"file": bad})
    assert refused.status_code == 400 and "未保存任何内容" in refused.content.decode()
    good = sheet((2, "text", "健康档案真实、完整、可追溯"))
    taken_in = {"file": SimpleUploadedFile("表.xlsx", good)}
    assert office.post(f"{url}workbook/?version=1", taken_in).status_code == 302
    again = office.post(f"{url}workbook/?version=1", {"file": SimpleUploadedFile("表.xlsx", good)})
    assert again.status_code == 409
    with inside(world):
        row = OnsiteChecklist.objects.get(pk=made.pk)
        assert row.checklist.items["A1"].text == "健康档案真实、完整、可追溯"
        checklists.publish(by=world.luo, row=row, now=NOW, version=None)
    frozen = office.post(f"{url}workbook/?version=3", {"file": SimpleUploadedFile("表.xlsx", good)})
    assert frozen.status_code == 400


# Falsification -------------------------------------------------------------------
def test_falsification_found_on_site_goes_to_the_committee_for_its_township(house: World) -> None:
    visit = scene.begun(house)
    with pytest.raises(DeclaredRefused, match="not signed"):
        vetoes.propose_from_visit(by=house.luo, visit=visit, month=JULY, reason="x", now=NOW)
    scene.all_answered(house, visit, {"B5": deducted("三者不一致", note="随访记录系编造")})
    scene.signed_by_both(house, visit)
    visit = finishing.finish(by=house.lin, visit=visit, now=NOW)
    with pytest.raises(DeclaredRefused, match="visit's quarter"):
        vetoes.propose_from_visit(by=house.luo, visit=visit, month=JULY.plus(3), reason="x", now=NOW)
    with pytest.raises(PermissionDenied):
        vetoes.propose_from_visit(by=house.lin, visit=visit, month=JULY, reason="x", now=NOW)
    veto = vetoes.propose_from_visit(
        by=house.luo,
        visit=visit,
        month=JULY,
        reason="编造随访记录 12 份，居民核实",
        now=NOW,
        chain=committee(house),
    )
    assert veto.institution == house.shiqiao and veto.approval is not None  # the room counts for its township
    assert vetoes.vetoes(JULY) == {}
    both_seats(house, veto, "yes")
    assert set(vetoes.vetoes(JULY)) == {"QH11"}


@time_machine.travel(NOW, tick=False)
def test_the_visit_and_the_cross_check_name_each_other(
    world: World, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    with inside(world):
        visit = scene.signed(world, {"B5": deducted("三者不一致")})
    office, url = world.client("luo"), f"/a/qinghe/onsite/{visit.pk}/"
    assert "本季度数据校核" in office.get(url).content.decode()
    said = {"month": "2026-08", "reason": "编造随访记录", "chain": "county"}
    assert world.client("lin").post(f"{url}veto/", said).status_code == 403
    refused = office.post(f"{url}veto/", {**said, "month": "2026-10"})
    assert refused.status_code == 400 and "编造随访记录" in refused.content.decode()
    assert office.post(f"{url}veto/", said).status_code == 302
    assert office.post(f"{url}veto/", said).status_code == 400  # proposed already
    page = office.get(url).content.decode()
    assert "一票否决" in page and "2026年8月" in page
