"""What institutions owe each other, evidence by evidence: base x percent, and nothing paid twice. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from performance.bundle.differing import differences, same
from performance.engine.pay.surplus import percent_of


class Transfers:
    """The transfers of every pool of a month; a bundle of earlier days says nothing of what was paid before,
    and holds each evidence once.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[str, int, str, Mapping[str, Any]]] = []

    def take(self, head: Mapping[str, Any], path: str, row: Mapping[str, Any]) -> None:
        """A row of the pool with this head."""
        self._rows.append((head["kind"], head["number"], path, row))

    def check(self) -> Iterator[str]:
        """Paid before and moved now are base x percent, rounded once half-up; each row of an evidence begins
        where the one before has left it.
        """
        held: dict[tuple[str, ...], int] = defaultdict(int)
        for kind, _number, path, row in sorted(self._rows, key=lambda one: one[:2]):
            key = (kind, row["payer"], row["payee"], row["evidence"], row["record"])
            before = row.get("paid_fen", 0)
            yield from differences(before, held[key], f"{path}.paid_fen")
            held[key] = before + row["fen"]
            if row["percent"] is not None:
                whole = percent_of(row["base_fen"], Decimal(row["percent"]))
                yield from same(row["fen"], whole - before, f"{path}.fen")
