"""Metrics of grouped stays: what a hospital, department, doctor or group did in a month (definitions 1).

Pure sums over stays, and what follows from them: the yardstick for the same sums made in SQL. Rounded once,
half-up, from the exact fraction; an empty denominator gives None, never 0. Groups without weight stay out of
weight and CMI; shares and means are over all submitted stays, indices and risk over grouped ones.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from grouping.engine.benchmark import LOW, MID_LOW, Group, Norms
from grouping.engine.exact import percent, quotient
from grouping.engine.result import Status
from grouping.engine.stays import GroupedStay
from grouping.engine.sums import RULES, Counted, Rules, unusual

Level = Literal["alliance", "hospital", "department", "doctor", "drg"]
Place = tuple[Level, str, str, str]

STABLE_N = 5


@dataclass(slots=True)
class Tally(Counted):
    """Sums of some stays and the metrics that follow from them."""

    @property
    def settlement_pass_rate_pct(self) -> Decimal | None:
        """费用结算合格率 (S0-39): cases with a cost within the standard, of those that have one, percent."""
        return percent(self.passed, self.priced)

    @property
    def unweighted_grouped(self) -> int:
        """Grouped cases whose group has no weight."""
        return self.grouped - self.weighted_cases

    @property
    def grouping_rate_pct(self) -> Decimal | None:
        """入组率: grouped of all submitted front pages, percent, two decimals; ambiguous are not grouped.

        The oracle's denominator; `scope_grouping_rate_pct` leaves out what is paid by bed-day and the like.
        """
        return percent(self.grouped, self.submitted)

    @property
    def in_scope(self) -> int:
        """Submitted front pages that DRG or DIP pays."""
        return self.submitted - self.out_of_scope

    @property
    def in_scope_grouped(self) -> int:
        """Grouped cases among them."""
        return self.grouped - self.out_of_scope_grouped

    @property
    def scope_grouping_rate_pct(self) -> Decimal | None:
        """入组率 of what the groups pay (definitions 1: submitted = in-scope front pages), percent."""
        return percent(self.in_scope_grouped, self.in_scope)

    @property
    def total_weight(self) -> Decimal | None:
        """Exact sum of the weights, not rounded; None when no case has a weight."""
        return self.weight_sum if self.weighted_cases else None

    @property
    def cmi(self) -> Decimal | None:
        """Total weight by weighted cases, four decimals."""
        return quotient(self.weight_sum, self.weighted_cases, 4)

    @property
    def mean_stay(self) -> Decimal | None:
        """平均住院日: days of stay by submitted stays, two decimals."""
        return quotient(self.stay_days, self.submitted, 2)

    @property
    def mean_cost_fen(self) -> int | None:
        """次均费用: cost by submitted stays, whole fen."""
        mean = quotient(self.cost_fen, self.submitted, 0)
        return None if mean is None else int(mean)

    @property
    def drg_count(self) -> int:
        """DRG组数: distinct groups with a case."""
        return len(self.groups)

    @property
    def drg_count_n5(self) -> int:
        """Distinct groups with at least five cases."""
        return sum(group.cases >= STABLE_N for group in self.groups.values())

    @property
    def drug_fen(self) -> int:
        """Charges for drugs: western, Chinese patent and herbal (D23 to D25)."""
        return self.western_drugs_fen + self.patent_drugs_fen + self.herbal_drugs_fen

    @property
    def drug_share_pct(self) -> Decimal | None:
        """药占比: drugs of the cost, percent."""
        return percent(self.drug_fen, self.cost_fen)

    @property
    def drug_share_no_herbal_pct(self) -> Decimal | None:
        """Drug share without 中药饮片: the numerator only."""
        return percent(self.drug_fen - self.herbal_drugs_fen, self.cost_fen)

    @property
    def consumable_share_pct(self) -> Decimal | None:
        """耗占比: single-use material of the cost, percent."""
        return percent(self.consumables_fen, self.cost_fen)

    @property
    def exam_share_pct(self) -> Decimal | None:
        """检查检验占比: pathology, laboratory, imaging and clinical diagnostics of the cost, percent."""
        return percent(self.exam_fen, self.cost_fen)

    @property
    def service_income_fen(self) -> int:
        """Charges without drugs, single-use material, examinations and tests."""
        return self.cost_fen - self.drug_fen - self.consumables_fen - self.exam_fen

    @property
    def level34_times(self) -> int:
        """Table-times of levels 3 and 4."""
        return self.level3_times + self.level4_times

    @property
    def service_income_share_pct(self) -> Decimal | None:
        """医疗服务收入占比: cost without drugs, material, examinations and tests, percent of the cost."""
        return percent(self.service_income_fen, self.cost_fen)

    @property
    def own_pay_share_pct(self) -> Decimal | None:
        """Paid by the patients (D09) of the cost of the stays that say so, percent."""
        return percent(self.own_pay_fen, self.own_pay_cost_fen)

    @property
    def operation_share_pct(self) -> Decimal | None:
        """手术占比: table-times by discharges, percent; above 100 where stays have several."""
        return percent(self.table_times, self.submitted)

    @property
    def level4_share_pct(self) -> Decimal | None:
        """四级手术占比: table-times of level 4 of all table-times, percent."""
        return percent(self.level4_times, self.table_times)

    @property
    def level34_share_pct(self) -> Decimal | None:
        """三四级手术占比: table-times of levels 3 and 4 of all table-times, percent."""
        return percent(self.level34_times, self.table_times)

    @property
    def minimal_share_pct(self) -> Decimal | None:
        """微创手术占比: table-times with an operation of the catalogue of all table-times, percent."""
        return percent(self.minimal_times, self.table_times)

    @property
    def day_share_pct(self) -> Decimal | None:
        """日间手术占择期手术比例: elective table-times of day surgery of the elective ones, percent."""
        return percent(self.day_times, self.elective_times)

    def cei(self, norms: Norms) -> Decimal | None:
        """费用消耗指数: mean of cost / benchmark mean of the DRG over grouped cases, four decimals.

        Groups the benchmark does not know are left out of both sides.
        """
        known = {drg: norms[drg].mean_cost for drg in self.groups if drg in norms}
        return self._index(known, {drg: self.groups[drg].cost_fen for drg in known})

    def tei(self, norms: Norms) -> Decimal | None:
        """时间消耗指数: as `cei`, of days of stay."""
        known = {drg: norms[drg].mean_stay for drg in self.groups if drg in norms}
        return self._index(known, {drg: self.groups[drg].stay_days for drg in known})

    def _index(self, means: Mapping[str, Fraction | None], sums: Mapping[str, int]) -> Decimal | None:
        known = {drg: mean for drg, mean in means.items() if mean}
        ratio = sum((sums[drg] / mean for drg, mean in known.items()), start=Fraction(0))
        return quotient(ratio, sum(self.groups[drg].cases for drg in known), 4)

    def risk(self, norms: Norms, grade: int) -> Group:
        """Sums over the grouped cases in DRGs of a risk grade (1 low, 2 mid-low, 3 mid-high, 4 high)."""
        found = Group()
        for drg, group in self.groups.items():
            if drg in norms and norms[drg].risk == grade:
                found += group
        return found

    def risk_mortality(self, norms: Norms, grade: int, per: int = 100) -> Decimal | None:
        """Deaths per 100 (or 10,000) discharges of a risk grade, two decimals."""
        found = self.risk(norms, grade)
        return quotient(per * found.deaths, found.cases, 2)


def tally(
    stays: Iterable[GroupedStay], norms: Norms | None = None, rules: Rules = RULES
) -> dict[Place, Tally]:
    """Sum stays by (level, hospital, month, key), one pass; with a benchmark also cases of unusual cost.

    Levels: alliance (hospital and key empty), hospital (key empty), department (key: its code), doctor (key:
    the name, where there is one), drg (key: the group; grouped stays only).
    """
    found: dict[Place, Tally] = {}
    for stay in stays:
        over, below = unusual(stay, norms or {}, rules)
        for place in _places(stay):
            sums = found.setdefault(place, Tally())
            sums.add(stay, rules)
            sums.cases_over += over
            sums.cases_below += below
    return found


def _places(stay: GroupedStay) -> Iterator[Place]:
    yield "alliance", "", stay.month, ""
    yield "hospital", stay.hospital, stay.month, ""
    yield "department", stay.hospital, stay.month, stay.department
    if stay.doctor:
        yield "doctor", stay.hospital, stay.month, stay.doctor
    if stay.status is Status.GROUPED:
        yield "drg", stay.hospital, stay.month, stay.drg


def columns(sums: Tally, norms: Norms) -> dict[str, int | Decimal | None]:
    """The metrics of a tally by name, those of definitions section 1; None where nothing can be divided."""
    return {name: column(sums, norms, name) for name in (*PLAIN, *BY_NORMS)}


def column(sums: Tally, norms: Norms, name: str) -> int | Decimal | None:
    """One of `columns`, and nothing but it."""
    found: int | Decimal | None = BY_NORMS[name](sums, norms) if name in BY_NORMS else getattr(sums, name)
    return found


PLAIN = (
    *("out_of_scope", "in_scope", "in_scope_grouped", "scope_grouping_rate_pct", "estimated"),
    *("submitted", "grouped", "grouping_rate_pct", "ungrouped", "ambiguous", "drg_count", "drg_count_n5"),
    *("weighted_cases", "unweighted_grouped", "total_weight", "cmi", "stay_days", "mean_stay", "cost_fen"),
    *("mean_cost_fen", "drug_share_pct", "drug_share_no_herbal_pct", "consumable_share_pct"),
    *("exam_share_pct", "deaths", "day_surgery_24h", "day_surgery_48h", "day_surgery_24h_any_procedure"),
    *("own_pay_fen", "own_pay_share_pct", "service_income_share_pct", "operation_share_pct"),
    *("level4_share_pct", "level34_share_pct", "minimal_share_pct", "day_share_pct"),
    *("settlement_pass_rate_pct", "high_cases", "over_cap_cases", "low_cases"),
)
# What needs the benchmark, or bears another name here than the sum it is.
BY_NORMS: Mapping[str, Callable[[Tally, Norms], int | Decimal | None]] = {
    "cei": Tally.cei,
    "tei": Tally.tei,
    "lowrisk_cases": lambda sums, norms: sums.risk(norms, LOW).cases,
    "lowrisk_deaths": lambda sums, norms: sums.risk(norms, LOW).deaths,
    "lowrisk_mortality_pct": lambda sums, norms: sums.risk_mortality(norms, LOW),
    "lowrisk_mortality_per_10000": lambda sums, norms: sums.risk_mortality(norms, LOW, 10_000),
    "midlow_cases": lambda sums, norms: sums.risk(norms, MID_LOW).cases,
    "midlow_deaths": lambda sums, norms: sums.risk(norms, MID_LOW).deaths,
    "midlow_mortality_pct": lambda sums, norms: sums.risk_mortality(norms, MID_LOW),
    "cases_over_3x": lambda sums, _norms: sums.cases_over,
    "cases_below_0_4x": lambda sums, _norms: sums.cases_below,
}
__all__ = [
    *("Group", "GroupedStay", "Level", "Place", "Rules", "Sums", "Tally"),
    *("column", "columns", "tally", "unusual"),
]
