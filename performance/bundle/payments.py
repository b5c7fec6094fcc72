"""What was paid out: every payment is its parts, no line is paid twice, the books say the same. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from performance.bundle.differing import differences
from performance.bundle.told import Told

Rows = Iterable[tuple[str, dict[str, Any]]]
Line = tuple[str, str, str]  # pool, pot, person


class Payments:
    """The lots of a month, read row by row."""

    def __init__(self) -> None:
        self.taken: dict[Line, int] = defaultdict(int)  # fen of living parts
        self._paid: dict[str, int] = defaultdict(int)  # fen the banks have paid, by institution
        self._first: dict[Line, str] = {}

    def read(self, rows: Rows) -> Iterator[str]:
        """Each payment is the sum of its parts, each part is paid once, two people made and checked a lot."""
        lots: dict[str, str] = {}
        seen: set[tuple[Line, int]] = set()
        once: set[str] = set()
        for path, row in rows:
            if row["row"] == "lot":
                lots[row["lot"]] = row["institution"]
                if row["made_by"] == row["checked_by"]:
                    yield Told("one_checked", path=f"{path}.checked_by")
                continue
            yield from differences(row["fen"], sum(part["fen"] for part in row["parts"]), f"{path}.fen")
            if row["state"] == "paid":
                self._paid[f"paid:{lots[row['lot']]}"] += row["fen"]
            for place, part in enumerate(row["parts"]):
                if part["ended"]:
                    continue
                if "correction" in part:
                    if part["correction"] in once:
                        yield Told("correction_twice", path=f"{path}.parts[{place}]")
                    once.add(part["correction"])
                    continue
                line = (part["pool"], part["pot"], row["person"])
                self.taken[line] += part["fen"]
                self._first.setdefault(line, f"{path}.parts[{place}]")
                if (line, part["part"]) in seen:
                    yield Told("part_twice", path=f"{path}.parts[{place}]", part=part["part"])
                seen.add((line, part["part"]))

    def line(self, pool: str, row: dict[str, Any]) -> Iterator[str]:
        """No more is paid of a line than it is."""
        key = (pool, row["pot"], row["person"])
        taken = self.taken.pop(key, 0)
        if taken > row["fen"]:
            yield Told("too_much", path=self._first[key], taken=taken, fen=row["fen"])

    def books(self, fen: dict[str, int]) -> Iterator[str]:
        """What the banks have paid stands in the books; nothing is paid of a line that is not there."""
        accounts = {account for account in fen if account.startswith("paid:")} | set(self._paid)
        for account in sorted(accounts):
            yield from differences(self._paid.get(account, 0), fen.get(account, 0), f"pay.lots of {account}")
        for line, taken in self.taken.items():
            if taken:
                yield Told("no_line", path=self._first[line], pool=line[0])
