"""Metrics of grouped stays: what a hospital, department or group did in a month (definitions section 1).

Pure sums over stays: the yardstick for the same figures computed in SQL. Rounded once, half-up, from the
exact fraction; an empty denominator gives None, never 0. Groups without weight stay out of weight and CMI.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

from grouping.engine.result import Status

Level = Literal["alliance", "hospital", "department", "drg"]
Place = tuple[Level, str, str, str]

STABLE_N = 5
EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedStay:
    """One discharged stay with its group. month: of the discharge, YYYY-MM; stay in days; cost in fen.

    `weight` is None where the scheme knows none for the group.
    """

    hospital: str
    department: str
    month: str
    status: Status
    drg: str
    weight: Decimal | None
    stay_days: int
    cost_fen: int
    died: bool


@dataclass(slots=True)
class Tally:
    """Running sums of some stays and the metrics that follow from them."""

    submitted: int = 0
    grouped: int = 0
    ungrouped: int = 0
    ambiguous: int = 0
    weighted_cases: int = 0
    weight_sum: Decimal = Decimal(0)
    stay_days: int = 0
    cost_fen: int = 0
    deaths: int = 0
    cases_by_drg: Counter[str] = field(default_factory=Counter)

    def add(self, stay: GroupedStay) -> None:
        """Count one more stay."""
        self.submitted += 1
        self.ungrouped += stay.status is Status.UNGROUPABLE
        self.ambiguous += stay.status is Status.AMBIGUOUS
        self.stay_days += stay.stay_days
        self.cost_fen += stay.cost_fen
        self.deaths += stay.died
        if stay.status is Status.GROUPED:
            self._add_grouped(stay)

    def _add_grouped(self, stay: GroupedStay) -> None:
        self.grouped += 1
        self.cases_by_drg[stay.drg] += 1
        if stay.weight is not None:
            self.weighted_cases += 1
            self.weight_sum = EXACT.add(self.weight_sum, stay.weight)

    @property
    def unweighted_grouped(self) -> int:
        """Grouped cases whose group has no weight."""
        return self.grouped - self.weighted_cases

    @property
    def grouping_rate_pct(self) -> Decimal | None:
        """入组率: grouped of submitted, percent, two decimals; ambiguous cases are not grouped."""
        return _quotient(100 * self.grouped, self.submitted, 2)

    @property
    def total_weight(self) -> Decimal | None:
        """Exact sum of the weights, not rounded; None when no case has a weight."""
        return self.weight_sum if self.weighted_cases else None

    @property
    def cmi(self) -> Decimal | None:
        """Total weight by weighted cases, four decimals."""
        return _quotient(self.weight_sum, self.weighted_cases, 4)

    @property
    def mean_stay(self) -> Decimal | None:
        """平均住院日: days of stay by submitted stays, two decimals."""
        return _quotient(self.stay_days, self.submitted, 2)

    @property
    def mean_cost_fen(self) -> int | None:
        """次均费用: cost by submitted stays, whole fen."""
        mean = _quotient(self.cost_fen, self.submitted, 0)
        return None if mean is None else int(mean)

    @property
    def drg_count(self) -> int:
        """DRG组数: distinct groups with a case."""
        return len(self.cases_by_drg)

    @property
    def drg_count_n5(self) -> int:
        """Distinct groups with at least five cases."""
        return sum(cases >= STABLE_N for cases in self.cases_by_drg.values())


def tally(stays: Iterable[GroupedStay]) -> dict[Place, Tally]:
    """Sum stays by (level, hospital, month, key), one pass.

    Levels: alliance (hospital and key empty), hospital (key empty), department (key: its code), drg (key: the
    group; grouped stays only).
    """
    found: dict[Place, Tally] = {}
    for stay in stays:
        for place in _places(stay):
            found.setdefault(place, Tally()).add(stay)
    return found


def _places(stay: GroupedStay) -> Iterator[Place]:
    yield "alliance", "", stay.month, ""
    yield "hospital", stay.hospital, stay.month, ""
    yield "department", stay.hospital, stay.month, stay.department
    if stay.status is Status.GROUPED:
        yield "drg", stay.hospital, stay.month, stay.drg


def _quotient(top: int | Decimal, bottom: int, places: int) -> Decimal | None:
    """top / bottom, both at least zero, rounded half-up to `places` decimals; None when bottom is zero."""
    if not bottom:
        return None
    scaled = Fraction(top) / bottom * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units).scaleb(-places, EXACT)
