"""What a period makes of each clause: measured ones fill themselves, others are checked by hand (S4-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Department, Job, Membership
from alliance.services import jobs, journal, parameters
from alliance.services.files import Upload
from performance.agreements.models import ASSESS, RUN, SIGNED, Clause, ClauseCheck
from performance.agreements.refusals import AgreementRefused
from performance.consequences import measures
from performance.declared.services.proving import keep as keep_files
from performance.engine import clauses as engine
from performance.engine.clauses import Side
from performance.engine.indicators import Indicator
from performance.meetings.models import Task
from performance.meetings.services import tasks
from performance.models import IndicatorValue, MonthRun
from performance.services.rights import require

FILL, MARGIN = "agreements.fill", "agreement.at_risk"
Standing = ClauseCheck.Standing
Months = tuple[Month, ...]


def periods(clause: Clause, today: date) -> list[Months]:
    """The periods of a clause that lie whole in its agreement's term and are over, oldest first."""
    row = clause.agreement
    first, last = Month.of(row.begins), Month.of(row.last_day)
    if row.begins != first.first_day:
        first = first.next()
    if row.last_day != last.last_day:
        last = last.previous()
    return engine.months_of(clause.per, first, min(last, Month.of(today).previous()))


def newest(rows: Iterable[Clause]) -> dict[tuple[int, date], ClauseCheck]:
    """The check that counts by clause and first day of its period; one query."""
    found = ClauseCheck.objects.filter(clause__in=list(rows)).select_related("checked_by__user", "file")
    return {(one.clause_id, one.first): one for one in found.order_by("attempt")}


def signed() -> list[Clause]:
    """The clauses of all signed agreements with what they belong to; one query."""
    rows = Clause.objects.filter(agreement__state__in=SIGNED)
    return list(rows.select_related("agreement__institution", "checker__user").order_by("pk"))


@dataclass(frozen=True)
class Known:
    """What the months computed: by month, institution and indicator; the indicator as each month had it."""

    values: Mapping[tuple[Month, int, str], IndicatorValue]
    months: frozenset[Month]


def known(rows: Sequence[Clause], months: Iterable[Month]) -> Known:
    """The values that count now for clauses and months; two queries."""
    wanted = [one.first_day for one in set(months)]
    runs = MonthRun.objects.filter(month__in=wanted, state__in=MonthRun.WITH_RESULT).order_by("number")
    settled = dict(runs.exclude(settlement=None).values_list("month", "settlement"))
    found = IndicatorValue.objects.filter(
        settlement__in=settled.values(), indicator__in={one.indicator for one in rows},
        institution__in={one.agreement.institution_id for one in rows},
    )  # fmt: skip
    of = {pk: Month.of(day) for day, pk in settled.items()}
    values = {(of[one.settlement_id], one.institution_id, one.indicator): one for one in found}
    return Known(values, frozenset(of.values()))


@transaction.atomic
def fill(*, by: Membership | None, now: datetime) -> int:
    """Check every measured clause for each period whose months are all computed; how many were written.

    The same figures again write nothing; a recomputed month writes the next attempt. Raises NotInForce.
    """
    today = timezone.localdate(now)
    rows = [one for one in signed() if one.way == Clause.Way.MEASURED]
    due = {one.pk: periods(one, today) for one in rows}
    have = newest(rows)
    figures = known(rows, (month for lines in due.values() for months in lines for month in months))
    days = {months[-1].last_day for lines in due.values() for months in lines}
    margins = parameters.in_force_on(MARGIN, days) if days else {}
    made = [
        check
        for clause in rows
        for months in due[clause.pk]
        if (check := _filled(
            clause, months, figures, have.get((clause.pk, months[0].first_day)), now,
            cast("Decimal", margins[months[-1].last_day]),
        )) is not None
    ]  # fmt: skip
    ClauseCheck.objects.bulk_create(made)
    if made:
        journal.write(by=by, verb="agreement.filled", checks=len(made))
    return len(made)


