"""The statement of a hospital and month: counts by class, costs, payment, fund share, deposit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from grouping.engine.exact import percent
from grouping.engine.payment import Case, Paid, cap_of, deposit_of, fund_share


@dataclass(slots=True)
class Statement:
    """Sums of one hospital under one preset, fen; `*_a` difference method, `*_b` ratio method."""

    cases: int = 0
    in_scope: int = 0
    grouped: int = 0
    high: int = 0
    high_over_cap: int = 0
    normal: int = 0
    low: int = 0
    total_cost_fen: int = 0
    standard_total_fen: int = 0
    payment_total_fen: int = 0
    booked_fen: int = 0
    fund_due_difference_fen: int = 0
    fund_due_ratio_fen: int = 0
    difference_a_fen: int = 0
    difference_b_fen: int = 0
    low_cost_pass_cases: int = 0

    def add(self, case: Case, paid: Paid) -> None:
        """Count one more case; out of scope and without weight it is only counted."""
        self.cases += 1
        self.in_scope += paid.kind != "out_of_scope"
        if paid.payment_fen is None or paid.standard_fen is None:
            return
        self.grouped += 1
        setattr(self, paid.kind, getattr(self, paid.kind) + 1)
        self.total_cost_fen += case.cost_fen
        self.standard_total_fen += paid.standard_fen
        self.payment_total_fen += paid.payment_fen
        self.low_cost_pass_cases += case.cost_fen <= paid.standard_fen
        self._add_share(case, paid.payment_fen)

    def _add_share(self, case: Case, payment: int) -> None:
        share = fund_share(case, payment)
        self.booked_fen += share.booked
        self.fund_due_difference_fen += share.difference
        self.difference_a_fen += share.difference - share.booked
        if share.ratio is not None:
            self.fund_due_ratio_fen += share.ratio
            self.difference_b_fen += share.ratio - share.booked

    @property
    def surplus_fen(self) -> int:
        """Payment less cost (S0-03)."""
        return self.payment_total_fen - self.total_cost_fen

    @property
    def settlement_pass_rate_pct(self) -> Decimal | None:
        """费用结算合格率 (S0-39): cases whose cost is at most the standard, of those with a payment."""
        return percent(self.low_cost_pass_cases, self.grouped)

    def cap(self, share: Fraction) -> int:
        """High cases the hospital may have."""
        return cap_of(self.cases, share)

    def deposits(self, share: Fraction) -> tuple[int, int]:
        """Deposit by the difference and by the ratio method; what remains of the fund's due is prepaid."""
        return deposit_of(self.fund_due_difference_fen, share), deposit_of(self.fund_due_ratio_fen, share)


def statements(cases: Iterable[Case], paid: Mapping[str, Paid]) -> dict[str, Statement]:
    """One statement a hospital."""
    found: dict[str, Statement] = {}
    for case in cases:
        found.setdefault(case.hospital, Statement()).add(case, paid[case.id])
    return found
