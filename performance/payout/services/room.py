"""What the pay of a month has room for above its floor (practice.md 3): of claw-backs and of corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from alliance.lib.period import Month
from alliance.services import parameters
from performance.payout.services.payables import Payable

FLOOR = "clawback.net_floor"


@dataclass
class Room:
    """What may still be taken of a person's pay of a month: above the floor, line by line."""

    above_floor: int
    free: dict[int, int]

    def take(self, wanted: int) -> tuple[tuple[int, int], ...]:
        """Lines and fen that bear what is wanted, as far as there is room; the room shrinks."""
        found = []
        for line, free in self.free.items():
            part = min(wanted, free, self.above_floor)
            if part > 0:
                found.append((line, part))
                wanted, self.above_floor = wanted - part, self.above_floor - part
                self.free[line] = free - part
        return tuple(found)


def floors(months: Iterable[Month]) -> dict[Month, int]:
    """What a person's pay of each month is not taken below, fen; one query. Raises NotInForce."""
    days = {month: month.last_day for month in months}
    known = parameters.in_force_on(FLOOR, days.values())
    return {month: int(known[day]) for month, day in days.items()}  # type: ignore[arg-type]


def rooms(floor: int, staff: Collection[int], rows: Iterable[Payable]) -> dict[int, Room]:
    """Each person's room: the month's net pay less the floor; what of each line is not paid or held yet; fen.

    `rows`: what the month has to pay; amounts of corrections among it are no pay of the month.
    """
    lines: dict[int, list[Payable]] = defaultdict(list)
    for row in rows:
        if row.line is not None and row.staff.pk in staff:
            lines[row.staff.pk].append(row)
    return {
        one: Room(
            max(0, sum(row.fen - row.deducted for row in lines[one]) - floor),
            {row.line: row.free for row in lines[one] if row.line is not None},
        )
        for one in staff
    }
