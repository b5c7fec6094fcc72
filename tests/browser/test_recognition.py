"""Ordering an examination on a phone: what another member found is shown, one tap recognises it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from alliance.models import Journal
from alliance.tenancy.scope import act_in
from referrals.recognition import services
from referrals.recognition.models import Order
from tests.browser.test_road import SLOW, sign_in
from tests.recognition.scene import register
from tests.referrals.scene import number_of, patient, prepare
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def found_elsewhere(world: World) -> int:
    """A valid chest CT of the Chinese-medicine hospital; returns its key."""
    now = timezone.now()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        register(world)
        report = services.Report(
            item="CT002", number="T1", taken_at=now - timedelta(days=3), conclusion="右肺下叶炎症，建议复查。"
        )
        made, _new = services.enter(
            by=world.tan, person=patient(world.tan), report=report, channel="hand", now=now
        )
        return int(made.pk)


def test_an_examination_is_ordered_and_a_result_recognised_on_a_phone(cast: World, address: str) -> None:
    made = found_elsewhere(cast)
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "lin")
        order(page, address)
        assert "右肺下叶炎症" in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        if chrome.AXE.exists():
            assert chrome.violations(page) == []
        page.click(f"#result-{made} button")
        page.wait_for_selector("text=已互认")
        assert complaints == []
    with transaction.atomic(), act_in(cast.qinghe):
        assert Order.objects.get().result_id == made
        reads = Journal.objects.filter(verb="patient.read", membership=cast.lin)
        assert any(row.detail["results"] == [made] for row in reads)


def order(page: Any, address: str) -> None:
    """By ID number and name, as a doctor types it."""
    page.goto(f"{address}/a/qinghe/recognition/order/")
    page.select_option("[name=item]", "CT001")
    page.fill("[name=id_number]", number_of(1))
    page.fill("[name=name]", "龚建良")
    page.click("main form .btn-primary")
    page.wait_for_url("**/recognition/*/")
