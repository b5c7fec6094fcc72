"""Both sides confirm the month in a browser: the township on a phone, the hospital at its desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from alliance.tenancy.scope import act_in
from tests.browser.test_road import SLOW, sign_in
from tests.confirmation.scene import OCTOBER, opened, prepare
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def stage(world: World) -> None:
    """October's records, opened today; who confirms has a password."""
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        opened(world, now=timezone.now())
    for name in ("shi", "kong"):
        user = world.people[name].user
        user.set_password(PASSWORD)
        user.save()


def at(browser: Any, address: str, name: str, width: int) -> tuple[Any, list[str]]:
    """The month's page as a member sees it, and what the console complained about."""
    page = browser.new_context(viewport={"width": width, "height": 812}, locale="zh-CN").new_page()
    page.set_default_timeout(SLOW)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    sign_in(page, address, name)
    page.goto(f"{address}/a/qinghe/confirmations/{OCTOBER}/")
    return page, complaints


def test_a_township_objects_on_a_phone_and_the_hospital_confirms_the_rest(cast: World, address: str) -> None:
    stage(cast)
    with chrome.chromium() as browser:
        phone, complaints = at(browser, address, "shi", 375)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 375
        phone.click("tr:has-text('上转到达') a:has-text('有差异')")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 375
        phone.check("[name=record] >> nth=0")
        phone.fill("[name=own_count]", "2")
        phone.select_option("[name=reason]", "never")
        phone.fill("[name=text]", "10 月 12 日第一例未到院")
        phone.click("text=提交差异")
        phone.wait_for_selector("text=对方和绩效办都能看到")
        phone.goto(f"{address}/a/qinghe/confirmations/{OCTOBER}/")
        phone.click("text=确认所选")
        phone.wait_for_selector("text=已确认 2 项")
        desk, more = at(browser, address, "kong", 1440)
        assert "1 项未一致" not in desk.inner_text("main") and desk.locator("[name=line]").count() == 2
        desk.focus("text=确认所选")
        desk.keyboard.press("Enter")
        desk.wait_for_selector("text=其中 2 项双方一致")
        desk.click("text=查看并处理")
        assert "10 月 12 日第一例未到院" in desk.inner_text("main")
        desk.click("#act-answer summary")
        desk.check("[name=verdict][value=wrong]")
        desk.fill("#answer-text", "到院时间已核对，见病历首页")
        desk.click("#act-answer form button")
        desk.wait_for_selector("text=对方已答复")
        assert complaints == more == []
