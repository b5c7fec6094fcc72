"""Attendance as another system delivers it: a whole list at once, which may come again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from alliance.models import Membership
from alliance.services import journal
from alliance.training.models import Attendance, Session
from alliance.training.services.refusals import TrainingRefused
from alliance.training.services.sessions import Presence, check, locked

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery brought: lines that are new, lines that stood there already as sent."""

    new: int
    known: int


@transaction.atomic
def deliver(*, by: Membership, session: Session, present: Sequence[Presence], now: datetime) -> Delivered:
    """Enter the own staff of a list, whole or not at all; what stands there exactly so is left alone.

    Raises TrainingRefused (too_many, and those of `attend`: a person already there with other minutes is
    `twice`), PermissionDenied.
    """
    if len(present) > MOST_AT_ONCE:
        raise TrainingRefused("too_many", limit=MOST_AT_ONCE)
    session = locked(by, session)
    rows = Attendance.objects.filter(session=session, voided_at=None, staff__institution=by.institution_id)
    there = {row.staff_id: (row.minutes, row.way, row.points) for row in rows}
    fresh: list[Attendance] = []
    for one in present:
        said = (one.minutes, one.way, one.points)
        if there.get(one.staff.pk) == said:
            continue
        check(by, session, one)
        if one.staff.pk in there:
            raise TrainingRefused("twice", name=one.staff.name)
        there[one.staff.pk] = said
        fresh.append(
            Attendance(
                session=session, staff=one.staff, minutes=one.minutes, way=one.way, points=one.points,
                source=Attendance.Source.API, entered_by=by, entered_at=now,
            )
        )  # fmt: skip
    Attendance.objects.bulk_create(fresh, batch_size=MOST_AT_ONCE)
    journal.write(by=by, verb="training.delivered", about=session, lines=len(fresh))
    return Delivered(len(fresh), len(present) - len(fresh))
