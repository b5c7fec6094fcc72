"""The same cases paid by DRG and by DIP: what institutions and diseases would get either way (S4-08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters
from grouping.engine import dip
from grouping.engine.dip import Catalogue, Combination, Sums
from grouping.engine.exact import fen
from grouping.engine.payment import DipRules
from grouping.engine.tariff import Subject, Tariff
from grouping.reports import sql
from grouping.services import dip as dip_catalogues
from grouping.services import paying, payment_types, tariff
from grouping.services.dip import Dated
from grouping.sql import fetch

WEIGHTS, CORE, DEVIATION = "dip.year_weights", "dip.core_cases", "dip.deviation"


@dataclass(frozen=True)
class Case:
    """One case both ways. `drg_fen`: its standard under the tariff, None where no rate is in force;
    `points`: times the institution's coefficient, as they are paid; `dip_fen`: points by the point value in
    force, rounded once, None where none is.
    """

    id: int
    institution_id: int
    combination: Combination
    cost_fen: int
    weight: Fraction
    points: Fraction
    drg_fen: int | None
    dip_fen: int | None = None


@dataclass
class Line:
    """Sums of some cases: weight and points exact, cost and standards in fen; `unpriced`: without a rate,
    `unvalued`: without a point value.
    """

    cases: int = 0
    cost_fen: int = 0
    weight: Fraction = Fraction(0)
    points: Fraction = Fraction(0)
    drg_fen: int = 0
    unpriced: int = 0
    dip_fen: int = 0
    unvalued: int = 0

    def add(self, case: Case) -> None:
        """One more case."""
        self.cases += 1
        self.cost_fen += case.cost_fen
        self.weight += case.weight
        self.points += case.points
        self.drg_fen += case.drg_fen or 0
        self.unpriced += case.drg_fen is None
        self.dip_fen += case.dip_fen or 0
        self.unvalued += case.dip_fen is None


@dataclass
class Comparison:
    """A month both ways: lines by institution and by disease, and what is compared by.

    `left_out`: cases that DRG or DIP should pay but that have no group with a weight; they are in neither
    side. `other_types`: cases of the month that are paid otherwise (by bed-day, by capitation, ...).
    """

    month: Month
    catalogue: Catalogue | None
    total: Line = field(default_factory=Line)
    institutions: dict[int, Line] = field(default_factory=dict)
    diseases: dict[Combination, Line] = field(default_factory=dict)
    left_out: int = 0
    other_types: int = 0
    # The city's catalogues that value the month's discharges, the newest first; none: the own computation.
    city: Dated = field(default_factory=Dated)

    @property
    def valued(self) -> bool:
        """Whether every case has a rate and a point value in force: then both sides are what is paid."""
        return bool(self.total.cases) and not self.total.unpriced and not self.total.unvalued

    @property
    def last_year(self) -> bool:
        """Whether means of last year exist, without which no cost deviates and points are RW."""
        return any(known.last_year for known in self._catalogues)

    @property
    def _catalogues(self) -> list[Catalogue]:
        own = [self.catalogue] if self.catalogue is not None else []
        return [known for _since, _name, known in self.city.rows] or own

    @property
    def point_fen(self) -> Fraction | None:
        """The point value that shares out what DRG pays: total standard / total points, fen, exact.

        None unless every case has a standard: then only shares can be compared. Source: definitions 3.
        """
        if not self.total.points or self.total.unpriced:
            return None
        return self.total.drg_fen / self.total.points


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


def catalogue_beside(city: Dated, month: Month) -> Catalogue | None:
    """The own computation, where the city's catalogue does not value the whole month."""
    return None if city.on(month.first_day) is not None else catalogue(month)


def compare(month: Month, own: int | None = None) -> Comparison:
    """Sum the month's cases both ways; a fixed number of queries, memory by institutions and diseases.

    `own`: only this institution's diseases and line are kept, beside the total of all.
    """
    city = dip_catalogues.held(month.first_day, month.last_day)
    found = Comparison(month, catalogue_beside(city, month), city=city)
    if found.catalogue is None and not city.rows:
        return found
    by = _Yardstick(found.catalogue, city, _rules(month), tariff.tables(month.last_day))
    asked = payment_types.asked(month, None)
    for row in sql.stream(sql.BOTH_WAYS, **asked):
        case = by.case(row)
        if case is None:
            found.left_out += 1
            continue
        found.total.add(case)
        if own in (None, case.institution_id):
            found.institutions.setdefault(case.institution_id, Line()).add(case)
            found.diseases.setdefault(case.combination, Line()).add(case)
    found.other_types = fetch(sql.OTHER_TYPES, **asked)[0]["cases"]
    return found


def cases(
    month: Month, *, institution: int | None, head: str, procedures: str | None, limit: int, offset: int
) -> list[tuple[dict[str, Any], Case | None]]:
    """A page of the cases behind a line: the row as stored, and both ways (None: no weight)."""
    city = dip_catalogues.held(month.first_day, month.last_day)
    known = catalogue_beside(city, month)
    rows = fetch(
        sql.BOTH_WAYS_CASES, head=head.replace(".", ""), procedures=procedures, limit=limit, offset=offset,
        **payment_types.asked(month, institution),
    )  # fmt: skip
    if known is None and not city.rows:
        return []
    by = _Yardstick(known, city, _rules(month), tariff.tables(month.last_day))
    return [(row, by.case(tuple(row.values()))) for row in rows]


@dataclass(frozen=True)
class _Yardstick:
    """What values a case both ways."""

    own: Catalogue | None
    city: Dated
    rules: DipRules
    tariff: Tariff

    def case(self, row: tuple[Any, ...]) -> Case | None:
        """A row of sql.BOTH_WAYS both ways; None without a weight or points."""
        pk, institution, level, head, procedures, cost, weight, drg, code, way, day = row[:11]
        of, known = _combination(head, procedures), self.city.on(day) or self.own
        points = known.points(of, level, cost, self.rules) if known is not None else None
        if weight is None or points is None:
            return None
        subject = Subject(weight, code, level, paying.INSURANCES.get(row[14], ""), drg, way=way)
        k = self.tariff.coefficient(subject, day)
        standard = self.tariff.standard(subject, day)
        paid = points * Fraction(k.value) if k else points
        value = self.tariff.point_value(subject, day)
        worth = fen(paid * value.fen) if value else None
        return Case(pk, institution, of, cost, Fraction(weight), paid, standard.fen, worth)


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
