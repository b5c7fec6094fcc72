"""Places of institutions by score: equal scores share a place, small groups have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Place:
    """A place in a group; `shared` when others have the same score."""

    number: int
    shared: bool


def places(scores: Mapping[str, Decimal | None], *, least: int) -> dict[str, Place]:
    """The place of each code with a score, best first; empty where fewer than `least` have one."""
    known = {code: score for code, score in scores.items() if score is not None}
    if len(known) < least:
        return {}
    ordered: Sequence[Decimal] = sorted(known.values(), reverse=True)
    return {code: Place(ordered.index(score) + 1, ordered.count(score) > 1) for code, score in known.items()}
