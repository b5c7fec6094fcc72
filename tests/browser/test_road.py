"""The first road in a browser: sign in, deliver a file, watch it, compute, open a sum of money, arrive at its
cases.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.grouping.files import as_csv, front_page
from tests.performance import scene
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
SLOW = 60_000  # milliseconds until a step counts as failed


def october(world: World, count: int) -> bytes:
    """The lead hospital's month: good rows, and one whose principal diagnosis is one level short."""
    days = {"B12": "2026-10-08 09:00:00", "B15": "2026-10-12 10:00:00"}
    rows = [
        front_page(world.lead.organisation, f"W{number:04}", A11=f"病人{number}", **days)
        for number in range(count)
    ]
    rows.append(front_page(world.lead.organisation, "W9999", A11="病人", C03C="J18.9", **days))
    return as_csv(rows)


def everything_but_the_lead(world: World) -> None:
    """The month as it stands before the lead hospital delivers."""
    scene.adopt(world)
    scene.decide(world, scene.OCTOBER)
    for name in ("tcm", "shiqiao"):
        scene.deliver(world, scene.OCTOBER, name, *scene.CASES[name])
    scene.deliver(world, scene.OCTOBER, "lead", "lin", 0, declared=12)
    scene.refer(world, scene.OCTOBER)


def sign_in(page: Any, address: str, name: str) -> None:
    page.goto(f"{address}/a/qinghe/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}/a/qinghe/")


def test_from_a_file_to_money_and_back_to_its_cases(cast: World, address: str, tmp_path: Path) -> None:
    everything_but_the_lead(cast)
    delivered = tmp_path / "october.csv"
    delivered.write_bytes(october(cast, 12))
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "luo")
        deliver(page, address, delivered)
        compute(page, address)
        arrive_at_cases(page, address)
        assert complaints == []


def deliver(page: Any, address: str, file: Path) -> None:
    """Upload, watch the check end, read the bad row, store the good ones."""
    page.goto(f"{address}/a/qinghe/case-files/deliver/")
    page.set_input_files("input[type=file]", str(file))
    page.click("main form[enctype] .btn-primary")
    page.wait_for_selector("text=J18.9")  # the page follows the job by itself
    assert "13" in page.inner_text("h1")
    with page.expect_navigation():  # stored when the answer is there, not when the button is down
        page.click("form[action$='/publish/'] button")


def compute(page: Any, address: str) -> None:
    """Start the month and wait until its result stands."""
    page.goto(f"{address}/a/qinghe/months/2026-10/")
    page.click("form[action$='/compute/'] button")
    page.wait_for_selector("text=500,000.01")


def arrive_at_cases(page: Any, address: str) -> None:
    """Three clicks: the lead hospital's money, a term of its formula, the cases behind it."""
    page.goto(f"{address}/a/qinghe/months/2026-10/")
    page.click("a[href$='/institutions/QH01/why/']")
    page.click("a[href$='/records/2026-10/discharges/']:has-text('12')")
    assert page.locator("main tbody tr").count() == 12
    page.click("main tbody a[href*='/cases/']")
    page.wait_for_url("**/cases/*/")
    assert "J18.900" in page.inner_text("main")
