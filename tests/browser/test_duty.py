"""A clinician reads and signs the responsibility letter on a phone; the office sees who is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from alliance.services import calendar
from alliance.tenancy.scope import act_in
from performance.duty.models import Signature
from performance.duty.services import rounds, versions
from tests.browser.test_road import SLOW, sign_in
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def in_force(world: World) -> None:
    """The text of the product, and a round of it."""
    now = timezone.now()
    today = timezone.localdate(now)
    with transaction.atomic(), act_in(world.qinghe):
        calendar.seed(since=2026)
        text = versions.shipped()
        row = versions.enter(
            by=world.luo, text=text, from_date=today, decided_by="管理委员会", document="9号", now=now
        )
        row = versions.enforce(by=world.meng, version=row, now=now)
        rounds.open_round(
            by=world.luo, version=row, year=today.year, due_on=today + timedelta(days=20), now=now
        )


def test_a_letter_is_read_and_signed_on_a_phone(cast: World, address: str) -> None:
    in_force(cast)
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "lin")
        signs(page, address)
        assert complaints == []
    with transaction.atomic(), act_in(cast.qinghe):
        row = Signature.objects.get()
        assert (row.membership_id, row.name) == (cast.lin.pk, cast.lin.user.name)


def signs(page: Any, address: str) -> None:
    """Ticks each clause, types the password, sees the digest."""
    page.goto(f"{address}/a/qinghe/duty/mine/")
    page.click("a[href$='/duty/sign/'].btn")
    text = page.inner_text("main")
    assert versions.shipped().paragraphs[0] in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    if chrome.AXE.exists():
        assert chrome.violations(page) == []
    for box in page.query_selector_all("main input[type=checkbox]"):
        box.check()
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url("**/duty/letters/*/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    if chrome.AXE.exists():
        assert chrome.violations(page) == []
