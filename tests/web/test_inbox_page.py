"""The page of what waits for me: by urgency and room, counted, each once, and quiet while nothing changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.services import inbox
from alliance.services.inbox import Todo
from tests.world import World

PAGE = "/a/qinghe/inbox/"


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rooms with things of every urgency."""

    def referrals(by: Any, now: datetime) -> list[Todo]:
        return [
            Todo("late", "overdue referral", "", "/r/1/", now - timedelta(days=1)),
            Todo("warn", "referral of today", "", "/r/2/", now + timedelta(hours=2)),
        ]

    def grouping(by: Any, now: datetime) -> list[Todo]:
        return [Todo("info", "five files", "", "/f/?view=open", now + timedelta(days=9), 5)]

    monkeypatch.setattr(inbox, "_todos", {"referrals": referrals, "grouping": grouping})


def page(world: World, query: str = "", **headers: str) -> Any:
    return world.client("lin", HTTP_ACCEPT_LANGUAGE="en").get(PAGE + query, headers=headers)


def test_it_counts_everything_and_filters_by_urgency_and_room(world: World) -> None:
    shown = page(world).content.decode()
    assert "7 things wait for you" in shown and "1 is overdue." in shown
    assert "All 7" in shown and "Overdue 1" in shown and "Within a day 1" in shown and "Later 5" in shown
    late = page(world, "?state=late").content.decode()
    assert "overdue referral" in late and "five files" not in late
    files = page(world, "?room=grouping").content.decode()
    assert "five files" in files and "referral of today" not in files and "All 5" in files
    nothing = page(world, "?room=grouping&state=late").content.decode()
    assert "Nothing here under these conditions" in nothing
    assert page(world, "?room=<x>&state='").status_code == 200


def test_a_page_that_asks_by_itself_hears_nothing_while_nothing_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: at)
    seen = page(world).context["seen"]
    assert page(world, **{"X-Seen": seen}).status_code == 204
    monkeypatch.setattr(inbox, "_todos", {})
    assert page(world, **{"X-Seen": seen}).status_code == 200


def test_it_costs_no_query_of_its_own(world: World) -> None:
    with CaptureQueriesContext(connection) as home:
        world.client("lin").get("/a/qinghe/")
    with CaptureQueriesContext(connection) as own:
        page(world)
    assert len(own) <= len(home)
