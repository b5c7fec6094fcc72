"""The city's own DIP catalogue and point values: imported, released by two people, paid by from their day."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.lib.sheets import write_xlsx
from grouping.engine.dip import Combination
from grouping.engine.exact import fen
from grouping.engine.payment import DipRules
from grouping.models import DipCatalogue, DipEntry, TariffSheet
from grouping.readers.dipfile import REASONS
from grouping.services import both_ways, dip
from grouping.services.claims import DayClaimed
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.grouping.test_both_ways import rate
from tests.shared import shared
from tests.world import World

START = date(2026, 1, 1)
HEAD = "目录,主要诊断,手术操作,病种名称,分值,三级均费,二级均费\n"
FILE = HEAD + "核心,J18.900,,肺炎,80,,1000.00\n综合,I63,,脑梗死,120.5,,\n"


def received(world: World, content: str = FILE, day: date = START) -> DipCatalogue:
    with inside(world):
        made = dip.receive(
            by=world.luo, title="本市目录", decision=dip.Decision(day, "医保局", "12号"), name="dip.csv",
            content=io.BytesIO(content.encode()),
        )  # fmt: skip
    assert isinstance(made, DipCatalogue)
    return made


def put_in_force(world: World, row: DipCatalogue) -> None:
    with inside(world):
        approval = dip.propose(by=world.luo, catalogue=row, on=TODAY, confirmed=True)
        approvals.decide(by=world.meng, approval=approval, verdict="yes")


def send(world: World, content: bytes, name: str = "dip.csv", who: str = "luo", **fields: str) -> object:
    body = {
        "file": SimpleUploadedFile(name, content),
        "from_date": "2026-01-01",
        "decided_by": "医保局",
        **fields,
    }
    return browser(world, who).post(f"{HOME}/dip/import/", body)


def test_a_catalogue_is_imported_in_the_browser_and_holds_when_a_second_person_agrees(scene: World) -> None:
    sent = send(scene, FILE.encode("gb18030"), title="本市2026目录")
    page = text(browser(scene, "luo").get(sent["Location"]))
    assert "本市2026目录" in page and "J18.9" in page and "1,000.00" in page and "120.5" in page
    asked = browser(scene, "luo").post(f"{sent['Location']}propose/")
    assert "is in the past" in text(asked)
    browser(scene, "luo").post(f"{sent['Location']}propose/", {"confirmed": "on"})
    with inside(scene):
        row = DipCatalogue.objects.get()
        approval = dip.waiting(row)
        assert approval is not None and dip.held(START, TODAY).rows == ()
    page = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert "The first catalogue of the city" in page and "本市2026目录 from 2026-01-01" in page
    browser(scene, "meng").post(f"{HOME}/approvals/{approval.pk}/decide/", {"verdict": "yes", "step": "1"})
    with inside(scene):
        known = dip.held(START, TODAY).on(TODAY)
        assert known is not None and known.core[Combination("J18.9")].rw == Decimal(80)
        assert dip.held(date(2025, 1, 1), date(2025, 1, 31)).rows == ()


def test_a_workbook_is_the_same_catalogue(scene: World) -> None:
    body = io.BytesIO()
    write_xlsx(body, [line.split(",") for line in FILE.splitlines()])
    send(scene, body.getvalue(), name="dip.xlsx")
    send(scene, FILE.encode())
    with inside(scene):
        first, second = DipCatalogue.objects.all()
        assert first.digest == second.digest and first.core == second.core == 1


def test_every_fault_is_told_with_line_column_and_remedy_and_nothing_is_stored(scene: World) -> None:
    bad = FILE + "核心,18.9,,x,1,,\n核心,J44.1,0.55,x,null,,\n"
    answer = send(scene, bad.encode(), title="目录甲")
    page = text(answer)
    assert answer.status_code == 400 and "3 faults in the file" in page and 'value="目录甲"' in page
    assert "no diagnosis code" in page and "a spreadsheet may have rewritten it" in page and "0.55" in page
    with inside(scene):
        assert not DipCatalogue.objects.exists() and not DipEntry.objects.exists()
    chinese = scene.client("luo", HTTP_ACCEPT_LANGUAGE="zh-CN").post(
        f"{HOME}/dip/import/",
        {"file": SimpleUploadedFile("a.csv", bad.encode()), "from_date": "2026-01-01", "decided_by": "x"},
    ).content.decode()  # fmt: skip
    assert "不是诊断编码" in chinese and "no diagnosis" not in chinese


def test_point_values_come_from_a_file_as_a_sheet_of_the_tariff(scene: World) -> None:
    sent = send(scene, "险种,级别,点值\n职工,三级,98.76\n,,80.50\n".encode())
    page = text(browser(scene, "luo").get(sent["Location"]))
    assert "98.76" in page and "80.50" in page and "DIP point value" in page
    with inside(scene):
        assert TariffSheet.objects.get().kind == "point"


def test_the_month_is_valued_by_the_citys_points_and_point_value(scene: World) -> None:
    cost = {"D01": "2469.12", "D11": "1269.12"}
    store(scene, pages(scene, 3, C03C="J18.900", C04N="肺炎", **cost))
    put_in_force(scene, received(scene))
    month = Month(2026, 10)
    with inside(scene):
        found = both_ways.compare(month)
        assert found.catalogue is None and found.city.rows[0][1] == "本市目录" and not found.valued
        # 2,469.12 yuan against last year's mean of 1,000 at the same level: (2.46912 - 2 + 1) x 80
        each = (Fraction("2.46912") - 1) * 80
        assert found.total.cases == 3 and found.total.points == 3 * each
    rate(scene, [{"key": "/", "value": "10000"}], "point")
    rate(scene, [{"key": "/", "value": "1000000"}], "rate")
    rate(scene, [{"key": "QH01", "value": "1.05"}], "coefficient")
    with inside(scene):
        found = both_ways.compare(month)
        assert found.valued and found.total.dip_fen == 3 * fen(each * Fraction("1.05") * 10_000)
    page = text(browser(scene, "luo").get(f"{HOME}/drg-and-dip/?month=2026-10"))
    assert "Both sides are what is paid" in page and "本市目录" in page


def test_a_later_catalogue_holds_from_its_day_within_a_month(scene: World) -> None:
    put_in_force(scene, received(scene))
    put_in_force(scene, received(scene, FILE.replace(",80,", ",90,"), date(2026, 10, 15)))
    with inside(scene):
        held = dip.held(date(2026, 10, 1), date(2026, 10, 31))
        points = [held.on(date(2026, 10, day)).core[Combination("J18.9")].rw for day in (14, 15)]  # type: ignore[union-attr]
    assert points == [Decimal(80), Decimal(90)]


def test_the_second_person_reads_what_the_new_catalogue_changes(scene: World) -> None:
    put_in_force(scene, received(scene))
    later = received(scene, FILE.replace(",80,", ",88,") + "核心,J44.1,,慢阻肺,70,,\n", date(2027, 1, 1))
    with inside(scene):
        approval = dip.propose(by=scene.luo, catalogue=later, on=TODAY)
    page = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert "new diseases" in page and "+10.0%" in page and "J18.9 肺炎" in page


def test_a_day_is_asked_for_once_and_the_database_keeps_what_is_released(scene: World) -> None:
    first, second = received(scene), received(scene, FILE.replace(",80,", ",90,"))
    with inside(scene):
        dip.propose(by=scene.luo, catalogue=first, on=TODAY, confirmed=True)
        with pytest.raises(DayClaimed):
            dip.propose(by=scene.luo, catalogue=second, on=TODAY, confirmed=True)
        approvals.decide(by=scene.meng, approval=dip.waiting(first), verdict="yes")  # type: ignore[arg-type]
        with pytest.raises(dip.DipRefused):
            dip.propose(by=scene.luo, catalogue=second, on=TODAY, confirmed=True)
    for change in (
        lambda: DipEntry.objects.update(points=1),
        lambda: DipEntry.objects.all().delete(),
        lambda: DipCatalogue.objects.filter(pk=first.pk).update(state="draft"),
        lambda: DipCatalogue.objects.filter(pk=second.pk).update(state="released"),
    ):
        with pytest.raises(DatabaseError), inside(scene):
            change()


def test_pages_cost_the_same_queries_for_a_long_catalogue_and_a_search_finds(scene: World) -> None:
    few = received(scene)
    long = FILE + "".join(f"核心,K{n // 10:02}.{n % 10},,病{n},1.5,,\n" for n in range(900))
    many = received(scene, long)
    client = browser(scene, "luo")
    client.get(f"{HOME}/dip/")
    assert queries(client, f"dip/{few.pk}/") == queries(client, f"dip/{many.pk}/")
    page = text(client.get(f"{HOME}/dip/{many.pk}/?q=K07"))
    assert "K07.3" in page and "K08.1" not in page


def test_who_may_look_may_not_import(scene: World) -> None:
    client = browser(scene, "ding")
    assert client.get(f"{HOME}/dip/").status_code == 200
    assert client.get(f"{HOME}/dip/import/").status_code == 403
    assert browser(scene, "lin").get(f"{HOME}/dip/").status_code == 403


def test_the_oracles_cases_are_paid_by_an_imported_catalogue(scene: World) -> None:
    folder = shared("oracles/payment")
    with (
        (folder / "dip_input.csv").open(encoding="utf-8") as asked,
        (folder / "dip_expected.csv").open(encoding="utf-8") as said,
    ):
        cases, expected = list(csv.DictReader(asked)), {row["case_id"]: row for row in csv.DictReader(said)}
    lines = ["主要诊断,分值,二级均费"]
    for number, case in enumerate(cases):
        mean = int(case["level_mean_last_year_fen"])
        lines.append(f"A{number:02}.1,{case['rw']},{mean // 100}.{mean % 100:02}")
    put_in_force(scene, received(scene, "\n".join(lines) + "\n"))
    with inside(scene):
        known = dip.held(START, TODAY).on(TODAY)
    assert known is not None and len(known.core) == len(cases) == 50
    for number, case in enumerate(cases):
        points = known.points(Combination(f"A{number:02}.1"), "secondary", int(case["cost_fen"]), DipRules())
        assert points is not None
        paid = fen(points * int(case["point_value_fen"]) * Fraction(case["k"]))
        assert paid == int(expected[case["case_id"]]["payment_fen"]), case["case_id"]


def test_every_reason_and_remedy_has_its_chinese() -> None:
    for template in (one for pair in REASONS.values() for one in pair):
        with translation.override("zh-hans"):
            assert gettext(template) != template
