"""The journals of a bundle against the deeds that wrote them: who, when, into which month. Pure.

Whoever changes a head of the books and mends every digest has to change the journal's slice alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from performance.bundle.differing import differences
from performance.bundle.told import Told

POSTED, MADE, WRITTEN = "ledger.posted", "pay.pool_made", "pay.plan_written"
# The deeds by which somebody becomes the second person of a kind of journal: agreeing to it, in the house or
# by a paper of a body outside that was entered and checked.
AGREED = ("approval.yes", "approval.outside_entered", "approval.outside_checked")
CONFIRMED = {"performance.month": AGREED, "pay.pool": AGREED, "pay.pot": ("pay.pot_posted",)}
ONE_TRANSACTION = timedelta(hours=1)  # head and deed are written in one
HERE = ZoneInfo("Asia/Shanghai")  # months of the books are months of this calendar
Deed = Mapping[str, Any]


def day_of(moment: str) -> str:
    """The day of a moment by the calendar of the books."""
    return f"{datetime.fromisoformat(moment).astimezone(HERE):%Y-%m-%d}"


class Deeds:
    """What the journal says was posted, made and written."""

    def __init__(self) -> None:
        self._posted: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        self._who: dict[str, set[str]] = defaultdict(set)
        self._made: Counter[tuple[str, int]] = Counter()
        self._plans: dict[str, int] = {}  # the last revision of each pot

    def passes(self, row: Deed) -> None:
        """One row of the journal, in its order."""
        verb, detail = row["verb"], row["detail"]
        self._who[verb].add(row["who"])
        if verb == POSTED:
            self._posted[detail["kind"], detail["entries"], detail["debit_fen"], row["who"]].append(row["at"])
        elif verb == MADE:
            self._made[detail["kind"], detail["fen"]] += 1
        elif verb == WRITTEN:
            self._plans[row["which"]] = detail.get("revision", 1)

    def check(self, month: str, heads: Sequence[tuple[str, Deed]]) -> Iterator[str]:
        """Each journal has its deed of the same people, amount and time; no two have the same digest."""
        seen: dict[str, str] = {}
        for times in self._posted.values():
            times.sort(key=datetime.fromisoformat)
        for path, row in sorted(heads, key=lambda one: datetime.fromisoformat(one[1]["posted_at"])):
            key = (row["kind"], row["entries_count"], row["debit_fen"], row["posted_by"])
            at = self._posted[key].pop(0) if self._posted[key] else None
            posted = datetime.fromisoformat(row["posted_at"])
            if at is None:
                yield Told("no_deed", path=path, verb=POSTED)
            elif not timedelta(0) <= datetime.fromisoformat(at) - posted <= ONE_TRANSACTION:
                yield from differences(row["posted_at"], at, f"{path}.posted_at")
            if not month <= row["period"] <= max(month, day_of(row["posted_at"])[:7]):
                yield Told("period", path=f"{path}.period", period=row["period"], month=month)
            verbs = CONFIRMED.get(row["kind"], ()) if row["reverses"] is None else ()
            if verbs and not any(row["confirmed_by"] in self._who[verb] for verb in verbs):
                yield Told("no_deed", path=f"{path}.confirmed_by", verb=" / ".join(verbs))
            if row["body_digest"] in seen:
                yield Told("digest_twice", path=f"{path}.body_digest", other=seen[row["body_digest"]])
            seen[row["body_digest"]] = path

    def made(self, pools: Sequence[tuple[str, Deed]]) -> Iterator[str]:
        """Each pool was made as this kind, of this much."""
        for path, head in pools:
            if not self._taken(self._made, (head["kind"], head["fen"])):
                yield Told("no_deed", path=f"{path}.kind", verb=MADE)

    def planned(self, pots: Sequence[tuple[str, int]]) -> Iterator[str]:
        """Each pot's plan is the last one that was written of a pot."""
        written = Counter(self._plans.values())
        for path, plan in pots:
            if plan and not self._taken(written, plan):
                yield Told("no_deed", path=f"{path}.plan", verb=WRITTEN)

    @staticmethod
    def _taken(found: Counter[Any], key: Any) -> bool:
        """Take one; False where none is left."""
        if not found[key]:
            return False
        found[key] -= 1
        return True
