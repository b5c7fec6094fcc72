"""What one unit of weight is worth: rates, institution coefficients and adjustments as dated rows.

A case's standard (支付标准) is weight x rate x coefficient x quality x adjustment, rounded once, half-up, to
whole fen (definitions 2). The narrowest row wins: a rate of the insurance and level before one of either, an
institution's own coefficient before its level's. Of equal rows the latest begun holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeVar

from grouping.engine.exact import fen

Part = Literal["weight", "rate", "coefficient", "quality", "adjustment"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Fen for one unit of weight. insurance, level: "" = any. id: of the stored row."""

    fen: int
    from_date: date
    insurance: str = ""
    level: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An institution's factor k (S4-17). institution: its code, "" = every one of the level."""

    value: Decimal
    from_date: date
    institution: str = ""
    level: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A factor q for cases that meet all its conditions (S1-32); a factor of 1 ends it.

    most_weight: the weight is at most this. minimal: with a minimally invasive operation. ways: ways of
    discharge that count as a good outcome, () = any. drgs: only these groups, () = any.
    """

    code: str
    name: str
    factor: Decimal
    from_date: date
    most_weight: Decimal | None = None
    minimal: bool = False
    ways: tuple[int, ...] = ()
    drgs: tuple[str, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rows ask of a case. minimal, way None: not known, which meets no condition on them."""

    weight: Decimal
    institution: str = ""
    level: str = ""
    insurance: str = ""
    drg: str = ""
    minimal: bool | None = None
    way: int | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the formula: value, since when, which stored row (0: none, the value is neutral)."""

    part: Part
    value: Decimal
    since: date | None = None
    name: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Standard:
    """A case's standard in fen, None where no rate holds, and the factors it is made of, in order."""

    fen: int | None
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Tariff:
    """All rows that may hold in some period."""

    rates: Sequence[Rate] = ()
    coefficients: Sequence[Coefficient] = ()
    adjustments: Sequence[Adjustment] = field(default=())
    # Fen for one point of DIP, found as a rate is.
    points: Sequence[Rate] = ()
    # Factors of an institution's quality, found as its coefficient is; they count while the switch is on.
    qualities: Sequence[Coefficient] = ()
    # From which day on payment follows quality (S4-37), or no longer does.
    linked: Sequence[tuple[date, bool]] = ()

    @property
    def days(self) -> set[date]:
        """Every day on which some value begins to hold: between two of them nothing changes."""
        rows = (self.rates, self.coefficients, self.adjustments, self.points, self.qualities)
        return {row.from_date for kind in rows for row in kind} | {day for day, _on in self.linked}

    def standard(self, case: Subject, on: date) -> Standard:
        """The standard of a case discharged on a day; without a rate in force it has none."""
        rate, k = self.rate(case, on), self.coefficient(case, on)
        q, quality = self.adjustments_of(case, on), self.quality(case, on)
        factors = (
            Factor("weight", case.weight),
            *([Factor("rate", Decimal(rate.fen), rate.from_date, id=rate.id)] if rate else []),
            Factor("coefficient", k.value, k.from_date, id=k.id) if k else Factor("coefficient", Decimal(1)),
            *([Factor("quality", quality.value, quality.from_date, id=quality.id)] if quality else []),
            *(Factor("adjustment", row.factor, row.from_date, row.name, row.id) for row in q),
        )
        if rate is None:
            return Standard(None, factors)
        product = Fraction(1)
        for factor in factors:
            product *= Fraction(factor.value)
        return Standard(fen(product), factors)

    def rate(self, case: Subject, on: date) -> Rate | None:
        """The rate in force for a case's insurance and level."""
        return _narrowest_rate(self.rates, case, on)

    def point_value(self, case: Subject, on: date) -> Rate | None:
        """What a point of DIP is worth for a case's insurance and level."""
        return _narrowest_rate(self.points, case, on)

    def quality(self, case: Subject, on: date) -> Coefficient | None:
        """The quality factor of a case's institution; None while payment does not follow quality."""
        said = max((one for one in self.linked if one[0] <= on), default=(on, False))
        return _narrowest(self.qualities, case, on) if said[1] else None

    def coefficient(self, case: Subject, on: date) -> Coefficient | None:
        """The coefficient in force for a case's institution; None where nothing was decided: counts 1."""
        return _narrowest(self.coefficients, case, on)

    def adjustments_of(self, case: Subject, on: date) -> list[Adjustment]:
        """The adjustments in force that a case meets, by code; several multiply."""
        latest: dict[str, Adjustment] = {}
        for row in sorted(_begun(self.adjustments, on), key=lambda one: one.from_date):
            latest[row.code] = row
        return [row for _code, row in sorted(latest.items()) if row.factor != 1 and meets(case, row)]


Dated = TypeVar("Dated", Rate, Coefficient, Adjustment)


def _begun(rows: Iterable[Dated], on: date) -> list[Dated]:
    return [row for row in rows if row.from_date <= on]


def _narrowest_rate(rows: Iterable[Rate], case: Subject, on: date) -> Rate | None:
    fitting = [
        row
        for row in _begun(rows, on)
        if row.insurance in ("", case.insurance) and row.level in ("", case.level)
    ]
    return max(fitting, key=lambda row: (bool(row.insurance), bool(row.level), row.from_date), default=None)


def _narrowest(rows: Iterable[Coefficient], case: Subject, on: date) -> Coefficient | None:
    fitting = [
        row
        for row in _begun(rows, on)
        if (row.institution == case.institution if row.institution else row.level in ("", case.level))
    ]
    return max(fitting, key=lambda row: (bool(row.institution), bool(row.level), row.from_date), default=None)


def meets(case: Subject, row: Adjustment) -> bool:
    """Whether a case meets every condition of an adjustment."""
    if row.most_weight is not None and case.weight > row.most_weight:
        return False
    if row.minimal and not case.minimal:
        return False
    if row.ways and case.way not in row.ways:
        return False
    return not row.drgs or case.drg in row.drgs
