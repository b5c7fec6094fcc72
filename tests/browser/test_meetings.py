"""The secretary plans a meeting, the month fills it, members vote, the owner answers, another checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alliance.approvals.models import Approval
from alliance.lib.period import Month
from performance.meetings.models import Meeting, Task
from performance.meetings.services import bodies
from tests.browser.test_appeal import signed_in
from tests.meetings.scene import DOCUMENT
from tests.performance.scene import inside
from tests.web import browser as chrome
from tests.world import PASSWORD, World, member

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]


def committee(world: World) -> int:
    """A chair, a secretary, a member, of whom two carry a vote; Lin will be given the task."""
    with inside(world):
        for name, shown in (("he", "何善明"), ("shu", "舒雁清"), ("yu", "余青山")):
            world.people[name] = member(name, shown, None, "quality_committee")
        for name in ("he", "shu", "yu"):
            user = world.people[name].user
            user.set_password(PASSWORD)
            user.save()
        now = timezone.now()
        body = bodies.found(
            by=world.luo,
            code="quality",
            kind="quality",
            rhythm="monthly",
            due_day=12,
            document=DOCUMENT,
            now=now,
        )
        for name, function in (("he", "chair"), ("shu", "secretary"), ("yu", "member")):
            bodies.seat(
                by=world.luo, body=body, membership=world.people[name], function=function, post="quality",
                from_date=timezone.localdate() - timedelta(days=9), document=DOCUMENT, now=now,
            )  # fmt: skip
        return body.pk


def test_from_the_agenda_to_the_checked_task(cast: World, address: str) -> None:
    body = committee(cast)
    lin = cast.lin.pk
    with chrome.chromium() as browser:
        desk = signed_in(browser, address, "shu")
        planned(desk, address, body)
        assert "逾期" in desk.inner_text("main")  # the month brought its late steps
        decided(desk, lin)
        for name in ("he", "yu"):
            voted(signed_in(browser, address, name), address)
        answered(signed_in(browser, address, "lin"), address)
        pressed(desk, f"{address}/a/qinghe/", "a[href*='/tasks/'] >> nth=0")
        opened(desk, "核对无误，办结")
        assert "已办结" in desk.inner_text("main")
    with inside(cast):
        assert Approval.objects.get().state == "approved"
        assert Meeting.objects.get().agenda.filter(source="late").exists()
        assert Task.objects.get().state == "done"


def planned(page: Any, address: str, body: int) -> None:
    """An hour ago, in the third floor; the month fills the agenda; everybody is asked and came."""
    page.goto(f"{address}/a/qinghe/bodies/{body}/plan/")
    begun = timezone.localtime() - timedelta(hours=1)
    page.select_option("[name=month]", str(Month.of(begun.date()).plus(-2)))  # all its steps are past
    page.fill("[name=title]", "质控例会")
    page.fill("[name=begins_at]", begun.strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=place]", "三楼")
    with page.expect_navigation():
        page.click("main form .btn-primary")
    for word in ("按月自动生成议程", "通知成员"):
        with page.expect_navigation():
            page.click(f"button:has-text('{word}')")
    opened(page, "登记到会")


def decided(page: Any, owner: int) -> None:
    """A resolution with its owner, put to the vote."""
    page.click("summary:has-text('起草决议')")
    page.fill("details[open] [name=text]", "抗菌药物分级管理")
    page.select_option("details[open] [name=owner]", str(owner))
    page.fill("details[open] [name=due_on]", (timezone.localdate() + timedelta(days=9)).isoformat())
    with page.expect_navigation():
        page.click("details[open] button")
    with page.expect_navigation():
        page.click("button:has-text('提交表决')")


def voted(page: Any, address: str) -> None:
    """From the inbox to the verdict."""
    pressed(page, f"{address}/a/qinghe/", "a[href*='/approvals/'] >> nth=0")
    if "抗菌药物" not in page.inner_text("main"):
        page.click("a[href*='/approvals/'] >> nth=0")
    page.click("#act-yes summary")
    with page.expect_navigation():
        page.click("#act-yes button")


def answered(page: Any, address: str) -> None:
    """The owner finds the task among what waits, and answers."""
    pressed(page, f"{address}/a/qinghe/", "a[href*='/tasks/'] >> nth=0")
    page.click("summary:has-text('回复办理情况')")
    page.fill("details[open] [name=text]", "已实施分级管理")
    with page.expect_navigation():
        page.click("details[open] button")


def pressed(page: Any, url: str, link: str) -> None:
    """Open a page and follow a link on it."""
    page.goto(url)
    with page.expect_navigation():
        page.click(f"main {link}")


def opened(page: Any, word: str) -> None:
    """Open a button's form in place and send it."""
    page.click(f"summary:has-text('{word}')")
    with page.expect_navigation():
        page.click("details[open] button")
