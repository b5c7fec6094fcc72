"""Persons of a joint project: enrolled by either institution, with due days that no later rule moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from alliance.joint.models import Enrolment, Milestone, Project, Side
from alliance.joint.services import projects
from alliance.joint.services.moving import local_day, move, own_institution, require_side, words, works_at
from alliance.joint.services.refusals import JointRefused
from alliance.models import Institution, Membership, Person, Staff
from alliance.models.base import Stale
from alliance.services import journal


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is looked after by whom since when; `doctor` is of the enrolling member's own institution."""

    person: Person
    hospital: Institution
    primary: Institution
    first_day: date
    doctor: Staff | None = None


@transaction.atomic
def enrol(
    *, by: Membership, project: Project, entry: Entry, now: datetime, source: str = "typed"
) -> Enrolment:
    """Enrol a person and put down the due day of every step.

    Raises PermissionDenied, JointRefused (no_institution, own_side, hospital, primary, doctor, first_day,
    ended, enrolled).
    """
    here = own_institution(by)
    if here.pk not in (entry.hospital.pk, entry.primary.pk):
        raise JointRefused("own_side")
    require_side(by, "joint.enrol", entry.hospital.pk, entry.primary.pk)
    # Shared lock: the office may be ending the project at this moment.
    project = Project.objects.select_for_update().get(pk=project.pk)
    _check(project, entry, here, local_day(now))
    made = _stored(by, project, entry, source, now)
    Milestone.objects.bulk_create(_milestones(made))
    journal.write(by=by, verb="joint.enrolled", about=made, source=source)
    return made


def _check(project: Project, entry: Entry, here: Institution, today: date) -> None:
    if project.state != Project.State.OPEN:
        raise JointRefused("ended")
    if entry.hospital.level == Institution.Level.PRIMARY:
        raise JointRefused("hospital")
    if entry.primary.level != Institution.Level.PRIMARY:
        raise JointRefused("primary")
    if not project.first_day <= entry.first_day <= today:
        raise JointRefused("first_day", first=project.first_day)
    if entry.doctor is not None and not works_at(entry.doctor, here.pk):
        raise JointRefused("doctor")


def _stored(by: Membership, project: Project, entry: Entry, source: str, now: datetime) -> Enrolment:
    side = Side.HOSPITAL if by.institution_id == entry.hospital.pk else Side.PRIMARY
    named = _named(side, entry.doctor) if entry.doctor else {}
    try:
        with transaction.atomic():
            row: Enrolment = Enrolment.objects.create(
                project=project, person=entry.person, hospital=entry.hospital, primary=entry.primary,
                first_day=entry.first_day, source=source, enrolled_by=by, enrolled_at=now, **named,
            )  # fmt: skip
    except IntegrityError as error:
        if "joint_person_once" not in str(error):
            raise
        raise JointRefused("enrolled") from None
    return row


def _named(side: str, doctor: Staff) -> dict[str, Any]:
    return {f"{side}_doctor": doctor, f"{side}_department": doctor.department}


def _milestones(row: Enrolment) -> list[Milestone]:
    return [
        Milestone(
            enrolment=row, number=step.number, name=step.name, side=step.side, begins_on=row.first_day,
            at=row.hospital if step.side == Side.HOSPITAL else row.primary,
            due_on=row.first_day + timedelta(days=projects.days_of(step, row.first_day)),
        )
        for step in projects.steps_on(row.project, row.first_day)
    ]  # fmt: skip


@transaction.atomic
def name_doctor(
    *, by: Membership, enrolment: Enrolment, doctor: Staff, version: int | None = None
) -> Enrolment:
    """Each side names its own doctor. Raises PermissionDenied, JointRefused (doctor, withdrawn), Stale."""
    require_side(by, "joint.enrol", enrolment.hospital_id, enrolment.primary_id)
    _living(enrolment)
    assert by.institution_id is not None  # one of the two sides
    if not works_at(doctor, by.institution_id):
        raise JointRefused("doctor")
    if version is not None and version != enrolment.version:
        raise Stale(enrolment)
    named: Enrolment = Enrolment.objects.claim(
        enrolment.pk,
        expect={"state": enrolment.state, "version": enrolment.version},
        change={"version": F("version") + 1, **_named(enrolment.side_of(by), doctor)},
    )
    journal.write(by=by, verb="joint.doctor_named", about=named, staff=doctor.pk)
    return named


@transaction.atomic
def withdraw(
    *, by: Membership, enrolment: Enrolment, reason: str, why: str, day: date, now: datetime,
    version: int | None = None,
) -> Enrolment:  # fmt: skip
    """The person leaves: steps not yet due fall away; what was missed before stays missed.

    A person entered in error counts nowhere: every step falls away, done ones as well.
    Raises PermissionDenied, JointRefused (reason, why, withdrawn_on), Stale.
    """
    require_side(by, "joint.enrol", enrolment.hospital_id, enrolment.primary_id)
    if reason not in Enrolment.Reason.values:
        raise JointRefused("reason")
    said = words(why)
    if not enrolment.first_day <= day <= local_day(now):
        raise JointRefused("withdrawn_on", first=enrolment.first_day)
    left: Enrolment = move(
        "withdraw", by=by, row=enrolment, version=version, said=said, reason=reason, why=said,
        withdrawn_on=day,
    )  # fmt: skip
    _drop(by, left)
    return left


def _drop(by: Membership, left: Enrolment) -> None:
    # Locked with the person's row by `move`: a step being finished waits for it, or was before it.
    rows = left.milestones.exclude(state=Milestone.State.DROPPED)
    if left.reason != Enrolment.Reason.ERROR:
        rows = rows.filter(state=Milestone.State.OPEN, due_on__gte=left.withdrawn_on)
    for row in rows:
        move(
            "drop", by=by, row=row, done_on=None, done_by=None, recorded_by=None, recorded_at=None,
            note="",
        )  # fmt: skip


def _living(enrolment: Enrolment) -> None:
    if enrolment.state != Enrolment.State.ACTIVE:
        raise JointRefused("withdrawn", day=enrolment.withdrawn_on)
