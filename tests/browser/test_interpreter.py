"""The interpreter in a browser: codes are typed and taken, groups come, the console complains of nothing."""

from __future__ import annotations

from datetime import date

import pytest

from grouping.services import schemes
from tests.browser.test_road import SLOW, sign_in
from tests.grouping.scene import inside
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def test_nothing_on_the_page_is_styled_inline(cast: World, address: str) -> None:
    with inside(cast):
        schemes.adopt_shipped(by=cast.su, code="xietong_demo", from_date=date(2020, 1, 1))
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type != "log" else None)
        sign_in(page, address, "lin")
        page.goto(f"{address}/a/qinghe/interpreter/")
        typed = page.locator("input[role=combobox]").first
        typed.press_sequentially("I50")
        page.wait_for_selector("[role=option]")
        typed.press("Enter")
        page.wait_for_selector("ol.picked li")
        again = page.locator("input[role=combobox]").first
        again.press_sequentially("J18")
        page.wait_for_selector("[role=option]")
        page.locator("[role=option]").first.click()
        page.wait_for_selector("button[name^=first_]")
        page.locator("button[name^=first_]").first.click()
        page.fill("[name=age]", "66")
        page.locator("details summary").first.click()
        page.wait_for_selector("#answer .figs")
        page.locator("button[name^=drop_]").first.click()
        page.wait_for_timeout(500)
        assert complaints == []
