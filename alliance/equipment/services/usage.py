"""Uses of a device: from a booking, at the device, or from the owner's system; both sides stand by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.equipment.models import Booking, Device, ExamItem, Usage
from alliance.equipment.services import rooms, steps
from alliance.equipment.services.booking import own
from alliance.equipment.services.refusals import EquipmentRefused
from alliance.lib.money import MOST_FEN
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Person, Staff
from alliance.models.base import Stale
from alliance.services import journal

LONGEST_HOURS = 72
State = Usage.State


@dataclass(frozen=True, slots=True)
class Log:
    """One use as it is entered. `fee_fen`: charged to the patient by `collected_by` (none: the user)."""

    device: Device
    institution: Institution
    started_at: datetime
    ended_at: datetime
    item: ExamItem | None = None
    item_name: str = ""
    fee_fen: int = 0
    person: Person | None = None
    operator: Staff | None = None
    reader: Institution | None = None
    collected_by: Institution | None = None
    result_ref: str = ""
    log_number: str = ""
    department: Department | None = None

    def columns(self) -> dict[str, Any]:
        """The log as columns of a use."""
        return {
            "device": self.device, "owner_id": self.device.institution_id, "institution": self.institution,
            "item": self.item, "item_name": self.item.name if self.item else self.item_name,
            "person": self.person, "operator": self.operator, "reader": self.reader,
            "department": self.department, "collected_by": self.collected_by or self.institution,
            "started_at": self.started_at, "ended_at": self.ended_at,
            "month": Month.of(rooms.day_of(self.started_at)).first_day,
            "fee_fen": self.fee_fen, "result_ref": self.result_ref.strip(),
            "log_number": self.log_number.strip(),
        }  # fmt: skip


@transaction.atomic
def record(*, by: Membership, log: Log, now: datetime, source: str = Usage.Source.DESK) -> Usage:
    """Enter a use without a booking; the other side confirms it, one's own needs nobody.

    Raises EquipmentRefused (future, span, too_long, item, fee, log_number, both, no_institution).
    """
    here = own(by)
    if here.pk not in (log.device.institution_id, log.institution.pk):
        raise EquipmentRefused("both")
    made = _store(by, log, now, source=source)
    if log.institution.pk == log.device.institution_id:
        made = _settle(by, made, now)
    return made


@transaction.atomic
def record_booking(
    *,
    by: Membership,
    booking: Booking,
    started_at: datetime,
    ended_at: datetime,
    now: datetime,
    version: int | None = None,
    **more: Any,
) -> Usage:
    """The owner enters that a booking was used: booked by one side and recorded by the other, it counts.

    `more`: fee_fen, reader, collected_by, result_ref, operator of the `Log`. Raises as `record`, Stale.
    """
    item = booking.item
    fee = more.pop("fee_fen", None)
    used = steps.step("use", by, booking, now, version, closed_at=now)
    log = Log(
        device=booking.device, institution=booking.institution, started_at=started_at, ended_at=ended_at,
        item=item, item_name=str(booking.get_purpose_display()), person=booking.person,
        department=booking.booked_by.department,
        fee_fen=fee if fee is not None else (item.fee_fen if item is not None else 0),
        **({"operator": booking.operator} | more),
    )  # fmt: skip
    made = _store(by, log, now, source=Usage.Source.BOOKING, booking=used)
    return _settle(by, made, now)


@transaction.atomic
def confirm(*, by: Membership, uses: Iterable[Usage], now: datetime) -> int:
    """The other side stands by uses; returns how many were confirmed. Raises EquipmentRefused (not_yours)."""
    rows = list(uses)
    if not all(row.awaits(by) for row in rows):
        raise EquipmentRefused("not_yours")
    waiting = Usage.objects.filter(pk__in=[row.pk for row in rows], state__in=[State.STATED, State.DISPUTED])
    done = int(
        waiting.update(state=State.CONFIRMED, confirmed_by=by, confirmed_at=now, version=F("version") + 1)
    )
    if done != len(rows):
        raise Stale(rows[0])
    journal.write(by=by, verb="equipment.uses_confirmed", count=done, ids=[row.pk for row in rows][:200])
    return done


@transaction.atomic
def deny(*, by: Membership, usage: Usage, text: str) -> Usage:
    """The other side says what is wrong with a use. Raises EquipmentRefused (not_yours, note, settled)."""
    if not usage.awaits(by):
        raise EquipmentRefused("not_yours")
    if not text.strip():
        raise EquipmentRefused("note")
    return _change(by, usage, State.DISPUTED, [State.STATED], text)


@transaction.atomic
def void(*, by: Membership, usage: Usage, text: str) -> Usage:
    """Either side takes back a use it stated, or the owner one of its device: it no longer counts.

    One that is in a posted clearing stays there; the next clearing takes its money back. Raises
    EquipmentRefused (note, settled), PermissionDenied.
    """
    if not may_void(by, usage):
        raise PermissionDenied(_("Who stated a use, or the owner of the device, takes it back."))
    if not text.strip():
        raise EquipmentRefused("note")
    return _change(by, usage, State.VOID, [State.STATED, State.DISPUTED, State.CONFIRMED], text)


def may_void(by: Membership, usage: Usage) -> bool:
    """Whether a member may take a use back: as it may be entered, for the owner by who operates, for the user
    also by who books.
    """
    here = by.institution_id
    if here is None or here not in (usage.stated_for_id, usage.owner_id):
        return False
    return by.can("equipment.operate") or (here != usage.owner_id and by.can("equipment.book"))


def check(log: Log, now: datetime) -> None:
    """Raise EquipmentRefused where the log cannot be: future, span, too_long, item, fee."""
    if log.started_at > now:
        raise EquipmentRefused("future")
    if log.ended_at <= log.started_at:
        raise EquipmentRefused("span")
    if log.ended_at - log.started_at > timedelta(hours=LONGEST_HOURS):
        raise EquipmentRefused("too_long", hours=LONGEST_HOURS)
    if log.item is not None and log.item.device_id != log.device.pk:
        raise EquipmentRefused("item")
    if log.item is None and not log.item_name.strip():
        raise EquipmentRefused("item")
    if not 0 <= log.fee_fen <= MOST_FEN:
        raise EquipmentRefused("fee")


def _store(by: Membership, log: Log, now: datetime, *, source: str, booking: Booking | None = None) -> Usage:
    check(log, now)
    made = Usage(source=source, booking=booking, stated_by=by, stated_for=own(by), **log.columns())
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "equipment_usage_log_number" in str(error):
            raise EquipmentRefused("log_number", number=log.log_number) from error
        raise
    journal.write(by=by, verb="equipment.use_recorded", about=made, device=log.device.pk, source=source)
    return made


def _settle(by: Membership, usage: Usage, now: datetime) -> Usage:
    change = {"state": State.CONFIRMED, "confirmed_by": by, "confirmed_at": now}
    settled: Usage = Usage.objects.claim(usage.pk, expect={"state": State.STATED}, change=change)
    return settled


def _change(by: Membership, usage: Usage, to: str, sources: list[str], text: str) -> Usage:
    if usage.state not in sources:
        raise EquipmentRefused("settled", state=usage.get_state_display())
    before = usage.state
    changed: Usage = Usage.objects.claim(
        usage.pk, expect={"state": before, "version": usage.version},
        change={"state": to, "dispute": text.strip()[:200], "version": F("version") + 1},
    )  # fmt: skip
    journal.write(by=by, verb=f"equipment.use_{to}", about=changed)
    journal.step(by=by, about=changed, name=str(to), before=before, after=str(to), note=text.strip()[:200])
    return changed
