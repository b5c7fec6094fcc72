"""What grouping tells the floors above: discharges, groups and completeness per institution and month.

Each figure has a function that returns the very rows behind it. All sums are made in the database, in a
number of queries that does not grow with the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models

from alliance.lib.period import Month
from grouping import sql
from grouping.metrics import rollup
from grouping.models import Case, DeclaredTotal, Document, Pairing
from grouping.pairs import sql as pairs
from grouping.services import schemes


@dataclass(frozen=True)
class CaseFact:
    """One institution's discharges of one month (cohort: day of discharge; voided cases left out).

    Front pages are counted: a settlement list is a second document of the same stay.

    stay_days in days, cost_fen in fen. total_weight is the exact sum of the weights of `weighted_cases`
    (grouped cases whose DRG has a weight), None without any. `pending` cases have no result yet under the
    scheme in force. Source: definitions section 1; choices as in the metrics oracle.
    """

    institution_id: int
    code: str
    month: Month
    discharges: int
    stay_days: int
    cost_fen: int
    total_weight: Decimal | None
    weighted_cases: int
    grouped: int
    ungrouped: int
    ambiguous: int
    adrg_only: int
    pending: int
    deaths: int


@dataclass(frozen=True)
class Completeness:
    """What an institution declared for a month and what has arrived (practice.md section 2).

    `declared` None: nothing declared. `share` is delivered / declared discharges, exact; None without a
    declaration or for a declared zero.
    """

    institution_id: int
    code: str
    month: Month
    declared: int | None
    declared_fen: int | None
    unfinished: int
    delivered: int
    delivered_fen: int

    @property
    def share(self) -> Decimal | None:
        """Delivered over declared discharges, as a ratio."""
        return Decimal(self.delivered) / self.declared if self.declared else None


@dataclass(frozen=True)
class TotalFact:
    """Discharges and charges an institution stated for a month before the system (fen); the latest statement
    counts.
    """

    institution_id: int
    code: str
    month: Month
    discharges: int
    cost_fen: int
    source: str
    id: int


def case_facts(month: Month, *, stored: bool = True) -> list[CaseFact]:
    """One row for each institution with a discharge in the month, by code of institution.

    Read from the stored sums while they are those of the cases, so that the time does not grow with them;
    from the cases themselves once something changed, or unless `stored`: asking whether the sums still hold
    takes eight small queries. A fixed number of queries.
    """
    rolled = stored and not rollup.state(month).stale
    statement = sql.ROLLED_FACTS if rolled else sql.CASE_FACTS
    return [CaseFact(month=month, **row) for row in sql.fetch(statement, month=month.first_day)]


def facts_of_some(month: Month, ids: Sequence[int]) -> list[CaseFact]:
    """The same of some cases of the month alone: what they give to each sum; one query."""
    found = sql.fetch(sql.SOME_CASE_FACTS, month=month.first_day, ids=list(ids))
    return [CaseFact(month=month, **row) for row in found]


def discharges(months: Sequence[Month]) -> dict[Month, dict[int, int]]:
    """Discharges of each month by institution (its key), as `CaseFact.discharges`; one query in all."""
    found: dict[Month, dict[int, int]] = {month: {} for month in months}
    for row in sql.fetch(sql.DISCHARGES, months=[month.first_day for month in months]):
        found[Month.of(row["month"])][row["institution_id"]] = row["discharges"]
    return found


def completeness(month: Month) -> list[Completeness]:
    """One row for each active institution that declared or delivered something for the month, by code."""
    return [Completeness(month=month, **row) for row in sql.fetch(sql.COMPLETENESS, month=month.first_day)]


def declared_totals(month: Month) -> list[TotalFact]:
    """The latest statement of each institution about a month before the system."""
    rows = DeclaredTotal.objects.filter(month=month.first_day).select_related("institution")
    latest = rows.order_by("institution_id", "-from_date", "-pk").distinct("institution_id")
    return [
        TotalFact(
            row.institution_id, row.institution.code, month, row.discharges, row.total_fen, row.source, row.pk
        )
        for row in latest
    ]


def cases(month: Month, institution_id: int | None = None) -> models.QuerySet[Case]:
    """The cases behind `discharges`, `stay_days` and `cost_fen`; each bears mdc, adrg, drg, group_status,
    weight.
    """
    found: models.QuerySet[Case] = Case.objects.front_pages().filter(month=month.first_day, voided_at=None)
    found = found.select_related("institution", "person")
    if institution_id is not None:
        found = found.filter(institution=institution_id)
    return with_group(found)


@dataclass(frozen=True)
class PaymentFact:
    """What one institution's discharges of one month are paid by (practice.md section 2, stays with two
    documents).

    A stay counts by its settlement list; without one by its front page, as an estimate 预估 (`estimated`
    stays, `estimated_fen` of `cost_fen`). `unmatched` lists wait for their front page and are in no figure.
    Money in fen; total_weight as in CaseFact.
    """

    institution_id: int
    code: str
    month: Month
    stays: int
    estimated: int
    cost_fen: int
    estimated_fen: int
    total_weight: Decimal | None
    weighted_stays: int
    pending: int
    unmatched: int


def payment_facts(month: Month) -> list[PaymentFact]:
    """One row for each institution with a discharge in the month, by code; one query."""
    found = sql.fetch(pairs.PAYMENT_FACTS, month=month.first_day)
    return [PaymentFact(month=month, **row) for row in found]


def payment_cases(month: Month, institution_id: int | None = None) -> models.QuerySet[Case]:
    """The documents behind `PaymentFact`: each bears `estimated` (True: a front page without its list), mdc,
    adrg, drg, group_status, weight.
    """
    listed = Pairing.objects.filter(page=models.OuterRef("pk"), settlement__voided_at=None)
    decided = Pairing.objects.filter(settlement=models.OuterRef("pk")).exclude(how=Pairing.How.OPEN)
    pages = models.Q(document=Document.FRONT_PAGE) & ~models.Exists(listed)
    lists = models.Q(document=Document.SETTLEMENT_LIST) & models.Exists(decided)
    found: models.QuerySet[Case] = Case.objects.filter(month=month.first_day, voided_at=None)
    found = found.filter(pages | lists).select_related("institution", "person")
    if institution_id is not None:
        found = found.filter(institution=institution_id)
    return with_group(found.annotate(estimated=models.Q(document=Document.FRONT_PAGE)))


# The figures of CaseFact that count cases, and which they count.
_WEIGHTED = models.Q(group_status="grouped", weight__isnull=False)
BEHIND: Mapping[str, models.Q] = {
    **dict.fromkeys(("discharges", "stay_days", "cost_fen"), models.Q()),
    **dict.fromkeys(("total_weight", "weighted_cases"), _WEIGHTED),
    "grouped": models.Q(group_status="grouped"),
    "ungrouped": models.Q(group_status="ungroupable"),
    "ambiguous": models.Q(group_status="ambiguous"),
    "adrg_only": models.Q(group_status="adrg_only"),
    "pending": models.Q(group_status=None),
    "deaths": models.Q(discharge_way=5),
}


def behind(month: Month, figure: str, institution_id: int | None = None) -> models.QuerySet[Case]:
    """The cases a figure of CaseFact counts. Raises KeyError for a name that is none."""
    found: models.QuerySet[Case] = cases(month, institution_id).filter(BEHIND[figure])
    return found


def weighted_cases(month: Month, institution_id: int | None = None) -> models.QuerySet[Case]:
    """The cases behind `total_weight` and `weighted_cases`: grouped, with a weight."""
    found: models.QuerySet[Case] = sql.with_weight(cases(month, institution_id))
    return found


def grouped_illustratively(month: Month) -> bool:
    """Whether an illustrative scheme holds for some day of the month: its weights are not for payment."""
    try:
        return any(
            scheme.illustrative for scheme, _first, _last in schemes.periods(month.first_day, month.last_day)
        )
    except schemes.NoScheme:
        return False


def with_group(found: models.QuerySet[Case]) -> models.QuerySet[Case]:
    """Annotate cases with the group of their present revision under the scheme in force on the day of
    discharge.
    """
    annotated: models.QuerySet[Case] = sql.with_current_group(found)
    return annotated


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay a patient left alive: who may be asked how it was. `record` is the number the house knows."""

    id: int
    person_id: int
    institution_id: int
    department_code: str
    record: str


