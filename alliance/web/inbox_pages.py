"""What waits for me on one page: by urgency, each with its clock, by room; the newest state by itself."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.services import inbox
from alliance.services.inbox import Todo
from alliance.web import live
from alliance.web.access import permit
from alliance.web.parts import Tab
from alliance.web.words import SOON

ALL = ""


@permit("home.view")
@require_safe
def page(request: Any) -> HttpResponse:
    """Everything of mine, or what a room or a state of it holds."""
    now = timezone.now()
    todos = inbox.waiting(by=request.membership, now=now)
    seen = _word(todos)
    if quiet := live.unchanged(request, seen):
        return quiet
    room, state = request.GET.get("room", ALL), request.GET.get("state", ALL)
    shown = [one for one in todos if room in (ALL, one.room) and state in (ALL, urgency(one, now))]
    context = {
        "title": _("What waits for me"), "todos": shown, "total": _sum(todos), "seen": seen,
        "late": _sum([one for one in todos if one.state == "late"]), "filtered": bool(room or state),
        "tabs": _tabs(todos, room, state, now), "rooms": _rooms(todos, room, state), "now": now,
    }  # fmt: skip
    return render(request, "inbox.html", context)


def urgency(todo: Todo, now: Any) -> str:
    """late, soon (its clock ends within a day), or later."""
    if todo.state == "late":
        return "late"
    return "soon" if todo.due is not None and todo.due - now <= SOON else "later"


def _sum(todos: list[Todo]) -> int:
    return sum(one.count for one in todos)


def _word(todos: list[Todo]) -> str:
    """Changes when anything on the page does."""
    said = repr([(one.state, one.what, one.url, one.due, one.count) for one in todos])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _address(room: str, state: str) -> str:
    asked = [f"{name}={value}" for name, value in (("room", room), ("state", state)) if value]
    return f"?{'&'.join(asked)}"


def _tabs(todos: list[Todo], room: str, state: str, now: Any) -> list[Tab]:
    labels = {ALL: _("All"), "late": _("Overdue"), "soon": _("Within a day"), "later": _("Later")}
    here = [one for one in todos if room in (ALL, one.room)]
    return [
        Tab(
            label, _address(room, name), name == state,
            _sum([one for one in here if name in (ALL, urgency(one, now))]),
        )
        for name, label in labels.items()
    ]  # fmt: skip


def _rooms(todos: list[Todo], room: str, state: str) -> list[Tab]:
    """The rooms that hold something, the fullest first."""
    counts: Counter[str] = Counter()
    for one in todos:
        counts[one.room] += one.count
    tabs = [Tab(_("All rooms"), _address(ALL, state), room == ALL, _sum(todos))]
    return tabs + [
        Tab(inbox.room_word(name), _address(name, state), name == room, n) for name, n in counts.most_common()
    ]
