"""What another scheme would shift: cases, weight and money of the same stays grouped twice (S4-15, S4-37)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from grouping.engine.exact import quotient
from grouping.engine.tariff import Subject, Tariff

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Cases alike in all that decides their weight and money. A weight is None where the case has none.

    institution, level, department: where. on: a day on which the same tariff holds as on theirs.
    """

    institution: str
    level: str
    department: str
    insurance: str
    way: int | None
    minimal: bool
    old_drg: str
    old_weight: Decimal | None
    new_drg: str
    new_weight: Decimal | None
    on: date
    cases: int
    old_grouped: bool
    new_grouped: bool


@dataclass(slots=True)
class Side:
    """One side of a sum: cases in a group, cases with a weight, their total weight, their standard in fen."""

    grouped: int = 0
    weighted: int = 0
    weight: Decimal = Decimal(0)
    fen: int = 0
    without_rate: int = 0

    @property
    def cmi(self) -> Decimal | None:
        """Case-mix index with four decimals; None without a weighted case."""
        return quotient(self.weight, self.weighted, 4)


@dataclass(slots=True)
class Shift:
    """Both sides of some cases. changed: cases whose group is another one. lost and gained: cases that were
    in a group and are in none any more, and the other way round.
    """

    cases: int = 0
    changed: int = 0
    lost: int = 0
    gained: int = 0
    old: Side = field(default_factory=Side)
    new: Side = field(default_factory=Side)

    @property
    def weight(self) -> Decimal:
        """How much total weight rises."""
        return self.new.weight - self.old.weight

    @property
    def fen(self) -> int:
        """How much the standards rise, in fen; only where a rate is in force."""
        return self.new.fen - self.old.fen


@dataclass(slots=True)
class Shifts:
    """Sums by key: of all, by institution, by institution and department, by old and new group."""

    all: Shift = field(default_factory=Shift)
    institutions: dict[str, Shift] = field(default_factory=dict)
    departments: dict[tuple[str, str], Shift] = field(default_factory=dict)
    moves: dict[tuple[str, str], Shift] = field(default_factory=dict)


def shifts(rows: Iterable[Alike], tariff: Tariff) -> Shifts:
    """Sum what changes; a case's standard is rounded by itself, so totals are sums of rounded cases."""
    found = Shifts()
    for row in rows:
        old, new = (
            _fen(row, row.old_drg, row.old_weight, tariff),
            _fen(row, row.new_drg, row.new_weight, tariff),
        )
        sums = [
            found.all,
            found.institutions.setdefault(row.institution, Shift()),
            found.departments.setdefault((row.institution, row.department), Shift()),
        ]
        if row.old_drg != row.new_drg or row.old_weight != row.new_weight:
            sums.append(found.moves.setdefault((row.old_drg, row.new_drg), Shift()))
        for one in sums:
            one.cases += row.cases
            one.changed += row.cases if row.old_drg != row.new_drg else 0
            one.lost += row.cases if row.old_grouped and not row.new_grouped else 0
            one.gained += row.cases if row.new_grouped and not row.old_grouped else 0
            one.old.grouped += row.cases if row.old_grouped else 0
            one.new.grouped += row.cases if row.new_grouped else 0
            _add(one.old, row.old_weight, old, row.cases)
            _add(one.new, row.new_weight, new, row.cases)
    return found


def _fen(row: Alike, drg: str, weight: Decimal | None, tariff: Tariff) -> int | None:
    if weight is None:
        return None
    subject = Subject(weight, row.institution, row.level, row.insurance, drg, row.minimal, row.way)
    return tariff.standard(subject, row.on).fen


def _add(side: Side, weight: Decimal | None, fen: int | None, cases: int) -> None:
    if weight is None:
        return
    side.weighted += cases
    side.weight += weight * cases
    side.fen += (fen or 0) * cases
    side.without_rate += cases if fen is None else 0


def share(part: Decimal | int, whole: Decimal | int) -> Fraction | None:
    """part / whole; None when the whole is zero."""
    return Fraction(part) / Fraction(whole) if whole else None
