"""Service items: catalogue and lists from sheets, error rate and trend, decisions remembered."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from grouping.models import CatalogueItem, ItemCatalogue, ItemDecision, ItemList, ListedItem
from grouping.services import items
from grouping.services.items import ItemsRefused
from tests.grouping.scene import HOME, browser, inside, queries, text
from tests.world import World

TODAY = date(2026, 11, 3)
CATALOGUE = """编码,名称,单位,最高限价,停用
110200001,普通门诊诊查费,次,10.00,
250301001,血清总蛋白测定,项,5.00,
250301002,血清白蛋白测定,项,5.00,
310701001,常规心电图检查,次,20.00,
310701999,常规心电图检查（旧）,次,20.00,是
"""
LIST = """项目编码,项目名称,计价单位,单价
110200001,普通门诊诊查费,次,10.00
X1,血清总蛋白测定,项,5.00
X2,血清白蛋白检测,项,5.00
310701001,常规心电图检查,次,25.00
X9,停车服务,小时,3.00
"""


def catalogue(world: World, content: str = CATALOGUE, day: date = date(2026, 1, 1)) -> ItemCatalogue:
    with inside(world):
        return items.import_catalogue(
            by=world.luo, title="国家目录", from_date=day, source="医保发", name="c.csv",
            content=io.BytesIO(content.encode()),
        )  # fmt: skip


def deliver(world: World, content: str = LIST) -> ItemList:
    with inside(world):
        return items.import_list(
            by=world.lin,
            institution=world.lead,
            name="list.csv",
            content=io.BytesIO(content.encode()),
            on=TODAY,
        )


def line(world: World, found: ItemList, name: str) -> ListedItem:
    with inside(world):
        return ListedItem.objects.select_related("list__institution").get(list=found, name=name)


def test_each_item_is_checked_and_wrong_codes_are_counted(scene: World) -> None:
    catalogue(scene)
    found = deliver(scene)
    assert (found.items, found.wrong) == (5, 3)
    with inside(scene):
        kinds = dict(ListedItem.objects.filter(list=found).values_list("name", "kind"))
        assert list(kinds.values()) == ["code", "name", "likely", "code", "none"]
        assert items.rates([found])[0].percent == 60
        waiting = [row.name for row in items.queue(found)]
        assert waiting[-1] == "常规心电图检查" and len(waiting) == 4  # the price above the ceiling comes last
    assert line(scene, found, "常规心电图检查").conflicts == ["price_over_ceiling"]


def test_a_decision_is_remembered_and_the_next_list_does_not_ask(scene: World) -> None:
    catalogue(scene)
    found = deliver(scene)
    with inside(scene):
        rows = {row.name: row for row in ListedItem.objects.select_related("list__institution")}
        items.decide(by=scene.lin, item=rows["血清总蛋白测定"], kind="confirm")
        items.decide(by=scene.lin, item=rows["血清白蛋白检测"], kind="replace", code="250301002")
        items.decide(by=scene.lin, item=rows["停车服务"], kind="not_item")
        assert [row.name for row in items.queue(found)] == ["常规心电图检查"]
    again = deliver(scene)
    assert (again.items, again.wrong) == (4, 2)  # the codes are wrong still; what is no item counts no more
    with inside(scene):
        assert [row.name for row in items.queue(again)] == ["常规心电图检查"]
    mended = deliver(scene, LIST.replace("X1,", "250301001,").replace("X2,", "250301002,"))
    assert (mended.items, mended.wrong) == (4, 0)


def test_a_later_decision_is_the_next_version(scene: World) -> None:
    catalogue(scene)
    row = line(scene, deliver(scene), "血清白蛋白检测")
    with inside(scene):
        items.decide(by=scene.lin, item=row, kind="replace", code="250301001")
        items.decide(by=scene.lin, item=row, kind="replace", code="250301002")
        kept = list(ItemDecision.objects.order_by("version").values_list("version", "code"))
        assert kept == [(1, "250301001"), (2, "250301002")]
        assert items.decisions(scene.lead)[row.key].code == "250301002"
        for code in ("", "999", "310701999"):  # nothing, unknown, retired
            with pytest.raises(ItemsRefused):
                items.decide(by=scene.lin, item=row, kind="replace", code=code)


@pytest.mark.parametrize(
    ("content", "reason", "number"),
    [
        ("编码,名称\n", "empty", None),
        ("代号,名称\n1,a\n", "columns", None),
        ("编码,名称\n1,甲\n,乙\n", "no_code", 3),
        ("编码,名称\n1,甲\n2,\n", "no_name", 3),
        ("编码,名称,价格\n1,甲,十元\n", "price", 2),
        ("编码,名称,价格\n1,甲,1.005\n", "price", 2),
        ("编码,名称\n1,甲\n1,乙\n", "twice", 3),
        ("编码,名称\n1," + "甲" * 201 + "\n", "too_long", 2),
    ],
)
def test_a_faulty_sheet_is_refused_with_its_line_and_nothing_is_stored(
    scene: World, content: str, reason: str, number: int | None
) -> None:
    with pytest.raises(ItemsRefused) as refused:
        catalogue(scene, content)
    assert (refused.value.reason, refused.value.params.get("line")) == (reason, number)
    with inside(scene):
        assert not ItemCatalogue.objects.exists() and not CatalogueItem.objects.exists()


def test_no_list_without_a_catalogue_and_one_catalogue_a_day(scene: World) -> None:
    with pytest.raises(ItemsRefused):
        deliver(scene)
    catalogue(scene)
    with pytest.raises(ItemsRefused):
        catalogue(scene)
    catalogue(scene, CATALOGUE, date(2027, 1, 1))
    with inside(scene):
        held = items.in_force(TODAY)
        assert held is not None and held.from_date == date(2026, 1, 1)


def test_the_database_refuses_to_change_what_was_checked_or_decided(scene: World) -> None:
    catalogue(scene)
    row = line(scene, deliver(scene), "血清总蛋白测定")
    with inside(scene):
        items.decide(by=scene.lin, item=row, kind="confirm")
    for model, change in (
        (ItemList, {"wrong": 0}),
        (ListedItem, {"wrong": False}),
        (ItemDecision, {"code": "1"}),
    ):
        with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
    with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
        ItemDecision.objects.create(
            institution=scene.lead, key="k", kind="not_item", code="1", version=1, decided_by=scene.lin
        )


def test_it_is_imported_decided_and_compared_in_the_browser(scene: World) -> None:
    luo, lin, tan = (browser(scene, name) for name in ("luo", "lin", "tan"))
    body = {
        "title": "国家目录",
        "from_date": "2026-01-01",
        "source": "医保发",
        "file": SimpleUploadedFile("c.csv", b"x,y\n1,2\n"),
    }
    bad = luo.post(f"{HOME}/service-items/catalogue/", body)
    assert bad.status_code == 400 and "The file needs the columns" in text(bad) and "国家目录" in text(bad)
    good = {**body, "file": SimpleUploadedFile("c.csv", CATALOGUE.encode())}
    assert luo.post(f"{HOME}/service-items/catalogue/", good).status_code == 302
    given = {"institution": scene.lead.pk, "file": SimpleUploadedFile("l.csv", LIST.encode())}
    assert lin.post(f"{HOME}/service-items/deliver/", given).status_code == 302
    with inside(scene):
        found = ItemList.objects.get()
        row = ListedItem.objects.get(name="血清总蛋白测定")
    page = text(lin.get(f"{HOME}/service-items/{found.pk}/"))
    assert "4 of 5 items to decide, error rate 60.00%" in page and "price above the ceiling" in page
    assert lin.post(f"{HOME}/service-items/decide/{row.pk}/", {"kind": "confirm"}).status_code == 302
    assert "3 of 5 items" in text(lin.get(f"{HOME}/service-items/{found.pk}/"))
    wrong = lin.post(f"{HOME}/service-items/decide/{row.pk}/", {"kind": "replace", "code": "0"})
    assert wrong.status_code == 409 and "no living item" in text(wrong)
    assert tan.get(f"{HOME}/service-items/{found.pk}/").status_code == 404
    assert tan.post(f"{HOME}/service-items/decide/{row.pk}/", {"kind": "confirm"}).status_code == 404
    mended = LIST.replace("X2,", "250301002,")
    given = {"institution": scene.lead.pk, "file": SimpleUploadedFile("l2.csv", mended.encode())}
    lin.post(f"{HOME}/service-items/deliver/", given)
    assert "−20.00 pp" in text(lin.get(f"{HOME}/service-items/"))
    assert browser(scene, "ding").get(f"{HOME}/service-items/deliver/").status_code == 403


def test_the_number_of_queries_does_not_grow(scene: World) -> None:
    catalogue(scene)
    found, client = deliver(scene), browser(scene, "lin")
    queries(client, "service-items/")
    before = queries(client, "service-items/"), queries(client, f"service-items/{found.pk}/")
    more = deliver(scene, LIST + "".join(f"Y{n},血清测定{n},项,5.00\n" for n in range(30)))
    assert (queries(client, "service-items/"), queries(client, f"service-items/{more.pk}/")) == before
