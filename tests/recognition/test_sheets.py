"""Sheets: the register and results; every wrong field is named with its line and remedy."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.models import Person
from referrals.recognition import services, sheets
from referrals.recognition.models import Item, Result
from tests.recognition.scene import NOW, register, result
from tests.referrals.scene import number_of
from tests.world import World

HEAD = "报告号,项目编码,姓名,身份证号,检查时间,报告时间,结论,调阅地址"


def csv(*lines: str) -> io.BytesIO:
    return io.BytesIO("\n".join(lines).encode())


def line(number: int, **change: str) -> str:
    cells = {
        "number": f"B{number}", "item": "CT001", "name": "龚建良", "id": number_of(1),
        "taken": "2026-11-10 09:30", "reported": "2026/11/10 11:00", "conclusion": "未见异常", "address": "",
    } | change  # fmt: skip
    return ",".join(cells.values())


def take(world: World, *lines: str, good: bool = False) -> services.Taken:
    return services.import_results(
        by=world.lin, name="r.csv", content=csv(HEAD, *lines), now=NOW, take_good=good
    )


def test_good_rows_are_stored_and_the_same_sheet_again_changes_nothing(qinghe: World) -> None:
    register(qinghe)
    lines = [line(1), line(2, item="LAB01"), line(3, name="施玉兰", id=number_of(2))]
    assert take(qinghe, *lines) == services.Taken(3, 3, 0, 0)
    assert take(qinghe, *lines) == services.Taken(3, 0, 3, 0)
    stored = Result.objects.get(number="B1")
    assert (stored.channel, stored.family, stored.institution) == ("sheet", "CHEST-CT", qinghe.lead)
    assert stored.taken_at.isoformat() == "2026-11-10T01:30:00+00:00"
    assert Person.objects.count() == 2


def test_every_wrong_field_is_named_and_nothing_is_stored(qinghe: World) -> None:
    register(qinghe)
    result(qinghe, serial=5, number="B8")
    lines = [
        line(1, taken="昨天"), line(2, item="X"), line(3, conclusion=""), line(4, id="330106195903121234"),
        line(5, name="别人", id=number_of(5)), line(6, taken="2026-12-01 08:00", reported=""),
        line(7, reported="2026-11-01"), line(8), line(9), line(9), line(10, id=""),
    ]  # fmt: skip
    with pytest.raises(sheets.Faults) as refused:
        take(qinghe, *lines)
    found = {(fault.line, fault.column): fault.why.reason for fault in refused.value.faults}
    assert found == {
        (2, "检查时间"): "moment", (3, "项目编码"): "item", (4, "结论"): "empty",
        (5, "身份证号"): "id_checksum",
        (6, "姓名"): "other_name", (7, "检查时间"): "taken_later",
        (8, "报告时间"): "reported_before",
        (9, "报告号"): "other_content", (11, "报告号"): "twice", (12, "身份证号"): "nothing_to_know_by",
    }  # fmt: skip
    assert refused.value.good == 1 and Result.objects.count() == 1
    taken = take(qinghe, *lines, good=True)
    assert (taken.stored, taken.bad) == (1, 10) and Result.objects.filter(number="B9").exists()


@pytest.mark.parametrize("text", ["", "报告号,姓名\n1,2\n", HEAD])
def test_a_sheet_without_columns_or_rows_is_refused_as_a_whole(qinghe: World, text: str) -> None:
    register(qinghe)
    with pytest.raises(Exception, match=r"columns|empty|no lines"):
        services.import_results(by=qinghe.lin, name="r.csv", content=csv(text), now=NOW)


def test_the_register_comes_by_sheet_whole_or_with_faults(qinghe: World) -> None:
    head = "项目编码,项目名称,检查方式,有效天数,项目族,互认标识,停用"
    good = [head, "CT001,胸部 CT 平扫,影像,30,CHEST-CT,HR,", "LAB01,糖化血红蛋白,检验,7,,,"]
    take = {"by": qinghe.su, "from_date": date(2026, 1, 1), "source": "目录"}
    assert services.import_sheet(name="i.csv", content=csv(*good), **take) == 2
    assert Item.objects.get(code="LAB01").family == "LAB01"
    bad = [
        head, "A1,,影像,30,,,", "A2,x,内窥,30,,,", "A3,x,影像,0,,,", "A4,x,影像,1,,,", "A4,x,影像,1,,,",
        "CT001,x,影像,1,,,",
    ]  # fmt: skip
    with pytest.raises(sheets.Faults) as refused:
        services.import_sheet(name="i.csv", content=csv(*bad), **take)
    assert [(fault.line, fault.column, fault.why.reason) for fault in refused.value.faults] == [
        (2, "项目名称", "empty"), (3, "检查方式", "one_of"), (4, "有效天数", "whole"),
        (6, "项目编码", "twice"),
        (7, "项目编码", "from_date"),
    ]  # fmt: skip
    assert Item.objects.count() == 2
    assert services.import_sheet(name="i.csv", content=csv(*bad), take_good=True, **take) == 1


def test_a_thousand_rows_cost_as_many_queries_as_ten(qinghe: World) -> None:
    register(qinghe)

    def queries(first: int, count: int) -> int:
        rows = [line(number) for number in range(first, first + count)]
        with CaptureQueriesContext(connection) as captured:
            take(qinghe, *rows)
        return len(captured)

    queries(0, 1)
    assert queries(10, 10) == queries(100, 400)
