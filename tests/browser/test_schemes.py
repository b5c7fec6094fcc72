"""A scheme in a browser: imported, tried on a past month, read against the one in force, proposed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from alliance.services import jobs
from grouping.models import GroupedCase, Scheme, SchemeVersion
from grouping.services import schemes
from tests.browser.test_road import SLOW, sign_in
from tests.grouping.scene import inside, pages, store
from tests.grouping.schemes import CITY, package
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def september(world: World) -> None:
    """Cases of a past month, grouped by the shipped scheme."""
    with inside(world):
        schemes.adopt_shipped(by=world.su, code="xietong_demo", from_date=date(2020, 1, 1))
    days = {"B12": "2026-09-08 09:00:00", "B15": "2026-09-12 10:00:00"}
    store(world, pages(world, 8, C06x01C="J96.000", C07x01N="急性呼吸衰竭", C08x01C="1", **days))
    jobs.drain(world.qinghe)


def test_a_version_is_imported_tried_and_compared(cast: World, address: str, tmp_path: Path) -> None:
    september(cast)
    faulty, sound = tmp_path / "faulty.zip", tmp_path / "city.zip"
    faulty.write_bytes(package(**CITY, **{"mcc or cc": "mmc or cc"}))
    sound.write_bytes(package(**CITY))
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "luo")
        refused_and_corrected(page, address, faulty, sound)
        tried(page)
        compared(page)
        proposed(page)
        assert complaints == []
    with inside(cast):
        assert Scheme.objects.count() == 1
        assert {row.scheme.code for row in GroupedCase.objects.select_related("scheme")} == {"xietong_demo"}
        assert SchemeVersion.objects.get(code="city_2026").state == "draft"


def refused_and_corrected(page: Any, address: str, faulty: Path, sound: Path) -> None:
    """The faulty package is refused with its lines; the corrected one takes its place."""
    page.goto(f"{address}/a/qinghe/schemes/import/")
    page.set_input_files("input[name=files]", str(faulty))
    page.click("main form[enctype] .btn-primary")
    page.wait_for_selector("text=规则：不认识的词")  # the page follows the check by itself
    assert "drg.csv" in page.inner_text("main")
    page.click("a[href*='?replaces=']")
    page.set_input_files("input[name=files]", str(sound))
    page.click("main form[enctype] .btn-primary")
    page.wait_for_selector("h1:has-text('本市分组方案')")


def tried(page: Any) -> None:
    """A dry run on September: the weight it shifts, and the cases behind."""
    version = page.url
    page.click("a[href$='/dry-run/']")
    page.select_option("select[name=first]", "2026-09")
    page.select_option("select[name=last]", "2026-09")
    page.click("main form .btn-primary")
    page.wait_for_selector("h1:has-text('8 例中 0 例换组')")
    assert "+1.23" in page.inner_text("main")  # 8 x (0.9999 - 0.8460)
    page.click("#moves tbody a")
    page.wait_for_url("**/cases/**")
    assert page.locator("main tbody tr").count() == 8
    page.goto(version)


def compared(page: Any) -> None:
    """Read against the scheme in force."""
    version = page.url
    page.click("a[href$='/compare/']")
    page.click("main form .btn-primary")
    page.wait_for_selector("h1:has-text('处变动')")
    page.click("a[href*='view=weights']")
    page.wait_for_selector("text=+18.2%")
    assert "0.9999" in page.inner_text("main")
    page.goto(version)


def proposed(page: Any) -> None:
    """Put before a second person."""
    page.click("summary:has-text('提请生效')")
    page.fill("input[name=hold-from_date]", "2027-01-01")
    page.click("form[action$='/propose/'] button")
    page.wait_for_selector("text=待第二人同意")
