"""My month: a person's lines with their formula, corrections, range and appeal; nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from alliance.ledger import services as ledger
from alliance.lib.period import Month
from alliance.web import words
from performance.models import Appeal, PayDue, PayLine
from performance.slip import differences, peers, why
from performance.slip import person_month as slips
from tests.performance.pay_scene import AFTER, doctors
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import LATER, agreed, own_line, paid, upheld
from tests.performance.test_dues import corrected, post
from tests.world import World

MINE = "/a/qinghe/pay/mine/"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Dr has a line of October in the books."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            paid(world)
        yield world


@time_machine.travel(LATER, tick=False)
def test_the_slip_leads_to_the_formula_and_to_the_appeal(house: World) -> None:
    doctor = house.client("dr")
    page = doctor.get(MINE).content.decode()
    with inside(house):
        line = own_line(house)
    assert "本单仅含医共体协同绩效" in page and f"/pay/lines/{line.pk}/" in page
    assert f"/appeals/file/?on=pay-{line.pk}" in page
    text = doctor.get(f"/a/qinghe/pay/lines/{line.pk}/").content.decode()
    assert f"/a/qinghe/pay/pots/{line.pot_id}/" in text and "从基金池到本人" in text
    assert "不足 10 人，不显示范围" in text  # four people: nobody can be told from the range
    sheet = doctor.get(f"/a/qinghe/pay/persons/{line.staff_id}/print/?month=2026-10")
    assert sheet.status_code == 200 and "协同绩效单" in sheet.content.decode()
    assert doctor.get(f"/a/qinghe/pay/persons/{line.staff_id}/print/?month=2019-10").status_code == 200


@time_machine.travel(LATER, tick=False)
def test_a_month_that_was_not_divided_yet_is_a_dash_and_not_zero(house: World) -> None:
    page = house.client("dr").get(f"{MINE}?month=2026-11").content.decode()
    hero = page.partition('class="money hero">')[2].partition("<")[0]
    assert hero == "—" and "尚未分配到您" in page and "已入账" not in page


@time_machine.travel(LATER, tick=False)
def test_an_appeal_is_filed_and_answered_through_the_pages(house: World) -> None:
    doctor = house.client("dr")
    with inside(house):
        line = own_line(house)
    form = f"/a/qinghe/appeals/file/?on=pay-{line.pk}"
    assert doctor.get(form).status_code == 200
    typed = {"kind": "personal", "text": "出勤少记两天", f"fen_pay-{line.pk}": "99999999"}
    refused = doctor.post(form, typed)
    assert refused.status_code == 400 and "出勤少记两天" in refused.content.decode()
    sent = doctor.post(form, typed | {f"fen_pay-{line.pk}": "10.00"})
    with inside(house):
        (pk,) = Appeal.objects.values_list("pk", flat=True)
    base = f"/a/qinghe/appeals/{pk}/"
    assert sent.headers["Location"] == base
    assert house.client("tan").get(base).status_code == 404  # another institution's doctor
    office, second = house.client("luo"), house.client("meng")
    chosen = {"handler": house.meng.pk}
    assert office.post(f"{base}act/assign/?version=1", chosen).status_code == 302
    assert office.post(f"{base}act/assign/?version=1", chosen).status_code == 409
    assert office.get(f"{base}uphold/").status_code == 404
    right = {"answer": "属实", f"points_{line.pk}": "1.5", "bearer": "pot", "more_why": "按考勤表"}
    shown = second.post(f"{base}uphold/?version=2", right | {"do": "preview"}).content.decode()
    with inside(house):
        assert Appeal.objects.get().state == "assigned"  # a preview stores nothing
        names = list(PayLine.objects.filter(plan=line.plan_id).values_list("staff__name", flat=True))
    assert all(name in shown for name in names)
    assert second.post(f"{base}uphold/?version=2", right | {"do": "confirm"}).status_code == 302
    with inside(house):
        row = Appeal.objects.named().get()
        assert row.state == "upheld"
        agreed(house, row)
    page = house.client("dr").get(MINE).content.decode()
    assert "归属 2026年10月" in page and "后续更正 +" in page
    assert "成立，已更正" in doctor.get(base).content.decode()


@time_machine.travel(LATER, tick=False)
def test_the_lists_cost_the_same_for_any_number(house: World) -> None:
    client, asked = house.client("dr"), []
    with inside(house):
        agreed(house, upheld(house, "source"))
    for address in (MINE, "/a/qinghe/appeals/?view=all"):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked.append(len(queries))
    assert max(asked) < 30


def test_the_parts_of_a_difference_add_up_to_the_fen(house: World) -> None:
    with inside(house):
        line = own_line(house)
        whole = sum((one.points for one in PayLine.objects.filter(plan=line.plan_id)), Decimal(0))
        before = PayLine.objects.exclude(pk=line.pk).filter(pot=doctors(house)).order_by("-pk").first()
        assert before is not None
        before.points = Decimal("0.7")
        bars = differences.bars(line, whole, before, Decimal("9.1"))
        assert sum(bar.fen for bar in bars) == line.fen - before.fen
        assert peers.of_pot(line, 10) == peers.Range(4) and peers.of_pot(line, 4).shown
        assert peers.least(AFTER.date()) == 10


def _twice_corrected(world: World) -> PayLine:
    """Dr's line of October: an appeal gives, data corrected under a lock exception take in December."""
    agreed(world, upheld(world, "source"))
    ledger.open_period(by=world.luo, month=Month(2026, 12))
    post(world, corrected(world, {world.lead.pk: -50_000, world.shiqiao.pk: 50_000}, Month(2026, 12)))
    return own_line(world)


