"""Sessions are planned by an organiser; each institution enters its own staff; closing makes hours count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.models import Membership, Staff
from alliance.models.base import Stale
from alliance.services import journal, steps
from alliance.training.models import Attendance, Session
from alliance.training.services.refusals import TrainingRefused

MOST_HOURS = 12  # a course of several days is several sessions


@dataclass(frozen=True, slots=True)
class Plan:
    """What a session is; times with zone."""

    title: str
    teacher: str
    mode: str
    starts_at: datetime
    ends_at: datetime
    topic: str = ""
    place: str = ""
    pass_mark: int | None = None
    tier: str = ""
    course: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """One person's part in a session: minutes, way, points of the examination (None without one)."""

    staff: Staff
    minutes: int
    way: str
    points: int | None = None


@transaction.atomic
def plan(*, by: Membership, plan: Plan) -> Session:
    """Plan a session of the member's institution. Raises PermissionDenied, TrainingRefused (ends_at)."""
    _require(by, "training.organise")
    if by.institution is None:
        raise TrainingRefused("no_institution")
    length = (plan.ends_at - plan.starts_at).total_seconds()
    if not 60 <= length <= MOST_HOURS * 3600:
        raise TrainingRefused("ends_at", most=MOST_HOURS)
    columns = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
    session: Session = Session.objects.create(organiser=by.institution, entered_by=by, **columns)
    journal.write(by=by, verb="training.planned", about=session)
    return session


@transaction.atomic
def attend(
    *, by: Membership, session: Session, presence: Presence, now: datetime, source: str = "typed"
) -> Attendance:
    """Enter one of the own staff. Raises TrainingRefused (closed, staff, minutes, way, points, twice)."""
    session = locked(by, session)
    check(by, session, presence)
    try:
        with transaction.atomic():
            row: Attendance = Attendance.objects.create(
                session=session, staff=presence.staff, minutes=presence.minutes, way=presence.way,
                points=presence.points, source=source, entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "attendance_once" not in str(error):
            raise
        raise TrainingRefused("twice", name=presence.staff.name) from None
    return row


def locked(by: Membership, session: Session) -> Session:
    """The session for who enters attendance: the organiser may be closing its list at this moment."""
    _require(by, "training.attend")
    row: Session = Session.objects.select_for_update().get(pk=session.pk)
    return row


def check(by: Membership, session: Session, presence: Presence) -> None:
    """Raise TrainingRefused (closed, staff, minutes, way, points) for what cannot stand on the list."""
    if session.state != Session.State.PLANNED:
        raise TrainingRefused("closed", state=session.get_state_display())
    if presence.staff.institution_id != by.institution_id or not presence.staff.is_active:
        raise TrainingRefused("staff")
    if not 1 <= presence.minutes <= session.minutes:
        raise TrainingRefused("minutes", most=session.minutes)
    if session.mode != Session.Mode.BOTH and presence.way != session.mode:
        raise TrainingRefused("way", mode=session.get_mode_display())
    if presence.points is not None and (session.pass_mark is None or not 0 <= presence.points <= 100):
        raise TrainingRefused("points")


@transaction.atomic
def void(*, by: Membership, attendance: Attendance, why: str, now: datetime) -> Attendance:
    """Take a wrong line of the own staff off the list; it stays readable with its reason."""
    _require(by, "training.attend")
    if attendance.staff.institution_id != by.institution_id:
        raise PermissionDenied(_("Only the institution of this person changes the line."))
    if not why.strip():
        raise TrainingRefused("why")
    if not Attendance.objects.filter(pk=attendance.pk, voided_at=None).update(voided_at=now, why=why.strip()):
        raise Stale(attendance)
    journal.write(by=by, verb="training.voided", about=attendance)
    attendance.refresh_from_db()
    return attendance


@transaction.atomic
def close(*, by: Membership, session: Session, now: datetime, version: int | None = None) -> Session:
    """The organiser closes the list: hours count. Raises TrainingRefused (future, nobody), Stale."""
    _require_organiser(by, session)
    if now < session.ends_at:
        raise TrainingRefused("future")
    if not session.attendances.filter(voided_at=None).exists():
        raise TrainingRefused("nobody")
    return _move("close", by, session, version, closed_at=now)


@transaction.atomic
def cancel(*, by: Membership, session: Session, why: str, version: int | None = None) -> Session:
    """The session does not take place."""
    _require_organiser(by, session)
    if not why.strip():
        raise TrainingRefused("why")
    return _move("cancel", by, session, version, why=why.strip())


def _move(name: str, by: Membership, session: Session, version: int | None, **change: Any) -> Session:
    moved: Session = steps.take(
        steps.open_now(name, session, version), by=by, row=session, verb=f"training.{name}",
        remark=change.get("why", ""), **change,
    )  # fmt: skip
    return moved


def _require_organiser(by: Membership, session: Session) -> None:
    _require(by, "training.organise")
    if by.institution_id != session.organiser_id:
        raise PermissionDenied(_("Only the organiser does this."))


def _require(by: Membership, action: str) -> None:
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))
