"""What each stay of a month is paid: its document, standard, class and payment under the tariff in force.

A stay is paid by its settlement list: one matched with its front page, or one a person said has none.
Without a list its front page stands in for it, as an estimate 预估. A list still to be matched is in no
figure, because its front page may be among the estimates; it is counted apart (practice.md section 2). The
standard comes from the rows in force on the day of discharge; classes, cap and payment from definitions 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters
from grouping.engine import payment
from grouping.engine.payment import Preset
from grouping.engine.paytype import OUT_OF_SCOPE
from grouping.engine.tariff import Subject, Tariff
from grouping.models import OperationCatalogue
from grouping.reports import sql
from grouping.services import payment_types, tariff

# RC032 of the front page: 城镇职工, 城镇居民, 新农合; hi_type of the list: 310 职工, 390 居民.
INSURANCES = {"1": "employee", "2": "resident", "3": "resident", "310": "employee", "390": "resident"}
UNPRICED = "unpriced"  # a group with a weight, but no rate in force on the day of discharge
PAID_CLASSES = ("low", "normal", "high", "high_over_cap")
UNPAID_CLASSES = ("out_of_scope", "ungrouped", UNPRICED)
CLASSES = (*PAID_CLASSES, *UNPAID_CLASSES)
NEVER = 10**9  # days: scope is decided by the table of payment types, not a second time


@dataclass(frozen=True, slots=True)
class PaidStay:
    """One stay as it is paid; money in fen. `kind` is one of CLASSES, `type` how the encounter is paid.

    standard_fen and payment_fen are None for the classes that no weight pays. `estimated`: paid by its front
    page for want of a list.
    """

    case: int
    institution: int
    department: str
    doctor: str
    drg: str
    type: str
    estimated: bool
    cost_fen: int
    kind: str
    standard_fen: int | None
    payment_fen: int | None

    @property
    def passed(self) -> bool:
        """Whether its cost is within its standard (S0-39)."""
        return self.standard_fen is not None and self.cost_fen <= self.standard_fen


def preset(month: Month) -> Preset:
    """The rules of outliers in force for the month; primary institutions count as secondary ones.

    High: standard + what exceeds the multiple; low: at cost; at most the capped share of a hospital's cases
    is high, the dearest over their standard first, others are paid the standard (definitions 2, default).
    """
    high: Any = parameters.in_force("drg.outlier.high", on=month.last_day)
    low = parameters.in_force("drg.outlier.low", on=month.last_day)
    cap = Fraction(str(parameters.in_force("drg.outlier.high_cap", on=month.last_day))) / 100
    multiples = {level: Fraction(str(value)) for level, value in high.items()}
    multiples.setdefault("primary", multiples["secondary"])
    return Preset(
        "in force", "standard", Fraction(str(low)), multiples, "excess", "cost", cap=cap, max_days=NEVER
    )


def paid(
    month: Month, institution: int | None = None, *, doctors: Iterable[str] = (), tables: Tariff | None = None
) -> list[PaidStay]:
    """Every stay of the month, of one institution or all, by case; a fixed number of queries.

    `doctors`: columns that name the doctor, first choice first. `tables`: the tariff, where it is at hand.
    """
    known = tariff.tables(month.last_day) if tables is None else tables
    asked = {
        **payment_types.asked(month, institution), "doctors": list(doctors), "minimal": _minimal(month),
    }  # fmt: skip
    pricing = _Pricing(known)
    rows = [dict(zip(_NAMES, row, strict=True)) for row in sql.stream(sql.PAID_CASES, **asked)]
    cases = [pricing.case(row) for row in rows]
    found = payment.pay(cases, preset(month))
    return [_stay(row, case, found[case.id]) for row, case in zip(rows, cases, strict=True)]


_NAMES = (
    *("id", "institution_id", "code", "level", "department", "doctor", "status", "drg", "weight"),
    *("total_fen", "way", "day", "insurance", "minimal", "type", "estimated"),
)


def _minimal(month: Month) -> list[str] | None:
    """The minimally invasive operations; None where no catalogue says which those are."""
    found = OperationCatalogue.objects.filter(from_date__lte=month.last_day).first()
    return list(found.codes) if found else None


def _stay(row: Mapping[str, Any], case: payment.Case, paid: payment.Paid) -> PaidStay:
    kind = str(paid.kind)
    if kind == "ungrouped" and row["weight"] is not None:
        kind = UNPRICED
    inside = kind in PAID_CLASSES
    return PaidStay(
        row["id"], row["institution_id"], row["department"], row["doctor"], row["drg"] or "",
        row["type"] or "", row["estimated"], row["total_fen"], kind,
        paid.standard_fen if inside else None, paid.payment_fen if inside else None,
    )  # fmt: skip


class _Pricing:
    """Prices rows; cases of one group, place and day share their factors, which are worked out once."""

    def __init__(self, tables: Tariff) -> None:
        self._tables = tables
        self._known: dict[tuple[Any, ...], tuple[int, Decimal, Decimal] | None] = {}

    def case(self, row: Mapping[str, Any]) -> payment.Case:
        """The row as the engine takes it; without a rate in force its weight pays nothing."""
        factors = None if row["weight"] is None else self._factors(row)
        rate, k, q = factors or (0, Decimal(1), Decimal(1))
        return payment.Case(
            id=f"{row['id']:019}", hospital=row["code"], level=row["level"],
            weight=row["weight"] if factors else None, rate_fen=rate, k=k, q=q, stay_days=0,
            bed_day=row["type"] in OUT_OF_SCOPE, cost_fen=row["total_fen"],
        )  # fmt: skip

    def _factors(self, row: Mapping[str, Any]) -> tuple[int, Decimal, Decimal] | None:
        subject = Subject(
            row["weight"], row["code"], row["level"], INSURANCES.get(row["insurance"], ""), row["drg"],
            row["minimal"], row["way"],
        )  # fmt: skip
        key = (*(getattr(subject, name) for name in subject.__slots__), row["day"])
        if key not in self._known:
            self._known[key] = factors(self._tables, subject, row["day"])
        return self._known[key]


def factors(tables: Tariff, subject: Subject, on: date) -> tuple[int, Decimal, Decimal] | None:
    """Rate (fen), coefficient k, quality times adjustments q of a case's day of discharge; None: no rate."""
    rate, k = tables.rate(subject, on), tables.coefficient(subject, on)
    if rate is None:
        return None
    quality = tables.quality(subject, on)
    q = quality.value if quality else Decimal(1)
    for row in tables.adjustments_of(subject, on):
        q *= row.factor
    return rate.fen, k.value if k else Decimal(1), q
