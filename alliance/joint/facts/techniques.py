"""Cases of techniques and the subsidies owed for them, institution by institution (S2-28)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet, Sum

from alliance.joint.models import TechniqueCase
from alliance.lib.period import Month

CASE_KIND = TechniqueCase._meta.label_lower


@dataclass(frozen=True, slots=True)
class TechniqueFact:
    """One operator's month in one technique: confirmed cases and their subsidy in fen, the cases behind.

    The subsidy is the institution's: `staff_id` says who did the work, never who is paid (A26).
    """

    month: Month
    technique_id: int
    technique: str
    source: str
    payer_id: int | None
    institution_id: int
    institution: str
    department_id: int | None
    staff_id: int
    fen: int
    ids: tuple[int, ...]

    @property
    def cases(self) -> int:
        """Number of cases."""
        return len(self.ids)


def technique_facts(month: Month, *, institution_id: int | None = None) -> list[TechniqueFact]:
    """All operators' months by technique, institution and person; one query."""
    rows = confirmed(month)
    if institution_id is not None:
        rows = rows.filter(institution=institution_id)
    keys = (
        "technique", "technique__code", "source", "payer", "institution", "institution__code", "department",
        "operator",
    )  # fmt: skip
    found = (
        rows.order_by()
        .values_list(*keys)
        .annotate(sum=Sum("fen"), ids=ArrayAgg("pk", order_by="pk"))
        .order_by("technique__code", "institution__code", "operator", "department")
    )
    return [cast(Any, TechniqueFact)(month, *row[:-1], tuple(row[-1])) for row in found]


@dataclass(frozen=True, slots=True)
class SubsidyOwed:
    """What one source owes one institution for a month, fen, and the cases that made it.

    `payer_id` None: the collaboration fund or the finance bureau, as `source` says. The payee is always an
    institution.
    """

    month: Month
    source: str
    payer_id: int | None
    payee_id: int
    payee: str
    cases: int
    fen: int
    ids: tuple[int, ...]


def subsidies_owed(month: Month) -> list[SubsidyOwed]:
    """Every subsidy of a month's confirmed cases by payee and source; one query."""
    rows = (
        confirmed(month)
        .order_by()
        .values_list("source", "payer", "institution", "institution__code")
        .annotate(sum=Sum("fen"), ids=ArrayAgg("pk", order_by="pk"))
        .order_by("institution__code", "source", "payer")
    )
    return [
        SubsidyOwed(month, source, payer, payee, code, len(ids), fen, tuple(ids))
        for source, payer, payee, code, fen, ids in rows
    ]


def confirmed(month: Month) -> QuerySet[TechniqueCase]:
    """Confirmed cases of a month, by the day they were done."""
    rows: QuerySet[TechniqueCase] = TechniqueCase.objects.filter(
        state=TechniqueCase.State.CONFIRMED, day__range=(month.first_day, month.last_day)
    )
    return rows


def case_records(ids: Iterable[int]) -> QuerySet[TechniqueCase]:
    """The cases behind a fact or a debt."""
    rows: QuerySet[TechniqueCase] = TechniqueCase.objects.filter(pk__in=list(ids)).with_names()
    return rows
