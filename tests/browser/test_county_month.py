"""The office and a second person walk a county month by its pages (practice.md 12): who is late, a reminder,
computed, published, paid out, closed, final, and the insurer's statement explained.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings

from alliance.lib.money import yuan
from alliance.services import jobs
from grouping import facts as case_books
from grouping.services import paying
from performance.models import MonthLife, MonthReminder, MonthRun, PayLine, PayoutLot, PayPot, Statement
from tests.grouping.test_metrics_pages import priced
from tests.performance import county_scene as scene
from tests.performance import payout_scene
from tests.performance.county_scene import NOVEMBER, RATE
from tests.performance.life_scene import divide, grounded_payout
from tests.performance.scene import OCTOBER, adopt, decide, inside
from tests.web import browser as chrome
from tests.world import PASSWORD, World, member

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
SLOW = 20_000  # milliseconds until a step counts as failed
PLACES = {"lead": 22, "tcm": 11, "shiqiao": 5}  # discharges
HOME = "/a/qinghe"
MONTH = f"{HOME}/months/2026-10"


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 2, tzinfo=UTC)


class Quiet(WSGIRequestHandler):
    """Says nothing of each page."""

    def log_message(self, *_args: Any) -> None:
        return


class Server(ThreadedWSGIServer):
    """Ends with its threads, so that none keeps the database."""

    daemon_threads = False


@pytest.fixture
def here(cast: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the product answers in this very process, so that it lives in the days of the month."""
    # Playwright's loop runs in this thread while the test asks the database between two pages.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with override_settings(SECOND_FACTOR="offered", ALLOWED_HOSTS=["127.0.0.1"]):
        server = Server(("127.0.0.1", 0), Quiet)
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()


