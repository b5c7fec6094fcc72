"""A list of work by keyboard: j and k from row to row, Enter into one, j to the next, u back to the list."""

from __future__ import annotations

from datetime import date

import pytest

from alliance.services import jobs
from grouping.services import schemes
from tests.browser.test_road import SLOW, sign_in
from tests.grouping.scene import inside, pages, store
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def test_cases_are_gone_through_by_keyboard(cast: World, address: str) -> None:
    with inside(cast):
        schemes.adopt_shipped(by=cast.su, code="xietong_demo", from_date=date(2020, 1, 1))
    store(cast, pages(cast, 4))
    jobs.drain(cast.qinghe)
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        sign_in(page, address, "lin")
        page.goto(f"{address}/a/qinghe/cases/")
        rows = [one.get_attribute("href") for one in page.query_selector_all("#list tbody th a")]
        assert len(rows) == 4
        for key in ("j", "j", "j", "k"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == rows[1]
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{rows[1]}")
        page.keyboard.press("j")
        page.wait_for_url(f"**{rows[2]}")
        page.keyboard.press("k")
        page.wait_for_url(f"**{rows[1]}")
        page.keyboard.press("u")
        page.wait_for_url("**/cases/")
        page.fill("#list input[type=text]", "jjk")  # typing is typing
        assert page.url.endswith("/cases/")
