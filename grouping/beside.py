"""What rooms above put beside a case: the way to an appeal about it, or why there is none (practice.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from alliance.models import Membership

# Of a case (pk): a flag with `url` and `said`, as `_flag.html` shows it.
Asked = Callable[[Membership, int, datetime], Any]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    """Let a room above stand beside cases; called in its app's `ready()`."""
    if asked not in _asked:
        _asked.append(asked)


def flags(by: Membership, case: int, now: datetime) -> list[Any]:
    """What the rooms above have to say of a case to a member."""
    return [asked(by, case, now) for asked in _asked]
