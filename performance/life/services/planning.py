"""What the office does with the calendar: change a step, say one is done, remind who has not delivered."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from alliance import roles
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.life import standing
from performance.life.refusals import CalendarRefused
from performance.models import CalendarDone, CalendarStep, MonthReminder, MonthRun
from performance.models.calendar import BY_HAND, LAST_DAY
from performance.models.life import LEAD
from performance.services.rights import require


@transaction.atomic
def change(
    *, by: Membership, step: str, from_month: Month, day: int, shift: str, owner: str, escalate_workdays: int,
    escalate_to: str, now: datetime,
) -> CalendarStep:  # fmt: skip
    """Let a step be due on another day, or belong to somebody else, from a month on.

    `day` is one of the following month; where that is shorter, its last. Raises PermissionDenied,
    CalendarRefused (day, role, past: a decided month keeps its calendar).
    """
    require(by, LEAD)
    if not 1 <= day <= LAST_DAY:
        raise CalendarRefused("day", most=LAST_DAY)
    unknown = next((code for code in (owner, escalate_to) if code not in roles.roles()), None)
    if unknown is not None:
        raise CalendarRefused("role", role=unknown or "—")
    first = from_month.first_day
    if MonthRun.objects.filter(month__gte=first, state__in=standing.DECIDED).exists():
        raise CalendarRefused("past", month=from_month)
    last = CalendarStep.objects.filter(step=step, from_date=first).aggregate(last=Max("revision"))["last"]
    row: CalendarStep = CalendarStep.objects.create(
        step=step, from_date=first, revision=(last or 0) + 1, day=day, shift=shift, owner=owner,
        escalate_workdays=escalate_workdays, escalate_to=escalate_to, entered_by=by, entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="calendar.changed", about=row, step=step, day=day, month=str(from_month))
    return row


@transaction.atomic
def say_done(*, by: Membership, month: Month, step: str, note: str, now: datetime) -> CalendarDone:
    """Say that a step is done of which the system holds no fact. Raises PermissionDenied, CalendarRefused
    (known, note, said).
    """
    require(by, LEAD)
    if step not in BY_HAND:
        raise CalendarRefused("known")
    if not note.strip():
        raise CalendarRefused("note")
    try:
        with transaction.atomic():
            row: CalendarDone = CalendarDone.objects.create(
                month=month.first_day, step=step, note=note.strip(), done_by=by, done_at=now
            )
    except IntegrityError as error:
        if "calendar_done_once" not in str(error):
            raise
        raise CalendarRefused("said") from None
    journal.write(by=by, verb="calendar.done", about=row, step=step, month=str(month))
    return row


@transaction.atomic
def remind(*, by: Membership, month: Month, institution: Institution, now: datetime) -> MonthReminder:
    """Keep a numbered reminder with what the institution has not delivered now (催报单).

    Raises PermissionDenied, CalendarRefused (nothing).
    """
    require(by, LEAD)
    missing = lacking(month, institution, now)
    if not missing:
        raise CalendarRefused("nothing", institution=institution.short_name)
    Institution.objects.select_for_update().get(pk=institution.pk)  # two reminders at once take turns
    rows = MonthReminder.objects.filter(month=month.first_day, institution=institution)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    row: MonthReminder = MonthReminder.objects.create(
        month=month.first_day, institution=institution, number=last + 1, missing=missing, issued_by=by,
        issued_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="calendar.reminded", about=row, institution=institution.code, month=str(month))
    return row


def lacking(month: Month, institution: Institution, now: datetime) -> list[list[object]]:
    """What an institution has not delivered: [step, had, owed or None], in the order of the steps."""
    return [
        [str(one.planned.step), gap.have, gap.owed]
        for one in standing.standings(month, now)
        if one.state != standing.DONE
        for gap in one.lacking
        if gap.institution_id == institution.pk
    ]
