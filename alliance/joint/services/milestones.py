"""Steps of persons: recorded by the side whose step it is, put right with a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from alliance.joint.models import Enrolment, Milestone
from alliance.joint.services.moving import local_day, move, require_side, words, works_at
from alliance.joint.services.refusals import JointRefused
from alliance.models import Membership, Staff


@transaction.atomic
def finish(
    *,
    by: Membership,
    milestone: Milestone,
    day: date,
    doctor: Staff | None,
    note: str,
    now: datetime,
    version: int | None = None,
) -> Milestone:
    """Say that a step was done, when and by whom; the doctor becomes the side's where it has none yet.

    Raises PermissionDenied, JointRefused (no_doctor, doctor, done_on), Stale.
    """
    require_side(by, "joint.enrol", milestone.at_id)
    if doctor is None:
        raise JointRefused("no_doctor")
    if not works_at(doctor, milestone.at_id):
        raise JointRefused("doctor")
    # Locked: the person may be leaving at this moment.
    enrolment = Enrolment.objects.select_for_update().get(pk=milestone.enrolment_id)
    last = enrolment.withdrawn_on or local_day(now)
    if not milestone.begins_on <= day <= last:
        raise JointRefused("done_on", first=milestone.begins_on)
    done: Milestone = move(
        "finish", by=by, row=milestone, version=version, done_on=day, done_by=doctor, note=note.strip(),
        recorded_by=by, recorded_at=now,
    )  # fmt: skip
    _name(enrolment, milestone.side, doctor)
    return done


def _name(enrolment: Enrolment, side: str, doctor: Staff) -> None:
    if getattr(enrolment, f"{side}_doctor_id") is None:
        Enrolment.objects.filter(pk=enrolment.pk).update(
            **{f"{side}_doctor": doctor, f"{side}_department": doctor.department, "version": F("version") + 1}
        )


@transaction.atomic
def reopen(*, by: Membership, milestone: Milestone, why: str, version: int | None = None) -> Milestone:
    """A step was recorded wrongly: it is to do again. Raises PermissionDenied, JointRefused (why), Stale."""
    require_side(by, "joint.enrol", milestone.at_id)
    said = words(why)
    opened: Milestone = move(
        "reopen", by=by, row=milestone, version=version, said=said, done_on=None, done_by=None,
        recorded_by=None, recorded_at=None,
    )  # fmt: skip
    return opened
