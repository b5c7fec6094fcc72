"""Coordination costs 协同成本: unit cost times volume of records kept, follow-ups and teaching (S2-10).

What is counted comes from the rooms where it happens; upper floors register theirs. The result is a proposal
of compensation: it moves no money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters

PARAMETER = "cp.coordination_cost"


@dataclass(frozen=True, slots=True)
class Volume:
    """What one institution did in a month: times or minutes, and the ids of the records behind."""

    institution_id: int
    quantity: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One record behind a line: its day, what it is in words, its own times or minutes, its page and id."""

    day: date
    text: str
    quantity: int
    page: str
    pk: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: its name, the field of the parameter with the unit cost, how many make one unit.

    `each`: 1 for times, 60 for minutes paid by the hour. `needs`: the right that opens the records' pages.
    """

    name: str
    label: Any
    field: str
    each: int
    unit: Any
    volumes: Callable[[Month], list[Volume]]
    records: Callable[[Iterable[int]], list[Record]]
    needs: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """One kind of one institution's month: quantity / each x unit cost = fen, rounded once, half-up.

    `unit_fen` None: no unit cost is decided, so nothing is proposed (missing is not zero).
    """

    month: Month
    institution_id: int
    kind: Kind
    quantity: int
    unit_fen: int | None
    ids: tuple[int, ...]

    @property
    def fen(self) -> int | None:
        """The proposed compensation."""
        if self.unit_fen is None:
            return None
        whole = Decimal(self.quantity) * self.unit_fen / self.kind.each
        return int(whole.quantize(Decimal(1), ROUND_HALF_UP))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind of work; the same name again replaces it. Called once, in the `ready()` of its room."""
    _kinds[kind.name] = kind


def kinds() -> Mapping[str, Kind]:
    """The kinds by name."""
    return dict(sorted(_kinds.items()))


def unit_costs(on: date) -> dict[str, int | None]:
    """Fen for one unit by field of the parameter; None where the alliance has decided none yet."""
    table = parameters.in_force(PARAMETER, on=on)
    assert isinstance(table, Mapping)
    return {name: int(str(value)) or None for name, value in table.items()}


def cost_lines(month: Month, *, institution_id: int | None = None) -> list[CostLine]:
    """Every institution's lines of a month, by institution and kind; a fixed number of queries."""
    units = unit_costs(month.last_day)
    found = [
        CostLine(month, volume.institution_id, kind, volume.quantity, units[kind.field], volume.ids)
        for kind in kinds().values()
        for volume in kind.volumes(month)
        if institution_id in (None, volume.institution_id) and volume.quantity
    ]
    return sorted(found, key=lambda line: (line.institution_id, line.kind.name))


def proposed(lines: Iterable[CostLine]) -> int | None:
    """The sum of lines with a unit cost, fen; None where none has one."""
    known = [line.fen for line in lines if line.fen is not None]
    return sum(known) if known else None
