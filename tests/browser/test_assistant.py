"""A hospital's own table in a browser: the assistant proposes, a person corrects, the first rows show it, the
file is checked.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from grouping.services import schemes
from tests.browser.test_road import SLOW, sign_in
from tests.engines.readers.sources import SOURCES
from tests.grouping.scene import inside
from tests.grouping.test_sources import standard
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def test_an_unknown_table_becomes_a_checked_file(cast: World, address: str, tmp_path: Path) -> None:
    with inside(cast):
        schemes.adopt_shipped(by=cast.su, code="xietong_demo", from_date=date(2020, 1, 1))
    table = tmp_path / "own.csv"
    text = SOURCES["mapped"].write(standard(cast, 12)).replace(cast.lead.organisation, "本院")
    table.write_bytes(text.encode("gb18030"))
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "lin")
        begin(page, address, table)
        correct(page)
        page.click("button[value=deliver]")
        page.wait_for_url("**/case-files/*/")
        page.wait_for_selector("text=12")
        assert complaints == []


def begin(page: Any, address: str, table: Path) -> None:
    """A new source of an own table, and its sample."""
    page.goto(f"{address}/a/qinghe/sources/new/")
    page.fill("[name=name]", "自编首页")
    page.check("[name=format][value=mapped]")
    page.click("main form .btn-primary")
    page.set_input_files("input[type=file]", str(table))
    page.click("main form[enctype] .btn-primary")
    page.wait_for_selector("table.map")


def correct(page: Any) -> None:
    """Money stands in fen, which the table does not say; the first rows show it."""
    for unit in page.query_selector_all("select[name$=_unit]"):
        unit.select_option("fen")
    page.check("[name=edition][value=insurance]")
    page.fill("[name=organisations]", "本院 = QH01")
    page.click("button[value=preview]")
    page.wait_for_selector("#preview")
    assert "1,234.56" in page.inner_text("#preview")
