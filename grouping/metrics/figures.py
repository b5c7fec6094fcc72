"""The figures of the pages: name, topic, form, formula, and which cases each rests on (definitions 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.web import words
from grouping.engine.benchmark import LOW, MID_LOW, Norms
from grouping.engine.metrics import Tally, column

Value = Decimal | int | Fraction | None
Part = tuple[Any, Callable[[Tally, Norms], Value]]  # its words, its value

TOPICS = {
    "output": _("Output"),
    "efficiency": _("Efficiency"),
    "structure": _("Cost structure"),
    "safety": _("Safety"),
    "operations": _("Operations"),
    "payment": _("Payment"),
}


def _sum(name: str) -> Callable[[Tally, Norms], Value]:
    return lambda tally, _norms: getattr(tally, name)


@dataclass(frozen=True)
class Figure:
    """One metric. kind: count, pct, yuan, days, index, weight; `top` / `bottom` x `factor` is its formula.

    `cases` names the cases that are listed below it (grouping.metrics.evidence), `rate` says whether it is a
    rate or mean and so needs a least number for a rank; `n` is what that number counts.
    """

    code: str
    label: Any
    topic: str
    kind: str
    cases: str
    top: Part | None = None
    bottom: Part | None = None
    factor: int = 1
    note: Any = ""

    @property
    def rate(self) -> bool:
        """Whether it is a quotient."""
        return self.bottom is not None

    def value(self, tally: Tally, norms: Norms) -> Value:
        """The figure of some sums; None where nothing can be divided."""
        return column(tally, norms, self.code)

    def n(self, tally: Tally, norms: Norms) -> int:
        """The number the figure rests on: its denominator where that counts cases, else the discharges."""
        if self.bottom and self.kind in ("pct", "index") and self.code not in MONEY:
            return int(self.bottom[1](tally, norms) or 0)
        return tally.submitted


SUBMITTED: Part = (_("discharges"), _sum("submitted"))
GROUPED: Part = (_("grouped cases"), _sum("grouped"))
COST: Part = (_("total charges"), _sum("cost_fen"))
TIMES: Part = (_("table-times"), _sum("table_times"))


def _risk(grade: int, what: str) -> Callable[[Tally, Norms], Value]:
    return lambda tally, norms: getattr(tally.risk(norms, grade), what)


def _index_top(name: str) -> Callable[[Tally, Norms], Value]:
    def top(tally: Tally, norms: Norms) -> Value:
        means = {drg: getattr(norms[drg], f"mean_{name}") for drg in tally.groups if drg in norms}
        sums = "cost_fen" if name == "cost" else "stay_days"
        known = ((getattr(tally.groups[drg], sums), mean) for drg, mean in means.items() if mean)
        return sum((value / mean for value, mean in known), start=Fraction(0))

    return top


def _index_bottom(name: str) -> Callable[[Tally, Norms], Value]:
    def bottom(tally: Tally, norms: Norms) -> Value:
        return sum(
            group.cases
            for drg, group in tally.groups.items()
            if drg in norms and getattr(norms[drg], f"mean_{name}")
        )

    return bottom


def _share(code: str, label: Any, name: str, what: Any, note: Any = "") -> Figure:
    return Figure(code, label, "structure", "pct", "all", (what, _sum(name)), COST, 100, note)


FIGURES = {
    one.code: one
    for one in (
        Figure("submitted", _("discharges"), "output", "count", "all"),
        Figure(
            "grouping_rate_pct", _("grouping rate"), "output", "pct", "grouped", GROUPED, SUBMITTED, 100,
            _("of all front pages, whichever way they are paid"),
        ),
        Figure(
            "scope_grouping_rate_pct", _("grouping rate in scope"), "output", "pct", "in_scope_grouped",
            (_("grouped cases in scope"), _sum("in_scope_grouped")),
            (_("front pages in scope"), _sum("in_scope")), 100,
            _("without cases paid by bed-day and the like, which is no error of coding"),
        ),
        Figure("out_of_scope", _("paid otherwise"), "output", "count", "out_of_scope"),
        Figure("drg_count", _("number of groups"), "output", "count", "grouped"),
        Figure("total_weight", _("total weight"), "output", "weight", "weighted"),
        Figure(
            "cmi", "CMI", "output", "index", "weighted", (_("total weight"), _sum("weight_sum")),
            (_("cases with a weight"), _sum("weighted_cases")),
        ),
        Figure(
            "cei", _("cost index"), "efficiency", "index", "grouped",
            (_("sum of cost ÷ mean cost of the group"), _index_top("cost")),
            (_("grouped cases"), _index_bottom("cost")), note=_("1 is the benchmark; below 1 costs less"),
        ),
        Figure(
            "tei", _("time index"), "efficiency", "index", "grouped",
            (_("sum of days ÷ mean days of the group"), _index_top("stay")),
            (_("grouped cases"), _index_bottom("stay")), note=_("1 is the benchmark; below 1 is shorter"),
        ),
        Figure(
            "mean_stay", _("mean stay"), "efficiency", "days", "all",
            (_("days of stay"), _sum("stay_days")), SUBMITTED,
        ),
        Figure("mean_cost_fen", _("mean charge"), "efficiency", "yuan", "all", COST, SUBMITTED),
        Figure("cases_over_3x", _("cost high against the group's mean"), "efficiency", "count", "over"),
        Figure("cases_below_0_4x", _("cost low against the group's mean"), "efficiency", "count", "below"),
        _share("drug_share_pct", _("drugs"), "drug_fen", _("drugs")),
        _share("consumable_share_pct", _("consumables"), "consumables_fen", _("consumables")),
        _share("exam_share_pct", _("tests and imaging"), "exam_fen", _("tests and imaging")),
        Figure(
            "service_income_share_pct", _("medical service"), "structure", "pct", "all",
            (_("charges without drugs, consumables, tests"), _sum("service_income_fen")), COST, 100,
        ),
        Figure(
            "own_pay_share_pct", _("paid by patients"), "structure", "pct", "all",
            (_("paid by patients"), _sum("own_pay_fen")),
            (_("charges of the cases that state it"), _sum("own_pay_cost_fen")), 100,
        ),
        Figure("deaths", _("deaths"), "safety", "count", "dead"),
        Figure(
            "lowrisk_mortality_pct", _("low-risk mortality"), "safety", "pct", "lowrisk_dead",
            (_("deaths in low-risk groups"), _risk(LOW, "deaths")),
            (_("cases in low-risk groups"), _risk(LOW, "cases")), 100,
        ),
        Figure(
            "midlow_mortality_pct", _("mid-low-risk mortality"), "safety", "pct", "midlow_dead",
            (_("deaths in mid-low-risk groups"), _risk(MID_LOW, "deaths")),
            (_("cases in mid-low-risk groups"), _risk(MID_LOW, "cases")), 100,
        ),
        Figure(
            "operation_share_pct", _("operation share"), "operations", "pct", "operated", TIMES, SUBMITTED,
            100, _("table-times by discharges: above 100 % where stays have several"),
        ),
        Figure(
            "level34_share_pct", _("levels 3 and 4"), "operations", "pct", "level34",
            (_("table-times of levels 3 and 4"), _sum("level34_times")), TIMES, 100,
        ),
        Figure(
            "level4_share_pct", _("level 4"), "operations", "pct", "level4",
            (_("table-times of level 4"), _sum("level4_times")), TIMES, 100,
        ),
        Figure(
            "minimal_share_pct", _("minimally invasive"), "operations", "pct", "minimal",
            (_("minimally invasive table-times"), _sum("minimal_times")), TIMES, 100,
        ),
        Figure(
            "day_share_pct", _("day surgery of elective"), "operations", "pct", "day",
            (_("elective table-times by day"), _sum("day_times")),
            (_("elective table-times"), _sum("elective_times")), 100,
        ),
        Figure("day_surgery_24h", _("day surgery"), "operations", "count", "day"),
        Figure(
            "settlement_pass_rate_pct", _("within the standard"), "payment", "pct", "passed",
            (_("cases within their payment standard"), _sum("passed")),
            (_("grouped cases with a standard"), _sum("priced")), 100,
            _("by the settlement list; without one by the front page, as an estimate"),
        ),
        Figure("estimated", _("estimated, no list yet"), "payment", "count", "estimated"),
        Figure("high_cases", _("high-multiple cases, against the standard"), "payment", "count", "high"),
        Figure("over_cap_cases", _("high, over the cap"), "payment", "count", "over_cap"),
        Figure("low_cases", _("low-multiple cases, against the standard"), "payment", "count", "low"),
    )
}  # fmt: skip
MONEY = frozenset(
    one.code for one in FIGURES.values() if one.topic == "structure"
)  # their denominator is money: the number they rest on is the discharges


def of_topic(topic: str) -> list[Figure]:
    """The figures of one topic, in the order of the page."""
    return [one for one in FIGURES.values() if one.topic == topic]


def shown(figure: Figure, value: Any, *, full: bool = False) -> str:
    """A value as a page writes it, missing as "not assessed"; `full`: with all the places it has."""
    if value is None:
        return words.assessed(None)
    if figure.kind == "pct":
        return f"{words.num(value, 2 if full else 1)}%"
    if figure.kind == "yuan":
        return words.yuan(int(value))
    places = {"count": 0, "days": 2 if full else 1, "weight": 4 if full else 2, "index": 4 if full else 2}
    return words.num(value, places[figure.kind])


def difference(figure: Figure, value: Any, other: Any) -> str:
    """How far a value lies from another, signed; "" where one is missing."""
    if value is None or other is None:
        return ""
    if figure.kind == "yuan":
        return words.yuan_diff(int(value) - int(other))
    places = {"count": 0, "days": 1, "weight": 2, "index": 2, "pct": 1}[figure.kind]
    return words.diff(Fraction(value) - Fraction(other), places)


def unit(figure: Figure) -> Any:
    """The unit in a heading."""
    return {"yuan": _("yuan"), "days": _("days"), "pct": "%"}.get(figure.kind, "")


def figure_word(code: str) -> str:
    """The name of a figure in the language of the page; the code itself where there is none."""
    return str(FIGURES[code].label) if code in FIGURES else code
