"""What waits for whom: rooms register providers, the home page and the bell ask all of them.

A provider is called inside the member's alliance with the membership and the time; it returns what this
member can do something about, already narrowed to what the member may see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from alliance.models import Membership

STATES = ("late", "warn", "info", "prov")
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Todo:
    """One thing to do: state (late, warn, info, prov), what, why, where, by when, for how many things.

    `button` is the word on the button (default: open). Texts are already translated; `due` is aware or None.
    """

    state: str
    what: str
    why: str
    url: str
    due: datetime | None = None
    count: int = 1
    button: str = ""

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
    """Everything that waits for the member: late first, then by state, then by deadline, then by text."""
    found = [todo for name in sorted(_todos) for todo in _todos[name](by, now)]
    return sorted(found, key=lambda todo: (STATES.index(todo.state), todo.due or _LAST, todo.what))


def figures(*, by: Membership, now: datetime) -> list[Figure]:
    """The figures of the current month, room by room in the order of their names."""
    return [figure for name in sorted(_figures) for figure in _figures[name](by, now)]
