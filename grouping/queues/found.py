"""What the queues hold follows from files, groups and costs: found once, back again, closed by itself.

Called where a file is stored or put aside, and after a month is grouped: a file that nobody has confirmed yet
may be the wrong one, and its bad rows stand on its own page only. In sets, and idempotent:
the same state of the data leaves the same items.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.services import calendar, jobs, parameters
from grouping import facts
from grouping import sql as cases_sql
from grouping.engine.interpreter import explain
from grouping.engine.outcome import undone_because
from grouping.models import Case, CaseFile, GroupedCase
from grouping.models.queues import CASE_CAUSES, ROW_CAUSES, Cause
from grouping.queues import bell, causes, costs, sql
from grouping.services import grouping as grouper
from grouping.services import paying, payment_types, schemes
from grouping.services.paying import PaidStay

ROWS = [str(cause) for cause in ROW_CAUSES]
CASES = [str(cause) for cause in CASE_CAUSES]
PART = 5_000  # cases a statement
OF_STATUS = {
    GroupedCase.Status.AMBIGUOUS: Cause.AMBIGUOUS,
    GroupedCase.Status.ADRG_ONLY: Cause.ADRG_ONLY,
}
Found = tuple[int, str, str]


def in_file(file: CaseFile) -> int:
    """The bad rows of a file being stored become items, one a record and cause; how many are new or newer."""
    parameters_ = {
        "file": file.pk, "unknown": list(causes.UNKNOWN), "clinical_code": causes.CLINICAL,
        "codes": list(causes.OF_FINDING), "causes": [str(cause) for cause in causes.OF_FINDING.values()],
        "clinical": _clinical(file),
    }  # fmt: skip
    found = cases_sql.execute(sql.FIND_ROWS, **parameters_)
    cases_sql.execute(sql.RETURN_ROWS, file=file.pk, row_causes=ROWS)
    _fill_limits()
    return found


def _clinical(file: CaseFile) -> list[str]:
    """Unknown codes of an insurance source that the scheme's map knows as clinical ones."""
    if file.edition != CaseFile.Edition.INSURANCE:
        return []
    rows = cases_sql.fetch(sql.UNKNOWN_VALUES, file=file.pk, unknown=list(causes.UNKNOWN))
    if not rows:
        return []
    try:
        maps = schemes.package(schemes.in_force(file.received_at.astimezone(SHANGHAI).date())).maps
    except schemes.NoScheme:
        return []
    values = [str(row["value"]) for row in rows]
    return [value for value in values if value in maps.diagnoses or value in maps.procedures]


def corrected_by(file: CaseFile) -> int:
    """Close what a file about to be stored corrects; asked before its rows leave the staging table."""
    closed = cases_sql.execute(sql.CLOSE_ROWS, file=file.pk, row_causes=ROWS)
    return closed + cases_sql.execute(sql.CLOSE_NAMELESS, file=file.pk)


def withdrawn(file: CaseFile) -> int:
    """Close what only a file that is put aside had brought."""
    return cases_sql.execute(sql.WITHDRAW, file=file.pk, row_causes=ROWS)


@jobs.handles(bell.REFRESH, gettext_lazy("Look for records to clear"))
def refresh_month(work: jobs.Work) -> jobs.Step:
    """Items of one month after its grouping: found, back, closed, in one transaction."""
    month = Month.parse(work.job.arguments["month"])
    return jobs.Step(more=False, token={}, result=refresh(month))


def refresh(month: Month) -> dict[str, int]:
    """Bring the items of a month's groups and costs up to date; how many were found and closed."""
    stays = paying.paid(month)
    found = [*_undone(month, _outside(month, stays)), *costs.outliers(month, stays)]
    ids, kinds = [one[0] for one in found], [one[1] for one in found]
    for start in range(0, len(found), PART):
        part = found[start : start + PART]
        cases_sql.execute(
            sql.FIND_CASES, cases=[one[0] for one in part], causes=[one[1] for one in part],
            details=[one[2] for one in part],
        )  # fmt: skip
    present = {"cases": ids, "causes": kinds, "case_causes": CASES}
    cases_sql.execute(sql.RETURN_CASES, **present)
    closed = cases_sql.execute(sql.CLOSE_CASES, month=month.first_day, **present)
    closed += cases_sql.execute(sql.WITHDRAW_UNSTORED, month=month.first_day, row_causes=ROWS)
    _fill_limits()
    return {"found": len(found), "closed": closed}


def _outside(month: Month, stays: Iterable[PaidStay]) -> set[int]:
    """Both documents of the stays that neither DRG nor DIP pays: their group matters to nobody."""
    return {*payment_types.outside(month), *(one.case for one in stays if one.kind == "out_of_scope")}


def _undone(month: Month, outside: Container[int]) -> Iterator[Found]:
    """Cases in no group, ambiguous, or only as far as an ADRG; those in no group with the reason.

    Without those paid by bed-day and the like: out of scope is no error (practice.md 2).
    """
    rows = facts.with_group(Case.objects.filter(month=month.first_day, voided_at=None))
    wanted = [*OF_STATUS, GroupedCase.Status.UNGROUPABLE]
    for case in rows.filter(group_status__in=wanted).iterator(chunk_size=1_000):
        if case.pk in outside:
            continue
        if case.group_status in OF_STATUS:
            yield case.pk, str(OF_STATUS[case.group_status]), json.dumps({"drg": case.drg})
            continue
        reason = _reason(case)
        cause = Cause.OUT_OF_SCOPE if reason == "out_of_scope" else Cause.UNGROUPED
        yield case.pk, str(cause), json.dumps({"drg": case.drg, "reason": reason})


def _reason(case: Any) -> str:
    package = schemes.package(schemes.in_force(case.discharged_at.astimezone(SHANGHAI).date()))
    fields = (
        "sex", "age", "age_days", "weight_g", "stay_days", "icu_hours", "department_code", "discharge_way",
        "diagnoses", "procedures",
    )  # fmt: skip
    seen = grouper.as_case({"id": case.pk, **{name: getattr(case, name) for name in fields}})
    return undone_because(explain(package, seen), package)


def _fill_limits() -> None:
    """From when the insurer takes no more changes of a month, by the rule in force at its end."""
    for row in cases_sql.fetch(sql.MONTHS_WITHOUT_LIMIT):
        last = Month.of(row["month"]).last_day
        rule = parameters.rule_in_force("coding.insurer_last_change", on=last)
        due = calendar.deadline(datetime.combine(last, time(12), SHANGHAI), rule).due_at
        cases_sql.execute(sql.FILL_INTERNAL, month=row["month"], at=due)
