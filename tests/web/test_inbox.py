"""The inbox: providers of rooms, in the order of urgency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alliance.services import inbox
from alliance.services.inbox import Figure, Todo

NOW = datetime(2026, 11, 19, 6, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Registers of this test's own."""
    monkeypatch.setattr(inbox, "_todos", {})
    monkeypatch.setattr(inbox, "_figures", {})
    yield


def todo(state: str, what: str, due: datetime | None = None) -> Todo:
    """A thing to do."""
    return Todo(state, what, "", "/x/", due)


def test_late_comes_first_then_the_nearest_deadline_then_what_has_none() -> None:
    inbox.register("b", lambda by, now: [todo("info", "i"), todo("warn", "later", now + timedelta(days=2))])
    inbox.register(
        "a", lambda by, now: [todo("warn", "none"), todo("warn", "soon", now), todo("late", "l", now)]
    )
    assert [one.what for one in inbox.waiting(by=None, now=NOW)] == ["l", "soon", "later", "none", "i"]  # type: ignore[arg-type]


def test_of_what_is_late_a_patient_who_waits_comes_first_then_pay_however_old_the_rest() -> None:
    old = NOW - timedelta(days=42)
    inbox.register("meetings", lambda by, now: [todo("late", "unplanned", old)])
    inbox.register("pay", lambda by, now: [todo("late", "undivided", NOW - timedelta(days=9))])
    inbox.register("referrals", lambda by, now: [todo("late", "patient", now), todo("info", "told", now)])
    said = [one.what for one in inbox.waiting(by=None, now=NOW)]  # type: ignore[arg-type]
    assert said == ["patient", "undivided", "unplanned", "told"]
    assert {room for rooms in inbox.WAITS for room in rooms} <= set(inbox.ROOMS)


def test_a_room_registered_again_replaces_itself() -> None:
    inbox.register("a", lambda by, now: [todo("info", "old")])
    inbox.register("a", lambda by, now: [todo("info", "new")])
    assert [one.what for one in inbox.waiting(by=None, now=NOW)] == ["new"]  # type: ignore[arg-type]


def test_a_provider_is_told_who_asks_and_when() -> None:
    asked: list[Any] = []
    inbox.register("a", lambda by, now: asked.append((by, now)) or [])
    inbox.register_figures("a", lambda by, now: [Figure("fund", now.isoformat())])
    inbox.waiting(by="lin", now=NOW)  # type: ignore[arg-type]
    assert asked == [("lin", NOW)]
    assert inbox.figures(by="lin", now=NOW)[0].value == NOW.isoformat()  # type: ignore[arg-type]


def test_a_state_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="late"):
        todo("red", "x")


def test_each_object_stands_once_at_its_most_urgent_and_says_its_room() -> None:
    inbox.register(
        "a", lambda by, now: [Todo("warn", "to answer", "", "/x/7/"), Todo("info", "n", "", "/x/?view=open")]
    )
    inbox.register(
        "b",
        lambda by, now: [
            Todo("late", "late", "", "/x/7/#files", now),
            Todo("info", "m", "", "/x/?view=open"),
        ],
    )
    found = inbox.waiting(by=None, now=NOW)  # type: ignore[arg-type]
    assert [(one.what, one.room) for one in found] == [("late", "b"), ("m", "b"), ("n", "a")]


def test_every_room_that_registers_has_its_word() -> None:
    from django.apps import apps

    for config in apps.get_app_configs():
        if config.name.split(".")[0] in ("alliance", "grouping", "referrals", "complaints", "performance"):
            config.ready()
    assert inbox._todos.keys() - inbox.ROOMS.keys() == set()
