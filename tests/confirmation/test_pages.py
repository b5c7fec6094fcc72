"""The pages of mutual confirmation as both sides, the office and a stranger meet them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from alliance.confirmation.models import Difference, Statement
from alliance.tenancy.scope import act_in
from tests.confirmation.scene import (
    AFTER,
    NOW,
    OCTOBER,
    arrived,
    confirm,
    line,
    object_to,
    opened,
    prepare,
    stands,
    use,
)
from tests.world import World

HOME = "/a/qinghe/confirmations/"
MONTH = f"{HOME}{OCTOBER}/"
UP, DAYS, USES = "referral.up", "posting.day", "equipment.use"


@pytest.fixture
def cast(world: World) -> Any:
    """October opened, it is the day of opening."""
    with time_machine.travel(NOW, tick=False):
        with act_in(world.qinghe):
            prepare(world)
            opened(world)
        yield world


def page(client: Client, path: str, status: int = 200) -> str:
    """The body of a page."""
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def tokens(body: str) -> list[str]:
    """What the boxes of a page confirm."""
    return re.findall(r'name="line" value="([^"]+)"', body)


def test_the_office_opens_a_month_from_the_list(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        with act_in(world.qinghe):
            prepare(world)
        office = world.client("luo")
        assert f'<option value="{OCTOBER}">' in page(office, HOME)
        answer = office.post(f"{HOME}months/open/", {"month": str(OCTOBER)})
        assert answer.url == MONTH
        body = page(office, MONTH)
        assert "上转到达" in body and "石桥镇" in body
        again = office.post(f"{HOME}months/open/", {"month": str(OCTOBER)}, follow=True)
        assert "已经开启" in again.content.decode()


def test_both_sides_confirm_everything_from_their_pages(cast: World) -> None:
    for name in ("shi", "kong"):
        client = cast.client(name)
        given = tokens(page(client, MONTH))
        assert len(given) == 3
        assert client.post(f"{MONTH}confirm/", {"line": given}).status_code == 302
        assert tokens(page(client, MONTH)) == []
    with act_in(cast.qinghe):
        assert {stands(kind).state for kind in (UP, DAYS, USES)} == {"agreed"}


def test_one_button_confirms_one_line(cast: World) -> None:
    client = cast.client("shi")
    given = tokens(page(client, MONTH))
    client.post(f"{MONTH}confirm/", {"line": given, "only": given[0]})
    with act_in(cast.qinghe):
        assert Statement.objects.count() == 1


def test_a_line_shows_its_records_and_takes_an_objection_with_ticked_ones(cast: World) -> None:
    client = cast.client("shi")
    with act_in(cast.qinghe):
        row = line(UP)
        ids = list(row.pictures.get().ids)
    path = f"{HOME}lines/{row.pk}/"
    body = page(client, path)
    assert body.count('name="record"') == 3 and "龚建良" not in body
    seen = re.search(r'name="seen" value="([^"]+)"', body)
    assert seen is not None
    sent = {"seen": seen[1], "own_count": "2", "reason": "never", "text": "", "record": [str(ids[0])]}
    refused = client.post(f"{path}object/", sent)
    assert refused.status_code == 400
    assert f'value="{ids[0]}" checked' in refused.content.decode(), "what was ticked stays"
    assert client.post(f"{path}object/", sent | {"text": "该患者未到院"}).status_code == 302
    with act_in(cast.qinghe):
        assert Statement.objects.get().record_ids == [ids[0]]
    assert "该患者未到院" in page(cast.client("kong"), path)
    assert "该患者未到院" in page(cast.client("luo"), f"{HOME}differences/")
    page(cast.client("tang"), path, 404)


def test_n34_an_old_page_stores_nothing_and_keeps_what_was_typed(cast: World) -> None:
    client = cast.client("shi")
    with act_in(cast.qinghe):
        row = line(USES)
    path = f"{HOME}lines/{row.pk}/"
    seen = re.search(r'name="seen" value="([^"]+)"', page(client, path))
    assert seen is not None
    with act_in(cast.qinghe):
        use(cast, "L-3")
    sent = {"seen": seen[1], "own_count": "7", "reason": "figures", "text": "台账记 7 次"}
    answer = client.post(f"{path}object/", sent)
    assert answer.status_code == 409 and "台账记 7 次" in answer.content.decode()
    assert client.post(f"{path}confirm/", {"seen": seen[1]}).status_code == 409
    with act_in(cast.qinghe):
        assert not Statement.objects.exists()


def test_who_confirmed_sees_what_came_since(cast: World) -> None:
    with act_in(cast.qinghe):
        confirm(USES, cast.shi)
        use(cast, "L-77")
        row = line(USES)
    body = page(cast.client("shi"), f"{HOME}lines/{row.pk}/")
    assert "新增 1 条记录，减少 0 条" in body and body.count("L-77") >= 2


def test_the_other_side_answers_and_the_office_decides_after_the_deadline(cast: World) -> None:
    with act_in(cast.qinghe):
        made = object_to(UP, cast.shi)
    act = f"{HOME}differences/{made.pk}/"
    hospital, office = cast.client("kong"), cast.client("luo")
    assert hospital.post(f"{act}answer/?version=1", {"verdict": "wrong", "text": ""}).status_code == 400
    given = {"verdict": "wrong", "text": "我院无此记录"}
    assert hospital.post(f"{act}answer/?version=1", given).status_code == 302
    assert hospital.post(f"{act}answer/?version=1", given).status_code == 409
    decided = {"count": "3", "text": "以登记为准"}
    assert office.post(f"{act}settle/?version=2", decided).status_code == 400
    assert hospital.post(f"{act}settle/?version=2", decided).status_code == 403
    with time_machine.travel(AFTER, tick=False):
        assert cast.client("luo").post(f"{act}settle/?version=2", decided).status_code == 302
        body = page(cast.client("shi"), f"{HOME}lines/{made.line_id}/")
        assert "绩效办裁定" in body and "以登记为准" in body
    with act_in(cast.qinghe):
        assert Difference.objects.get().state == "settled"


def test_a_missing_partner_is_reported(cast: World) -> None:
    with act_in(cast.qinghe):
        lead = cast.lead.pk
    client, path = cast.client("tang"), f"{MONTH}missing/"
    sent = {
        "kind": UP, "partner": str(lead), "side": "giver", "own_count": "0", "reason": "unlogged",
        "text": "9 日一例",
    }  # fmt: skip
    assert client.post(path, sent).status_code == 400
    assert client.post(path, sent | {"own_count": "1"}).status_code == 302
    assert "9 日一例" in page(cast.client("luo"), f"{HOME}differences/")


def test_what_waits_stands_on_the_home_page(cast: World) -> None:
    with act_in(cast.qinghe):
        object_to(UP, cast.shi)
    hospital = page(cast.client("kong"), "/a/qinghe/")
    assert "互认确认：1 项差异待答复" in hospital and "互认确认：2 项待确认" in hospital
    assert "互认确认：2 项待确认" in page(cast.client("shi"), "/a/qinghe/")
    for name in ("luo", "tang"):
        assert "互认确认：" not in page(cast.client(name), "/a/qinghe/")
    with time_machine.travel(AFTER, tick=False):
        assert "1 项互认差异待裁定" in page(cast.client("luo"), "/a/qinghe/")


def test_paper_and_sheet_show_the_own_lines_only(cast: World) -> None:
    with act_in(cast.qinghe):
        arrived(cast, serial=8, by="tan")
        object_to(DAYS, cast.shi, own_count=3, reason="never", text="10-14 未到")
    paper = page(cast.client("shi"), f"{MONTH}QH11/QH01/")
    assert "10-14 未到" in paper and "清河县人民医院" in paper
    page(cast.client("tang"), f"{MONTH}QH11/QH01/", 404)
    page(cast.client("luo"), f"{MONTH}QH11/QH01/")
    cast.client("luo").post(f"{MONTH}count/")
    rows = {
        name: list(load_workbook(io.BytesIO(cast.client(name).get(f"{MONTH}export/").content)).active.values)
        for name in ("shi", "luo")
    }
    assert len(rows["shi"]) == 4 and len(rows["luo"]) == 5
    assert rows["luo"][0][0] == "月份"


def test_pages_cost_the_same_queries_for_any_number_of_lines(cast: World) -> None:
    def cost(name: str, path: str) -> int:
        client = cast.client(name)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, path)
        return len(asked)

    paths = [("kong", MONTH), ("luo", MONTH), ("luo", f"{HOME}months/"), ("luo", f"{HOME}differences/")]
    with act_in(cast.qinghe):
        object_to(UP, cast.shi)
    before = [cost(*one) for one in paths]
    with act_in(cast.qinghe):
        arrived(cast, serial=8, by="tan")
    cast.client("luo").post(f"{MONTH}count/")
    with act_in(cast.qinghe):
        object_to(USES, cast.kong, own_count=9, reason="unlogged", text="x")
    assert [cost(*one) for one in paths] == before
