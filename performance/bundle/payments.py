"""What was paid out: every payment is its parts, no line is paid twice, the books say the same. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alliance.lib.money import yuan
from performance.bundle.differing import differences, known
from performance.bundle.told import Told

Rows = Iterable[tuple[str, dict[str, Any]]]
ENDED = ("returned", "withdrawn")  # states that end the parts of a payment
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
        counted: dict[str, int] = {}  # payments of a lot, as it says
        numbers: dict[str, list[int]] = defaultdict(list)
        parts: dict[Line, set[int]] = defaultdict(set)
        seen: set[tuple[Line, int]] = set()
        once: set[str] = set()
        for path, row in rows:
            yield from known(row, ("lot", "payment"), path)
            if row["row"] == "lot":
                lots[row["lot"]] = row["institution"]
                counted[row["lot"]] = row.get("payments", -1)  # a bundle from before lots said it: unknown
                if row["made_by"] == row["checked_by"]:
                    yield Told("one_checked", path=f"{path}.checked_by")
                continue
            yield from differences(row["fen"], sum(part["fen"] for part in row["parts"]), f"{path}.fen")
            numbers[row["lot"]].append(row["number"])
            if row["state"] == "paid":
                self._paid[f"paid:{lots[row['lot']]}"] += row["fen"]
            for place, part in enumerate(row["parts"]):
                yield from differences(part["ended"], row["state"] in ENDED, f"{path}.parts[{place}].ended")
                if "part" in part and "pool" in part:
                    parts[part["pool"], part["pot"], row["person"]].add(part["part"])
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
        yield from self._whole(counted, numbers, parts)

    @staticmethod
    def _whole(
        counted: Mapping[str, int], numbers: Mapping[str, list[int]], parts: Mapping[Line, set[int]]
    ) -> Iterator[str]:
        """No payment is left out: a lot's numbers and the parts of a line have no gap."""
        for lot, said in counted.items():
            have = sorted(numbers[lot])
            whole = list(range(1, max([said, len(have), *have]) + 1))
            yield from differences(have, whole, f"lots.jsonl {lot}.payments")
        for (pool, pot, person), have_parts in parts.items():
            path = f"lots.jsonl {pool} {pot} {person}.parts"
            yield from differences(sorted(have_parts), list(range(1, max(have_parts) + 1)), path)

    def line(self, pool: str, row: dict[str, Any]) -> Iterator[str]:
        """No more is paid of a line than it is."""
        key = (pool, row["pot"], row["person"])
        taken = self.taken.pop(key, 0)
        if taken > row["fen"]:
            yield Told("too_much", path=self._first[key], taken=yuan(taken), yuan=yuan(row["fen"]))

    def books(self, fen: dict[str, int]) -> Iterator[str]:
        """What the banks have paid stands in the books; nothing is paid of a line that is not there."""
        accounts = {account for account in fen if account.startswith("paid:")} | set(self._paid)
        for account in sorted(accounts):
            yield from differences(self._paid.get(account, 0), fen.get(account, 0), f"pay.lots of {account}")
        for line, taken in self.taken.items():
            if taken:
                yield Told("no_line", path=self._first[line], pool=line[0])
