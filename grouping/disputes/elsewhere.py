"""What stands above and may be disputed: what it is called, what there is, what may settle it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A kind of things above this floor. `offers`: (id, words) of each; `versions`: (id, words) of what began
    after a day and may have settled a dispute about one; `settled_by`: the kind of those.
    """

    name: str
    word: Any
    offers: Callable[[], list[tuple[str, str]]]
    versions: Callable[[date], list[tuple[str, str]]]
    settled_by: str


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; the same name again replaces it. Called once, in an app's `ready()`."""
    _kinds[kind.name] = kind


def kinds() -> dict[str, Kind]:
    """Every kind by name."""
    return dict(_kinds)


def words(kind: str, id: str) -> str:
    """What a thing is called, or its id where it is no longer offered."""
    known = _kinds.get(kind)
    return dict(known.offers()).get(id, id) if known else id
