"""The same cases paid by DRG and by DIP: what institutions and diseases would get either way (S4-08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters
from grouping.engine import dip
from grouping.engine.dip import Catalogue, Combination, Sums
from grouping.engine.exact import fen
from grouping.engine.payment import DipRules
from grouping.reports import sql
from grouping.services import payment_types
from grouping.sql import fetch

WEIGHTS, CORE, DEVIATION = "dip.year_weights", "dip.core_cases", "dip.deviation"
ONE = Decimal(1)


@dataclass(frozen=True)
class Prices:
    """What a unit of weight and a point are worth, fen, with the coefficient of each institution (else 1)."""

    rate_fen: int
    point_fen: int
    k: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass
class Line:
    """Sums of some cases: weight and points exact, cost and payments in fen (0 without prices)."""

    cases: int = 0
    cost_fen: int = 0
    weight: Fraction = Fraction(0)
    points: Fraction = Fraction(0)
    drg_fen: int = 0
    dip_fen: int = 0

    def add(self, case: Case) -> None:
        """One more case."""
        self.cases += 1
        self.cost_fen += case.cost_fen
        self.weight += case.weight
        self.points += case.points
        self.drg_fen += case.drg_fen
        self.dip_fen += case.dip_fen


@dataclass(frozen=True)
class Case:
    """One case both ways; payments rounded once, half-up, to fen."""

    id: int
    institution_id: int
    combination: Combination
    cost_fen: int
    weight: Fraction
    points: Fraction
    drg_fen: int
    dip_fen: int


@dataclass
class Comparison:
    """A month both ways: lines by institution and by disease, and what is compared by.

    `left_out`: cases that DRG or DIP should pay but that have no group with a weight; they are in neither
    side. `last_year`: whether means of last year exist, without which no cost deviates.
    """

    month: Month
    catalogue: Catalogue | None
    prices: Prices | None
    total: Line = field(default_factory=Line)
    institutions: dict[int, Line] = field(default_factory=dict)
    diseases: dict[Combination, Line] = field(default_factory=dict)
    left_out: int = 0

    @property
    def last_year(self) -> bool:
        """Whether a case's points may deviate from RW."""
        return bool(self.catalogue and self.catalogue.last_year)


def catalogue(month: Month) -> Catalogue | None:
    """The catalogue of the alliance's own front pages of three years up to the month; one query.

    An own computation for comparison, not the city's list. Source: definitions 3.
    """
    ratios = tuple(_table(WEIGHTS, month).values())
    weights = dip.weights_of(month.year, ratios)
    since = date(min(weights), 1, 1)
    rows = fetch(sql.DIP_SUMS, since=since, until=month.first_day)
    core = parameters.in_force(CORE, on=month.first_day)
    assert isinstance(core, int)
    return dip.build(map(_sums, rows), weights, core_cases=core)


def compare(month: Month, prices: Prices | None, own: int | None = None) -> Comparison:
    """Sum the month's cases both ways; a fixed number of queries, memory by institutions and diseases.

    `own`: only this institution's diseases and line are kept, beside the total of all.
    """
    found = Comparison(month, catalogue(month), prices)
    if found.catalogue is None:
        return found
    rules = _rules(month)
    for row in sql.stream(sql.BOTH_WAYS, **payment_types.asked(month, None)):
        case = _case(row, found.catalogue, prices, rules)
        if case is None:
            found.left_out += own in (None, row[1])
            continue
        found.total.add(case)
        if own in (None, case.institution_id):
            found.institutions.setdefault(case.institution_id, Line()).add(case)
            found.diseases.setdefault(case.combination, Line()).add(case)
    return found


def cases(
    month: Month, prices: Prices | None, *, institution: int | None, head: str, procedures: str | None,
    limit: int, offset: int,
) -> list[tuple[dict[str, Any], Case | None]]:  # fmt: skip
    """A page of the cases behind a line: the row as stored, and both ways (None: no weight)."""
    known, rules = catalogue(month), _rules(month)
    rows = fetch(
        sql.BOTH_WAYS_CASES, head=head.replace(".", ""), procedures=procedures, limit=limit, offset=offset,
        **payment_types.asked(month, institution),
    )  # fmt: skip
    return [(row, _case(tuple(row.values()), known, prices, rules) if known else None) for row in rows]


def entries(known: Catalogue) -> Iterator[dip.Entry]:
    """The lines of a catalogue, core list first."""
    yield from known.core.values()
    yield from known.comprehensive.values()


def _case(row: tuple[Any, ...], known: Catalogue, prices: Prices | None, rules: DipRules) -> Case | None:
    pk, institution, level, head, procedures, cost, weight = row[:7]
    of = _combination(head, procedures)
    points = known.points(of, level, cost, rules)
    if weight is None or points is None:
        return None
    exact, k = Fraction(weight), Fraction(prices.k.get(institution, ONE)) if prices else Fraction(1)
    drg = fen(exact * prices.rate_fen * k) if prices else 0
    paid = fen(points * prices.point_fen * k) if prices else 0
    return Case(pk, institution, of, cost, exact, points, drg, paid)


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(
        row["year"], row["level"], _combination(row["head"], row["procedures"]), row["cases"], row["cost_fen"]
    )


def _combination(head: str, procedures: str) -> Combination:
    return dip.combination(head, filter(None, procedures.split("+")))


def _table(key: str, month: Month) -> Mapping[str, Any]:
    found = parameters.in_force(key, on=month.first_day)
    assert isinstance(found, Mapping)
    return found


def _rules(month: Month) -> DipRules:
    found = _table(DEVIATION, month)
    return DipRules(Fraction(found["high"]), Fraction(found["low"]))
