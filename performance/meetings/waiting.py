"""What of meetings and tasks waits for whom, with its clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals.facts import waiting_for
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words
from performance.life import plan
from performance.meetings import planning
from performance.meetings.models import (
    ANSWER,
    RUN,
    VIEW,
    Attendance,
    Body,
    Meeting,
    Minutes,
    Resolution,
    Task,
    leading,
)
from performance.meetings.services import minuting, resolving

SOON = timedelta(days=3)


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Tasks to do, to check, escalated; meetings to hold, minutes to sign; a fixed number of queries."""
    return [*_tasks(membership, now), *_checks(membership, now), *_meetings(membership, now)]


def _tasks(membership: Membership, now: datetime) -> list[Todo]:
    mine = Q(owner__user=membership.user_id)
    if membership.can(ANSWER) and membership.institution_id is not None:
        mine |= Q(institution=membership.institution_id, owner=None)
    rows = Task.objects.filter(mine, state=Task.State.OPEN).select_related("body__alliance")
    return [
        Todo(
            "late" if row.due_at <= now else "warn" if row.due_at - now < SOON else "info", row.title,
            _("Task of %(body)s") % {"body": row.body.title} if row.body else _("Task"),
            reverse("task", args=[row.pk]), row.due_at, button=_("Answer"),
        )
        for row in rows
    ]  # fmt: skip


def _checks(membership: Membership, now: datetime) -> list[Todo]:
    """Answers that another person checks, and tasks so late that who gave them is asked."""
    given = Q(given_by__user=membership.user_id) | Q(body__in=leading(membership))
    if membership.can(RUN) and membership.institution_id is None:
        given |= Q(body=None) | Q(body__institution=None)
    waits = Q(state=Task.State.ANSWERED) | Q(state=Task.State.OPEN, escalates_at__lte=now)
    rows = Task.objects.filter(given, waits).exclude(owner__user=membership.user_id)
    found = []
    for row in rows.select_related("institution", "owner__user"):
        who = row.owner.user.name if row.owner else row.institution.short_name if row.institution else ""
        late = row.state == Task.State.OPEN
        why = (
            _("Late: %(who)s has not answered; decide what follows") if late
            else _("%(who)s has answered; another person checks it")
        ) % {"who": who}  # fmt: skip
        found.append(
            Todo(
                "late" if late else "info", row.title, why, reverse("task", args=[row.pk]),
                row.due_at if late else None, button=_("Look") if late else _("Check"),
            )
        )  # fmt: skip
    return found


def _meetings(membership: Membership, now: datetime) -> list[Todo]:
    """A seat alone asks to come, to vote and to sign; planning is for who looks at meetings."""
    owed = _owed(membership, now) if membership.can(VIEW) else []
    return [*owed, *_asked(membership, now), *_votes(membership), *_unsigned(membership)]


def _votes(membership: Membership) -> list[Todo]:
    """Resolutions that wait for the vote of who has no page of approvals; the others find them there."""
    if membership.can("approval.view"):
        return []
    asked = [one.pk for one in waiting_for(membership) if one.kind == resolving.KIND]
    rows = Resolution.objects.filter(approval__in=asked).select_related("meeting") if asked else ()
    return [
        Todo(
            "info", row.text[:80], _("Vote in %(meeting)s") % {"meeting": row.meeting.title},
            reverse("meeting", args=[row.meeting_id]), button=pgettext("meeting", "Vote"),
        )
        for row in rows
    ]  # fmt: skip


def _owed(membership: Membership, now: datetime) -> list[Todo]:
    """Bodies the member leads or keeps that have not met for the last month or quarter."""
    led = Q(pk__in=leading(membership))
    if membership.can(RUN):
        led |= Q(institution=membership.institution_id)
    bodies = list(Body.objects.filter(led).select_related("alliance"))
    found = []
    for one in planning.missing(bodies, now) if bodies else ():
        due, consults = plan.end_of_day(one.due), one.kind == Meeting.Kind.CONSULTATION
        said = (
            _("%(body)s: consultation with the insurer about %(month)s") if consults
            else _("%(body)s: meeting about %(month)s")
        )  # fmt: skip
        found.append(
            Todo(
                "late" if due <= now else "warn" if due - now < SOON else "info",
                said % {"body": one.body.title, "month": words.month(one.month)},
                _("Its minutes and resolutions are the record of the month."),
                reverse("body", args=[one.body.pk]), due, button=_("Plan it"),
            )
        )  # fmt: skip
    return found


def _asked(membership: Membership, now: datetime) -> list[Todo]:
    """Meetings to come to."""
    rows = Attendance.objects.filter(
        seat__user=membership.user_id, meeting__state=Meeting.State.INVITED, meeting__begins_at__gt=now
    ).select_related("meeting")
    return [
        Todo(
            "info", row.meeting.title,
            _("%(at)s, %(place)s") % {"at": words.moment(row.meeting.begins_at), "place": row.meeting.place},
            reverse("meeting", args=[row.meeting_id]), row.meeting.begins_at, button=_("Agenda"),
        )
        for row in rows
    ]  # fmt: skip


def _unsigned(membership: Membership) -> list[Todo]:
    """Newest minutes that wait for the member's signature; only for who leads a body."""
    if not leading(membership):
        return []
    open_now = Q(meeting__state=Meeting.State.HELD) | Q(corrects__isnull=False)
    rows = Minutes.objects.filter(open_now, meeting__body__in=leading(membership)).select_related(
        "meeting__body"
    )
    newest = {row.meeting_id: row for row in rows.order_by("number")}
    return [
        Todo(
            "info", row.title, _("Read the minutes and sign them: chair and secretary, two people."),
            reverse("meeting", args=[row.meeting_id]), button=_("Sign"),
        )
        for row in newest.values()
        if not row.signed and minuting.signs_as(membership, row.meeting, row) is not None
    ]  # fmt: skip
