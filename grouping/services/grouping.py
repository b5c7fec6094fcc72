"""Grouping stored cases: whatever has no result yet under the scheme in force, in chunks of a job."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Job, Membership
from alliance.services import jobs
from grouping.engine.case import Case
from grouping.engine.interpreter import explain
from grouping.engine.trace import Trace
from grouping.metrics import rollup
from grouping.models import Case as StoredCase
from grouping.models import Scheme
from grouping.queues import bell
from grouping.runs.sql import STORE_LIVE, UNGROUPED, Grouped
from grouping.services import runs, schemes

GROUP = "cases.group_month"


def enqueue_month(*, by: Membership | None, month: Month) -> Job:
    """Queue the grouping of a month's cases that have no result yet."""
    return jobs.enqueue(by=by, kind=GROUP, dedupe=str(month), arguments={"month": str(month)})


@jobs.handles(GROUP, gettext_lazy("Group the cases of a month"))
def group_month(work: jobs.Work) -> jobs.Step:
    """One chunk: a page of cases without a result, grouped and stored under this job's run of their scheme.

    What is stored is not asked for again; a correction made meanwhile is.
    """
    month = Month.parse(work.job.arguments["month"])
    token = work.previous or {"done": 0, "runs": {}, "counts": {}}
    for scheme, first, last in schemes.periods(month.first_day, month.last_day):
        page = ungrouped(month, scheme, first, last)
        if page.ids:
            return _store(work.job, month, scheme, page, token)
    for run, counts in token["counts"].items():
        runs.close_part(int(run), counts)
    rollup.enqueue_refresh(by=None)
    bell.enqueue(month)
    outcomes: Counter[str] = sum((Counter(counts) for counts in token["counts"].values()), Counter())
    return jobs.Step(
        more=False, text=str(token["done"]), result={"cases": token["done"], "outcomes": dict(outcomes)}
    )


def ungrouped(month: Month, scheme: Scheme, first: date, last: date) -> Grouped:
    """A page of the cases discharged from `first` to `last` whose present revision has no result."""
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    return runs.read_page(
        schemes.package(scheme), UNGROUPED, month=month.first_day, scheme=scheme.pk, since=since, until=until,
        limit=runs.PAGE,
    )  # fmt: skip


def _store(job: Job, month: Month, scheme: Scheme, page: Grouped, token: dict[str, Any]) -> jobs.Step:
    known = token["runs"].get(str(scheme.pk))
    run = known or runs.open_live(job=job, scheme=scheme, month=month).pk
    counts = runs.store_page(schemes.package(scheme), page, STORE_LIVE, scheme=scheme.pk, run=run)
    done = token["done"] + len(page.ids)
    before = token["counts"].get(str(run), {})
    token = {
        "done": done,
        "runs": {**token["runs"], str(scheme.pk): run},
        "counts": {**token["counts"], str(run): dict(Counter(before) + counts)},
    }
    return jobs.Step(more=True, token=token, text=str(done))


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
