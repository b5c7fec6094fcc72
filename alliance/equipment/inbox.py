"""What waits for whom: bookings to settle, uses to enter and to confirm, in the inbox of the home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.equipment import use_tables
from alliance.equipment.models import Booking
from alliance.models import Membership
from alliance.services.inbox import Todo


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Outage asks, patients to tell, uses to enter for the owner, uses to confirm; two queries.

    Nothing for who stands for the whole alliance: each of these is one institution's work.
    """
    here = membership.institution_id
    if here is None or not membership.can("equipment.view"):
        return []
    found: list[Todo] = []
    live = _count(here, now)
    if membership.can("equipment.book"):
        found += [*_asked(live), *_untold(live)]
    if membership.can("equipment.operate"):
        found += _unentered(live)
    if membership.can("equipment.operate") or membership.can("equipment.book"):
        found += _unconfirmed(membership)
    return found


def _count(here: int, now: datetime) -> dict[str, object]:
    ours, device = Q(institution=here), Q(device__institution=here)
    asked = ours & Q(state=Booking.State.ASKED)
    untold = ours & Q(state=Booking.State.BOOKED, told_at__isnull=True, ends_at__gt=now)
    over = device & Q(state=Booking.State.BOOKED, ends_at__lte=now)
    counted: dict[str, object] = Booking.objects.filter(ours | device, state__in=Booking.LIVE).aggregate(
        asked=Count("pk", filter=asked), asked_at=Min("starts_at", filter=asked),
        untold=Count("pk", filter=untold), untold_at=Min("starts_at", filter=untold),
        over=Count("pk", filter=over),
    )  # fmt: skip
    return counted


def _asked(found: dict[str, object]) -> Iterator[Todo]:
    if number := int(str(found["asked"])):
        what = ngettext(
            "%(n)d booking lost its time to an outage", "%(n)d bookings lost their time to an outage", number
        ) % {"n": number}  # fmt: skip
        yield Todo(
            "late", what, _("Choose another time, or cancel."), _list("act"), _at(found["asked_at"]), number,
            _("Choose a time"),
        )  # fmt: skip


def _untold(found: dict[str, object]) -> Iterator[Todo]:
    if number := int(str(found["untold"])):
        what = ngettext(
            "%(n)d patient to be told a new time", "%(n)d patients to be told a new time", number
        ) % {"n": number}  # fmt: skip
        why = _("They got it from the waiting list or after an outage.")
        yield Todo("warn", what, why, _list("act"), _at(found["untold_at"]), number, _("Telephone them"))


def _unentered(found: dict[str, object]) -> Iterator[Todo]:
    if number := int(str(found["over"])):
        what = ngettext(
            "%(n)d booking is over without an entry", "%(n)d bookings are over without an entry", number
        ) % {"n": number}  # fmt: skip
        url = f"{reverse('equipment-bookings')}?view=over"
        yield Todo("warn", what, _("Record the use, or that nobody came."), url, None, number, _("Record"))


def _unconfirmed(membership: Membership) -> Iterator[Todo]:
    number = use_tables.waiting_for(membership).count()
    if number:
        what = ngettext("%(n)d use to confirm", "%(n)d uses to confirm", number) % {"n": number}
        why = _("Only uses both sides stand by are counted and settled.")
        yield Todo("info", what, why, f"{reverse('equipment-uses')}?view=waiting", None, number, _("Confirm"))


def _list(view: str) -> str:
    return f"{reverse('equipment-bookings')}?view={view}"


def _at(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
