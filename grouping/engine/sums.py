"""Sums over stays: the columns of the stored roll-up, added stay by stay (definitions section 1)."""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from grouping.engine.benchmark import Group, Norms
from grouping.engine.exact import EXACT
from grouping.engine.result import Status
from grouping.engine.stays import FEE_CLASSES, GroupedStay


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits an alliance decides: hours of day surgery (inclusive; `delayed` recovery), unusual cost as
    multiples of the benchmark mean of the DRG (strict).
    """

    day: timedelta = timedelta(hours=24)
    delayed: timedelta = timedelta(hours=48)
    high: Fraction = Fraction(3)
    low: Fraction = Fraction(2, 5)


RULES = Rules()


@dataclass(slots=True)
class Sums:
    """What is only added up: the columns of the stored roll-up. Money in fen, weight exact, stay in days."""

    submitted: int = 0
    grouped: int = 0
    ungrouped: int = 0
    ambiguous: int = 0
    adrg_only: int = 0
    pending: int = 0
    out_of_scope: int = 0
    out_of_scope_grouped: int = 0
    weighted_cases: int = 0
    weight_sum: Decimal = Decimal(0)
    stay_days: int = 0
    cost_fen: int = 0
    own_pay_fen: int = 0
    own_pay_cost_fen: int = 0
    deaths: int = 0
    day_surgery_24h: int = 0
    day_surgery_48h: int = 0
    day_surgery_24h_any_procedure: int = 0
    table_times: int = 0
    level3_times: int = 0
    level4_times: int = 0
    minimal_times: int = 0
    elective_times: int = 0
    day_times: int = 0
    service_fen: int = 0
    exam_fen: int = 0
    treatment_fen: int = 0
    rehabilitation_fen: int = 0
    tcm_fen: int = 0
    western_drugs_fen: int = 0
    patent_drugs_fen: int = 0
    herbal_drugs_fen: int = 0
    blood_fen: int = 0
    consumables_fen: int = 0
    other_fen: int = 0

    def absorb(self, other: "Sums") -> None:
        """Add the sums of other stays."""
        for name in SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.weight_sum = EXACT.add(self.weight_sum, other.weight_sum)


SUMMED = tuple(one.name for one in fields(Sums) if one.name != "weight_sum")


@dataclass(slots=True)
class Counted(Sums):
    """Sums of some stays and of their grouped cases by DRG, filled stay by stay."""

    groups: dict[str, Group] = field(default_factory=dict)
    cases_over: int = 0
    cases_below: int = 0
    # Against the payment standard, where a rate is in force: filled from outside.
    priced: int = 0
    passed: int = 0
    high_cases: int = 0
    over_cap_cases: int = 0
    low_cases: int = 0
    estimated: int = 0

    def add(self, stay: GroupedStay, rules: Rules = RULES) -> None:
        """Count one more stay."""
        self.submitted += 1
        self.ungrouped += stay.status is Status.UNGROUPABLE
        self.ambiguous += stay.status is Status.AMBIGUOUS
        self.adrg_only += stay.status is Status.ADRG_ONLY
        self.out_of_scope += not stay.in_scope
        self.out_of_scope_grouped += not stay.in_scope and stay.status is Status.GROUPED
        self.stay_days += stay.stay_days
        self.deaths += stay.died
        self._add_money(stay)
        self._add_operations(stay, rules)
        if stay.status is Status.GROUPED:
            self._add_grouped(stay)

    def _add_money(self, stay: GroupedStay) -> None:
        self.cost_fen += stay.cost_fen
        if stay.own_pay_fen is not None:
            self.own_pay_fen += stay.own_pay_fen
            self.own_pay_cost_fen += stay.cost_fen
        for name, columns in FEE_CLASSES.items():
            paid = sum(stay.fees.get(column, 0) for column in columns)
            setattr(self, f"{name}_fen", getattr(self, f"{name}_fen") + paid)

    def _add_operations(self, stay: GroupedStay, rules: Rules) -> None:
        day = is_day_surgery(stay, rules.day)
        self.day_surgery_24h += day
        self.day_surgery_48h += is_day_surgery(stay, rules.delayed)
        self.day_surgery_24h_any_procedure += stay.treated and not stay.died and _within(stay, rules.day)
        self.table_times += len(stay.sessions)
        self.level3_times += sum(one.level == 3 for one in stay.sessions)
        self.level4_times += sum(one.level == 4 for one in stay.sessions)
        self.minimal_times += sum(one.minimal for one in stay.sessions)
        if not stay.emergency:
            self.elective_times += len(stay.sessions)
            self.day_times += len(stay.sessions) if day else 0

    def _add_grouped(self, stay: GroupedStay) -> None:
        self.grouped += 1
        group = self.groups.setdefault(stay.drg, Group())
        group += Group(1, stay.cost_fen, stay.stay_days, int(stay.died))
        if stay.weight is not None:
            self.weighted_cases += 1
            self.weight_sum = EXACT.add(self.weight_sum, stay.weight)


def unusual(stay: GroupedStay, norms: Norms, rules: Rules) -> tuple[bool, bool]:
    """Whether a grouped stay costs more than the high, or less than the low multiple of its DRG's mean."""
    mean = norms[stay.drg].mean_cost if stay.status is Status.GROUPED and stay.drg in norms else None
    if mean is None:
        return False, False
    return stay.cost_fen > rules.high * mean, stay.cost_fen < rules.low * mean


def is_day_surgery(stay: GroupedStay, within: timedelta) -> bool:
    """Whether admission, an operation and discharge alive lie within the time, inclusive to the second."""
    return stay.operated and not stay.died and _within(stay, within)


def _within(stay: GroupedStay, within: timedelta) -> bool:
    return stay.lasted is not None and stay.lasted <= within
