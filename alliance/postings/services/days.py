"""A day of a posting: noted by the expert, reported by the sender, confirmed by the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership, Staff
from alliance.models.base import Stale
from alliance.postings.models import Visit
from alliance.postings.services.moving import move, require
from alliance.postings.services.plan import clash, insert, refuse_taken
from alliance.postings.services.refusals import PostingRefused
from alliance.services import journal, parameters

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done on the day: persons, minutes, persons kept at the host instead of referred up."""

    patients_seen: int
    teaching_minutes: int
    retained: int
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns of a visit. Raises PostingRefused (figures) for a negative number."""
        if min(self.patients_seen, self.teaching_minutes, self.retained) < 0:
            raise PostingRefused("figures")
        return {
            "patients_seen": self.patients_seen,
            "teaching_minutes": self.teaching_minutes,
            "retained": self.retained,
            "note": self.note.strip(),
        }


@transaction.atomic
def report(
    *, by: Membership, visit: Visit, figures: Figures, now: datetime, version: int | None = None
) -> Visit:
    """The expert's side says what was done; the host is asked. Raises PostingRefused (future, figures)."""
    _require_past(visit, now)
    reported: Visit = move(
        "report", by=by, row=visit, version=version, reported_at=now, reported_by=by, why="",
        **figures.columns(),
    )  # fmt: skip
    return reported


@transaction.atomic
def confirm(
    *, by: Membership, visit: Visit, now: datetime, figures: Figures | None = None, version: int | None = None
) -> Visit:
    """The host confirms a day: as reported, or with figures of its own where nobody reported."""
    _require_past(visit, now)
    if visit.state == Visit.State.PLANNED and figures is None:
        raise PostingRefused("figures")
    confirmed: Visit = move(
        "confirm", by=by, row=visit, version=version, confirmed_at=now, confirmed_by=by,
        **(figures.columns() if figures else {}),
    )  # fmt: skip
    return confirmed


@transaction.atomic
def confirm_many(*, by: Membership, visits: Sequence[Visit], now: datetime) -> list[Visit]:
    """Confirm several reported days as they were reported, all of them or none."""
    return [confirm(by=by, visit=visit, now=now) for visit in visits[:MOST_AT_ONCE]]


@transaction.atomic
def dispute(*, by: Membership, visit: Visit, why: str, version: int | None = None) -> Visit:
    """The host says that a reported day was not so; the sender reports again."""
    if not why.strip():
        raise PostingRefused("why")
    disputed: Visit = move("dispute", by=by, row=visit, version=version, note=why.strip(), why=why.strip())
    return disputed


@transaction.atomic
def absent(*, by: Membership, visit: Visit, absence: str, why: str = "", version: int | None = None) -> Visit:
    """The day did not take place, with a coded reason; "other" needs words."""
    if absence not in Visit.Absence.values:
        raise PostingRefused("absence")
    if absence == Visit.Absence.OTHER and not why.strip():
        raise PostingRefused("why")
    gone: Visit = move(
        "absent", by=by, row=visit, version=version, note=why.strip(), absence=absence, why=why.strip()
    )
    return gone


@transaction.atomic
def swap(
    *, by: Membership, visit: Visit, day: date, staff: Staff, why: str, version: int | None = None
) -> Visit:
    """Another day or another expert of the same sender takes the place; returns the new day.

    Raises PostingRefused (same, staff, swap_day, taken, why), PermissionDenied, Stale.
    """
    posting = visit.posting
    last = posting.ended_on or posting.last_day
    if not posting.first_day <= day <= last:
        raise PostingRefused("swap_day", first=posting.first_day, last=last)
    if (day, staff.pk) == (visit.day, visit.staff_id):
        raise PostingRefused("same")
    if staff.institution_id != posting.sender_id or not staff.is_active:
        raise PostingRefused("staff")
    if not why.strip():
        raise PostingRefused("why")
    moved = move("move", by=by, row=visit, version=version, note=why.strip(), why=why.strip())
    if taken := clash(staff, [day], morning=visit.morning, afternoon=visit.afternoon):
        raise refuse_taken(taken)
    new = Visit(
        posting=posting, staff=staff, day=day, morning=visit.morning, afternoon=visit.afternoon,
        stands_for=moved,
    )  # fmt: skip
    insert([new])
    return new


@transaction.atomic
def check_in(*, by: Membership, visit: Visit, now: datetime, place: str = "") -> Visit:
    """The expert notes the arrival on the day; the place is kept only where the alliance has asked for it."""
    _require_own(by, visit, now)
    if visit.checked_in_at is not None:
        raise PostingRefused("noted")
    kept = place[:40] if asks_place(now.astimezone(SHANGHAI).date()) else ""
    return _note(by, visit, "visit.checked_in", checked_in_at=now, place_in=kept)


@transaction.atomic
def check_out(*, by: Membership, visit: Visit, now: datetime) -> Visit:
    """The expert notes the leaving."""
    _require_own(by, visit, now)
    if visit.checked_in_at is None:
        raise PostingRefused("not_arrived")
    if visit.checked_out_at is not None:
        raise PostingRefused("noted")
    return _note(by, visit, "visit.checked_out", checked_out_at=now)


def asks_place(on: date) -> bool:
    """Whether the alliance keeps the place of an arrival (off unless it has decided so)."""
    return parameters.in_force("posting.check_in_place", on=on) == 1


def is_expert(by: Membership, visit: Visit) -> bool:
    """Whether the member is the expert of the day."""
    return visit.staff.user_id is not None and visit.staff.user_id == by.user_id


def _note(by: Membership, visit: Visit, verb: str, **change: object) -> Visit:
    noted: Visit = Visit.objects.claim(
        visit.pk, expect={"version": visit.version}, change={"version": F("version") + 1, **change}
    )
    journal.write(by=by, verb=verb, about=noted)
    return noted


def _require_own(by: Membership, visit: Visit, now: datetime) -> None:
    if not is_expert(by, visit):
        raise PermissionDenied(_("Only the expert notes the own arrival and leaving."))
    require(by, visit, ["sender", "host"], "posting.view")
    if visit.state != Visit.State.PLANNED:
        raise Stale(visit)
    if visit.day != now.astimezone(SHANGHAI).date():
        raise PostingRefused("not_today")


def _require_past(visit: Visit, now: datetime) -> None:
    if visit.day > now.astimezone(SHANGHAI).date():
        raise PostingRefused("future")
