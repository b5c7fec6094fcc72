"""Referrals in a browser: logged on a phone within 12 key presses beyond the text; what the other side does
appears by itself; an emergency in under 15 seconds, heard where it arrives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from alliance.tenancy.scope import act_in
from referrals import services
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
PHONE, DESK = {"width": 375, "height": 812}, {"width": 1440, "height": 900}
BY_ITSELF = 30_000  # milliseconds; a page asks every five seconds
MOST_KEYS, MOST_SECONDS = 12, 60
EMERGENCY_SECONDS = 15
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


def until(true: Callable[[], bool]) -> None:
    """Wait for something a page does; the policy of the pages forbids Playwright's own way of waiting."""
    end = time.monotonic() + BY_ITSELF / 1000
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)


@pytest.fixture(autouse=True)
def rows_beside_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop in this thread; these tests look at rows while pages are open."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def ready(world: World) -> None:
    """Everybody with a password, a dictionary, and one earlier referral of the same doctor."""
    scene.adopt(world)
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        logged(world, serial=9)
    user = world.people["zhao"].user
    user.set_password(PASSWORD)
    user.save()


@contextmanager
def two_desks(address: str) -> Iterator[tuple[Any, Any, list[str]]]:
    """The sender's and the receiver's page, each in a browser of its own, and what their consoles say."""
    with chrome.chromium() as browser:
        complaints: list[str] = []
        desks = []
        for name, size in (("zhao", PHONE), ("lin", DESK)):
            page = browser.new_context(viewport=size, locale="zh-CN").new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.set_default_timeout(BY_ITSELF)
            sign_in(page, address, name)
            desks.append(page)
        try:
            yield desks[0], desks[1], complaints
        finally:
            connections.close_all()  # those opened beside the event loop: the database is dropped after us


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
        hands.press("Tab", "ArrowDown", "Tab", "Tab", "Space")  # as last time; “ordinary” stands; consent
        with page.expect_navigation():
            hands.press("Enter")
        taken = time.monotonic() - began
        # Back at the form nothing stands of the patient: the next one at this desk sees an empty form.
        page.go_back()
        until(lambda: page.locator("[name=id_number]").count() == 1)
        left = [
            page.input_value(f"[name={name}]") for name in ("id_number", "name", "diagnosis_code", "summary")
        ]
        assert left == [""] * 4 and page.locator("[name=reason]:checked, [name=consent]:checked").count() == 0
        assert page.locator("main form button.btn-primary").is_enabled()
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


def test_an_unfinished_referral_is_shown_while_typing_and_not_at_the_end(cast: World, address: str) -> None:
    ready(cast)
    with two_desks(address) as (sender, _receiver, complaints):
        sender.goto(f"{address}/a/qinghe/referrals/log/")
        sender.keyboard.type(number_of(9), delay=5)
        sender.keyboard.press("Tab")
        sender.keyboard.type("龚建良", delay=5)
        sender.keyboard.press("Tab")
        sender.wait_for_selector("#live .note.warn a")
        assert sender.input_value("[name=summary]") == "" and "/log/" in sender.url
        with transaction.atomic(), act_in(cast.qinghe):
            assert Referral.objects.get().number in sender.inner_text("#live")
        sender.click("#live a")
        sender.wait_for_selector("text=心力衰竭")
        assert complaints == []


def test_both_sides_see_each_other_without_asking_again(cast: World, address: str) -> None:
    ready(cast)
    with two_desks(address) as (sender, receiver, complaints):
        receiver.goto(f"{address}/a/qinghe/referrals/?view=waiting")
        waiting = receiver.locator("#list tbody tr")
        assert waiting.count() == 1
        receiver.evaluate("window.kept = true")  # gone if the page were loaded anew
        with transaction.atomic(), act_in(cast.qinghe):
            made = logged(cast, serial=4)
        receiver.wait_for_selector(f"#list >> text={made.number}")
        assert waiting.count() == 2
        sender.goto(f"{address}/a/qinghe/referrals/{made.pk}/")
        sender.evaluate("window.kept = true")
        receiver.click(f"#list >> text={made.number}")
        receiver.click("#act-accept")
        sender.wait_for_selector(".head .chip:has-text('已接收')")
        assert sender.evaluate("window.kept") is True
        # The other way about: the receiver's page follows the sender.
        receiver.evaluate("window.kept = true")
        sender.click("#act-cancel summary")
        sender.fill("#act-cancel [name=note]", "患者改变主意")
        sender.click("#act-cancel form .btn")
        receiver.wait_for_selector(".head .chip:has-text('已撤销')")
        assert receiver.evaluate("window.kept") is True
        assert complaints == []


def test_a_page_does_not_change_under_a_hand_that_writes_in_it(cast: World, address: str) -> None:
    ready(cast)
    with two_desks(address) as (_sender, receiver, complaints):
        with transaction.atomic(), act_in(cast.qinghe):
            made = Referral.objects.get()
        receiver.goto(f"{address}/a/qinghe/referrals/{made.pk}/")
        receiver.click("#act-decline summary")
        receiver.fill("#act-decline [name=decline_text]", "床位已满，建议先")
        with transaction.atomic(), act_in(cast.qinghe):
            services.cancel(by=cast.zhao, referral=made, now=timezone.now(), note="自行前往")
        receiver.wait_for_timeout(7_000)
        assert receiver.input_value("#act-decline [name=decline_text]") == "床位已满，建议先"
        assert complaints == []


def test_an_emergency_is_sent_in_seconds_heard_at_the_other_side_and_taken(cast: World, address: str) -> None:
    ready(cast)
    with two_desks(address) as (sender, receiver, complaints):
        receiver.goto(f"{address}/a/qinghe/referrals/board/")
        receiver.click("#sound")
        assert receiver.get_attribute("#sound", "aria-pressed") == "true"
        began = time.monotonic()
        sender.goto(f"{address}/a/qinghe/referrals/emergency/")
        sender.check("[name=suspected][value=stroke]")
        sender.fill("[name=who]", "男，约 65 岁")
        with sender.expect_navigation():
            sender.click("main form .btn-danger")
        taken = time.monotonic() - began + len("男，约 65 岁") * SECONDS_A_CHARACTER
        assert taken < EMERGENCY_SECONDS
        with transaction.atomic(), act_in(cast.qinghe):
            made = Referral.objects.latest("pk")
        assert (made.urgency, made.diagnosis_code, made.answer_due_at - made.logged_at) == (
            "critical", "", timedelta(minutes=5),
        )  # fmt: skip
        receiver.wait_for_selector("[data-alarm] .urgent >> text=卒中")
        until(lambda: receiver.evaluate("Number(document.body.dataset.rung) > 0"))
        clock = receiver.locator(".urgent [data-due]")
        first = clock.inner_text()
        assert first[:3] in ("04:", "05:")
        until(lambda: clock.inner_text() != first)
        assert receiver.locator(".urgent form[action*='/accept/']").count() == 1
        assert (
            receiver.locator(".urgent :is(form, a)[href*='decline'], .urgent form[action*='decline']").count()
            == 0
        )
        receiver.click(".urgent form[action*='/accept/'] button")
        sender.wait_for_selector(".head .chip:has-text('已接收')")
        receiver.wait_for_selector("#board:not([data-alarm])")
        assert complaints == []
