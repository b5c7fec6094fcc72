"""Rolling a month up, and knowing when its sums no longer say what the cases say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Job, Membership
from alliance.services import jobs, parameters
from grouping import sql as cases_sql
from grouping.engine.paytype import OUT_OF_SCOPE
from grouping.metrics import sql
from grouping.models import OperationCatalogue, RolledMonth, Scheme, StaleMark
from grouping.readmission import links
from grouping.services import payment_types, schemes

REFRESH = "metrics.refresh"


@dataclass(frozen=True)
class State:
    """How far the sums of a month can be believed: made when (None: never), and whether something changed."""

    month: Month
    refreshed_at: datetime | None
    stale: bool


@dataclass(frozen=True)
class Rules:
    """What the sums of a month depend on besides its cases: hours, columns, schemes by day, catalogue, tables
    of payment types by day.
    """

    hours: tuple[int, int]
    doctors: tuple[str, ...]
    schemes: tuple[tuple[int, str], ...]
    catalogue: int | None
    payment: tuple[tuple[int, str], ...] = ()

    def stored(self) -> dict[str, Any]:
        """As the database keeps them."""
        return {
            "hours": list(self.hours),
            "doctors": list(self.doctors),
            "schemes": [list(one) for one in self.schemes],
            "catalogue": self.catalogue,
            "payment": [list(one) for one in self.payment],
        }


def rules(month: Month) -> Rules:
    """The rules in force for a month (its last day)."""
    hours: Any = parameters.in_force("day_surgery.hours", on=month.last_day)
    catalogue = catalogue_of(month)
    return Rules(
        (int(hours["normal"]), int(hours["delayed"])),
        tuple(doctor_columns(month)),
        tuple((scheme.pk, str(first)) for scheme, first, _last in periods(month) if scheme),
        catalogue.pk if catalogue else None,
        tuple((one.id, str(one.since)) for one in payment_types.held(month)),
    )


def doctor_columns(month: Month) -> list[str]:
    """The columns of the front page that name the doctor a case counts for, first choice first."""
    found: Any = parameters.in_force("metrics.doctor_columns", on=month.last_day)
    return [str(column) for column in found]


def catalogue_of(month: Month) -> OperationCatalogue | None:
    """The catalogue of minimally invasive operations in force on the month's last day."""
    found: OperationCatalogue | None = OperationCatalogue.objects.filter(
        from_date__lte=month.last_day
    ).first()
    return found


def periods(month: Month) -> list[tuple[Scheme | None, date, date]]:
    """Which scheme holds from which day to which; none where the alliance has none yet."""
    try:
        return list(schemes.periods(month.first_day, month.last_day))
    except schemes.NoScheme:
        return [(None, month.first_day, month.last_day)]


def state(month: Month) -> State:
    """Whether the sums of a month are those of its cases; three queries and those of the rules."""
    row = RolledMonth.objects.filter(month=month.first_day).first()
    marked = StaleMark.objects.filter(month=month.first_day).exists()
    other = row is not None and row.rules != rules(month).stored()
    return State(month, row.refreshed_at if row else None, row is None or marked or other)


def enqueue_refresh(*, by: Membership | None, month: Month | None = None) -> Job:
    """Queue the refresh of every month that a change marked, and of `month` whatever its state."""
    arguments = {"month": str(month)} if month else {}
    return jobs.enqueue(by=by, kind=REFRESH, dedupe=str(month or ""), arguments=arguments)


def stale_months() -> list[Month]:
    """Months that changed since they were rolled up, or were never, oldest first."""
    return [Month.of(row["month"]) for row in cases_sql.fetch(sql.STALE_MONTHS)]


@jobs.handles(REFRESH, gettext_lazy("Sum up the months that changed"))
def refresh_stale(work: jobs.Work) -> jobs.Step:
    """One chunk: one month; the month asked for first, then those that are stale, until none is."""
    done = work.previous.get("done", [])
    asked = work.job.arguments.get("month")
    left = [Month.parse(asked)] if asked and not done else stale_months()
    if not left:
        return jobs.Step(more=False, token={"done": done}, result={"months": done})
    try:
        refresh(left[0])
    except schemes.NoScheme as error:
        raise jobs.Refused(str(error)) from error
    links.rebuild(left[0])
    return jobs.Step(more=True, token={"done": [*done, str(left[0])]}, text=str(left[0]))


@transaction.atomic
def refresh(month: Month) -> int:
    """Sum a month anew, in one statement a scheme; returns the rows written. Other months are not read.

    The marks go first: a change that commits meanwhile leaves a mark of its own and makes the month stale
    again.
    """
    used = rules(month)
    cases_sql.execute(sql.TAKE_MARKS, month=month.first_day)
    cases_sql.execute(sql.CLEAR_MONTH, month=month.first_day)
    written = 0
    for asked in _asked(month, used):
        with cases_sql.by_sets():
            written += cases_sql.execute(sql.ROLL_UP, **asked)
    cases_sql.execute(sql.NOTE_MONTH, month=month.first_day, rules=json.dumps(used.stored()))
    return written


def rows_of(month: Month, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The sums of some cases of a month alone, by institution, department, doctor and DRG; nothing is stored.

    One statement a scheme of the month.
    """
    found: list[dict[str, Any]] = []
    for asked in _asked(month, rules(month)):
        found += cases_sql.fetch(sql.SUMS_OF, **asked, ids=list(ids))
    return found


def _asked(month: Month, used: Rules) -> Iterator[dict[str, Any]]:
    """What a month is summed with, once for each scheme that holds in it."""
    paid = {**payment_types.asked(month, None), "outside": sorted(OUT_OF_SCOPE)}
    catalogue = catalogue_of(month)
    for scheme, first, last in periods(month):
        yield {
            **paid, "scheme": scheme.pk if scheme else None, "since": midnight(first),
            "until": midnight(last + timedelta(days=1)), "valid": operations(scheme),
            "minimal": catalogue.codes if catalogue else [], "doctors": list(used.doctors),
            "day": timedelta(hours=used.hours[0]), "delayed": timedelta(hours=used.hours[1]),
        }  # fmt: skip


def operations(scheme: Scheme | None) -> list[str]:
    """The procedures that count as operations: the list `valid` of the scheme; nothing without one."""
    if scheme is None:
        return []
    found = schemes.dictionary(scheme)
    return sorted(found.procedures.names if found.operations is None else found.operations)


def midnight(day: date) -> datetime:
    """The first moment of a day, Beijing time."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
