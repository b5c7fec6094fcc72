"""What a page showed of a draft when it was opened, and what somebody else stored in it since (N34).

A form carries its values as they were read. Who stores over a change made meanwhile is told what it was,
keeps what was typed, and decides again; fields that were not touched follow the stored ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

READ = "read_at"  # the name of the hidden field


@dataclass(frozen=True)
class Moved:
    """A value that somebody else changed: its name in the form, as the page showed it, as it is stored."""

    key: str
    before: str
    now: str
    label: str = ""


class EditedMeanwhile(Exception):
    """The draft is no longer as the page showed it; nothing was stored."""

    def __init__(self, moved: Sequence[Moved]) -> None:
        super().__init__(f"{len(moved)} values changed meanwhile")
        self.moved = list(moved)


def written(values: Mapping[str, str]) -> str:
    """Values as the hidden field holds them."""
    return json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"))


def read(text: str | None) -> dict[str, str]:
    """The values a form was opened with; nothing where it does not say."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def check(seen: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Raise EditedMeanwhile where the stored values are no longer those that were seen."""
    moved = [Moved(key, old, now.get(key, "")) for key, old in seen.items() if now.get(key, "") != old]
    if moved:
        raise EditedMeanwhile(moved)


def merged(posted: Any, seen: Mapping[str, str], now: Mapping[str, str]) -> Any:
    """What was posted, read anew: untouched fields as stored now, typed ones as typed."""
    found = posted.copy()
    for key, value in now.items():
        if key in seen and posted.get(key, "") == seen[key]:
            found[key] = value
    found[READ] = written(now)
    return found
