"""The effect of a payment reform: four figures of a period against another (S4-35, S4-36).

Mean stay and mean cost over discharges, the personal burden over the stays that state what the patient paid,
the fund's use a month. Pure, exact, rounded once half-up; below the least number of cases not assessed.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from grouping.engine.exact import half_up, quotient

REFERENCES = Path(__file__).resolve().parent.parent / "data" / "reform_reference.toml"


@dataclass(frozen=True, slots=True)
class Sums:
    """One period of one institution: discharges, days, charges (fen); of the stays that state it, how many,
    their charges and what their patients paid (fen); months of the period.
    """

    cases: int = 0
    stay_days: int = 0
    cost_fen: int = 0
    stated: int = 0
    stated_cost_fen: int = 0
    own_pay_fen: int = 0
    months: int = 1

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.cases + other.cases,
            self.stay_days + other.stay_days,
            self.cost_fen + other.cost_fen,
            self.stated + other.stated,
            self.stated_cost_fen + other.stated_cost_fen,
            self.own_pay_fen + other.own_pay_fen,
            self.months,
        )

    @property
    def mean_stay(self) -> Decimal | None:
        """Days of stay by discharges, two decimals."""
        return quotient(self.stay_days, self.cases, 2)

    @property
    def mean_cost_fen(self) -> int | None:
        """Charges by discharge, whole fen."""
        mean = quotient(self.cost_fen, self.cases, 0)
        return None if mean is None else int(mean)

    @property
    def burden_pct(self) -> Decimal | None:
        """个人负担: paid by patients of the charges of the stays that state it, percent, two decimals."""
        return quotient(100 * self.own_pay_fen, self.stated_cost_fen, 2)

    @property
    def fund_fen(self) -> int | None:
        """The fund's use a month: charges not paid by patients, of the stays that state it; whole fen."""
        if not self.stated:
            return None
        mean = quotient(self.stated_cost_fen - self.own_pay_fen, self.months, 0)
        return None if mean is None else int(mean)


Value = Decimal | int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of both periods and its change: percent of the value before, or percentage points.

    All None where a period has fewer than the least number of cases: not assessed.
    """

    before: Value
    after: Value
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Both periods of one institution (or the alliance) and the change of the four figures.

    `least`: fewer discharges in either period are not assessed.
    """

    before: Sums
    after: Sums
    least: int

    @property
    def assessed(self) -> bool:
        """Whether both periods have enough discharges."""
        return min(self.before.cases, self.after.cases) >= self.least

    @property
    def stay(self) -> Change:
        """Mean stay, change in percent."""
        return self._percent(self.before.mean_stay, self.after.mean_stay)

    @property
    def cost(self) -> Change:
        """Mean cost, change in percent."""
        return self._percent(self.before.mean_cost_fen, self.after.mean_cost_fen)

    @property
    def burden(self) -> Change:
        """Personal burden, change in percentage points; not assessed where too few stays state it."""
        before, after = self.before.burden_pct, self.after.burden_pct
        if not self._stated or before is None or after is None:
            return Change(None, None, None)
        return Change(before, after, after - before)

    @property
    def fund(self) -> Change:
        """The fund's use a month, change in percent."""
        if not self._stated:
            return Change(None, None, None)
        return self._percent(self.before.fund_fen, self.after.fund_fen)

    @property
    def _stated(self) -> bool:
        return self.assessed and min(self.before.stated, self.after.stated) >= self.least

    def _percent(self, before: Value, after: Value) -> Change:
        if not self.assessed or before is None or after is None:
            return Change(None, None, None)
        if not before:
            return Change(before, after, None)
        return Change(before, after, half_up((Fraction(after) / Fraction(before) - 1) * 100, 2))


@dataclass(frozen=True, slots=True)
class Reference:
    """Published figures of a place: cases behind them, changes as in `Effect`, when recorded, where from."""

    place_zh: str
    place_en: str
    cases: int
    stay: Decimal
    cost: Decimal
    burden: Decimal
    recorded: date
    source_zh: str
    source_en: str


def references(path: Path = REFERENCES) -> list[Reference]:
    """The reference cards of the data file."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))["reference"]
    numbers = ("stay", "cost", "burden")
    return [Reference(**{**one, **{name: Decimal(one[name]) for name in numbers}}) for one in raw]
