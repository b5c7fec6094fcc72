"""Plan and hold the monthly day of patients; keep the minutes of focus groups and what followed (S1-47)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from complaints.events.models import RUN, FocusGroup, PatientDay


class EventRefused(Refused):
    """A day or a focus group cannot be kept so."""

    reasons = {
        "topic": "Give a topic.",
        "plan": "Write what is planned.",
        "planned_on": "This institution has a day in this month already. Cancel it first, with a reason.",
        "held_on": "Choose a day of the planned month that has come.",
        "minutes": "Write the minutes.",
        "settled": "No more can be settled than was asked.",
        "why": "Say why.",
        "inpatients": "At least one patient or family member takes part.",
        "findings": "Write what was found.",
        "follow_up": "Say what follows, by whom, until when.",
        "due_on": "The follow-up is due before the interview. Choose a later day.",
        "owner": "Choose somebody of this institution.",
        "done_text": "Write what was done.",
        "done": "It is done already.",
    }
    fields = {"done": "done_text"}


def _runs(by: Membership, institution_id: int) -> None:
    if not by.can(RUN) or not by.sees(institution_id):
        raise PermissionDenied(_("Your role does not include this step."))


@transaction.atomic
def plan(*, by: Membership, institution: Institution, planned_on: date, topic: str, plan: str) -> PatientDay:
    """Plan the day of a month. Raises PermissionDenied, EventRefused (topic, plan, planned_on)."""
    _runs(by, institution.pk)
    for name, text in (("topic", topic), ("plan", plan)):
        if not text.strip():
            raise EventRefused(name)
    try:
        with transaction.atomic():
            row: PatientDay = PatientDay.objects.create(
                institution=institution, month=planned_on.replace(day=1), planned_on=planned_on,
                topic=topic.strip(), plan=plan.strip(), entered_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise EventRefused("planned_on") from None
    journal.write(by=by, verb="patient_day.planned", about=row, month=f"{row.month:%Y-%m}")
    journal.step(by=by, about=row, name="plan", before="", after=row.state)
    return row


@transaction.atomic
def hold(
    *, by: Membership, day: PatientDay, held_on: date, minutes: str, visitors: int, asked: int, settled: int,
    now: datetime, version: int | None = None,
) -> PatientDay:  # fmt: skip
    """Record a day with its minutes and numbers; from then on nothing of it changes.

    Raises PermissionDenied, Stale, EventRefused (held_on, minutes, settled).
    """
    step = steps.admitted("hold", by=by, row=day, version=version)
    if held_on.replace(day=1) != day.month or held_on > now.astimezone(SHANGHAI).date():
        raise EventRefused("held_on")
    if not minutes.strip():
        raise EventRefused("minutes")
    if settled > asked:
        raise EventRefused("settled")
    moved: PatientDay = steps.take(
        step, by=by, row=day, verb="patient_day.held", held_on=held_on, minutes=minutes.strip(),
        visitors=visitors, asked=asked, settled=settled,
    )  # fmt: skip
    return moved


@transaction.atomic
def cancel(*, by: Membership, day: PatientDay, why: str, version: int | None = None) -> PatientDay:
    """Cancel a planned day. Raises PermissionDenied, Stale, EventRefused (why)."""
    step = steps.admitted("cancel", by=by, row=day, version=version)
    if not why.strip():
        raise EventRefused("why")
    moved: PatientDay = steps.take(
        step, by=by, row=day, verb="patient_day.cancelled", why=why.strip(), remark=why
    )
    return moved


@transaction.atomic
def interview(
    *, by: Membership, institution: Institution, held_on: date, topic: str, findings: str, follow_up: str,
    owner: Membership, due_on: date, now: datetime, inpatients: int = 0, outpatients: int = 0,
    families: int = 0, staff: int = 0,
) -> FocusGroup:  # fmt: skip
    """Keep the minutes of a focus group: no name of a patient, only how many of which kind.

    Raises PermissionDenied, EventRefused.
    """
    _runs(by, institution.pk)
    for name, text in (("topic", topic), ("findings", findings), ("follow_up", follow_up)):
        if not text.strip():
            raise EventRefused(name)
    if held_on > now.astimezone(SHANGHAI).date():
        raise EventRefused("held_on")
    if inpatients + outpatients + families < 1:
        raise EventRefused("inpatients")
    if due_on < held_on:
        raise EventRefused("due_on")
    if not owner.sees(institution.pk):
        raise EventRefused("owner")
    row: FocusGroup = FocusGroup.objects.create(
        institution=institution, held_on=held_on, topic=topic.strip(), findings=findings.strip(),
        follow_up=follow_up.strip(), owner=owner, due_on=due_on, inpatients=inpatients,
        outpatients=outpatients, families=families, staff=staff, entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="focus_group.kept", about=row)
    return row


@transaction.atomic
def finish(*, by: Membership, group: FocusGroup, done_text: str, now: datetime) -> FocusGroup:
    """Say what was done; by who follows it up or runs the events of the institution, once.

    Raises PermissionDenied, EventRefused (done_text, done).
    """
    if group.owner_id != by.pk:
        _runs(by, group.institution_id)
    if not done_text.strip():
        raise EventRefused("done_text")
    rows = FocusGroup.objects.filter(pk=group.pk, done_at=None)
    if not rows.update(done_at=now, done_text=done_text.strip(), done_by=by):
        raise EventRefused("done")
    journal.write(by=by, verb="focus_group.followed_up", about=group)
    found: FocusGroup = FocusGroup.objects.get(pk=group.pk)
    return found