def _hero(page: str) -> str:
    return page.partition('money hero">')[2].partition("<")[0]


@time_machine.travel(LATER, tick=False)
def test_slip_sheet_and_why_page_say_one_amount_and_every_yuan_adds_up(house: World) -> None:
    with inside(house), override_settings(ROOT_URLCONF="config.alliance_urls"):
        line = _twice_corrected(house)
        more, less = PayDue.objects.filter(line=line).order_by("pk").values_list("fen", flat=True)
        assert more > 0 > less
        found = slips.slip(line.staff, OCTOBER, house.dr, LATER)
        stands = line.fen + more + less
        (row,) = (one for one in found.rows if one.line.pk == line.pk)
        assert [one.fen for one in row.later] == [more, less] and row.stands == stands
        assert found.stands == sum(one.stands for one in found.rows)
        assert found.fen == stands - less == found.stands + found.not_here and found.bridged
        assert sum(one.fen for one in found.past if one.here) == found.stands
    doctor, said = house.client("dr"), words.yuan(stands)
    slip = doctor.get(f"{MINE}?month=2026-10").content.decode()
    page = doctor.get(f"/a/qinghe/pay/lines/{line.pk}/").content.decode()
    sheet = doctor.get(f"/a/qinghe/pay/persons/{line.staff_id}/print/?month=2026-10").content.decode()
    assert _hero(slip) == _hero(page) == said and f'hero n">{said}' in sheet
    for fen in (more, less):
        assert all(words.yuan_diff(fen) in one for one in (slip, page, sheet)), fen
    assert all(f"{words.yuan(stands - less)}" in one for one in (slip, sheet))  # paid with this month
    assert _hero(doctor.get(MINE).content.decode()) == said, "what only waits opens no month"


@time_machine.travel(LATER, tick=False)
def test_the_line_says_what_corrected_it_and_whether_it_is_paid_or_deducted(house: World) -> None:
    with inside(house):
        line = _twice_corrected(house)
        appeal = Appeal.objects.get()
    client, address = house.client("dr"), f"/a/qinghe/pay/lines/{line.pk}/"
    page = client.get(address).content.decode()
    assert f"第 {appeal.pk} 号申诉" in page and "随下一批发放" in page
    assert "锁定例外更正数据 · 从以后月份绩效中扣回" in page
    assert "申诉已更正本条" not in page and "更正前占" in page
    with inside(house), override_settings(ROOT_URLCONF="config.alliance_urls"), translation.override("en"):
        gives, takes = why.page(line, house.dr, LATER)["row"].later
    assert f"appeal {appeal.pk}" in gives.why and gives.why.endswith("is paid with the next lot")
    assert "lock exception" in takes.why and takes.why.endswith("is taken of later pay")


@time_machine.travel(LATER, tick=False)
def test_the_comparison_follows_what_both_lines_stand_at(house: World) -> None:
    with inside(house), override_settings(ROOT_URLCONF="config.alliance_urls"):
        agreed(house, upheld(house, "pot"))  # gives dr, takes of everybody else of the pot
        line = own_line(house)
        (row,) = slips.slip(line.staff, OCTOBER, house.dr, LATER).rows
        before = PayLine.objects.exclude(pk=line.pk).filter(pot=doctors(house)).order_by("-pk").first()
        assert before is not None
        (then,) = PayDue.objects.filter(line=before).values_list("fen", flat=True)
        found = why.against(row, why.points_of(line), before)
        assert row.corrected > 0 > then
        assert found["change"] == row.stands - (before.fen + then)
        assert sum(bar.fen for bar in found["bars"]) == found["change"]
        assert [bar.fen for bar in found["bars"]][-2:] == [row.corrected, -then]
    page = house.client("dr").get(f"{MINE}?month=2026-10").content.decode()
    assert "（更正前）" in page
