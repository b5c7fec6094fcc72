"""What a thing that was noticed leads to: a task, an improvement item, and the way back (both ways).

Rooms say which kinds of things they have (`source`), what they make of one, and what was made of one
(`offer`); none imports another. A page asks by kind and number with `{% carry %}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alliance.models import Institution, Membership
from alliance.web.parts import Action, Fact


@dataclass(frozen=True)
class Origin:
    """A thing others can follow from: its kind and number, name, page, whose it is, and what it speaks of.

    `title` is read by whoever gets the task: no name of a person and no text of a complaint. `month` is
    "2026-10", `indicator` a code; "" where it speaks of none.
    """

    kind: str
    pk: int
    title: str
    url: str
    institution: Institution | None = None
    month: str = ""
    indicator: str = ""


Find = Callable[[Membership, int], "Origin | None"]
Offer = Callable[[Membership, Origin], list[Action]]
Follow = Callable[[Membership, str, int], list[Fact]]

_sources: dict[str, Find] = {}
_offers: dict[str, Offer] = {}
_follows: dict[str, Follow] = {}


def source(kind: str, find: Find) -> None:
    """`find(membership, pk)`: the thing, or None where the member may not know it. In an app's `ready()`."""
    _sources[kind] = find


def offer(room: str, offers: Offer, follows: Follow) -> None:
    """What a room makes of a thing for a member, and what it has made that the member may see."""
    _offers[room], _follows[room] = offers, follows


def find(membership: Membership, kind: str, pk: int) -> Origin | None:
    """The thing behind a kind and a number, if the member may know it."""
    known = _sources.get(kind)
    return known(membership, pk) if known else None


def acts(membership: Membership, origin: Origin) -> list[Action]:
    """The buttons that carry on from a thing."""
    return [action for room in sorted(_offers) for action in _offers[room](membership, origin)]


def made(membership: Membership, kind: str, pk: int) -> list[Fact]:
    """What was made of a thing, each with its state and its page."""
    return [fact for room in sorted(_follows) for fact in _follows[room](membership, kind, pk)]
