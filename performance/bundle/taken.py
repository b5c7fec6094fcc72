"""What a pool takes of shares and pots for what is owed, worked out again. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from performance.bundle.differing import Entry, differences
from performance.bundle.told import Told
from performance.engine.pay.taking import taken

Rows = Sequence[tuple[str, Mapping[str, Any]]]


def net(share: Mapping[str, Any]) -> int:
    """What flows on of a share, fen."""
    return int(share["fen"] - share.get("taken_fen", 0))


def whole(pot: Mapping[str, Any]) -> dict[str, Any]:
    """A pot as it was divided out of its share: before anything was taken of it."""
    return {**pot, "fen": pot["fen"] + pot.get("taken_fen", 0)}


def entries(rows: Rows) -> list[Entry]:
    """What the pool's journal writes of it."""
    return [(row["account"], row["fen"]) for _path, row in rows]


def check(head: Mapping[str, Any], shares: Rows, pots: Rows, rows: Rows, name: str) -> Iterator[str]:
    """Every part is what the debts and the share or pot give, of an account of its own place, and all of them
    are what each share and pot says was taken.
    """
    found: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for path, row in rows:
        found[row["institution"], row["pot"]].append((path, row))
        yield from differences(row["account"].split(":")[1], row["institution"], f"{path}.account")
    if rows:
        yield from differences(head["kind"], "bonus", Told("account", path=name, found=head["kind"]))
    given = [(path, (row["institution"], ""), row) for path, row in shares]
    given += [(path, (row["institution"], row["id"]), whole(row)) for path, row in pots]
    for path, key, row in given:
        inside = found.pop(key, [])
        parts = taken(
            row["fen"], Decimal(head.get("most_taken", 0)), [one["debt_fen"] for _at, one in inside]
        )
        for (at, one), fen in zip(inside, parts, strict=True):
            yield from differences(one["fen"], fen, f"{at}.fen")
        yield from differences(row.get("taken_fen", 0), sum(parts), f"{path}.taken_fen")
    for key in found:
        yield Told("taken_of_none", path=name, key=":".join(key).rstrip(":"))
