"""What waits for whom: bookings to settle, uses to enter and to confirm, in the inbox of the home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.equipment import use_tables
from alliance.equipment.models import Booking, Waiting
from alliance.equipment.services.waiting import run_out
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words

MOST = 1_000


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Outage asks, patients to tell, what the owner gave up, waits that ran out, uses to enter for the owner,
    uses to confirm; five queries, none of which counts further than MOST.

    Nothing for who stands for the whole alliance: each of these is one institution's work.
    """
    here = membership.institution_id
    if here is None or not membership.can("equipment.view"):
        return []
    found: list[Todo] = []
    if membership.can("equipment.book"):
        live = _to_act(here, now)
        found += [*_asked(live), *_untold(live), *_given_up(here, now), *_run_out(here, now)]
    if membership.can("equipment.operate"):
        found += _unentered(here, now)
    if membership.can("equipment.operate") or membership.can("equipment.book"):
        found += _unconfirmed(membership)
    return found


def _to_act(here: int, now: datetime) -> dict[str, object]:
    asked = Q(state=Booking.State.ASKED)
    untold = Q(state=Booking.State.BOOKED, told_at__isnull=True, ends_at__gt=now)
    rows = Booking.objects.filter(asked | untold, institution=here).order_by("starts_at", "pk")
    counted: dict[str, object] = rows[: MOST + 1].aggregate(
        asked=Count("pk", filter=asked), asked_at=Min("starts_at", filter=asked),
        untold=Count("pk", filter=untold), untold_at=Min("starts_at", filter=untold),
    )  # fmt: skip
    return counted


def _counted(rows: QuerySet[Any]) -> int:
    """How many rows, counted no further than one beyond MOST."""
    return int(rows.values("pk").order_by()[: MOST + 1].count())


def _said(number: int) -> str:
    """A number as a sentence names it: of very many only that there are more."""
    return f"{words.num(MOST)}+" if number > MOST else words.num(number)


def _asked(found: dict[str, object]) -> Iterator[Todo]:
    if number := int(str(found["asked"])):
        what = ngettext(
            "%(n)s booking lost its time to an outage", "%(n)s bookings lost their time to an outage", number
        ) % {"n": _said(number)}  # fmt: skip
        yield Todo(
            "late", what, _("Choose another time, or cancel."), _list("act"), _at(found["asked_at"]), number,
            _("Choose a time"),
        )  # fmt: skip


def _untold(found: dict[str, object]) -> Iterator[Todo]:
    if number := int(str(found["untold"])):
        what = ngettext(
            "%(n)s patient to be told a new time", "%(n)s patients to be told a new time", number
        ) % {"n": _said(number)}  # fmt: skip
        why = _("They got it from the waiting list or after an outage.")
        yield Todo("warn", what, why, _list("act"), _at(found["untold_at"]), number, _("Telephone them"))


def _given_up(here: int, now: datetime) -> Iterator[Todo]:
    rows = Booking.objects.filter(
        institution=here, state=Booking.State.CANCELLED, told_at__isnull=True, starts_at__gt=now
    )
    if number := _counted(rows):
        what = ngettext(
            "%(n)s booking was given up by the owner", "%(n)s bookings were given up by the owner", number
        ) % {"n": _said(number)}  # fmt: skip
        url = f"{reverse('equipment-bookings')}?view=all&state={Booking.State.CANCELLED}"
        yield Todo(
            "late", what, _("Tell the patient before they set out."), url, None, number, _("Telephone them")
        )


def _run_out(here: int, now: datetime) -> Iterator[Todo]:
    rows = Waiting.objects.filter(run_out(now), institution=here).order_by("latest", "pk")
    found = rows.values("device", "latest")[: MOST + 1].aggregate(
        n=Count("device"), device=Min("device"), since=Min("latest")
    )
    if number := int(found["n"]):
        what = ngettext(
            "%(n)s patient waited for a slot that did not come",
            "%(n)s patients waited for slots that did not come",
            number,
        ) % {"n": _said(number)}  # fmt: skip
        url = reverse("device", args=[found["device"]])
        why = _("Choose a free time, or join the waiting list again.")
        yield Todo("warn", what, why, url, _at(found["since"]), number, _("Choose a time"))


def _unentered(here: int, now: datetime) -> Iterator[Todo]:
    rows = Booking.objects.filter(device__institution=here, state=Booking.State.BOOKED, ends_at__lte=now)
    if number := _counted(rows):
        what = ngettext(
            "%(n)s booking is over without an entry", "%(n)s bookings are over without an entry", number
        ) % {"n": _said(number)}  # fmt: skip
        url = f"{reverse('equipment-bookings')}?view=over"
        yield Todo("warn", what, _("Record the use, or that nobody came."), url, None, number, _("Record"))


def _unconfirmed(membership: Membership) -> Iterator[Todo]:
    if number := _counted(use_tables.waiting_for(membership)):
        what = ngettext("%(n)s use to confirm", "%(n)s uses to confirm", number) % {"n": _said(number)}
        why = _("Only uses both sides stand by are counted and settled.")
        yield Todo("info", what, why, f"{reverse('equipment-uses')}?view=waiting", None, number, _("Confirm"))


def _list(view: str) -> str:
    return f"{reverse('equipment-bookings')}?view={view}"


def _at(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
