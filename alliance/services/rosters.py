"""Whether a month's roster is frozen: a room above that pays by it says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

_SAYS: list[Callable[[date], bool]] = []


def register(says: Callable[[date], bool]) -> None:
    """A room that freezes rosters: whether the month of a day is frozen."""
    _SAYS.append(says)


def frozen(month: date | None) -> bool:
    """Whether lines of a month's roster can no longer be entered, changed or taken away here."""
    return month is not None and any(says(month) for says in _SAYS)
