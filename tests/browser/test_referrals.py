"""Referrals in a browser: logged on a phone within 12 key presses beyond the text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import transaction

from alliance.tenancy.scope import act_in
from referrals.models import Referral
from tests.browser.test_road import sign_in
from tests.performance import scene
from tests.referrals.scene import logged, number_of, prepare
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
PHONE = {"width": 375, "height": 812}
MOST_KEYS, MOST_SECONDS = 12, 60
SECONDS_A_CHARACTER = 0.25  # a hand that types 240 characters a minute


class Hands:
    """Counts the keys beyond the text, and the time the text itself would take."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys, self.characters = page, 0, 0

    def write(self, text: str) -> None:
        """Text, one character after the other."""
        self.page.keyboard.type(text, delay=5)
        self.characters += len(text)

    def press(self, *keys: str) -> None:
        """Keys that are no text."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1


def ready(world: World) -> None:
    """Everybody with a password, a dictionary, and one earlier referral of the same doctor."""
    scene.adopt(world)
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        logged(world, serial=9)
    user = world.people["zhao"].user
    user.set_password(PASSWORD)
    user.save()


def test_an_ordinary_referral_takes_under_a_minute_and_twelve_keys(cast: World, address: str) -> None:
    ready(cast)
    with chrome.chromium() as browser:
        page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        sign_in(page, address, "zhao")
        page.goto(f"{address}/a/qinghe/referrals/log/")
        hands, began = Hands(page), time.monotonic()
        hands.write(number_of(1))
        hands.press("Tab")
        hands.write("龚建良")
        hands.press("Tab", "Tab")  # past “no ID number”
        page.wait_for_selector("#live .note")
        hands.write("fy")
        page.wait_for_selector("#found-dx [role=option]")
        hands.press("Enter")  # takes the first and goes on to the reason
        hands.press("Space", "Tab")
        hands.write("发热咳嗽 3 天，血氧 91%，已吸氧。")
        hands.press("Tab", "Tab", "Tab", "Space")  # the last place and “ordinary” stand; consent
        with page.expect_navigation():
            hands.press("Enter")
        taken = time.monotonic() - began
        assert complaints == []
        browser.close()
    with transaction.atomic(), act_in(cast.qinghe):
        made = Referral.objects.latest("pk")
    assert (made.diagnosis_name, made.urgency, made.target_institution_id) == (
        made.diagnosis_name, "ordinary", cast.lead.pk,
    )  # fmt: skip
    assert made.diagnosis_code.startswith("J")
    assert hands.keys <= MOST_KEYS
    assert hands.characters * SECONDS_A_CHARACTER + taken < MOST_SECONDS
