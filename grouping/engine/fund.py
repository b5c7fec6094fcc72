"""The three views of the fund's efficiency, cost control, quality and service, as figures (S4-18).

Pure: sums of two periods in, figures out, each with its numerator and denominator. Rounded once, half-up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from grouping.engine.exact import half_up

View = Literal["control", "quality", "service"]
Unit = Literal["yuan", "percent", "days", "index", "permille"]
VIEWS: tuple[View, ...] = ("control", "quality", "service")


@dataclass(frozen=True, slots=True)
class Sums:
    """One period over the alliance: cases, days, fen, weight exact (see grouping.reports.sql.FUND)."""

    cases: int = 0
    stay_days: int = 0
    cost_fen: int = 0
    stated: int = 0
    stated_cost_fen: int = 0
    own_pay_fen: int = 0
    drug_fen: int = 0
    consumable_fen: int = 0
    grouped: int = 0
    weighted: int = 0
    weight: Decimal = Decimal(0)
    deaths: int = 0
    against_advice: int = 0
    passed_on: int = 0
    primary_cases: int = 0
    long_stays: int = 0
    months: int = 1


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: its view, unit, and the two numbers it divides."""

    code: str
    view: View
    unit: Unit
    top: Callable[[Sums], int | Decimal]
    bottom: Callable[[Sums], int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of both periods; None where its denominator is empty. `n`: cases behind it now."""

    code: str
    view: View
    unit: Unit
    before: Decimal | None
    after: Decimal | None
    n: int

    @property
    def change(self) -> Decimal | None:
        """After less before, in the unit of the figure (percentage points for shares)."""
        return None if self.before is None or self.after is None else self.after - self.before


_PLACES: dict[Unit, int] = {"yuan": 2, "percent": 2, "days": 2, "index": 4, "permille": 2}
_TIMES: dict[Unit, Fraction] = {
    "yuan": Fraction(1, 100), "percent": Fraction(100), "days": Fraction(1), "index": Fraction(1),
    "permille": Fraction(1000),
}  # fmt: skip

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "fund_month", "control", "yuan", lambda s: s.stated_cost_fen - s.own_pay_fen, lambda s: s.months
    ),
    Definition("mean_cost", "control", "yuan", lambda s: s.cost_fen, lambda s: s.cases),
    Definition("drug_share", "control", "percent", lambda s: s.drug_fen, lambda s: s.cost_fen),
    Definition("consumable_share", "control", "percent", lambda s: s.consumable_fen, lambda s: s.cost_fen),
    Definition("grouping_rate", "quality", "percent", lambda s: s.grouped, lambda s: s.cases),
    Definition("cmi", "quality", "index", lambda s: s.weight, lambda s: s.weighted),
    Definition("mortality", "quality", "permille", lambda s: s.deaths, lambda s: s.cases),
    Definition("against_advice", "quality", "percent", lambda s: s.against_advice, lambda s: s.cases),
    Definition("mean_stay", "service", "days", lambda s: s.stay_days, lambda s: s.cases),
    Definition("burden", "service", "percent", lambda s: s.own_pay_fen, lambda s: s.stated_cost_fen),
    Definition("primary_share", "service", "percent", lambda s: s.primary_cases, lambda s: s.cases),
    Definition("passed_on", "service", "percent", lambda s: s.passed_on, lambda s: s.cases),
    Definition("long_stays", "service", "percent", lambda s: s.long_stays, lambda s: s.cases),
)


def figures(before: Sums, after: Sums) -> list[Figure]:
    """Every figure of both periods, in the order of the views."""
    return [
        Figure(one.code, one.view, one.unit, _value(one, before), _value(one, after), after.cases)
        for one in DEFINITIONS
    ]


def _value(one: Definition, sums: Sums) -> Decimal | None:
    bottom = one.bottom(sums)
    if not bottom or not sums.cases:
        return None
    return half_up(Fraction(one.top(sums)) / bottom * _TIMES[one.unit], _PLACES[one.unit])
