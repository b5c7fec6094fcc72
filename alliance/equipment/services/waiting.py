"""The waiting list 候补: who joins, who leaves, and who gets a slot that becomes free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.equipment.engine import slots
from alliance.equipment.models import Booking, Device, ExamItem, Waiting
from alliance.equipment.services import rooms
from alliance.equipment.services.booking import Wish, faults, own, place, unqualified
from alliance.equipment.services.refusals import EquipmentRefused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership, Person, Staff
from alliance.services import calendar, journal, parameters

LEAD = "equipment.move_up_lead"


@dataclass(frozen=True, slots=True)
class Hope:
    """What somebody waits for: an item for a patient, at any time from `earliest` up to `latest`."""

    device: Device
    item: ExamItem
    person: Person
    earliest: datetime
    latest: datetime
    operator: Staff | None = None
    safety_confirmed: bool = False
    note: str = ""

    def wish(self, at: datetime) -> Wish:
        """The same as a booking at a time."""
        return Wish(
            self.device, at, self.item, 0, Booking.Purpose.PATIENT, self.person, self.operator,
            self.safety_confirmed, self.note,
        )  # fmt: skip


@transaction.atomic
def join(*, by: Membership, hope: Hope, now: datetime) -> Waiting:
    """Take a place in the queue. Raises EquipmentRefused: the faults of a booking, window, free, waits."""
    device = rooms.hold(hope.device)
    if hope.latest - max(hope.earliest, now) < timedelta(minutes=hope.item.minutes):
        raise EquipmentRefused("window")
    for fault in faults(hope.wish(max(hope.earliest, now)), by=by, now=now):
        raise fault
    free = next(_suiting(device, hope.item, max(hope.earliest, now), hope.latest), None)
    if free is not None:
        raise EquipmentRefused("free", at=free.astimezone(SHANGHAI).strftime("%m-%d %H:%M"))
    _let_go(by, device, hope, now)
    row = Waiting(
        device=device, item=hope.item, person=hope.person, institution=own(by), asked_by=by,
        operator=hope.operator, earliest=hope.earliest, latest=hope.latest, note=hope.note,
        safety_confirmed=hope.safety_confirmed, asked_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise EquipmentRefused("waits") from error
    journal.write(by=by, verb="equipment.waiting_joined", about=row, device=device.pk)
    return row


@transaction.atomic
def leave(*, by: Membership, waiting: Waiting) -> Waiting:
    """Give a place in the queue up. Raises EquipmentRefused (left), PermissionDenied (somebody else's)."""
    if by.institution_id not in (waiting.institution_id, waiting.device.institution_id):
        raise PermissionDenied(_("Only who asked for the slot, or the owner, takes it off the list."))
    if waiting.state != Waiting.State.WAITING:
        raise EquipmentRefused("left", state=waiting.get_state_display())
    gone: Waiting = Waiting.objects.claim(
        waiting.pk, expect={"state": Waiting.State.WAITING}, change={"state": Waiting.State.WITHDRAWN}
    )
    journal.write(by=by, verb="equipment.waiting_left", about=gone)
    return gone


def standing(now: datetime) -> Q:
    """Places in the queue that may still get a slot."""
    return Q(state=Waiting.State.WAITING, latest__gt=now)


def run_out(now: datetime) -> Q:
    """Places whose time has passed without a slot: who asked is told, and asks again or gives it up."""
    return Q(state=Waiting.State.WAITING, latest__lte=now)


def _let_go(by: Membership, device: Device, hope: Hope, now: datetime) -> None:
    """Asked for again, an earlier place that ran out is given up."""
    earlier = Waiting.objects.filter(run_out(now), device=device, item=hope.item, person=hope.person)
    for row in earlier:
        change = {"state": Waiting.State.WITHDRAWN}
        gone = Waiting.objects.claim(row.pk, expect={"state": Waiting.State.WAITING}, change=change)
        journal.write(by=by, verb="equipment.waiting_left", about=gone)


def move_up(
    *, by: Membership, device: Device, begin: datetime, end: datetime, now: datetime
) -> list[Booking]:
    """Give time of the held device that became free to the first in the queue it suits; return the bookings.

    Nobody gets a slot with less notice than `equipment.move_up_lead`: the patient has to be told and to come.
    """
    rule = parameters.rule_in_force(LEAD, on=rooms.day_of(now))
    soonest = calendar.deadline(now, rule).due_at
    if end <= soonest or not device.is_active:
        return []
    queue = Waiting.objects.filter(
        device=device, state=Waiting.State.WAITING, earliest__lt=end, latest__gt=begin
    )
    found = []
    for waiting in queue.select_related("item", "person", "institution", "operator").order_by("pk"):
        not_before = max(waiting.earliest, soonest, begin - timedelta(minutes=waiting.item.minutes))
        not_after = min(waiting.latest, end + timedelta(minutes=waiting.item.minutes))
        at = next(_suiting(device, waiting.item, not_before, not_after), None)
        if at is not None and not any(unqualified(device, waiting.operator, at)):
            found.append(_promote(by, device, waiting, at, now))
    return found


def _suiting(device: Device, item: ExamItem, first: datetime, last: datetime) -> Iterator[datetime]:
    """Free beginnings of an item that ends by `last`."""
    if first >= last:
        return
    room = rooms.room_of(device, first, last)
    for at in slots.free_starts(room, item.minutes, not_before=first):
        if at + timedelta(minutes=item.minutes) <= last:
            yield at


def _promote(by: Membership, device: Device, waiting: Waiting, at: datetime, now: datetime) -> Booking:
    """Book for the place in the queue, in the name of who asked; the patient is still to be told."""
    wish = Wish(
        device, at, waiting.item, 0, Booking.Purpose.PATIENT, waiting.person, waiting.operator,
        waiting.safety_confirmed, waiting.note,
    )  # fmt: skip
    made = place(
        by=waiting.asked_by, wish=wish, institution=waiting.institution, device=device, now=now,
        waited=waiting, told_at=None,
    )  # fmt: skip
    Waiting.objects.claim(
        waiting.pk, expect={"state": Waiting.State.WAITING}, change={"state": Waiting.State.BOOKED}
    )
    journal.write(by=by, verb="equipment.moved_up", about=made, waiting=waiting.pk)
    return made
