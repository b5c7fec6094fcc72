"""Metrics read from the roll-up: sums by any level, benchmarks, cases of unusual cost.

All sums are made in the database; the number of queries does not grow with the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import sql as cases_sql
from grouping.engine.benchmark import Group, Norm, local_norms
from grouping.engine.metrics import Tally
from grouping.metrics import rollup, sql
from grouping.models import Benchmark, BenchmarkGroup

Level = Literal["alliance", "institution", "department", "doctor", "drg", "group"]
Key = tuple[int, str]  # institution (0: all), key of the level
Unusual = dict[Key, tuple[int, int]]


@dataclass(frozen=True)
class Scope:
    """Which sums are asked for; None: all."""

    institution: int | None = None
    department: str | None = None
    doctor: str | None = None
    drg: str | None = None

    def narrowed(self, institution: int | None) -> Scope:
        """The same for who sees one institution only."""
        return self if institution is None else replace(self, institution=institution)


ALL = Scope()


def tallies(months: Sequence[Month], level: Level, scope: Scope = ALL) -> dict[Key, Tally]:
    """Sums over the months by institution and key of the level; two queries.

    Levels: alliance, institution, department, doctor (inside its institution; nobody named is left out), drg
    (by institution), group (by DRG over all institutions).
    """
    asked = _asked(months, scope)
    found: dict[Key, Tally] = {}
    for row in cases_sql.fetch(sql.totals(level), **asked):
        key = (int(row.pop("institution_id")), str(row.pop("key")))
        weight = row.pop("weight_sum")
        counts: dict[str, Any] = {name: int(value) for name, value in row.items()}
        found[key] = Tally(weight_sum=weight, **counts)
    for row in cases_sql.fetch(sql.groups(level), **asked):
        group = Group(int(row["cases"]), int(row["cost_fen"]), int(row["stay_days"]), int(row["deaths"]))
        found[int(row["institution_id"]), str(row["key"])].groups[row["drg"]] = group
    return found


def tallies_of(month: Month, ids: Sequence[int], level: Level) -> dict[Key, Tally]:
    """The same sums of some cases of a month alone: what they give to each; levels alliance, institution,
    department and doctor.
    """
    name = {"department": "department_code", "doctor": "doctor"}.get(level)
    found: dict[Key, Tally] = {}
    for row in rollup.rows_of(month, ids):
        place = 0 if level == "alliance" else int(row["institution_id"])
        own = found.setdefault((place, str(row[name]) if name else ""), Tally())
        own.weight_sum += row["weight_sum"]
        for column in sql.COLUMNS:
            if column != "weight_sum":
                setattr(own, column, getattr(own, column) + int(row[column]))
        if row["drg"]:
            group = own.groups.setdefault(str(row["drg"]), Group())
            group += Group(
                int(row["grouped"]), int(row["cost_fen"]), int(row["stay_days"]), int(row["deaths"])
            )
    return found


def _asked(months: Sequence[Month], scope: Scope) -> dict[str, object]:
    return {
        "months": [month.first_day for month in months], "institution": scope.institution,
        "department": scope.department, "doctor": scope.doctor, "drg": scope.drg,
    }  # fmt: skip


@dataclass(frozen=True)
class Yardstick:
    """What groups are compared with: norms by DRG; `list` names the published list, None = own computation.

    `months` are those behind one's own means; `risk_list` says whether the risk grades are the list's.
    """

    norms: dict[str, Norm]
    months: tuple[Month, ...]
    list: Benchmark | None = None
    risk_list: bool = False

    @property
    def local(self) -> bool:
        """Whether the means are one's own: labelled so wherever they are shown."""
        return self.list is None


def window(month: Month) -> tuple[Month, ...]:
    """The months of one's own benchmark: so many, ending with the month (parameter)."""
    count = int(str(parameters.in_force("metrics.benchmark_months", on=month.last_day)))
    return tuple(month.plus(-back) for back in reversed(range(count)))


def own_norms(months: Sequence[Month]) -> dict[str, Norm]:
    """Norms computed over all institutions and the months together; two queries."""
    found = tallies(months, "alliance").get((0, ""), Tally())
    return local_norms(found.groups)


def yardstick(month: Month, *, own_means: bool = False) -> Yardstick:
    """The published list in force on the month's last day, completed by one's own computation.

    A risk grade of the list wins over one's own for every group it names. Means come from the list, for
    groups it does not name there is none: two scales in one index would say nothing. With `own_means` only
    the risk grades are taken from the list.
    """
    months = window(month)
    own = own_norms(months)
    head = Benchmark.objects.filter(from_date__lte=month.last_day).first()
    if head is None:
        return Yardstick(own, months)
    rows = {row.drg: row for row in BenchmarkGroup.objects.filter(benchmark=head)}
    graded = any(row.risk is not None for row in rows.values())
    priced = not own_means and any(row.mean_cost_fen is not None for row in rows.values())
    norms = {drg: _norm(own.get(drg), rows.get(drg), priced=priced, graded=graded) for drg in {*own, *rows}}
    return Yardstick(norms, months, head if priced else None, graded)


def _norm(own: Norm | None, row: BenchmarkGroup | None, *, priced: bool, graded: bool) -> Norm:
    """One DRG: means of the list or one's own, the grade of the list where it has grades at all."""
    risk = (row.risk if row else None) if graded else own.risk if own else None
    if not priced:
        return replace(own, risk=risk) if own else Norm(None, None, risk)
    cost = Fraction(row.mean_cost_fen) if row and row.mean_cost_fen else None
    stay = Fraction(row.mean_stay) if row and row.mean_stay else None
    return Norm(cost, stay, risk)


def multiples(month: Month) -> tuple[Fraction, Fraction]:
    """High and low limit of unusual cost, times the mean of the group."""
    found: Any = parameters.in_force("metrics.cost_multiples", on=month.last_day)
    return Fraction(str(found["high"])), Fraction(str(found["low"]))


def unusual(months: Sequence[Month], level: Level, norms: Mapping[str, Norm], scope: Scope = ALL) -> Unusual:
    """Cases above the high and below the low multiple of their group's mean, by key; one query over cases.

    They are no sums: they change with the benchmark, so they are counted when asked for.
    """
    rows = cases_sql.fetch(sql.unusual(level), **unusual_arguments(months, norms, scope))
    return {(int(row["institution_id"]), str(row["key"])): (row["over"], row["below"]) for row in rows}


def unusual_arguments(
    months: Sequence[Month], norms: Mapping[str, Norm], scope: Scope = ALL
) -> dict[str, object]:
    """What the questions about unusual cost are asked with; means go in as exact fractions."""
    high, low = multiples(max(months))
    known = [(drg, norm.mean_cost) for drg, norm in sorted(norms.items()) if norm.mean_cost]
    return {
        **_asked(months, scope),
        "doctors": rollup.doctor_columns(max(months)),
        "drgs": [drg for drg, _mean in known],
        "tops": [mean.numerator for _drg, mean in known],
        "bottoms": [mean.denominator for _drg, mean in known],
        "high_top": high.numerator, "high_bottom": high.denominator,
        "low_top": low.numerator, "low_bottom": low.denominator,
    }  # fmt: skip


def full_tallies(
    months: Sequence[Month], level: Level, norms: Mapping[str, Norm], scope: Scope = ALL
) -> dict[Key, Tally]:
    """Sums with the cases of unusual cost; three queries."""
    found = tallies(months, level, scope)
    for key, (over, below) in unusual(months, level, norms, scope).items():
        if key in found:
            found[key].cases_over, found[key].cases_below = over, below
    return found
