"""The benchmark of groups: mean cost, mean stay and risk grade of each DRG (definitions section 1).

Either computed from one's own cases, then labelled local, or a published list: a national list of risk grades
wins over any own computation. Means stay exact fractions; the logarithms are taken with 50 digits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Self

LOW, MID_LOW, MID_HIGH, HIGH = 1, 2, 3, 4
_LOGARITHM = Context(prec=50)


@dataclass(slots=True)
class Group:
    """Sums over the grouped cases of one DRG: cost in fen, stay in days."""

    cases: int = 0
    cost_fen: int = 0
    stay_days: int = 0
    deaths: int = 0

    def __iadd__(self, other: "Group") -> Self:
        self.cases += other.cases
        self.cost_fen += other.cost_fen
        self.stay_days += other.stay_days
        self.deaths += other.deaths
        return self


@dataclass(frozen=True, slots=True)
class Norm:
    """What a DRG is compared with: exact mean cost (fen) and mean stay (days), risk grade 0 to 4.

    None: not known. `cases` is the number behind own means, None for a published list.
    """

    mean_cost: Fraction | None
    mean_stay: Fraction | None
    risk: int | None
    cases: int | None = None


Norms = Mapping[str, Norm]


def local_norms(groups: Mapping[str, Group]) -> dict[str, Norm]:
    """The benchmark computed from own cases: means over all of them, risk grades by `risk_grades`."""
    grades = risk_grades(groups)
    return {
        drg: Norm(Fraction(sums.cost_fen, sums.cases), Fraction(sums.stay_days, sums.cases), grades[drg],
                  sums.cases)
        for drg, sums in groups.items()
        if sums.cases
    }  # fmt: skip


def risk_grades(groups: Mapping[str, Group]) -> dict[str, int | None]:
    """Risk grade of each DRG with cases: 0 without deaths, else by where ln(deaths / cases) lies.

    Against mean and sample standard deviation over the groups with deaths, each counting once: 1 low below
    mean - sd, 2 below the mean, 3 below mean + sd, 4 else. None where fewer than two groups have deaths: one
    value has no deviation. Source: definitions section 1 (Beijing method), metrics oracle.
    """
    logs = {
        drg: (_LOGARITHM.divide(Decimal(sums.deaths), Decimal(sums.cases))).ln(_LOGARITHM)
        for drg, sums in groups.items()
        if sums.deaths
    }
    limits = _limits(logs.values())
    return {
        drg: (0 if not sums.deaths else None if limits is None else _grade(logs[drg], *limits))
        for drg, sums in groups.items()
        if sums.cases
    }


def _limits(logs: Iterable[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Mean and sample standard deviation (n - 1); None for fewer than two values."""
    values = list(logs)
    if len(values) < 2:
        return None
    mean = Fraction(sum(map(Fraction, values)), len(values))
    variance = sum((Fraction(value) - mean) ** 2 for value in values) / (len(values) - 1)
    return _decimal(mean), _LOGARITHM.sqrt(_decimal(Fraction(variance)))


def _decimal(value: Fraction) -> Decimal:
    return _LOGARITHM.divide(Decimal(value.numerator), Decimal(value.denominator))


def _grade(value: Decimal, mean: Decimal, deviation: Decimal) -> int:
    if value < _LOGARITHM.subtract(mean, deviation):
        return LOW
    if value < mean:
        return MID_LOW
    return MID_HIGH if value < _LOGARITHM.add(mean, deviation) else HIGH
