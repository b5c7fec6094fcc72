"""What the metrics tell the floors above: the sums behind every figure of a month, by institution.

Definitions 1. Known only while the sums are those of the cases: `bring_up` makes them so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.period import Month
from alliance.models import Institution
from grouping.engine.exact import half_up
from grouping.engine.metrics import Tally
from grouping.metrics import evidence, facts, figures, rollup
from grouping.metrics.evidence import Cases
from grouping.metrics.figures import Figure
from grouping.readmission import facts as readmission
from grouping.readmission import links

PLACES = 6  # of sums of ratios
# The figure a sum belongs to and whether it stands above or below the line.
ABOVE, BELOW = "top", "bottom"
PARTS: Mapping[str, tuple[str, str]] = {
    "in_scope": ("scope_grouping_rate_pct", BELOW),
    "in_scope_grouped": ("scope_grouping_rate_pct", ABOVE),
    "drug_fen": ("drug_share_pct", ABOVE),
    "consumables_fen": ("consumable_share_pct", ABOVE),
    "exam_fen": ("exam_share_pct", ABOVE),
    "service_income_fen": ("service_income_share_pct", ABOVE),
    "own_pay_fen": ("own_pay_share_pct", ABOVE),
    "own_pay_cost_fen": ("own_pay_share_pct", BELOW),
    "cost_index_sum": ("cei", ABOVE),
    "cost_index_cases": ("cei", BELOW),
    "stay_index_sum": ("tei", ABOVE),
    "stay_index_cases": ("tei", BELOW),
    "lowrisk_cases": ("lowrisk_mortality_pct", BELOW),
    "lowrisk_deaths": ("lowrisk_mortality_pct", ABOVE),
    "midlow_cases": ("midlow_mortality_pct", BELOW),
    "midlow_deaths": ("midlow_mortality_pct", ABOVE),
    "table_times": ("operation_share_pct", ABOVE),
    "level34_times": ("level34_share_pct", ABOVE),
    "level4_times": ("level4_share_pct", ABOVE),
    "minimal_times": ("minimal_share_pct", ABOVE),
    "elective_times": ("day_share_pct", BELOW),
    "day_times": ("day_share_pct", ABOVE),
    "passed": ("settlement_pass_rate_pct", ABOVE),
    "priced": ("settlement_pass_rate_pct", BELOW),
}
# Sums that are a figure themselves, and which cases are listed below them.
COUNTS: Mapping[str, tuple[Callable[[Tally], int], str]] = {
    "grouped": (lambda tally: tally.grouped, "grouped"),
    "ambiguous": (lambda tally: tally.ambiguous, "all"),
    "ungrouped": (lambda tally: tally.ungrouped, "all"),
    "deaths": (lambda tally: tally.deaths, "dead"),
    "drg_count": (lambda tally: tally.drg_count, "grouped"),
    "level3_times": (lambda tally: tally.level3_times, "level34"),
    "high_cases": (lambda tally: tally.high_cases, "high"),
    "low_cases": (lambda tally: tally.low_cases, "low"),
}
READMISSION = ("readmission_eligible", "readmitted")
KEYS = frozenset({*PARTS, *COUNTS, *READMISSION})


@dataclass(frozen=True, slots=True)
class MonthlyFact:
    """One institution's month: values by key (counts, fen, days; sums of ratios with six decimals), cases."""

    institution_id: int
    institution: str
    month: Month
    cases: int
    values: Mapping[str, int | Decimal]


def bring_up(month: Month) -> None:
    """Make the sums of a month those of its cases, if they are not."""
    if rollup.state(month).stale:
        rollup.refresh(month)
        links.rebuild(month)


def monthly_facts(month: Month) -> list[MonthlyFact]:
    """One row for each institution with a discharge in the month, by code; none while the sums are stale.

    A fixed number of queries.
    """
    if rollup.state(month).stale:
        return []
    norms = facts.yardstick(month).norms
    tallies = facts.tallies([month], "institution")
    again = readmission.rates([month], readmission.windows(month))
    codes = dict(Institution.objects.values_list("pk", "code"))
    found = [
        MonthlyFact(key[0], codes[key[0]], month, tally.submitted, _values(tally, norms, again.get(key, {})))
        for key, tally in tallies.items()
        if key[0] in codes
    ]
    return sorted(found, key=lambda fact: fact.institution)


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """One department's or doctor's month inside an institution (of the alliance: institution 0, key "").

    `key` is the code of the department or the name of the doctor as the front pages write it; `values` as in
    MonthlyFact, with the sums of the cases themselves: discharges, stay_days, cost_fen, weighted_cases,
    total_weight.
    """

    institution_id: int
    key: str
    cases: int
    values: Mapping[str, int | Decimal]


