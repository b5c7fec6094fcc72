"""Steps of a booking: cancelled, missed, shortened, moved; what becomes free goes to who waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equipment.models import Booking
from alliance.equipment.services import rooms, waiting
from alliance.equipment.services.booking import Wish, place, unqualified, wrong_time
from alliance.equipment.services.refusals import EquipmentRefused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, journal, parameters, steps

MISSED_AFTER = "equipment.missed_after"


class CancelReason(models.TextChoices):
    """Why a booking is given up."""

    PATIENT = "patient", gettext_lazy("the patient does not want it")
    CONDITION = "condition", gettext_lazy("the patient's condition changed")
    NOT_NEEDED = "not_needed", gettext_lazy("no longer needed")
    ELSEWHERE = "elsewhere", gettext_lazy("examined elsewhere")
    ENTRY = "entry", gettext_lazy("entered by mistake")
    OTHER = "other", gettext_lazy("another reason")


@transaction.atomic
def cancel(
    *,
    by: Membership,
    booking: Booking,
    reason: str,
    text: str = "",
    now: datetime,
    version: int | None = None,
) -> Booking:
    """Either side gives a booking up and says why; given up by the owner, the booking side tells the patient.

    Raises EquipmentRefused (reason, note), Stale.
    """
    if reason not in CancelReason.values:
        raise EquipmentRefused("reason")
    if reason == CancelReason.OTHER and not text.strip():
        raise EquipmentRefused("note")
    held = rooms.hold(booking.device)
    gone = step(
        "cancel", by, booking, now, version, reason=reason, reason_text=text.strip(), closed_at=now,
        told_at=_told(by, booking, now),
    )  # fmt: skip
    waiting.move_up(by=by, device=held, begin=booking.starts_at, end=booking.ends_at, now=now)
    return gone


@transaction.atomic
def miss(*, by: Membership, booking: Booking, now: datetime, version: int | None = None) -> Booking:
    """The owner notes that the patient did not come; the rest of the time is free again.

    Raises EquipmentRefused (too_early) before the grace of `equipment.missed_after` is over.
    """
    rule = parameters.rule_in_force(MISSED_AFTER, on=rooms.day_of(now))
    begins = calendar.deadline(booking.starts_at, rule).due_at
    if now < begins:
        raise EquipmentRefused("too_early", **{"from": begins.astimezone(SHANGHAI).strftime("%H:%M")})
    held = rooms.hold(booking.device)
    missed = step("miss", by, booking, now, version, closed_at=now)
    waiting.move_up(by=by, device=held, begin=max(now, booking.starts_at), end=booking.ends_at, now=now)
    return missed


@transaction.atomic
def shorten(
    *, by: Membership, booking: Booking, ends_at: datetime, now: datetime, version: int | None = None
) -> Booking:
    """End a booking earlier than planned; the planned end stays on record and the rest is free again.

    Raises EquipmentRefused (not_shorter, finished), PermissionDenied, Stale.
    """
    _admit(by, booking, "equipment.book")
    steps.fresh(booking, version)
    if booking.state != Booking.State.BOOKED:
        raise EquipmentRefused("finished", state=booking.get_state_display())
    if not booking.starts_at < ends_at < booking.ends_at:
        raise EquipmentRefused("not_shorter")
    held, before = rooms.hold(booking.device), booking.ends_at
    change = {"ends_at": ends_at, "planned_end": booking.planned_end or before, "version": F("version") + 1}
    shorter: Booking = Booking.objects.claim(booking.pk, expect=_as_seen(booking), change=change)
    journal.write(by=by, verb="equipment.booking_shortened", about=shorter, until=ends_at.isoformat())
    waiting.move_up(by=by, device=held, begin=ends_at, end=before, now=now)
    return shorter


@transaction.atomic
def move(
    *, by: Membership, booking: Booking, starts_at: datetime, now: datetime, version: int | None = None
) -> Booking:
    """Give a booking another time; the new one names it as the one before. Returns the new booking.

    Moved by the owner, the booking side has to tell the patient. Raises SlotTaken, EquipmentRefused, Stale.
    """
    held = rooms.hold(booking.device)
    for fault in (*wrong_time(Wish(held, starts_at), now), *unqualified(held, booking.operator, starts_at)):
        raise fault
    left = step("move", by, booking, now, version, closed_at=now)
    told = _told(by, booking, now)
    made = successor(by=by, left=left, device=held, starts_at=starts_at, now=now, told_at=told)
    if booking.state == Booking.State.BOOKED:
        waiting.move_up(by=by, device=held, begin=booking.starts_at, end=booking.ends_at, now=now)
    return made


def successor(
    *, by: Membership, left: Booking, device: Any, starts_at: datetime, now: datetime, **more: Any
) -> Booking:
    """The booking that takes the place of one that was moved, on the held device."""
    wish = Wish(
        device, starts_at, left.item, left.minutes, left.purpose, left.person, left.operator,
        left.safety_confirmed, left.note,
    )  # fmt: skip
    made = place(
        by=by, wish=wish, institution=left.institution, device=device, now=now, previous=left, **more
    )
    journal.write(by=by, verb="equipment.booked", about=made, device=device.pk, previous=left.pk)
    return made


@transaction.atomic
def tell(*, by: Membership, booking: Booking, now: datetime) -> Booking:
    """The patient has been told what nobody chose with them: a time from the waiting list, after an outage or
    of the owner's, or that the owner gave it up.
    """
    _admit(by, booking, "equipment.book")
    told: Booking = Booking.objects.claim(booking.pk, expect={"told_at": None}, change={"told_at": now})
    journal.write(by=by, verb="equipment.patient_told", about=told)
    return told


def step(
    name: str, by: Membership, booking: Any, now: datetime, version: int | None, **change: Any
) -> Booking:
    """One step of the machine. Raises PermissionDenied, Stale."""
    found = steps.admitted(name, by=by, row=booking, version=version)
    moved: Booking = steps.take(
        found, by=by, row=booking, verb=f"equipment.booking_{found.target}",
        remark=change.get("reason_text", ""), **change,
    )  # fmt: skip
    return moved


def _told(by: Membership, booking: Booking, now: datetime) -> datetime | None:
    """Who booked speaks with the patient; of what the owner does they have still to be told."""
    nobody = booking.person_id is None
    return now if nobody or by.institution_id == booking.institution_id else None


def _as_seen(booking: Booking) -> dict[str, Any]:
    return {"state": booking.state, "version": booking.version}


def _admit(by: Membership, booking: Booking, permit: str) -> None:
    if not booking.sides_of(by) or not by.can(permit):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
