"""What publishing a checked file would change: cases with other content, and cases it no longer has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance.lib.workdays import SHANGHAI
from grouping import facts, sql
from grouping.delivered import sql as delivered
from grouping.engine.interpreter import group
from grouping.engine.rows import Scheme as Package
from grouping.models import Case, CaseFile, MissingCase, Scheme, StagedCase
from grouping.services import grouping, schemes
from grouping.show import differences

SHOWN = 50
NO_NAMES = differences.Dictionaries({}, {})
GROUPED_BY = (
    "sex", "age", "age_days", "weight_g", "stay_days", "icu_hours", "department_code", "discharge_way",
    "diagnoses", "procedures",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One case with other content: its differences, and its group before and after."""

    case: Any
    line: int
    differences: list[differences.Difference]
    group_before: str
    group_after: str

    @property
    def regrouped(self) -> bool:
        """Whether the correction changes the group."""
        return self.group_before != self.group_after


def corrections(file: CaseFile) -> list[Change]:
    """The first 50 corrections of a checked file, those with another group first."""
    rows = sql.fetch(delivered.CHANGES, file=file.pk, limit=SHOWN)
    staged = {
        row.line: row for row in StagedCase.objects.filter(file=file, line__in=[r["line"] for r in rows])
    }
    stored = facts.with_group(Case.objects.filter(pk__in=[row["case_id"] for row in rows]))
    cases = {case.pk: case for case in stored}
    every = list(Scheme.objects.order_by("-from_date"))
    found = [_change(row, cases[row["case_id"]], staged[row["line"]], every) for row in rows]
    return sorted(found, key=lambda change: (not change.regrouped, change.line))


def _change(row: dict[str, Any], case: Any, staged: StagedCase, every: list[Scheme]) -> Change:
    """One correction, grouped as it will be: by the scheme in force on the day of discharge."""
    package = _package(every, staged.discharged_at.astimezone(SHANGHAI).date())
    if package is None:
        return Change(case, row["line"], _differences(row, case, staged, NO_NAMES), case.drg or "", "")
    books = differences.Dictionaries(package.diagnosis_names, package.procedure_names)
    now = {name: getattr(staged, name) for name in GROUPED_BY}
    result = group(package, grouping.as_case({"id": case.pk, **now}))
    return Change(case, row["line"], _differences(row, case, staged, books), case.drg or "", result.drg)


def _package(every: list[Scheme], day: date) -> Package | None:
    """The package in force on a day out of all schemes, the latest first; None before the first of them."""
    scheme = next((scheme for scheme in every if scheme.from_date <= day), None)
    try:
        return None if scheme is None else schemes.package(scheme)
    except schemes.NoScheme:
        return None


def _differences(
    row: dict[str, Any], case: Any, staged: StagedCase, books: differences.Dictionaries
) -> list[differences.Difference]:
    return differences.of(row["columns"], vars(case), vars(staged), books)


def remembered(file: CaseFile) -> list[MissingCase]:
    """The first 50 cases the file lacks that were said to stay before it came, with who said so and when."""
    found = MissingCase.objects.filter(
        file=file, answer=MissingCase.Answer.KEPT, answered_at__lt=file.received_at
    )
    return list(
        found.select_related("case", "answered_by__user").order_by("case__discharged_at", "pk")[:SHOWN]
    )


def questions(file: CaseFile) -> list[MissingCase]:
    """The first 50 open questions about cases that the file no longer has."""
    found = MissingCase.objects.filter(file=file, answer=MissingCase.Answer.OPEN)
    return list(found.select_related("case").order_by("case__discharged_at", "pk")[:SHOWN])
