"""What time brings: complaints go one level up before and after a limit, silent ones are closed, provisional
limits are computed anew when the year's plan is published (definitions 9).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib import workdays
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import calendar, journal
from complaints import machine, sql
from complaints.models import Clock, Complaint, Escalation, Level
from complaints.services import limits
from complaints.services.moves import move, needed
from complaints.services.refusals import ComplaintRefused

BATCH = 500
WARNS = {Clock.FIRST: "complaint.first_warn", Clock.RESULT: "complaint.result_warn"}
STATES = {Clock.FIRST: Complaint.FIRST, Clock.RESULT: Complaint.LIVE}


def run(now: datetime) -> dict[str, int]:
    """One round of the clock, in the alliance in scope and a transaction. Returns how many of each."""
    return {"moved": restate(now), "escalated": escalate_due(now), "closed": close_silent(now)}


def escalate_due(now: datetime) -> int:
    """Every complaint whose limit is near or over goes one level up, once for each clock, side of the limit
    and round; the claim is the row itself, so a clock that runs twice claims nothing the second time.
    """
    count = 0
    for clock in Clock:
        span = limits.days(WARNS[clock], now)
        states = [str(state) for state in STATES[clock]]
        for when, until in (("before", now + span), ("after", now)):
            claimed = sql.escalate(str(clock), when, states, until, now)
            _raise_levels(claimed, str(clock), when)
            count += len(claimed)
    return count


def _raise_levels(claimed: list[tuple[int, str]], clock: str, when: str) -> None:
    levels = dict(claimed)
    for level in set(levels.values()):
        pks = [pk for pk, to in claimed if to == level]
        Complaint.objects.filter(pk__in=pks).update(level=level, version=F("version") + 1)
    for row in Complaint.objects.filter(pk__in=list(levels)).order_by("pk"):
        journal.write(
            by=None, verb="complaint.escalated", about=row, clock=clock, when=when, level=levels[row.pk]
        )


@transaction.atomic
def escalate(*, by: Membership, complaint: Complaint, reason: str, now: datetime) -> Escalation:
    """Take it one level up by hand, with a reason. Raises ComplaintRefused (reason, top, not_open)."""
    reason = needed(reason, "reason")
    if not complaint.sides_of(by) or not by.can(machine.ANSWER):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if complaint.state not in Complaint.LIVE:
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    if complaint.level == Level.ALLIANCE:
        raise ComplaintRefused("top")
    level = Level.INSTITUTION if complaint.level == Level.DEPARTMENT else Level.ALLIANCE
    Complaint.objects.claim(
        complaint.pk, expect={"version": complaint.version},
        change={"level": level, "version": F("version") + 1},
    )  # fmt: skip
    running = complaint.clock
    row: Escalation = Escalation.objects.create(
        complaint=complaint, round=complaint.round, when=Escalation.When.BY_HAND, level=level, at=now, by=by,
        due_at=running[1] if running else complaint.result_due_at, reason=reason[:300],
        told=sql.office_of(complaint.institution_id, level),
    )  # fmt: skip
    journal.write(by=by, verb="complaint.escalated", about=complaint, when="by_hand", level=str(level))
    return row


@transaction.atomic
def by_order(
    *, by: Membership, complaint: Complaint, first: datetime | None, result: datetime | None
) -> Complaint:
    """The hotline moved the limits of an order: the clocks that still run end then, whatever rule they had.

    None leaves a clock alone. Raises PermissionDenied, ComplaintRefused (order_due, not_open), Stale.
    """
    if not by.can(machine.IMPORT):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if complaint.state not in Complaint.LIVE or (first and complaint.state not in Complaint.FIRST):
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    if any(one < complaint.received_at for one in (first, result) if one):
        raise ComplaintRefused("order_due")
    change: dict[str, Any] = {"version": F("version") + 1}
    if first:
        change |= {"first_rule": "", "first_due_at": first}
    if result:
        change |= {
            "result_rule": "", "result_due_at": result, "result_stated_at": result, "provisional": False,
        }  # fmt: skip
    moved: Complaint = Complaint.objects.claim(
        complaint.pk, expect={"version": complaint.version}, change=change
    )
    for clock, before, due in (
        (Clock.FIRST, complaint.first_due_at, first), (Clock.RESULT, complaint.result_due_at, result)
    ):  # fmt: skip
        if due:
            journal.write(
                by=by, verb="complaint.due_moved", about=complaint, clock=str(clock),
                before=before.isoformat(), due=due.isoformat(),
            )  # fmt: skip
    return moved


def close_silent(now: datetime) -> int:
    """Close what the person has said nothing about for the days of `complaint.confirm`: not asked is not
    solved, so `solved` stays empty.
    """
    over = now - limits.days("complaint.confirm", now)
    closed = 0
    rows = Complaint.objects.filter(state=Complaint.State.RESOLVED, resolved_at__lt=over)
    for row in rows.order_by("pk")[:BATCH]:
        try:
            with transaction.atomic():
                move("close", verb="complaint.lapsed", by=None, complaint=row, now=now, solved=None)
        except Stale:
            continue  # the person did answer at this moment
        closed += 1
    return closed


def restate(now: datetime) -> int:
    """Limits that were provisional are computed anew with the calendar of now; what was said first stays."""
    rows = Complaint.objects.filter(provisional=True, state__in=Complaint.LIVE).order_by("pk")[:BATCH]
    found = list(rows)
    known = calendar.calendar() if found else None
    changed = 0
    for row in found:
        assert known is not None
        due = workdays.deadline(row.result_from, row.result_rule, known)
        if (due.due_at, due.provisional) == (row.result_due_at, row.provisional):
            continue
        changed += Complaint.objects.filter(pk=row.pk, version=row.version).update(
            result_due_at=due.due_at, provisional=due.provisional, version=F("version") + 1
        )
        journal.write(by=None, verb="complaint.restated", about=row, due=due.due_at.isoformat())
    return changed
