"""A slip is printed, its code opened on a phone by a person who never signed in, a line questioned; the
complaint office sees the line.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from complaints.bills import services
from complaints.bills.models import BillQuestion
from complaints.models import Complaint
from grouping.services import schemes
from tests.browser.test_appeal import signed_in
from tests.grouping.scene import inside, pages, store
from tests.grouping.test_documents import store_lists
from tests.web import browser as chrome
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
]
DAY = date(2026, 10, 12)


@pytest.fixture
def token(cast: World) -> str:
    """The link of the first of two stays, stored before a worker is there to take their jobs."""
    world = cast
    with inside(world):
        schemes.adopt_shipped(by=world.su, code="xietong_demo", from_date=date(2020, 1, 1))
        user = world.kong.user
        user.set_password(PASSWORD)
        user.save()
    store(world, pages(world, 2))
    store_lists(world, pages(world, 2, D09="334.56"))
    with inside(world):
        slips = services.print_day(by=world.kong, institution=world.lead, day=DAY, now=timezone.now())[1]
    return slips[0].token


def on_a_phone(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN", has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def test_from_the_slip_to_the_questioned_line(cast: World, token: str, address: str) -> None:
    with chrome.chromium() as browser:
        staff = signed_in(browser, address, "kong")
        staff.goto(f"{address}/a/qinghe/bills/?institution={cast.lead.pk}&day=2026-10-12")
        staff.click("main form .btn-primary")
        staff.wait_for_selector(".slips .slip img")
        assert staff.locator(".slips .slip").count() == 2
        phone = on_a_phone(browser)
        phone.goto(f"{address}/say/qinghe/bill/{token}/")
        text = phone.inner_text("main")
        assert "1,234.56" in text and "72.9%" in text and "医保报销" in text and "肺炎" not in text
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert phone.context.cookies() == []
        phone.check("[name=line][value=D23]")
        phone.fill("[name=text]", "西药为什么这么多")
        phone.wait_for_timeout(3_500)  # a form is read for some seconds before a person sends it
        phone.click("#ask .btn-primary")
        phone.wait_for_selector("text=已收到您的疑问")
        number = phone.inner_text("main .clock").strip()
        phone.click("text=查看进度")
        phone.wait_for_selector("text=西药为什么这么多")
        staff.goto(f"{address}/a/qinghe/complaints/")
        staff.click(f"a:has-text('{number}')")
        staff.click("a[href*='/bills/questions/']")
        staff.wait_for_selector("text=被问到")
        seen = staff.inner_text("main")
        assert "西药费" in seen and "被问到" in seen and "1,000.00" in seen
    with inside(cast):
        assert Complaint.objects.get().about_id == BillQuestion.objects.get().pk
