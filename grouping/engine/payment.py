"""What a case is paid under DRG and DIP: standard, class by multiple, payment, fund share (definitions 2, 3).

Pure and exact: weights, coefficients and ratios stay fractions, a case is rounded once, half-up, to whole
fen, totals are sums of rounded cases. Every limit comes with the rules: they are local and dated. Source of
every choice: the payment oracle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from grouping.engine.exact import fen, half_up

Class = Literal["normal", "high", "high_over_cap", "low", "out_of_scope", "ungrouped"]
Basis = Literal["standard", "mean"]
HighPay = Literal["cost", "excess", "standard", "points"]
LowPay = Literal["cost", "standard", "points"]
HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of a settlement period. Money in fen; weight None: the group has none.

    `k` is the institution's coefficient, `q` the quality or adjustment coefficient (1.1 for a bonus of 10 %),
    `mean_fen` the mean cost of the group at the same level, `unreasonable_fen` cost the insurer cut.
    """

    id: str
    hospital: str
    level: str
    weight: Decimal | None
    rate_fen: int
    k: Decimal
    q: Decimal
    stay_days: int
    bed_day: bool
    cost_fen: int
    unreasonable_fen: int = 0
    mean_fen: int | None = None
    patient_pay_fen: int = 0
    other_fen: int = 0


@dataclass(frozen=True, slots=True)
class Preset:
    """The rules of outliers of a city: multiples of the basis by level, how outliers are paid, the cap.

    basis "standard": high and low against the payment standard, high if above the multiple; basis "mean":
    against the mean of the group at the same level, high from the multiple on, which falls with the base
    points (`by_points`: up to so many points this multiple, the last for all above). `cap`: share of the
    hospital's cases that may be high; beyond it the standard is paid. `max_days`: from so many days on a stay
    is out of scope.
    """

    name: str
    basis: Basis
    low: Fraction
    high: Mapping[str, Fraction]
    high_pay: HighPay
    low_pay: LowPay
    by_points: Sequence[tuple[Fraction | None, Fraction]] = ()
    cap: Fraction | None = None
    max_days: int = 60


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of a case: its class, rank among the high ones, points (exact) and payment in fen."""

    kind: Class
    standard_fen: int | None = None
    payment_fen: int | None = None
    rank: int | None = None
    points: Fraction | None = None

    @property
    def shown_points(self) -> Decimal | None:
        """Points with four decimals; the payment comes from the exact ones."""
        return None if self.points is None else half_up(self.points, 4)


def standard_fen(case: Case) -> int | None:
    """Payment standard 支付标准: weight x rate x k x q, rounded once; None without a weight."""
    if case.weight is None:
        return None
    return fen(Fraction(case.weight) * case.rate_fen * Fraction(case.k) * Fraction(case.q))


def pay(cases: Iterable[Case], preset: Preset) -> dict[str, Paid]:
    """Class and payment of every case of one period, by id; the cap counts per hospital."""
    all_cases = list(cases)
    first = {case.id: _classed(case, preset) for case in all_cases}
    if preset.cap is None:
        return first
    for hospital in {case.hospital for case in all_cases}:
        own = [case for case in all_cases if case.hospital == hospital]
        _apply_cap(own, first, cap_of(len(own), preset.cap))
    return first


def cap_of(cases: int, share: Fraction) -> int:
    """How many high cases a hospital may have: the share of all its cases, rounded down."""
    return int(cases * share)


def _apply_cap(cases: list[Case], paid: dict[str, Paid], cap: int) -> None:
    """Rank the high cases of a hospital by excess over the standard; beyond the cap the standard is paid."""
    high = [case for case in cases if paid[case.id].kind == "high"]
    high.sort(key=lambda case: (-(case.cost_fen - (paid[case.id].standard_fen or 0)), case.id))
    for rank, case in enumerate(high, 1):
        one = paid[case.id]
        if rank > cap:
            paid[case.id] = Paid("high_over_cap", one.standard_fen, one.standard_fen, rank)
        else:
            paid[case.id] = Paid("high", one.standard_fen, one.payment_fen, rank)


def _classed(case: Case, preset: Preset) -> Paid:
    standard = standard_fen(case)
    if case.bed_day or case.stay_days >= preset.max_days:
        return Paid("out_of_scope", standard)
    if standard is None or case.weight is None:
        return Paid("ungrouped")
    if preset.basis == "mean":
        return _by_points(case, standard, Fraction(case.weight), preset)
    kind = class_of(case.cost_fen, standard, case.level, preset)
    return Paid(kind, standard, _payment(case, standard, kind, preset))


def class_of(cost_fen: int, standard: int, level: str, preset: Preset) -> Class:
    """Normal, high or low against the standard; both limits are strict."""
    if cost_fen > preset.high[level] * standard:
        return "high"
    return "low" if cost_fen < preset.low * standard else "normal"


def _payment(case: Case, standard: int, kind: Class, preset: Preset) -> int:
    if kind == "high" and preset.high_pay == "cost":
        return case.cost_fen
    if kind == "high" and preset.high_pay == "excess":
        return fen(standard + case.cost_fen - preset.high[case.level] * standard)
    if kind == "low" and preset.low_pay == "cost":
        return case.cost_fen
    return standard


def _by_points(case: Case, standard: int, weight: Fraction, preset: Preset) -> Paid:
    """Point method: the class on the full cost; unreasonable cost only lessens the extra points."""
    base = HUNDRED * weight
    multiple = next(value for most, value in preset.by_points if most is None or base <= most)
    if not case.mean_fen:
        return Paid("ungrouped")
    ratio = Fraction(case.cost_fen, case.mean_fen)
    points = base * Fraction(case.k) * Fraction(case.q)
    kind: Class = "normal"
    if ratio >= multiple:
        kind = "high"
        reasonable = Fraction(case.cost_fen - case.unreasonable_fen, case.mean_fen)
        points += max(Fraction(0), reasonable - multiple) * base
    elif ratio < preset.low:
        kind, points = "low", base * ratio
    return Paid(kind, standard, fen(points * case.rate_fen / HUNDRED), points=points)


@dataclass(frozen=True, slots=True)
class Share:
    """The fund's part of a payment, fen; `ratio` None where the bill is zero."""

    booked: int
    difference: int
    ratio: int | None