def _filled(
    clause: Clause, months: Months, figures: Known, before: ClauseCheck | None, now: datetime, margin: Decimal
) -> ClauseCheck | None:
    place = clause.agreement.institution_id
    found = [figures.values.get((month, place, clause.indicator)) for month in months]
    rows = [one for one in found if one is not None]
    if len(rows) < len(months):
        return None
    ids = [one.pk for one in rows]
    if before is not None and before.figures == ids:
        return None
    value = value_of(indicator(clause), rows)
    standing = (
        Standing.UNASSESSED
        if value is None or clause.bound is None
        else Standing(engine.standing(value, clause.bound, cast("Side", clause.side), margin))
    )
    return ClauseCheck(
        clause=clause, first=months[0].first_day, attempt=before.attempt + 1 if before else 1,
        standing=standing, value=value, margin=margin, figures=ids, checked_at=now,
    )  # fmt: skip


def indicator(clause: Clause) -> Indicator:
    """What a measured clause measures."""
    return measures.indicators()[clause.indicator]


def value_of(measured: Indicator, rows: Sequence[IndicatorValue]) -> Decimal | None:
    """What months come to together: of one its own value, of several the sums divided."""
    if any(one.value is None for one in rows):
        return None
    if len(rows) == 1:
        return rows[0].value
    return engine.over(measured, [(one.numerator, one.denominator) for one in rows])


def enqueue(*, by: Membership | None, today: date) -> Job:
    """Queue the filling; one at a time."""
    return jobs.enqueue(by=by, kind=FILL, dedupe=str(today))


@jobs.handles(FILL, gettext_lazy("Fill clause checks"))
def run_fill(work: jobs.Work) -> jobs.Step:
    """One chunk: all measured clauses of signed agreements."""
    return jobs.Step(more=False, text=_("Filled"), result={"checks": fill(by=None, now=timezone.now())})


@transaction.atomic
def check(
    *, by: Membership, clause: Clause, first: date, standing: str, note: str, now: datetime,
    files: Sequence[Upload] = (),
) -> ClauseCheck:  # fmt: skip
    """The named checker says what a period made of a clause, on what evidence.

    Raises PermissionDenied (another person, or no right), AgreementRefused (first, note), DeclaredRefused.
    """
    require(by, ASSESS)
    if clause.checker_id != by.pk:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if first not in {months[0].first_day for months in periods(clause, timezone.localdate(now))}:
        raise AgreementRefused("first")
    if not note.strip():
        raise AgreementRefused("note")
    kept = keep_files(by=by, place=clause.agreement.institution, uploads=files[:1])
    before = ClauseCheck.objects.filter(clause=clause, first=first).order_by("-attempt").first()
    made: ClauseCheck = ClauseCheck.objects.create(
        clause=clause, first=first, attempt=before.attempt + 1 if before else 1, standing=standing,
        note=note.strip(), file=kept[0] if kept else None, checked_by=by, checked_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="agreement.checked", about=clause.agreement, standing=standing)
    return made


@transaction.atomic
def task(
    *, by: Membership, check: ClauseCheck, title: str, now: datetime, text: str = "",
    owner: Membership | None = None, department: Department | None = None, due_on: date | None = None,
) -> Task:  # fmt: skip
    """Ask the institution to put right what broke a clause.

    Raises PermissionDenied, AgreementRefused (broken), TaskRefused.
    """
    require(by, RUN)
    if check.standing not in (Standing.BROKEN, Standing.AT_RISK):
        raise AgreementRefused("broken")
    return tasks.give(
        by=by, about=check, title=title, text=text, owner=owner, now=now, due_on=due_on, decided=True,
        institution=check.clause.agreement.institution, department=department,
    )  # fmt: skip


def tasks_of(rows: Iterable[ClauseCheck]) -> dict[int, list[Task]]:
    """The tasks that follow from checks, by check; one query."""
    found: dict[int, list[Task]] = defaultdict(list)
    kind = ClauseCheck._meta.label_lower
    for one in Task.objects.filter(about_kind=kind, about_id__in=[row.pk for row in rows]):
        found[one.about_id].append(one)
    return found
