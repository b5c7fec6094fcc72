"""A complaint in a browser: from a phone by a person who never signed in, to the answer, the reopening and
the closing.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_road import sign_in
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
PHONE, DESK = {"width": 375, "height": 812}, {"width": 1440, "height": 900}
READING = 3_200  # milliseconds a person needs at least (PUBLIC_FORM_SECONDS)


def sideways(page: Any) -> bool:
    """Whether a page is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def answered(desk: Any, fragment: str, text: str, found: str = "") -> None:
    """Staff write into the panel that is open, and send."""
    panel = desk.locator(f"#act-{fragment}")
    panel.locator("textarea").fill(text)
    if found:
        panel.get_by_label(found, exact=True).check()
    panel.get_by_role("button", name="发送答复").click()


def test_from_a_phone_without_an_account_to_really_solved(cast: World, address: str) -> None:
    with chrome.chromium() as browser:
        phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        desk = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
        # The person, without an account.
        phone.goto(f"{address}/say/qinghe/complaint/QH01/")
        assert not sideways(phone)
        phone.get_by_label("发生了什么？").fill("上午做了一次心电图，晚上又收了一次。")
        phone.get_by_label("收费与价格").check()
        phone.wait_for_timeout(READING)
        press(phone, "提交投诉")
        assert "/complaint/t/" in phone.url and "TS-" in phone.inner_text("h1") and not sideways(phone)
        assert phone.context.cookies() == []
        number = phone.inner_text("h1").split()[-1]
        # Staff answer.
        sign_in(desk, address, "luo")
        desk.goto(f"{address}/a/qinghe/complaints/")
        desk.get_by_role("link", name=number).click()
        answered(desk, "answer", "正在核实，今天给您结果。")
        answered(desk, "resolve", "多收的 30 元已退。", "属实")
        # The person is not satisfied.
        phone.reload()
        assert "多收的 30 元已退。" in phone.inner_text("main") and "真的解决了吗" in phone.inner_text("main")
        phone.get_by_text("没有解决…").click()
        phone.get_by_label("还有什么没解决？").fill("钱还没有到账。")
        phone.wait_for_timeout(READING)
        press(phone, "重新打开")
        assert "重新打开" in phone.inner_text("main")
        # Staff answer again, the person closes.
        desk.reload()
        assert "钱还没有到账。" in desk.inner_text("main")
        answered(desk, "resolve", "已到账，请查收。", "属实")
        phone.reload()
        phone.wait_for_timeout(READING)
        press(phone, "解决了")
        assert "已结案" in phone.inner_text("main")
        desk.reload()
        assert "已结案" in desk.inner_text("main")
