"""What a finished trial of a version would shift against the results that count; nothing of it enters a
month.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from alliance.lib.period import Month
from alliance.models import Institution, Job
from grouping.engine.rows import Scheme as Package
from grouping.engine.shift import Alike, Shifts, shifts
from grouping.metrics import rollup
from grouping.models import Case, GroupingRun, Scheme
from grouping.services import runs, schemes, tariff
from grouping.trials import sql


def months_with_cases() -> list[Month]:
    """Months that hold a case, the newest first."""
    found = Case.objects.order_by("-month").values_list("month", flat=True).distinct()
    return [Month.of(day) for day in found[:36]]


def trials(version: int) -> list[GroupingRun]:
    """The trials of a version that were not discarded, the newest first."""
    rows = GroupingRun.objects.filter(version=version, kind=GroupingRun.Kind.TRIAL, discarded_at=None)
    return list(rows.select_related("by__user").order_by("-pk")[:20])


def job_of(run: GroupingRun) -> Job | None:
    """The job to watch: one that is not done, else the first."""
    live = Job.objects.filter(kind=runs.TRIAL, arguments__run=run.pk).exclude(state=Job.State.DONE)
    return live.order_by("pk").first() or run.job


@lru_cache(maxsize=8)
def _summed(run: int, ended_at: datetime, today: date) -> Shifts:
    """The shifts of a finished trial, summed once a worker and day."""
    row = GroupingRun.objects.get(pk=run, ended_at=ended_at)
    last = Month.of(row.last_month).last_day
    found = tariff.tables(last)
    days = sorted({date(1900, 1, 1), *found.days})
    places = {one.pk: one for one in Institution.objects.all()}
    counted = sql.alike(run=run, days=days, minimal=minimal_codes(row))
    alike = [
        Alike(
            places[one["institution_id"]].code, places[one["institution_id"]].level, one["department_code"],
            one["insurance"], one["way"], one["minimal"], one["old_drg"], one["old_weight"], one["new_drg"],
            one["new_weight"], one["since"], one["cases"], one["old_grouped"], one["new_grouped"],
        )
        for one in counted
    ]  # fmt: skip
    return shifts(alike, found)


def summed(run: GroupingRun, *, today: date) -> Shifts:
    """What a finished trial shifts: by institution, department and pair of groups."""
    assert run.ended_at is not None
    return _summed(run.pk, run.ended_at, today)


def names_of(package: Package) -> dict[str, str]:
    """DRG -> its name in a package."""
    return {row.code: row.name for rows in package.drgs.values() for row in rows}


def names_before(run: GroupingRun) -> dict[str, str]:
    """DRG -> its name in the schemes in force in the trial's months; the later one's where both have it."""
    rows = list(Scheme.objects.filter(from_date__lte=Month.of(run.last_month).last_day).order_by("from_date"))
    held = [row for row in rows if row.from_date > run.first_month]
    begun = [row for row in rows if row.from_date <= run.first_month][-1:]
    found: dict[str, str] = {}
    for row in begun + held:
        found |= names_of(schemes.package(row))
    return found


def minimal_codes(run: GroupingRun) -> list[str]:
    """The minimally invasive operations in force in the trial's last month."""
    found = rollup.catalogue_of(Month.of(run.last_month))
    return list(found.codes) if found is not None else []
