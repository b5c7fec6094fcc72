"""Values from a sheet: guessed, corrected, tried; good ones taken, the others named; empty is missing."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib import sheets as lib
from alliance.services import files
from performance.declared import book, due, facts, services, show_sheets
from performance.declared.services import sheets
from performance.declared.services.sheets import Table
from performance.engine.sheetmap import Column, head_of
from performance.models import DeclaredBatch, DeclaredLayout, DeclaredValue
from performance.show import labels
from tests.performance.declared_scene import NOW, OCTOBER, confirmed, entry, scheme_with
from tests.performance.scene import inside
from tests.world import World, place

MONTH = OCTOBER.first
# One line an institution, a column a fact; one amount in 10,000 yuan, one cell empty, four wrong.
WIDE = """2026年10月医共体公卫与财务月报,,,,
机构,签约居民,常住人口,药品收入（万元）,说明
清河县人民医院,0,1000,12.5,
QH11,620,,3.25,公卫系统
QH02,85%,-3,x,
QH99,1,2,3,
"""


@pytest.fixture
def house(world: World, tmp_path: Path) -> Any:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        yield world


def table(text: str) -> Table:
    """A sheet as it is read, without a file."""
    rows = [(line, tuple(row.split(","))) for line, row in enumerate(text.strip().split("\n"), 1)]
    at = head_of([cells for _line, cells in rows], sheets.fact_names())
    return Table(rows[at][1], tuple(rows[at + 1 :]))


def drug_income() -> str:
    """A fact in money that is delivered every month."""
    return next(
        key for key, often in book.often().items() if often == "month" and labels.facts()[key].unit == "fen"
    )


def test_a_part_above_its_whole_is_left_with_its_reason(house: World) -> None:
    read = table("机构,签约居民,常住人口\nQH01,1001,1000\nQH11,5,0\nQH02,7,7")
    tried = sheets.attempt(
        by=house.luo, table=read, columns=sheets.guessed(house.luo, read, "公卫"), month=MONTH, place=None,
        responsible="罗晓岚", now=NOW,
    )  # fmt: skip
    assert [(one.line, one.text) for one in tried.bad] == [(2, "1001"), (3, "5")]
    assert len(tried.entries) == 4


def test_a_wide_sheet_is_guessed_and_every_bad_cell_is_named(house: World) -> None:
    read = table(WIDE)
    columns = sheets.guessed(house.luo, read, "公卫")
    assert [one.target for one in columns] == ["institution", "contracted", "resident_population", "", "note"]
    columns[3] = Column(columns[3].heading, drug_income())
    tried = sheets.attempt(
        by=house.luo, table=read, columns=columns, month=MONTH, place=None, responsible="罗晓岚", now=NOW
    )
    assert [(one.place.institution.code, one.fact, one.value) for one in tried.entries] == [
        ("QH01", "contracted", 0), ("QH01", "resident_population", 1000), ("QH01", drug_income(), 12_500_000),
        ("QH11", "contracted", 620), ("QH11", drug_income(), 3_250_000),
    ]  # fmt: skip
    assert tried.empty == 1
    assert [(one.line, one.text) for one in tried.bad] == [
        (5, "85%"), (5, "-3"), (5, "x"), (6, "1"), (6, "2"), (6, "3"),
    ]  # fmt: skip
    assert "分子" in tried.bad[0].remedy and "QH99" in tried.bad[3].remedy


def test_a_long_sheet_names_what_stands_twice_or_is_on_its_way(house: World) -> None:
    confirmed(house, entry(house.lead, "contracted", 9))
    read = table(
        "机构编码,数据项,数值,备注\nQH01,签约居民,9,\nQH01,签约居民,8,更正\nQH01,discharges,4,\n"
        "QH11,contracted,5,\nQH11,签约居民,6,\nQH02,金子,1,"
    )
    tried = sheets.attempt(
        by=house.luo, table=read, columns=sheets.guessed(house.luo, read, "x"), month=MONTH, place=None,
        responsible="罗晓岚", now=NOW,
    )  # fmt: skip
    assert [(one.place.institution.code, one.value) for one in tried.entries] == [("QH01", 8), ("QH11", 5)]
    assert [one.line for one in tried.bad] == [2, 4, 6, 7]


def test_what_a_layout_lacks_is_said(house: World) -> None:
    assert show_sheets.faults([Column("a", "contracted"), Column("b", "contracted")], place_known=False) == [
        "两列读作同一项：签约居民 · 人。", "没有机构列，也没有选择机构。",
    ]  # fmt: skip
    assert len(show_sheets.faults([Column("a", "fact")], place_known=True)) == 1
    assert len(show_sheets.faults([Column("a", "note")], place_known=True)) == 1


def test_a_sheet_is_uploaded_tried_taken_and_confirmed_by_another(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    office, second = world.client("luo"), world.client("meng")
    with time_machine.travel(NOW, tick=False):
        url = "/a/qinghe/declared/sheets/upload/"
        sent = {"source": "公卫系统", "month": "2026-10", "responsible": "罗晓岚"}
        assert office.post(url, sent | {"file": SimpleUploadedFile("a.pdf", b"%PDF-1")}).status_code == 400
        file = SimpleUploadedFile("十月.csv", WIDE.encode("gb18030"))
        seen = office.post(url, sent | {"file": file}, follow=True)
        read = seen.redirect_chain[0][0]
        text = seen.content.decode()
        assert "85%" in text and "620" in text and "接收 3 个数" in text
        assert second.get(read).status_code == 404
        taken = office.post(read, {"do": "take", "c3": drug_income()}, follow=True)
        page = taken.redirect_chain[0][0]
        again = office.post(read, {"do": "take", "c3": drug_income()})
        assert again.status_code == 409 and "不会重复导入" in again.content.decode()
        assert office.get(read)["Location"] == page
        assert "QH99" in b"".join(office.get(f"{page}left/")).decode()
        refused = office.post(f"{page}confirm/", follow=True).content.decode()
        assert "同事" in refused
        assert "已确认 5 个数" in second.post(f"{page}confirm/", follow=True).content.decode()
        again = office.post(url, sent | {"file": SimpleUploadedFile("十月.csv", WIDE.encode())}, follow=True)
        assert "沿用" in again.content.decode() or "as before" in again.content.decode()
    with inside(world):
        batch = DeclaredBatch.objects.get()
        assert (batch.taken, batch.empty, len(batch.left)) == (5, 1, 6)
        assert DeclaredLayout.objects.get().columns["药品收入（万元）"] == drug_income()
        rows = DeclaredValue.objects.all()
        assert {(row.state, row.way, row.proofs) for row in rows} == {("confirmed", "sheet", 1)}
        counted = {
            (one.institution, one.key): one.value
            for one in facts.declared_facts(MONTH, ["contracted", drug_income()])
        }
        assert counted["QH01", "contracted"] == 0 and ("QH02", "contracted") not in counted
        assert counted["QH11", drug_income()] == 3_250_000


def test_the_template_of_what_is_due_reads_back_without_a_question(house: World) -> None:
    scheme_with(house, "contract_rate")
    confirmed(house, entry(house.lead, "contracted", 5))
    rows = [row.cells for row in lib.read("t.xlsx", io.BytesIO(show_sheets.template(MONTH, None)))]
    assert len(rows) - 1 == sum(not one.delivered for one in due.owed(MONTH))
    header, *lines = rows
    filled = [(at, (*line[:6], "7", "月报")) for at, line in enumerate(lines, 2)]
    read = Table(header, tuple(filled))
    columns = sheets.guessed(house.luo, read, "模板")
    assert not show_sheets.faults(columns, place_known=False)
    tried = sheets.attempt(
        by=house.luo, table=read, columns=columns, month=MONTH, place=None, responsible="罗晓岚", now=NOW
    )
    assert (len(tried.entries), tried.bad) == (len(lines), ())
    assert {one.value for one in tried.entries} == {Decimal(7)}


def test_thirty_rows_cost_no_more_queries_than_one(house: World) -> None:
    places = [place(f"QH5{number}", f"村{number}卫生院", "primary", "township") for number in range(30)]

    def cost(codes: list[str]) -> int:
        text = "机构编码,签约居民\n" + "\n".join(f"{code},5" for code in codes)
        file = files.store(
            by=house.luo, name="a.csv", content=[text.encode()], purpose="evidence", content_type="text/csv",
            limit=9_999,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as caught:
            read = table(text)
            columns = sheets.guessed(house.luo, read, "s")
            tried = sheets.attempt(
                by=house.luo, table=read, columns=columns, month=MONTH, place=None, responsible="x", now=NOW
            )
            batch = sheets.take(
                by=house.luo,
                file=file,
                source="s",
                columns=columns,
                tried=tried,
                month=MONTH,
                place=None,
                now=NOW,
            )
            rows = list(DeclaredValue.objects.named().filter(batch=batch))
            services.confirm_all(by=house.meng, rows=rows, now=NOW)
        return len(caught)

    assert cost([places[0].code]) == cost([one.code for one in places[1:]])