def fund_share(case: Case, payment: int) -> Share:
    """What the fund owes by the difference method (may be negative) and by the ratio method."""
    own = case.patient_pay_fen + case.other_fen
    booked = case.cost_fen - own
    ratio = fen(Fraction(payment * booked, case.cost_fen)) if case.cost_fen else None
    return Share(booked, payment - own, ratio)


def deposit_of(fund_due: int, share: Fraction) -> int:
    """Quality deposit 质量保证金: the share of what the fund owes, rounded half-up."""
    return fen(fund_due * share)


@dataclass(frozen=True, slots=True)
class DipRules:
    """Limits of DIP: multiples of last year's mean at the same level; both strict."""

    high: Fraction = Fraction(2)
    low: Fraction = Fraction(1, 2)


def pay_dip(
    rw: Decimal, point_value_fen: int, k: Decimal, mean_fen: int, cost_fen: int, rules: DipRules
) -> Paid:
    """DIP points and payment of one case: RW, more above the high limit, less below the low one."""
    ratio, points = Fraction(cost_fen, mean_fen), Fraction(rw)
    kind: Class = "normal"
    if ratio > rules.high:
        kind, points = "high", (ratio - rules.high + 1) * points
    elif ratio < rules.low:
        kind, points = "low", ratio * points
    return Paid(kind, None, fen(points * point_value_fen * Fraction(k)), points=points)


def rate_fen(fund_fen: int, reimbursement_ratio: Decimal, units: Decimal) -> tuple[int, int]:
    """Total cost budget, and rate (or point value), fen a unit of weight or points: fund / ratio / units."""
    total = Fraction(fund_fen) / Fraction(reimbursement_ratio)
    return fen(total), fen(total / Fraction(units))