PLACE_KEYS = KEYS | {"discharges", "stay_days", "cost_fen", "weighted_cases", "total_weight"}


def place_facts(month: Month, level: facts.Level) -> list[PlaceFact]:
    """One row for each department, doctor or the alliance with a discharge in the month; none while the sums
    are stale. A fixed number of queries.
    """
    if rollup.state(month).stale:
        return []
    norms = facts.yardstick(month).norms
    again = readmission.rates([month], readmission.windows(month), level)
    return [
        PlaceFact(*key, tally.submitted, {**_of_cases(tally), **_values(tally, norms, again.get(key, {}))})
        for key, tally in facts.tallies([month], level).items()
    ]


# What is no sum over cases: some of them give no share of it.
UNSHARED = frozenset({"drg_count"})


def shares_of(month: Month, ids: Sequence[int], level: facts.Level = "institution") -> list[PlaceFact]:
    """What some cases of a month give to its sums, by place, as `place_facts`; none while the sums are stale.

    A readmission counts for the stay before it, so it goes with that stay. Without UNSHARED.
    """
    return [] if not ids or rollup.state(month).stale else given_by(month, ids, level)


def given_by(month: Month, ids: Sequence[int], level: facts.Level = "institution") -> list[PlaceFact]:
    """The same whether or not the stored sums are those of the cases: read from these cases as they stand,
    compared with the norms of the stored sums.
    """
    norms = facts.yardstick(month).norms
    again: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for stay in readmission.judge([month], readmission.windows(month)):
        if stay.id in set(ids) and not stay.excluded and stay.month == month:
            key = {"department": stay.department, "doctor": stay.doctor}.get(level, "")
            home = 0 if level == "alliance" else stay.institution_id
            again[home, key].append(bool(stay.again["all"]))
    found = []
    for place, tally in facts.tallies_of(month, ids, level).items():
        values = {**_of_cases(tally), **_values(tally, norms, {})}
        values |= {"readmission_eligible": len(again[place]), "readmitted": sum(again[place])}
        values = {key: value for key, value in values.items() if key not in UNSHARED}
        found.append(PlaceFact(*place, tally.submitted, values))
    return found


def _of_cases(tally: Tally) -> dict[str, int | Decimal]:
    return {
        "discharges": tally.submitted,
        "stay_days": tally.stay_days,
        "cost_fen": tally.cost_fen,
        "weighted_cases": tally.weighted_cases,
        "total_weight": Decimal(tally.weight_sum),
    }


def _values(tally: Tally, norms: Any, again: readmission.Rates) -> dict[str, int | Decimal]:
    parts = {key: _plain(getattr(_figure(key), end)[1](tally, norms)) for key, (_code, end) in PARTS.items()}
    counts = {key: amount(tally) for key, (amount, _cases) in COUNTS.items()}
    rate = again.get("all")
    judged = {"readmission_eligible": rate.eligible, "readmitted": rate.readmitted} if rate else {}
    return {**parts, **counts, **judged}


def _figure(key: str) -> Figure:
    return figures.FIGURES[PARTS[key][0]]


def _plain(value: Any) -> int | Decimal:
    """Whole numbers stay whole; exact fractions are rounded once."""
    if isinstance(value, Fraction):
        return half_up(value, PLACES)
    return value if isinstance(value, Decimal) else int(value or 0)


def cases(month: Month, institution_id: int, key: str, **narrower: str) -> Cases:
    """The cases a value counts; where it counts no cases of its own, all of the month.

    `narrower`: of one department (its code) or doctor (the name as written) of the institution.
    """
    kind = COUNTS[key][1] if key in COUNTS else _figure(key).cases if key in PARTS else "all"
    if key in PARTS and PARTS[key][1] == BELOW:
        kind = "all"
    scope = facts.Scope(institution=institution_id, **narrower)
    return evidence.cases(month, scope, kind, facts.yardstick(month))