class Walk:
    """Who is at a page, on which day of the month."""

    def __init__(self, browser: Any, address: str, clock: Any) -> None:
        self.browser, self.address, self.clock = browser, address, clock
        self.pages: dict[str, Any] = {}
        self.here: set[str] = set()

    def on(self, moment: datetime) -> None:
        """Another day: everybody signs in anew."""
        self.clock.move_to(moment)
        self.here = set()

    def at(self, name: str, path: str) -> Any:
        """A page as somebody sees it."""
        if name not in self.here:
            self._sign_in(name)
        page = self.pages[name]
        page.goto(self.address + path)
        return page

    def _sign_in(self, name: str) -> None:
        if name not in self.pages:
            self.pages[name] = self.browser.new_context(locale="zh-CN").new_page()
            self.pages[name].set_default_timeout(SLOW)
        page = self.pages[name]
        self.here.add(name)
        page.context.clear_cookies()
        page.goto(f"{self.address}{HOME}/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.press("[name=password]", "Enter")

    def agree(self, name: str = "cai") -> None:
        """The second person opens what waits and agrees."""
        page = self.at(name, f"{HOME}/approvals/")
        page.click("main table a[href*='/approvals/'] >> nth=0")
        page.click("#act-yes summary")
        with page.expect_navigation():
            page.click("#act-yes button")


def press(page: Any, action: str) -> str:
    """Press the button of a form by its address; what the page says then."""
    with page.expect_navigation():
        page.click(f"main form[action*='{action}'] button")
    return said(page)


def said(page: Any) -> str:
    found: str = page.inner_text("main")
    return found


def worked_off(world: World, page: Any) -> None:
    """The button that computes, left before the page begins to look how far the work is."""
    press(page, "/compute/")
    page.goto("about:blank")
    jobs.drain(world.qinghe)


def delivered(world: World) -> None:
    """Two hospitals have delivered, the township not; money and rules are decided."""
    adopt(world)
    decide(world, OCTOBER)
    with inside(world):
        priced(world, RATE)
        for name in ("tcm", "shiqiao"):
            world.people[f"{name}_a"] = member(f"{name}_a", name, getattr(world, name), "institution_admin")
    for name, count in PLACES.items():
        scene.declare(world, name, count)
        if name != "shiqiao":
            scene.send(world, name, scene.rows_of(world, name, count), date(2026, 11, 3))
    with inside(world):
        scene.employ(world, tuple(PLACES))


@contextmanager
def browsing() -> Iterator[Any]:
    """The browser; what the test asked the database beside its loop is closed with it."""
    with chrome.chromium() as browser:
        try:
            yield browser
        finally:
            connections.close_all()


def test_the_office_and_a_second_person_walk_the_month(cast: World, here: str) -> None:
    with time_machine.travel(day(11, 10)) as clock, browsing() as browser:
        delivered(cast)
        walk = Walk(browser, here, clock)
        late(cast, walk)
        walk.on(day(11, 11))
        computed(cast, walk)
        walk.on(day(11, 16))
        published(cast, walk)
        walk.on(day(11, 25))
        paid(cast, walk)
        closed(cast, walk)
        walk.on(day(12, 15))
        explained(cast, walk)


def late(world: World, walk: Walk) -> None:
    """The calendar names who is late; the reminder opens on paper; the month is not computed without it."""
    page = walk.at("luo", f"{MONTH}/calendar/")
    assert "逾期" in said(page) and "石桥" in said(page)
    press(page, "/remind/QH11/")
    assert "出院病案报送" in page.content() and "5" in page.content()
    with inside(world):
        assert MonthReminder.objects.get().institution == world.shiqiao
    page = walk.at("luo", f"{MONTH}/")
    assert "石桥" in said(page)
    worked_off(world, page)
    assert "石桥" in said(walk.at("luo", f"{MONTH}/"))
    with inside(world):
        assert MonthRun.objects.get().state == "failed"


def computed(world: World, walk: Walk) -> None:
    """The township's file is there: computed, proposed, agreed; the pool of the month as well."""
    scene.send(world, "shiqiao", scene.rows_of(world, "shiqiao", PLACES["shiqiao"]), date(2026, 11, 11))
    worked_off(world, walk.at("luo", f"{MONTH}/"))
    press(walk.at("luo", f"{MONTH}/"), "/propose/")
    walk.agree()
    page = walk.at("luo", f"{HOME}/pay/begin/")
    page.select_option("[name=month]", "2026-10")
    page.select_option("[name=kind]", "bonus")
    with page.expect_navigation():
        page.click("main form .btn-primary")
    press(page, "/act/propose/")
    walk.agree()
    with inside(world):
        assert MonthRun.objects.filter(state="posted").exists()
        assert PayPot.objects.filter(pool__state="posted").count() == len(PLACES)


def published(world: World, walk: Walk) -> None:
    """Five working days before everybody's eyes; meanwhile the departments divide."""
    page = walk.at("luo", f"{MONTH}/life/")
    text = press(page, "/life/publish/")
    assert "公示中" in text and "11-23 24:00" in text
    assert "清河县人民医院" in said(walk.at("cai", f"{HOME}/publications/2026-10/"))
    assert "个分配包" in said(walk.at("cai", f"{MONTH}/life/"))
    with inside(world):
        for pot in PayPot.objects.named():
            divide(world, pot)
        grounded_payout(world, OCTOBER, day(11, 24))


def paid(world: World, walk: Walk) -> None:
    """Lots made by the office, checked, sent and posted by the second person; the month is paid."""
    press(walk.at("luo", f"{HOME}/payout/months/2026-10/"), "/make/")
    with inside(world):
        lots = list(PayoutLot.objects.order_by("pk").values_list("pk", flat=True))
    assert len(lots) == len(PLACES)
    for pk in lots:
        page = walk.at("cai", f"{HOME}/payout/lots/{pk}/")
        press(page, "/act/check/")
        with page.expect_download() as file:
            page.click("main form[action*='/act/export/'] button")
        assert file.value.suggested_filename
        with inside(world):
            answer = payout_scene.answer(payout_scene.again(PayoutLot.objects.get(pk=pk)))
        page = walk.at("luo", f"{HOME}/payout/lots/{pk}/")
        page.click("details:has(form[action*='/act/answer/']) summary")
        content = {"name": f"结果{pk}.csv", "mimeType": "text/csv", "buffer": answer}
        page.set_input_files("form[action*='/act/answer/'] [type=file]", content)
        press(page, "/act/answer/")
        press(walk.at("cai", f"{HOME}/payout/lots/{pk}/"), "/act/settle/")
    text = said(walk.at("cai", f"{HOME}/payout/months/2026-10/"))
    with inside(world):
        whole = sum(PayLine.objects.values_list("fen", flat=True))
    assert yuan(whole, display=True) in text
    press(walk.at("cai", f"{MONTH}/life/"), "/life/pay/")
    with inside(world):
        assert MonthLife.objects.get().state == "paid"


def closed(world: World, walk: Walk) -> None:
    """Two people close the books; only then the month."""
    assert "两人关账" in said(walk.at("cai", f"{MONTH}/life/"))
    press(walk.at("cai", f"{HOME}/ledger/?month=2026-10"), "/ledger/close/")
    walk.agree("luo")
    press(walk.at("cai", f"{MONTH}/life/"), "/life/close/")
    press(walk.at("cai", f"{MONTH}/life/"), "/life/end/")
    with inside(world):
        assert MonthLife.objects.get().state == "final"


def explained(world: World, walk: Walk) -> None:
    """Twenty days later: the difference by cause, case by case, agreed to and in the books of November."""
    with inside(world):
        scene.open_books(world, NOVEMBER)
        cases = list(case_books.payment_cases(OCTOBER).order_by("institution__code", "record_no"))
        expected = {one.case: one.payment_fen or 0 for one in paying.paid(OCTOBER)}
        rows = scene.statement_rows(cases, expected)
    file = scene.insurer_file(world, rows)
    less = sum(10_000 + number for number in range(scene.REJECTED)) + 5 * 20_000 - 3 * 3_333
    page = walk.at("luo", f"{HOME}/statements/new/")
    page.select_option("[name=file]", str(file))
    page.select_option("[name=month]", "2026-10")
    assert page.locator("[name=into] option").all_inner_texts() == [
        "2026年11月"
    ]  # October is closed for good
    page.fill("[name=document]", "医保月结〔2026〕10号")
    page.fill("[name=total_fen]", yuan(sum(expected.values()) - less))
    with page.expect_navigation():
        page.click("main form .btn-primary")
    text = said(page)
    for cause, cases_, fen in (("拒付", 12, -120_066), ("分组", 5, -100_000), ("倍率", 3, 9_999)):
        assert cause in text and str(cases_) in text and yuan(abs(fen), display=True) in text
    press(page, "/act/propose/")
    walk.agree()
    page = walk.at("luo", page.url.removeprefix(walk.address))
    page.click("main table a[href*='/cases/'] >> nth=0")
    assert "为什么分到" in said(page)
    with inside(world):
        row = Statement.objects.select_related("journal__period").get()
        assert row.state == "posted" and row.journal is not None
        assert row.journal.period.month == NOVEMBER.first_day
        assert MonthLife.objects.get().state == "final"
