"""A patient answers by the link of a slip on a phone; the office reads the result from the minimum on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alliance.lib.period import Month
from complaints.surveys import services
from complaints.surveys.engine.links import spaced
from complaints.surveys.models import Campaign
from tests.browser.test_road import SLOW, sign_in
from tests.surveys.scene import edition, filled, inside, link_of, prepare
from tests.web import browser as chrome
from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
LEAST = 30  # answers of an institution (sv.sample_min)
PHONE = {"viewport": {"width": 375, "height": 812}, "locale": "zh-CN"}


def asked(world: World, place: Any, links: int) -> tuple[Campaign, str]:
    """A survey with so many links, of which 29 are answered; the text of the last one."""
    now = timezone.now()
    today = timezone.localdate()
    with inside(world):
        terms = services.Terms(
            edition("outpatient"), Month.of(today), 1, [place], today, today + timedelta(days=9), links
        )
        made = services.open_survey(by=world.luo, terms=terms, now=now)
        given = {number: filled(made.edition) for number in range(1, LEAST)}
        services.answer_many(campaign=made, given=given, now=now)
        return made, link_of(made, made.tickets.order_by("-number").first())


def test_the_thirtieth_patient_answers_on_a_phone_and_the_office_reads_the_result(
    cast: World, address: str
) -> None:
    prepare(cast)
    enough, link = asked(cast, cast.lead, LEAST)
    few, _spent = asked(cast, cast.tcm, LEAST - 1)
    with chrome.chromium() as browser:
        looked_at(browser, f"{address}/say/qinghe/survey/{link}/")
        answer(browser, address, link)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.set_default_timeout(SLOW)
        sign_in(page, address, "luo")
        assert "总分" not in counted(page, address, few)
        assert "不评" in page.inner_text("main table")
        counted(page, address, enough)
        page.click("main table a")
        page.wait_for_selector("text=总分怎么来的")
        # (29 × 80 + 100) ÷ 30: the patient was very satisfied throughout
        assert "80.7" in page.inner_text(".figs") and "候诊椅太少" not in page.inner_text("main")


def looked_at(browser: Any, link: str) -> None:
    """The page fits a phone and offends no rule of access."""
    page = browser.new_context(**PHONE).new_page()
    page.set_default_timeout(SLOW)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(link)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    if chrome.AXE.exists():
        assert chrome.violations(page) == []
    assert wrong == []


def answer(browser: Any, address: str, link: str) -> None:
    """Without JavaScript: the code is typed, one question forgotten, mended, sent; then the link is spent."""
    page = browser.new_context(**PHONE, java_script_enabled=False).new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{address}/say/qinghe/survey/")
    page.fill("[name=slip]", spaced(link).upper())
    page.click("main button")
    page.wait_for_selector("text=医生认真听您讲病情")
    names = [f"env_{one}" for one in ("clean", "signs")]
    names += ["com_listen", "com_explain", "wait_see", "con_next"]
    for name in names:
        page.check(f"[name={name}][value='5']")
    page.fill("[name=words]", "候诊椅太少")
    page.wait_for_timeout(3_200)  # a form sent at once was not read by a person
    page.click("main form button")
    page.wait_for_selector("text=还没有选，请选一项")
    assert page.input_value("[name=words]") == "候诊椅太少" and page.is_checked("[name=wait_see][value='5']")
    page.check("[name=wait_pay][value='5']")
    page.wait_for_timeout(3_200)
    page.click("main form button")
    page.wait_for_selector("text=谢谢，您的答案已收到")
    page.goto(f"{address}/say/qinghe/survey/{link}/")
    page.wait_for_selector("text=这个链接已经用过")


def counted(page: Any, address: str, survey: Campaign) -> str:
    """The office counts: every link is used. Returns what stood there before."""
    page.goto(f"{address}/a/qinghe/surveys/{survey.pk}/")
    before = str(page.inner_text("main table"))
    page.click("text=统计答案")
    page.wait_for_selector("text=各机构得分")
    return before
