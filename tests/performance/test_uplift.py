"""A pay total that rises with the linked indicators: two people, the database, pages, the bundle (S3-38)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone

from alliance.models import Institution, RosterRow
from alliance.services.files import Upload
from performance.declared.services.proving import keep
from performance.demonstration import uplift as demonstration
from performance.demonstration.ground import Ground
from performance.engine.pay.uplift import UpliftRefused
from performance.models import MonthRun, PayLinked, PayTotal, PayUplift, PayUpliftLine, Score
from performance.pay.refusals import EntryRefused
from performance.pay.services import entering, limits
from performance.uplift.refusals import ListRefused, SheetRefused
from performance.uplift.services import linked, sheets
from tests.performance import bundle_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

PDF = b"%PDF-1.4\n"
TOTAL = 100_000_000
# Of a hundred points thirty are linked; (20 x 90 + 10 x 60) / 30 = 80, so 12 %.
FIGURES = (("accepted_in_time", 20, 90), ("up_arrivals", 10, 60), ("cmi", 45, 10), ("mean_stay", 25, None))
LINKED = ("accepted_in_time", "up_arrivals")


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is in the books, Shiqiao has figures and a base total, two indicators are linked."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world, TOTAL)
        figures(world.shiqiao)
        listed(world)
        yield world


def figures(place: Institution) -> None:
    settlement = MonthRun.objects.get(month=OCTOBER.first_day).settlement
    for code, weight, score in FIGURES:
        Score.objects.create(
            settlement=settlement, institution=place, indicator=code, dimension="x", weight=weight,
            score=score, formula={"key": "x", "tokens": []},
        )  # fmt: skip


def listed(world: World, *codes: str, month: Any = OCTOBER) -> PayLinked:
    row = linked.enter(
        by=world.luo, from_month=month, indicators=codes or LINKED, decided_by="理事会〔2026〕6号", now=NOW
    )
    return linked.confirm(by=world.cai, row=row, now=NOW)


def entered(world: World, place: Institution | None = None, **more: Any) -> PayUplift:
    asked: dict[str, Any] = {
        "year": 2026, "document": "理事会〔2026〕8号", "body": "理事会", "scan": kept(world), "now": NOW,
        **more,
    }  # fmt: skip
    return sheets.enter(by=world.luo, institution=place or world.shiqiao, **asked)


def kept(world: World) -> Any:
    return keep(by=world.luo, place=None, uploads=[Upload("决议.pdf", [PDF], "application/pdf", 99)])[0]


def approved(place: Institution) -> int:
    return limits.approved_of(2026)[place.pk]


def test_two_people_raise_the_total_and_a_later_sheet_rises_from_the_same_base(house: World) -> None:
    sheet = entered(house)
    assert (sheet.earned, sheet.full, sheet.weight_all, sheet.heads) == (24, 30, 100, 3)
    assert sheet.fen == 12_000_000 and approved(house.shiqiao) == TOTAL
    with pytest.raises(SheetRefused, match="waits for its second person"):
        entered(house)
    with pytest.raises(SheetRefused, match="two different people"):
        sheets.confirm(by=house.luo, sheet=sheet, now=NOW)
    with pytest.raises(PermissionDenied):
        sheets.confirm(by=house.kong, sheet=sheet, now=NOW)
    sheet = sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    assert approved(house.shiqiao) == 112_000_000 and sheets.in_force(sheet)
    total = PayTotal.objects.get(uplift=sheet)
    assert (total.document, total.confirmed_by) == ("理事会〔2026〕8号", house.cai)
    with pytest.raises(SheetRefused, match="decided already"):
        sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    listed(house, "accepted_in_time")  # 20 of 100 points are fewer than 30: 15 % x 20/30 x 90/100 = 9 %
    with pytest.raises(
        SheetRefused, match=r"has sheet 1 of 2026 in force\. Say why this one takes its place"
    ):
        entered(house, document="理〔2026〕2号")
    second = entered(house, document="理〔2026〕2号", replaces_why="挂钩指标已调整")
    assert approved(house.shiqiao) == 112_000_000
    later = sheets.confirm(by=house.cai, sheet=second, now=NOW)
    assert (later.number, later.base, approved(house.shiqiao)) == (2, sheet.base, 109_000_000)
    assert later.replaces == sheet and PayUplift.objects.named().get(pk=sheet.pk).successor == later.pk
    assert not sheets.in_force(sheet) and sheets.in_force(later)
    assert approved(house.lead) == TOTAL


def test_a_total_is_not_lowered_below_what_was_given_of_it(world: World) -> None:
    with inside(world):
        scene.grounded(world, 18_000_000)  # Shiqiao is to be given 200,000 yuan of October
        figures(world.shiqiao)
        listed(world)
        row = entering.enter_total(
            by=world.luo, institution=world.lead, year=2026, fen=TOTAL, document="理事会〔2026〕1号", now=NOW
        )
        entering.confirm(by=world.cai, row=row, now=NOW)
        sheets.confirm(by=world.cai, sheet=entered(world), now=NOW)
        assert approved(world.shiqiao) == 20_160_000
        scene.posted_bonus(world)
        listed(world, "accepted_in_time")
        lower = entered(world, document="理〔2026〕2号", replaces_why="挂钩指标已调整")
        with pytest.raises(SheetRefused, match=r"200,000\.00 yuan of 2026 already, more than the new total"):
            sheets.confirm(by=world.cai, sheet=lower, now=NOW)
        # Who passes the service by is refused by the database, and so is a plain total in its place.
        with (
            mock.patch.object(sheets, "_not_spent"),
            pytest.raises(IntegrityError, match="not lowered below what was given of it"),
            transaction.atomic(),
        ):
            sheets.confirm(by=world.cai, sheet=lower, now=NOW)
        plain = entering.enter_total(
            by=world.luo, institution=world.shiqiao, year=2026, fen=19_999_999, document="减调1号", now=NOW
        )
        with pytest.raises(EntryRefused, match=r"given 200,000\.00 yuan of 2026 already, more than this"):
            entering.confirm(by=world.cai, row=plain, now=NOW)
        enough = entering.enter_total(
            by=world.luo, institution=world.shiqiao, year=2026, fen=20_000_000, document="减调1号", now=NOW
        )
        entering.confirm(by=world.cai, row=enough, now=NOW)
        assert approved(world.shiqiao) == 20_000_000
        plain = entering.enter_total(  # the total in force did not itself rise any more
            by=world.luo, institution=world.shiqiao, year=2026, fen=19_999_999, document="减调2号", now=NOW
        )
        with pytest.raises(EntryRefused, match=r"given 200,000\.00 yuan of 2026 already, more than this"):
            entering.confirm(by=world.cai, row=plain, now=NOW)


def test_of_an_institution_and_year_one_sheet_is_in_force(house: World) -> None:
    """The same numbers are refused by naming the sheet that has them; another is replaced once, both ways."""
    first = sheets.confirm(by=house.cai, sheet=entered(house), now=NOW)
    with pytest.raises(
        SheetRefused, match="has sheet 1 of 2026 in force with the same numbers, of 理事会〔2026〕8号"
    ):
        entered(house, document="理〔2026〕2号", replaces_why="再报一次")
    for change, said in (
        ({}, "one_first"),
        ({"replaces": first, "fen": first.fen - 1}, "replaces_why"),
        ({"replaces_why": "x"}, "replaces_why"),
    ):
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            raw(first, **change)
    again = {"replaces": first, "replaces_why": "再报一次", "confirmed_by": None, "confirmed_at": None}
    with pytest.raises(IntegrityError, match="something else than the one in force"), transaction.atomic():
        raw(first, **again)
    with transaction.atomic():  # with other numbers the database takes it
        raw(first, **again, fen=first.fen - 1)
        transaction.set_rollback(True)
    listed(house, "accepted_in_time")
    later = sheets.confirm(
        by=house.cai, sheet=entered(house, document="理〔2026〕2号", replaces_why="挂钩指标已调整"), now=NOW
    )
    with pytest.raises(IntegrityError, match="replaced_once"), transaction.atomic():
        raw(later)
    figures(house.lead)
    strange = entered(house, house.lead)
    assert strange.replaces is None
    with (
        pytest.raises(DatabaseError, match="a confirmed one of its institution and year"),
        transaction.atomic(),
    ):
        raw(first, replaces=strange, replaces_why="x", confirmed_by=None, confirmed_at=None)
    client = house.client("luo")
    page = client.get(f"/a/qinghe/pay/uplifts/{first.pk}/").content.decode()
    assert "已被替代" in page and f"/pay/uplifts/{later.pk}/" in page and "本单已被第 2 张核定单替代" in page
    page = client.get(f"/a/qinghe/pay/uplifts/{later.pk}/").content.decode()
    assert f"/pay/uplifts/{first.pk}/" in page and "第 1 张：挂钩指标已调整" in page
    assert "已被替代" in client.get("/a/qinghe/pay/uplifts/").content.decode()


def test_what_an_uplift_lacks_is_named_with_its_remedy(house: World) -> None:
    with pytest.raises(UpliftRefused, match=r"has no approved pay total for 2026 to rise from\. Enter it"):
        entered(house, house.tcm)
    with pytest.raises(UpliftRefused, match="has no decided month in 2026 whose scores count"):
        entered(house, house.lead)
    with pytest.raises(SheetRefused, match="paid through its township"):
        entered(house, house.liulin)
    for named in (" ", "x", "7号", "〔〕－－－", "xxxx"):
        with pytest.raises(SheetRefused, match=r"whole number of the decision, .* at least 4"):
            entered(house, document=named)
    with pytest.raises(SheetRefused, match="body"):
        entered(house, body=" ")
    with pytest.raises(SheetRefused, match="scan"):
        entered(house, scan=None)
    listed(house, "mean_stay")
    with pytest.raises(UpliftRefused, match="assessed in none of the linked indicators in 2026"):
        entered(house)
    RosterRow.objects.filter(institution__in=[house.shiqiao, house.liulin]).delete()
    listed(house, *LINKED)
    with pytest.raises(UpliftRefused, match="roster of 2026-10 names nobody at"):
        entered(house)


def test_a_list_holds_from_its_month_and_is_of_two_people(house: World) -> None:
    with pytest.raises(ListRefused, match="at least one"):
        linked.enter(by=house.luo, from_month=OCTOBER, indicators=(), decided_by="x", now=NOW)
    with pytest.raises(ListRefused, match="made_up is no indicator"):
        listed(house, "made_up")
    row = linked.enter(by=house.luo, from_month=OCTOBER, indicators=["cmi"], decided_by="会", now=NOW)
    assert entered(house).fen == 12_000_000  # one that waits links nothing
    with pytest.raises(ListRefused, match="two different people"):
        linked.confirm(by=house.luo, row=row, now=NOW)
    later = OCTOBER.next()
    assert linked.by_month([OCTOBER.previous(), OCTOBER, later]).keys() == {OCTOBER, later}


def test_a_month_before_any_list_counts_for_nothing(world: World) -> None:
    with inside(world):
        scene.grounded(world)
        figures(world.shiqiao)
        listed(world, month=OCTOBER.next())
        with pytest.raises(UpliftRefused, match="No confirmed list says which indicators are linked"):
            entered(world)


def test_what_changed_since_is_worked_out_again(house: World) -> None:
    sheet = entered(house)
    row = entering.enter_total(
        by=house.luo, institution=house.shiqiao, year=2026, fen=TOTAL - 1, document="理事会新批1号", now=NOW
    )
    entering.confirm(by=house.cai, row=row, now=NOW)
    with pytest.raises(SheetRefused, match="Set it aside and have it worked out again"):
        sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    with pytest.raises(SheetRefused, match="few words"):
        sheets.set_aside(by=house.luo, sheet=sheet, why=" ", now=NOW)
    sheets.set_aside(by=house.luo, sheet=sheet, why="基数已变", now=NOW)
    sheets.confirm(by=house.cai, sheet=entered(house), now=NOW)
    assert approved(house.shiqiao) == TOTAL - 1 + (TOTAL - 1) * 12 // 100


def raw(sheet: PayUplift, **change: Any) -> PayUplift:
    """The same sheet once more, with something else in it."""
    row = PayUplift.objects.get(pk=sheet.pk)
    row.pk, row.number, row._state.adding = None, 9, True
    for name, value in change.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def test_the_database_keeps_the_maximum_the_figures_and_the_total(house: World) -> None:
    sheet = entered(house)
    line = PayUpliftLine.objects.filter(sheet=sheet).first()
    assert line is not None
    for change in ({"fen": 1}, {"base_fen": 1}, {"terms": {}}):
        with pytest.raises(DatabaseError, match=r"permission denied|written once"), transaction.atomic():
            PayUplift.objects.filter(pk=sheet.pk).update(**change)
    with pytest.raises(IntegrityError, match="one_waits"), transaction.atomic():
        raw(sheet)
    with pytest.raises(DatabaseError, match="by its whole number"), transaction.atomic():
        raw(sheet, document="7号")
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        PayUplift.objects.filter(pk=sheet.pk).update(confirmed_by=house.luo, confirmed_at=NOW)
    rose = {"institution": house.shiqiao, "year": 2026, "revision": 8, "uplift": sheet,
            "document": "理〔2026〕1号", "entered_by": house.luo, "entered_at": NOW,
            "confirmed_by": house.cai, "confirmed_at": NOW}  # fmt: skip
    with pytest.raises(DatabaseError, match="its confirmed sheet"), transaction.atomic():
        PayTotal.objects.create(fen=sheet.total_fen, **rose)
    for change in (  # above 15 %; above what the score gives; above the maximum a head; no maximum
        {"fen": 15_000_001, "earned": 30},
        {"fen": 12_000_001},
        {"heads": Decimal("2.5")},
        {"terms": {}},
        {"fen": 0, "base_fen": -1},
    ):
        with (
            pytest.raises(DatabaseError, match=r"never passes its maximum|not_negative"),
            transaction.atomic(),
        ):
            raw(sheet, **change)
    other = {"linked": line.linked, "result": line.result, "month": line.month, "indicator": line.indicator,
             "weight": line.weight, "score": line.score}  # fmt: skip
    cmi = Score.objects.get(indicator="cmi", institution=house.shiqiao)
    for change in ({"score": 100}, {"weight": 1}, {"month": OCTOBER.next().first_day},
                   {"result": cmi, "indicator": "cmi", "weight": 45, "score": 10}):  # fmt: skip
        with pytest.raises(DatabaseError, match="a linked figure of a decided month"), transaction.atomic():
            PayUpliftLine.objects.create(sheet=sheet, **{**other, **change})
    sheets.set_aside(by=house.luo, sheet=sheet, why="重算", now=NOW)
    bare = raw(sheet, set_aside_by=None, set_aside_at=None, set_aside_why=None)
    with pytest.raises(DatabaseError, match="do not add up"), transaction.atomic():
        PayUplift.objects.filter(pk=bare.pk).update(confirmed_by=house.cai, confirmed_at=NOW)
    sheets.set_aside(by=house.luo, sheet=bare, why="无行", now=NOW)
    sheet = sheets.confirm(by=house.cai, sheet=entered(house), now=NOW)
    with pytest.raises(DatabaseError, match="no further line"), transaction.atomic():
        PayUpliftLine.objects.create(sheet=sheet, **other)
    with pytest.raises(DatabaseError, match="its confirmed sheet"), transaction.atomic():
        PayTotal.objects.create(fen=sheet.total_fen + 1, **{**rose, "uplift": sheet})
    with pytest.raises(IntegrityError, match="uplift_once"), transaction.atomic():
        PayTotal.objects.create(fen=sheet.total_fen, **{**rose, "uplift": sheet})
    base = {"base": PayTotal.objects.get(uplift=sheet), "base_fen": sheet.total_fen, "number": 20,
            "confirmed_by": None, "confirmed_at": None}  # fmt: skip
    again = raw(sheet, **base)  # a total that rose is no base
    for one in PayUpliftLine.objects.filter(sheet=sheet):
        PayUpliftLine.objects.create(
            sheet=again, linked=one.linked, result=one.result, month=one.month, indicator=one.indicator,
            weight=one.weight, score=one.score,
        )  # fmt: skip
    with pytest.raises(DatabaseError, match="the approved total in force"), transaction.atomic():
        PayUplift.objects.filter(pk=again.pk).update(confirmed_by=house.cai, confirmed_at=NOW)


def test_the_bundle_works_a_risen_total_out_again(qinghe: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        bundle_scene.paid_month(qinghe)
        with inside(qinghe):
            listed(qinghe, "accepted_in_time", "down_arrivals", "up_arrivals")
            sheet = sheets.confirm(by=qinghe.cai, sheet=entered(qinghe), now=NOW)
            assert 0 < sheet.fen <= 15_000_000
        content = bundle_scene.bundle_of(qinghe)
    assert bundle_scene.verified(content, tmp_path).differences == ()

    def better(rules: dict[str, Any]) -> None:
        [place] = [one for one in rules["totals"] if one["uplift"]]
        place["uplift"]["points"][0]["score"] = "1.0000"

    said = bundle_scene.verified(bundle_scene.changed(content, "rules.json", better), tmp_path).differences
    assert any("approved_fen" in one for one in said)


@time_machine.travel(NOW, tick=False)
def test_pages_say_why_a_total_rose_and_keep_the_second_wall(house: World) -> None:
    client, second = house.client("luo"), house.client("cai")
    base = "/a/qinghe/pay/uplifts/"
    assert client.get(f"{base}linked/enter/").status_code == 200
    form = {"from_month": "2026-10", "indicators": list(LINKED), "decided_by": "理事会"}
    assert client.post(f"{base}linked/enter/", form).status_code == 302
    row = PayLinked.objects.get(confirmed_at=None)
    assert "挂钩指标" in second.get("/a/qinghe/").content.decode()
    assert second.post(f"{base}linked/{row.pk}/confirm/").status_code == 302
    typed = {"institution": house.tcm.pk, "year": "2026", "document": "理事会〔2026〕9号", "body": "理事会"}
    answer = client.post(
        f"{base}enter/", {**typed, "files": SimpleUploadedFile("x.pdf", PDF, "application/pdf")}
    )
    page = answer.content.decode()
    assert answer.status_code == 400 and "理事会〔2026〕9号" in page and "x.pdf" in page
    [waits] = [part.split('"')[0] for part in page.split('name="kept" value="')[1:]]
    answer = client.post(f"{base}enter/", {**typed, "institution": house.shiqiao.pk, "kept": waits})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    sheet = PayUplift.objects.get()
    page = second.get(f"{base}{sheet.pk}/").content.decode()
    for said in ("120,000.00", "1,120,000.00", "12%", "80", "months/2026-10/institutions/"):
        assert said in page
    assert second.post(f"{base}{sheet.pk}/act/set-aside/", {"why": " "}).status_code == 400
    assert second.post(f"{base}{sheet.pk}/act/confirm/").status_code == 302
    assert f"/pay/uplifts/{sheet.pk}/" in client.get("/a/qinghe/pay/sources/").content.decode()
    assert second.post(f"{base}{sheet.pk}/act/confirm/").status_code == 400
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}{sheet.pk}/workbook/").content)).active
    cells = [[str(cell.value) for cell in row] for row in book.rows]
    assert ["文号", "理事会〔2026〕9号"] in [row[:2] for row in cells] and cells[-1][1] == "1,120,000.00"
    assert ["90", "20", "18"] in [row[2:5] for row in cells]  # score, weight, points as numbers
    page = client.get(f"{base}{sheet.pk}/print/").content.decode()
    assert 'class="sheet paper"' in page and "1,120,000.00" in page and '<td class="n">90.00</td>' in page
    assert f"{timezone.localtime(NOW):%Y年%-m月}" in page  # who entered it when, with the year
    [shown] = client.get("/api/v1/pay/uplifts/?state=confirmed").json()["results"]
    assert shown == client.get(f"/api/v1/pay/uplifts/{sheet.pk}/").json()
    assert (shown["fen"], shown["total_fen"], shown["replaces"], shown["replaced_by"]) == (
        12_000_000, 112_000_000, None, None,
    )  # fmt: skip
    assert [one["indicator"] for one in shown["lines"]] == sorted(LINKED)
    assert client.get("/api/v1/pay/uplifts/?state=replaced").json()["results"] == []
    for path in (f"{base}{sheet.pk}/workbook/", f"{base}{sheet.pk}/print/"):
        assert house.client("kong").get(path).status_code == 404
    assert house.client("kong").get(f"/api/v1/pay/uplifts/{sheet.pk}/").status_code in (403, 404)
    assert house.client("kong").get(f"{base}{sheet.pk}/").status_code == 404
    house.people["gu"] = member("gu", "顾守成", house.shiqiao, "institution_admin")
    assert house.client("gu").get(f"{base}{sheet.pk}/").status_code == 200


def test_the_demonstration_raises_totals_and_leaves_nobody_out_by_an_error(house: World) -> None:
    figures(house.lead)
    base = Ground(house.qinghe, {}, {}, {}, [house.luo, house.meng], house.lin)
    demonstration.load(base, OCTOBER, NOW)  # its list links 20 of 100 points: 15 % x 20/30 x 90/100
    assert PayUplift.objects.count() == 2 and set(limits.approved_of(2026).values()) == {109_000_000}
    assert PayLinked.objects.order_by("-revision")[0].entered_at == NOW
