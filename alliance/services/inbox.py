"""What waits for whom: rooms register providers, the home page and the bell ask all of them.

A provider is called inside the member's alliance with the membership and the time; it returns what this
member can do something about, already narrowed to what the member may see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import Membership

STATES = ("late", "warn", "info", "prov")
_LAST = datetime.max.replace(tzinfo=UTC)
# One object: its number ends the address, whatever place of its page is named behind it.
_OBJECT = re.compile(r"^(?P<page>[^?#]*/[0-9]+/)(#.*)?$")
# What people call the rooms that register here.
ROOMS = {
    "agreements": _("Agreements"),
    "abnormal": _("Abnormal cases"), "events": _("Days of patients"),
    "mdt": _("Multidisciplinary records"), "tolerance": _("Error tolerance"),
    "appeals": _("Objections and appeals"), "approvals": _("Approvals"), "bills": _("Bills for patients"),
    "calendar": _("Calendar of the month"), "clues": _("Clues of unusual patterns"),
    "complaints": _("Complaints"), "confirmation": _("Mutual confirmation"),
    "consequences": _("Consequences"), "consultations": _("Consultations"), "declared": _("Declared values"),
    "disputes": _("Disputes about the scheme"), "equipment": _("Shared equipment"),
    "evaluations": _("Evaluations"), "grouping": _("Cases and groups"), "improvement": _("Improvement"),
    "duty": _("Responsibility letters"),
    "joint": _("Joint work"), "meetings": _("Meetings"), "offsite": _("Off-site care filing"),
    "onsite": _("On-site assessment"),
    "papers": pgettext_lazy("inbox", "Minutes and bulletins"), "pay": _("Pay and distribution"),
    "payout": _("Paying out"), "performance": _("Performance month"), "postings": _("Experts posted"),
    "recognition": _("Recognition of results"), "referrals": _("Referrals"), "surveys": _("Surveys"),
    "training": _("Training"), "violations": _("Violations"),
}  # fmt: skip

# Who waits behind it, the most pressing first: a patient, then people's pay, then everything else.
WAITS = (
    ("referrals", "offsite", "consultations", "recognition", "complaints", "bills", "abnormal"),
    ("pay", "payout", "appeals", "calendar", "performance", "approvals"),
)


@dataclass(frozen=True)
class Todo:
    """One thing to do: state (late, warn, info, prov), what, why, where, by when, for how many things.

    `button` is the word on the button (default: open). Texts are already translated; `due` is aware or None.
    `room` is the name its provider is registered under.
    """

    state: str
    what: str
    why: str
    url: str
    due: datetime | None = None
    count: int = 1
    button: str = ""
    room: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"a todo is one of {', '.join(STATES)}, not {self.state}")


@dataclass(frozen=True)
class Figure:
    """A figure that decides something: label, value as text, unit, detail, where it opens, whether bad."""

    label: str
    value: str
    unit: str = ""
    detail: str = ""
    url: str = ""
    bad: bool = False


Provider = Callable[[Membership, datetime], list[Todo]]
FigureProvider = Callable[[Membership, datetime], list[Figure]]

_todos: dict[str, Provider] = {}
_figures: dict[str, FigureProvider] = {}


def register(name: str, provider: Provider) -> None:
    """Add what a room has to do; the same name again replaces it. Called once, in the app's `ready()`."""
    _todos[name] = provider


def register_figures(name: str, provider: FigureProvider) -> None:
    """Add a room's figures of the current month; the same name again replaces them."""
    _figures[name] = provider


def waiting(*, by: Membership, now: datetime) -> list[Todo]:
    """Everything that waits for the member: late first, then by state, then by who waits behind it, then by
    deadline, then by text; what two rooms say of one object stands once, at its most urgent. What waits past
    its deadline is late, whatever its room calls it.
    """
    found = [
        replace(todo, room=name, state="late" if todo.due is not None and todo.due < now else todo.state)
        for name in sorted(_todos)
        for todo in _todos[name](by, now)
    ]
    return _once(sorted(found, key=_urgency))


def _urgency(todo: Todo) -> tuple[int, int, datetime, str]:
    behind = next((place for place, rooms in enumerate(WAITS) if todo.room in rooms), len(WAITS))
    return STATES.index(todo.state), behind, todo.due or _LAST, todo.what


def _once(todos: Iterable[Todo]) -> list[Todo]:
    """The first of each object, and of equal sentences about a list."""
    known: dict[tuple[str, str], Todo] = {}
    for todo in todos:
        page = _OBJECT.match(todo.url)
        known.setdefault((page["page"], "") if page else (todo.url, todo.what), todo)
    return list(known.values())


def room_word(name: str) -> str:
    """What people call a room; one nobody named keeps its name."""
    return str(ROOMS.get(name, name))


def figures(*, by: Membership, now: datetime) -> list[Figure]:
    """The figures of the current month, room by room in the order of their names."""
    return [figure for name in sorted(_figures) for figure in _figures[name](by, now)]
