"""A doctor opens a line of pay, follows it to a case, files an appeal; the office upholds it; the line is
corrected.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alliance.models import Department, RosterRow, Staff
from performance.models import Appeal, PayLine, PayPot
from performance.pay.services import entering, making, pots
from tests.performance import pay_scene, scene
from tests.performance.pay_scene import AFTER, NOW
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
SLOW = 60_000  # milliseconds until a step counts as failed


def october(world: World) -> PayLine:
    """A real October in the books, its bonus fund with a posted pot of the lead hospital's doctors."""
    scene.prepare(world)
    scene.post(world, scene.compute(world))
    with scene.inside(world):
        pay_scene.roster(world)
        here = Department.objects.get(institution=world.tcm, code="03")
        staff = Staff.objects.create(
            institution=world.tcm, department=here, code="T1", name="T1", kind="doctor"
        )
        RosterRow.objects.create(
            month=date(2026, 10, 1), staff=staff, institution=world.tcm, department=here,
            post_coefficient="1", days=18, employment="contract",
        )  # fmt: skip
        for place in (world.lead, world.tcm, world.shiqiao):
            row = entering.enter_total(
                by=world.luo, institution=place, year=2026, fen=10**10, document="总量〔2026〕1号", now=NOW
            )
            entering.confirm(by=world.cai, row=row, now=NOW)
        pay_scene.rule(world, "bonus")
        pool = pay_scene.agreed(world, making.make_bonus(by=world.luo, month=scene.OCTOBER, now=NOW))
        pot = PayPot.objects.named().get(pool=pool, institution=world.lead, group="doctor")
        pot = pots.write(by=world.kong, pot=pot, agreed=pay_scene.plan_of(pot), now=NOW)
        pot = pots.show(by=world.kong, pot=pay_scene.fresh(pot), now=NOW)
        pot = pots.submit(by=world.wu, pot=pay_scene.fresh(pot), now=AFTER)
        pots.post(by=world.luo, pot=pay_scene.fresh(pot), now=AFTER)
        for name in ("dr", "meng"):
            user = world.people[name].user
            user.set_password(PASSWORD)
            user.save()
        return PayLine.objects.get(pot=pot.pk, staff__user=world.dr.user)  # type: ignore[no-any-return]


def signed_in(browser: Any, address: str, name: str) -> Any:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{address}/a/qinghe/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}/a/qinghe/")
    return page


def test_a_doctor_appeals_from_the_line_and_sees_it_corrected(cast: World, address: str) -> None:
    line = october(cast)
    with chrome.chromium() as browser:
        number = filed(signed_in(browser, address, "dr"), address)
        office = signed_in(browser, address, "luo")
        office.goto(f"{address}/a/qinghe/appeals/{number}/")
        office.click("summary:has-text('受理并分派')")
        office.select_option("[name=handler]", str(cast.meng.pk))
        with office.expect_navigation():
            office.click("details[open] button")
        upheld(signed_in(browser, address, "meng"), address, number, line)
        agreed(signed_in(browser, address, "cai"), address, number)
        doctor = signed_in(browser, address, "dr")
        doctor.goto(f"{address}/a/qinghe/pay/mine/")
        text = doctor.inner_text("main")
        assert "更正与补差" in text and "后续更正 +" in text and f"第 {number} 号申诉" in text
        doctor.goto(f"{address}/a/qinghe/appeals/{number}/")
        assert "成立，已更正" in doctor.inner_text("main")
    with scene.inside(cast):
        row = Appeal.objects.get(pk=number)
        assert row.state == "corrected" and row.journal_id is not None
        assert {one.about for one in row.lines.all()} == {"case", "pay"}


def filed(page: Any, address: str) -> int:
    """Slip -> line -> the institution's share -> the cases of a number -> a case -> the appeal."""
    page.goto(f"{address}/a/qinghe/pay/mine/")
    page.click("text=这笔钱怎么来的")
    page.click("ol.chain a[href*='/institutions/QH01/why/']")
    page.click("a[href*='/records/2026-10/discharges/'] >> nth=0")
    page.click("table a[href*='/cases/'] >> nth=0")
    page.click("a[href*='/appeals/file/?on=case-']")
    page.check("[name=others] >> nth=0")
    page.fill("[name=text]", "本例编码正确，权重应计入；出勤少记两天")
    page.set_input_files("[name=files]", {
        "name": "病案首页.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n",
    })  # fmt: skip
    with page.expect_navigation():
        page.click("main form .btn-primary")
    page.wait_for_selector("text=病案首页.pdf")
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def upheld(page: Any, address: str, number: int, line: PayLine) -> None:
    """Corrected points, everyone affected, then before a second person."""
    page.goto(f"{address}/a/qinghe/appeals/{number}/")
    page.click("a[href*='/uphold/']")
    page.fill(f"[name=points_{line.pk}]", "1.5")
    page.fill("[name=answer]", "排班表属实，补记")
    page.check("[name=bearer][value=pot]")
    with page.expect_navigation():
        page.click("button[value=preview]")
    assert "所有受影响方" in page.inner_text("main")
    with page.expect_navigation():
        page.click("button[value=confirm]")
    page.wait_for_selector("text=更正待审批")


def agreed(page: Any, address: str, number: int) -> None:
    """The second person reads everyone affected and agrees."""
    page.goto(f"{address}/a/qinghe/appeals/{number}/")
    page.click("dl a[href*='/approvals/']")
    page.click("#act-yes summary")
    with page.expect_navigation():
        page.click("#act-yes button")