def left_alive(months: Sequence[Month], institutions: Sequence[int]) -> list[Stay]:
    """The stays discharged in some months from some institutions, each person once: the latest one.

    Front pages, voided ones and deaths left out; by institution, department and record; one query.
    """
    rows = Case.objects.front_pages().filter(
        month__in=[month.first_day for month in months], institution__in=institutions, voided_at=None
    )
    latest = (
        rows.exclude(discharge_way=5)
        .order_by("person_id", "-discharged_at", "-pk")
        .distinct("person_id")
        .values_list("pk", "person_id", "institution_id", "department_code", "record_no", "visit_no")
    )
    found = [Stay(pk, who, at, unit, f"{record}/{visit}") for pk, who, at, unit, record, visit in latest]
    return sorted(found, key=lambda stay: (stay.institution_id, stay.department_code, stay.record))


def record_numbers(ids: Sequence[int]) -> dict[int, str]:
    """The record number of each of these cases; one query."""
    return dict(Case.objects.filter(pk__in=ids).values_list("pk", "record_no"))


def institutions_of(ids: Sequence[int]) -> set[int]:
    """The institutions (pk) of these cases; one query."""
    return set(Case.objects.filter(pk__in=list(ids)).values_list("institution", flat=True))


def groups_met(month: Month, institution_id: int, without: Sequence[int] = ()) -> int:
    """How many groups an institution's cases of a month came to, some cases left aside; one query."""
    rows: models.QuerySet[Any] = behind(month, "grouped", institution_id).exclude(pk__in=list(without))
    return len({case.drg for case in rows})
