"""Bodies whose members decide: a room above tells who sits where, a step of a chain names the body.

No import upward: the room registers itself once. Without it a step of a body has nobody to decide it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from alliance.models import Membership
from alliance.roles import allows

TAG = "body:"


@dataclass(frozen=True)
class Bodies:
    """What the room of the bodies answers, for a day.

    `seats(membership, day)`: codes of the bodies the person sits in; `users(code, day)`: ids of the users who
    sit in one; `name(code)`: what it is called, in the language of the page; `named()`: all of them, by code;
    `roles(membership, day)`: roles of X2 that the person's seats stand for.
    """

    seats: Callable[[Membership, date], frozenset[str]]
    users: Callable[[str, date], frozenset[int]]
    name: Callable[[str], str]
    named: Callable[[], Mapping[str, str]]
    roles: Callable[[Membership, date], frozenset[str]]


_known: list[Bodies] = []


def register(bodies: Bodies) -> None:
    """Let bodies decide; the same room again replaces it. Called in an app's `ready()`."""
    _known[:] = [bodies]


def seats(membership: Membership, day: date) -> frozenset[str]:
    """Codes of the bodies the person of a membership sits in on a day; asked once a request."""
    kept: tuple[date, frozenset[str]] | None = getattr(membership, "_seats", None)
    if kept is None or kept[0] != day:
        kept = (day, _known[0].seats(membership, day) if _known else frozenset())
        membership._seats = kept  # type: ignore[attr-defined]
    return kept[1]


def allow(membership: Membership, action: str, day: date) -> bool:
    """Whether the person sits in a body whose members may do the action by their role."""
    return bool(_known) and allows(_known[0].roles(membership, day), action)


def users(code: str, day: date) -> frozenset[int]:
    """Ids of the users who sit in a body on a day."""
    return _known[0].users(code, day) if _known else frozenset()


def name(code: str) -> str:
    """What a body is called; its code where its room is gone."""
    return _known[0].name(code) if _known else code


def named() -> Mapping[str, str]:
    """Every body of the whole alliance by its code, as it is called."""
    return _known[0].named() if _known else {}
