"""Booking a device in a browser by keyboard alone, and on a phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from alliance.equipment.models import Booking, Device
from alliance.tenancy.scope import act_in
from tests.browser.test_road import SLOW, sign_in
from tests.equipment.scene import item, prepare, scanner
from tests.referrals.scene import number_of
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def stage(world: World) -> tuple[Device, date]:
    """A scanner with one item, and the Monday after next."""
    user = world.zhao.user
    user.set_password(PASSWORD)
    user.save()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        device = scanner(world, safety="无起搏器、金属植入物")
        item(device)
    today = timezone.localdate()
    return device, today + timedelta(days=14 - today.weekday())


def focused(page: Any) -> str:
    """What has the focus: its address, else its name."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.name"))


def tab_to(page: Any, wanted: str) -> None:
    """Press Tab until what has the focus contains a text."""
    for _press in range(60):
        if wanted in focused(page):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")


def test_a_booking_by_keyboard_alone(cast: World, address: str) -> None:
    device, monday = stage(cast)
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "zhao")
        page.goto(f"{address}/a/qinghe/equipment/{device.pk}/?day={monday}")
        tab_to(page, "T08%3A00")  # Tab enters the table once, at its first free cell
        for key, expected in (
            ("ArrowDown", "T08%3A30"), ("ArrowRight", f"{monday + timedelta(days=1)}T08%3A30"),
            ("ArrowLeft", f"{monday}T08%3A30"), ("ArrowDown", "T09%3A00"), ("ArrowUp", "T08%3A30"),
        ):  # fmt: skip
            page.keyboard.press(key)
            assert expected in focused(page)
        page.keyboard.press("Enter")
        page.wait_for_selector("#book form")
        page.wait_for_selector("[name=item]:focus")
        tab_to(page, "id_number")
        page.keyboard.type(number_of(1))
        page.keyboard.press("Tab")
        page.keyboard.type("龚建良")
        tab_to(page, "safety_0")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=已预约")
        assert complaints == []
    with transaction.atomic(), act_in(cast.qinghe):
        made = Booking.objects.get()
        local = timezone.localtime(made.starts_at)
        assert (local.date(), local.strftime("%H:%M"), made.safety_confirmed) == (monday, "08:30", True)


def test_a_booking_on_a_phone(cast: World, address: str) -> None:
    device, monday = stage(cast)
    with chrome.chromium() as browser:
        page = browser.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        sign_in(page, address, "zhao")
        page.goto(f"{address}/a/qinghe/equipment/{device.pk}/?day={monday}")
        assert not page.is_visible("table.cal")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.click("#day li:has-text('9:30') a.btn")
        page.fill("[name=id_number]", number_of(2))
        page.fill("[name=name]", "孙美华")
        page.check("[name=safety_0]")
        page.click("#book .btn-primary")
        page.wait_for_selector("text=已预约")
    with transaction.atomic(), act_in(cast.qinghe):
        assert timezone.localtime(Booking.objects.get().starts_at).strftime("%H:%M") == "09:30"
