"""Months that are decided above this floor: their rows are stored only while an exception lets one of the
institutions correct its data (practice.md 2 and 4). Who decides months says so here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from alliance.lib.period import Month

# Of a month: None while it is open, else the institutions (pk) whose data may be corrected all the same.
Asked = Callable[[Month, datetime], "set[int] | None"]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    """Let a room above say which months are decided; called in its app's `ready()`."""
    if asked not in _asked:
        _asked.append(asked)


def closed(parts: Iterable[tuple[Month, int]], now: datetime) -> list[tuple[Month, int]]:
    """Those of the (month, institution) whose rows are not taken now; some queries a month."""
    found = sorted(set(parts), key=lambda part: (str(part[0]), part[1]))
    open_for = {month: [asked(month, now) for asked in _asked] for month in {month for month, _pk in found}}
    return [
        (month, place) for month, place in found
        if any(excepted is not None and place not in excepted for excepted in open_for[month])
    ]  # fmt: skip
