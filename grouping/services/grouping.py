"""Grouping stored cases: whatever has no result yet under the scheme in force, in chunks of a job."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Job, Membership
from alliance.services import jobs
from alliance.sql import copy_rows
from grouping import sql
from grouping.engine.case import Case
from grouping.engine.interpreter import explain, group
from grouping.engine.trace import Trace
from grouping.metrics import rollup
from grouping.models import Case as StoredCase
from grouping.models import Scheme
from grouping.services import schemes

GROUP = "cases.group_month"
CHUNK = 5_000
COLUMNS = ["case_id", "revision", "scheme_id", "mdc", "adrg", "drg", "status", "weight"]


def enqueue_month(*, by: Membership | None, month: Month) -> Job:
    """Queue the grouping of a month's cases that have no result yet."""
    return jobs.enqueue(by=by, kind=GROUP, dedupe=str(month), arguments={"month": str(month)})


@jobs.handles(GROUP)
def group_month(work: jobs.Work) -> jobs.Step:
    """One chunk: read cases without a result, group, store; a correction made meanwhile is taken in the next
    chunk.
    """
    month = Month.parse(work.job.arguments["month"])
    done, counts = work.previous.get("done", 0), work.previous.get("counts", {})
    for scheme, first, last in schemes.periods(month.first_day, month.last_day):
        found = ungrouped(month, scheme, first, last, CHUNK)
        if found:
            _store(scheme, found, counts)
            done += len(found)
            return jobs.Step(more=True, token={"done": done, "counts": counts}, text=str(done))
    rollup.enqueue_refresh(by=None)
    return jobs.Step(more=False, token={}, text=str(done), result={"cases": done, "outcomes": counts})


def ungrouped(month: Month, scheme: Scheme, first: date, last: date, limit: int) -> list[dict[str, Any]]:
    """Up to `limit` cases discharged from `first` to `last` whose present revision has no result."""
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    return sql.fetch(
        sql.UNGROUPED, month=month.first_day, scheme=scheme.pk, since=since, until=until, limit=limit
    )


def _store(scheme: Scheme, found: list[dict[str, Any]], counts: dict[str, int]) -> None:
    package = schemes.package(scheme)
    rows = []
    for row in found:
        result = group(package, as_case(row))
        counts[result.status] = counts.get(result.status, 0) + 1
        rows.append(
            (
                row["id"],
                row["revision"],
                scheme.pk,
                result.mdc,
                result.adrg,
                result.drg,
                str(result.status),
                result.weight,
            )
        )
    copy_rows("grouping_groupedcase", COLUMNS, rows, keep_first=True)


def as_case(row: dict[str, Any]) -> Case:
    """What the grouper sees of a stored document; only a settlement list states hours of intensive care."""
    return Case(
        case_no=str(row["id"]),
        sex=row["sex"],
        age=row["age"],
        age_days=row["age_days"],
        weight=row["weight_g"],
        los=row["stay_days"],
        icu_hours=row["icu_hours"],
        department=row["department_code"],
        discharge=row["discharge_way"],
        diagnoses=tuple(row["diagnoses"]),
        procedures=tuple(row["procedures"]),
    )


def trace(case: StoredCase) -> Trace:
    """Each step the grouper took with this case, under the scheme in force on its day of discharge."""
    scheme = schemes.in_force(case.discharged_at.astimezone(SHANGHAI).date())
    fields = (
        "sex",
        "age",
        "age_days",
        "weight_g",
        "stay_days",
        "icu_hours",
        "department_code",
        "discharge_way",
        "diagnoses",
        "procedures",
    )
    return explain(
        schemes.package(scheme), as_case({"id": case.pk, **{name: getattr(case, name) for name in fields}})
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
