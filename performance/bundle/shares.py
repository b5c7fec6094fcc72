"""Shares computed again against those of the file, number by number. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from alliance.lib.canonical import to_plain
from performance.bundle.differing import same
from performance.engine.exact import half_up
from performance.engine.pay.steps import Factors, Share, Step

SHARED = ("fen", "factors", "quota", "remainder_rank", "got_extra_fen")
PLACES = 12


def factors(row: Mapping[str, Any]) -> Factors:
    return tuple((name, Decimal(value)) for name, value in row["factors"])


def step(step: Step, rows: Sequence[tuple[str, Any]]) -> Iterator[str]:
    held = {row["institution"]: (path, row) for path, row in rows}
    for share in step.shares:
        path, row = held[share.code]
        yield from part(share, row, path)
        yield from number(row["weight_sum"], str(half_up(step.weight, PLACES)), f"{path}.weight_sum")


def part(found: Share, row: Mapping[str, Any], path: str) -> Iterator[str]:
    """A share computed again against the one of the file."""
    for key in SHARED:
        yield from number(row[key], to_plain(getattr(found, key)), f"{path}.{key}")


def number(stored: Any, found: Any, path: str) -> Iterator[str]:
    """Equal as numbers: the database keeps 1.5 as 1.5000."""
    if _plain(stored) != _plain(found):
        yield from same(stored, found, path)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        try:
            return Decimal(value)
        except ArithmeticError:
            return value
    return value
