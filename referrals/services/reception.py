"""What departments offer to those who refer to them, and the appointments still free on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership
from alliance.services import journal
from referrals.machine import CAME, State
from referrals.models import Reception, Referral
from referrals.services.refusals import ReferralRefused

BOOKED = (State.SCHEDULED, *CAME)
DAYS_AHEAD = 5


@dataclass(frozen=True)
class Offer:
    """One place to refer to: its reception, if the institution has described it, and free appointments.

    `free` counts those of the day asked for; None where the institution does not count them.
    """

    institution: Institution
    department: Department | None
    reception: Reception | None
    free: int | None

    @property
    def label(self) -> str:
        """One line for a list of choices: place, what is free today, what it offers."""
        name = f"{self.institution.short_name} {self.department.name if self.department else ''}".strip()
        left = "" if self.free is None else _("%(n)d free today") % {"n": self.free}
        return " · ".join(filter(None, (name, left, self.reception.offers if self.reception else "")))


def offers(institutions: Iterable[Institution], *, on: date) -> list[Offer]:
    """The clinical departments of institutions with what they offer and what is free on a day; 3 queries.

    A department whose institution says that it takes no referrals is left out.
    """
    places = {place.pk: place for place in institutions}
    rooms = Department.objects.filter(
        institution__in=places, is_active=True, kind=Department.Kind.CLINICAL
    ).order_by("institution", "code")
    known = {row.department_id: row for row in Reception.objects.filter(institution__in=places)}
    taken = booked(on)
    found = [
        Offer(places[room.institution_id], room, known.get(room.pk), _free(known.get(room.pk), taken))
        for room in rooms
    ]
    return [offer for offer in found if offer.reception is None or offer.reception.is_open]


@dataclass(frozen=True)
class Ahead:
    """A department and its free appointments on days to come; `free` is () where they are not counted."""

    department: Department
    free: tuple[tuple[date, int], ...]

    @property
    def label(self) -> str:
        """One line for a list of choices: name, then day and number free."""
        if not self.free:
            return str(self.department.name)
        told = ", ".join(f"{day:%m-%d} {number}" for day, number in self.free)
        return _("%(name)s · free: %(days)s") % {"name": self.department.name, "days": told}


def ahead(institution: Institution, *, on: date, days: int = DAYS_AHEAD) -> list[Ahead]:
    """The clinical departments of an institution with what is free from a day on; three queries."""
    known = {row.department_id: row for row in Reception.objects.filter(institution=institution)}
    span = [on + timedelta(days=number) for number in range(days)]
    rows = Referral.objects.filter(
        target_institution=institution, state__in=BOOKED, planned_at__gte=_midnight(span[0]),
        planned_at__lt=_midnight(span[-1] + timedelta(days=1)),
    )  # fmt: skip
    taken = {day: Counter[int]() for day in span}
    for room, at in rows.exclude(target_department=None).values_list("target_department", "planned_at"):
        taken[at.astimezone(SHANGHAI).date()][room] += 1
    found = []
    for room in _rooms(institution):
        each = [(day, _free(known.get(room.pk), taken[day])) for day in span]
        found.append(Ahead(room, tuple((day, left) for day, left in each if left is not None)))
    return found


def _rooms(institution: Institution) -> QuerySet[Department]:
    rooms: QuerySet[Department] = Department.objects.filter(
        institution=institution, is_active=True, kind=Department.Kind.CLINICAL
    ).order_by("code")
    return rooms


def booked(on: date) -> Counter[int]:
    """Appointments given for a day, by department; those of patients who did not come are free again."""
    rows = Referral.objects.filter(
        state__in=BOOKED, planned_at__gte=_midnight(on), planned_at__lt=_midnight(on + timedelta(days=1))
    )
    return Counter(rows.exclude(target_department=None).values_list("target_department", flat=True))


def _free(row: Reception | None, taken: Counter[int]) -> int | None:
    if row is None or row.daily_slots is None or row.department_id is None:
        return None
    return max(0, row.daily_slots - taken[row.department_id])


def take_slot(referral: Referral, department: int | None, planned_at: datetime) -> None:
    """Refuse an appointment on a full day; the reception's row orders those who give one at once.

    Call inside the transaction that gives it. Raises ReferralRefused (no_slot).
    """
    row = Reception.objects.select_for_update().filter(department=department).first() if department else None
    if row is None or row.daily_slots is None:
        return
    day = planned_at.astimezone(SHANGHAI).date()
    before = referral.planned_at.astimezone(SHANGHAI).date() if referral.planned_at else None
    mine = before == day and referral.target_department_id == department
    if booked(day)[department or 0] - mine >= row.daily_slots:
        raise ReferralRefused("no_slot", day=day, slots=row.daily_slots)


@transaction.atomic
def describe(
    *, by: Membership, institution: Institution, department: Department | None, now: datetime, **what: Any
) -> Reception:
    """Say what a department offers (offers, daily_slots, phone, is_open); its own institution only."""
    if not by.can("referral.reception") or by.institution_id != institution.pk:
        raise PermissionDenied(_("Only the institution itself describes its departments."))
    if department is not None and department.institution_id != institution.pk:
        raise ReferralRefused("department")
    row: Reception = Reception.objects.update_or_create(
        institution=institution, department=department,
        defaults={**what, "updated_at": now, "updated_by": by},
    )[0]  # fmt: skip
    journal.write(by=by, verb="referral.reception_described", about=row, fields=sorted(what))
    return row


def described(institution: Institution) -> Sequence[Offer]:
    """The departments of an institution as its own page lists them, closed ones too."""
    known = {row.department_id: row for row in Reception.objects.filter(institution=institution)}
    return [Offer(institution, room, known.get(room.pk), None) for room in _rooms(institution)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
