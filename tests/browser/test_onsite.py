"""A visit on a phone without network: kept through a reload, sent once, copied; sealed at sign-out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from alliance.tenancy.scope import act_in
from performance.models import OnsiteAnswer, OnsitePhoto, OnsiteSignature, OnsiteVisit
from tests.browser.test_road import SLOW, sign_in
from tests.performance import onsite_scene as scene
from tests.web import browser as chrome
from tests.world import PASSWORD, World, member

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
PHOTO = {"name": "DSC_0001.png", "mimeType": "image/png", "buffer": scene.PNG}
LEFT = "[data-sync][data-left='{}']"
KEPT = """async () => {
  const names = (await indexedDB.databases()).map(one => one.name);
  const done = asked => new Promise(ready => { asked.onsuccess = () => ready(asked.result); });
  const base = await done(indexedDB.open("onsite", 1));
  const rows = await done(base.transaction("rows").objectStore("rows").getAll());
  base.close();
  const text = rows.map(one => new TextDecoder().decode(one.sealed)).join("");
  return {keys: names.includes("onsite-keys"), rows: rows.length,
          plain: text.includes("note"), caches: (await caches.keys()).length};
}"""


def stage(world: World) -> OnsiteVisit:
    """A planned visit to the village room, and who answers for its township."""
    with transaction.atomic(), act_in(world.qinghe):
        world.people["fang"] = member("fang", "方圆", world.shiqiao, "institution_admin")
        visit = scene.planned(world)
    world.fang.user.set_password(PASSWORD)
    world.fang.user.save()
    return visit


@contextmanager
def phone(browser: Any) -> Iterator[tuple[Any, Any]]:
    context = browser.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    yield context, page
    context.close()


def begin(page: Any, address: str, visit: OnsiteVisit) -> None:
    """Opened once with network."""
    sign_in(page, address, "lin")
    page.goto(f"{address}/a/qinghe/onsite/{visit.pk}/")
    page.click("text=开始考核")
    page.wait_for_selector("[data-offline-ready]")


def draw(page: Any, side: str) -> None:
    box = page.locator(f"form[data-sign={side}] canvas")
    box.scroll_into_view_if_needed()
    where = box.bounding_box()
    page.mouse.move(where["x"] + 40, where["y"] + 40)
    page.mouse.down()
    page.mouse.move(where["x"] + 160, where["y"] + 90, steps=4)
    page.mouse.up()
    page.click(f"form[data-sign={side}] button:has-text('签字')")


def test_a_visit_without_network_is_kept_sent_once_and_copied(cast: World, address: str) -> None:
    visit = stage(cast)
    with chrome.chromium() as browser, phone(browser) as (context, page):
        begin(page, address, visit)
        context.set_offline(True)
        page.check("#o-A3-deducted")
        page.check("#r-A3-0")
        page.fill("#n-A3", "药柜旁开放存放")
        page.set_input_files("#p-A3", PHOTO)
        page.wait_for_selector(LEFT.format(2))
        page.evaluate(
            "document.querySelectorAll(\"form[data-item]:not([data-item='A3']) input[value=met]\")"
            ".forEach(one => one.click())"
        )
        page.wait_for_selector(LEFT.format(26))
        assert "26 条中 26 条未送达" in page.inner_text("[data-sync]")
        page.reload()  # the tab was closed, the battery empty
        page.wait_for_selector(LEFT.format(26))
        assert (
            page.is_checked("#o-A3-deducted") and page.is_checked("#r-A3-0") and page.is_checked("#o-F5-met")
        )
        assert page.input_value("#n-A3") == "药柜旁开放存放" and page.is_visible("#i-A3 img.thumb")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert "A3 −1" in page.inner_text("[data-sums]")
        page.fill("#s-name", "吕村医")
        draw(page, "inspector")
        draw(page, "inspected")
        page.click("form[data-finish] button")
        page.wait_for_selector(LEFT.format(29))
        lost: list[str] = []

        def answer_lost(route: Any) -> None:
            """The server takes it, its answer never comes back."""
            route.fetch()
            lost.append(route.request.url)
            route.abort()

        context.route("**/field/answer/A3/", answer_lost, times=1)
        context.set_offline(False)
        page.wait_for_selector(f"{LEFT.format(29)}, {LEFT.format(28)}")
        page.wait_for_function("() => !document.querySelector('[data-sync]') || navigator.onLine")
        page.click("[data-send]", no_wait_after=True)
        page.wait_for_url(f"**/onsite/{visit.pk}/")
        assert len(lost) == 1
        kept = page.evaluate(KEPT)
        assert (kept["rows"], kept["caches"]) == (0, 0)
    with transaction.atomic(), act_in(cast.qinghe):
        found = OnsiteVisit.objects.get()
        assert (found.state, found.percent) == ("signed", 99)
        assert (OnsiteAnswer.objects.count(), OnsitePhoto.objects.count()) == (25, 1)
        assert OnsiteSignature.objects.count() == 2
        assert OnsitePhoto.objects.get().file.content_type == "image/jpeg"
    with chrome.chromium() as browser, phone(browser) as (_context, page):
        sign_in(page, address, "fang")
        page.goto(f"{address}/a/qinghe/onsite/{visit.pk}/copy/")
        assert "无专柜 · 药柜旁开放存放" in page.inner_text(".sheet")
        assert page.evaluate("document.querySelector('.sheet img.thumb').naturalWidth") > 0


def test_what_waits_on_the_device_is_sealed_at_sign_out_and_not_lost(cast: World, address: str) -> None:
    visit = stage(cast)
    with chrome.chromium() as browser, phone(browser) as (context, page):
        begin(page, address, visit)
        context.route("**/field/answer/**", lambda route: route.abort())
        page.check("#o-A3-deducted")
        page.check("#r-A3-0")
        page.wait_for_selector(LEFT.format(1))
        page.context.clear_cookies()  # the session is over
        page.goto(f"{address}/a/qinghe/")
        page.wait_for_selector("[name=username]")
        page.wait_for_function("async () => (await caches.keys()).length === 0")
        kept = page.evaluate(KEPT)
        assert (kept["keys"], kept["rows"], kept["plain"]) == (False, 1, False)
        context.unroute("**/field/answer/**")
        sign_in(page, address, "lin")
        page.goto(f"{address}/a/qinghe/onsite/{visit.pk}/field/")
        page.wait_for_selector("[data-offline-ready]")
        page.wait_for_selector(LEFT.format(0))
    with transaction.atomic(), act_in(cast.qinghe):
        assert OnsiteAnswer.objects.get().content["findings"] == [{"reason": "无专柜", "count": 1}]
