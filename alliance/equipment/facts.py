"""What equipment tells the floors above: per device, department, institution and month, with ids behind.

Only uses both sides stand by count; a use belongs to the month it began in (Shanghai). Source: S2-06
(utilisation = used hours / available hours; duplicates / total within the alliance), definitions section 5
(设备共享率 = shared large devices / large devices, and shared-use hours / hours), S3-06, S3-60.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from alliance.equipment.models import Booking, Clearing, Device, Usage
from alliance.equipment.services import rooms
from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Institution

USE_KIND = Usage._meta.label_lower
BOOKING_KIND = Booking._meta.label_lower
DEVICE_KIND = Device._meta.label_lower


@dataclass(frozen=True, slots=True)
class Used:
    """The uses of a device by one institution in a month: minutes, fees in fen, and their ids ascending."""

    minutes: int
    fee_fen: Fen
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClearingFact:
    """A clearing of a month: its id, state and the word for it, the sum of its lines in fen."""

    id: int
    state: str
    word: str
    fen: Fen


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One device's month. Minutes; `used` by the id of the using institution.

    `available_minutes`: opening hours of the days on which the device was there, times its places; outages do
    not lower it. `booked`, `missed`, `cancelled`: counts of bookings that begin in the month.
    """

    device_id: int
    code: str
    name: str
    kind: str
    institution_id: int
    department_id: int | None
    month: Month
    large: bool
    shared: bool
    bought_on: date
    available_minutes: int
    used: Mapping[int, Used] = field(default_factory=dict)
    booked: int = 0
    missed: int = 0
    cancelled: int = 0

    @property
    def used_minutes(self) -> int:
        """Minutes used by anybody."""
        return sum(one.minutes for one in self.used.values())

    @property
    def minutes_by_others(self) -> int:
        """Minutes used by other institutions than the owner."""
        return sum(one.minutes for place, one in self.used.items() if place != self.institution_id)

    @property
    def use_ids(self) -> tuple[int, ...]:
        """The uses behind it, ascending."""
        return tuple(sorted(pk for one in self.used.values() for pk in one.ids))

    @property
    def utilisation(self) -> Fraction | None:
        """Used out of available time (S2-06); None where none was available. Above 1 it stays as it is."""
        return ratio(self.used_minutes, self.available_minutes)

    @property
    def sharing(self) -> Fraction | None:
        """Time used by others out of time used (设备共享率 by hours); None where nobody used it."""
        return ratio(self.minutes_by_others, self.used_minutes)


@dataclass(frozen=True, slots=True)
class InstitutionFact:
    """One institution's month with equipment, as owner and as user.

    `ids` holds what is behind each count: devices, large, shared_large, duplicates (devices), uses_own (uses
    of its devices), uses_lent (those by others), uses_elsewhere (its uses of others' devices).
    """

    institution_id: int
    institution: str
    month: Month
    available_minutes: int
    used_minutes: int
    lent_minutes: int
    elsewhere_minutes: int
    ids: Mapping[str, tuple[int, ...]]

    def count(self, what: str) -> int:
        """How many stand behind a name of `ids`."""
        return len(self.ids[what])

    @property
    def utilisation(self) -> Fraction | None:
        """Used out of available time of its devices; None where it has none."""
        return ratio(self.used_minutes, self.available_minutes)

    @property
    def sharing(self) -> Fraction | None:
        """Time its devices were used by others out of time they were used; None where nobody used them."""
        return ratio(self.lent_minutes, self.used_minutes)

    @property
    def shared_large_rate(self) -> Fraction | None:
        """Its large devices that are open to others out of its large devices (S3-60); None without any."""
        return ratio(self.count("shared_large"), self.count("large"))


def device_facts(month: Month) -> list[DeviceFact]:
    """One `DeviceFact` for each device there in the month, by institution and code; three queries."""
    used = _used(month)
    bookings = _bookings(month)
    there = Device.objects.there_on(month.last_day) | Device.objects.filter(
        bought_on__lte=month.last_day, retired_on__gt=month.first_day
    )
    return [
        DeviceFact(
            one.pk, one.code, one.name, one.kind, one.institution_id, one.department_id, month, one.large,
            one.shared, one.bought_on, available(one, month), used.get(one.pk, {}),
            **bookings.get(one.pk, {}),
        )
        for one in there.order_by("institution__code", "code")
    ]  # fmt: skip


def institution_facts(month: Month) -> list[InstitutionFact]:
    """One `InstitutionFact` for each institution of the alliance in scope, by code; four queries."""
    devices = device_facts(month)
    double = duplicates(devices)
    places = Institution.objects.order_by("code").values_list("pk", "code")
    return [_institution(pk, code, month, devices, double) for pk, code in places]


def duplicates(devices: Iterable[DeviceFact]) -> frozenset[int]:
    """Ids of large devices of a kind the alliance had already when they were bought (S2-06).

    The first of a kind, by day of purchase and then by code, is none.
    """
    seen: set[str] = set()
    found: set[int] = set()
    for one in sorted(devices, key=lambda fact: (fact.bought_on, fact.code, fact.device_id)):
        if one.large and one.kind in seen:
            found.add(one.device_id)
        if one.large:
            seen.add(one.kind)
    return frozenset(found)


def available(device: Device, month: Month) -> int:
    """Minutes a device was open in a month on all its places, on the days it was there."""
    gone = device.retired_on or date.max
    days = (day for day in month.days() if device.bought_on <= day < gone)
    return device.open_hours.total(days) * device.capacity


def hours_of_week(device_id: int, month: Month) -> dict[tuple[int, int], int]:
    """Minutes a device was used in a month by (weekday 1-7, hour 0-23); one query."""
    found: dict[tuple[int, int], int] = {}
    rows = Usage.objects.counted().filter(device=device_id, month=month.first_day)
    for begin, end in rows.values_list("started_at", "ended_at"):
        here = begin.astimezone(rooms.midnight(month.first_day).tzinfo)
        last = end.astimezone(here.tzinfo)
        while here < last:
            stop = min(here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), last)
            key = (here.isoweekday(), here.hour)
            found[key] = found.get(key, 0) + round((stop - here).total_seconds() / 60)
            here = stop
    return found


def devices_named(ids: Iterable[int]) -> QuerySet[Device]:
    """Devices by their keys, with everything a list names."""
    rows: QuerySet[Device] = Device.objects.filter(pk__in=list(ids)).with_names()
    return rows


def uses_named(ids: Iterable[int]) -> QuerySet[Usage]:
    """Uses by their keys, with everything a list names."""
    rows: QuerySet[Usage] = Usage.objects.filter(pk__in=list(ids)).with_names()
    return rows


def ratio(part: int, whole: int) -> Fraction | None:
    """A share; None where nothing is there to share."""
    return Fraction(part, whole) if whole else None


def _used(month: Month) -> dict[int, dict[int, Used]]:
    length = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    rows = (
        Usage.objects.counted()
        .filter(month=month.first_day)
        .values("device", "institution")
        .annotate(time=Sum(length), fee=Sum("fee_fen"), ids=ArrayAgg("pk", order_by="pk"))
        .order_by("device", "institution")
    )
    found: dict[int, dict[int, Used]] = {}
    for row in rows:
        minutes = int(row["time"].total_seconds()) // 60
        found.setdefault(row["device"], {})[row["institution"]] = Used(
            minutes, int(row["fee"]), tuple(row["ids"])
        )
    return found


def _bookings(month: Month) -> dict[int, dict[str, Any]]:
    begin, end = rooms.midnight(month.first_day), rooms.midnight(month.next().first_day)
    rows = (
        Booking.objects.filter(starts_at__gte=begin, starts_at__lt=end)
        .order_by()
        .values("device")
        .annotate(
            booked=Count("pk", filter=~Q(state=Booking.State.MOVED)),
            missed=Count("pk", filter=Q(state=Booking.State.MISSED)),
            cancelled=Count("pk", filter=Q(state=Booking.State.CANCELLED)),
        )
    )
    return {row.pop("device"): row for row in rows}


def _institution(
    pk: int, code: str, month: Month, devices: list[DeviceFact], double: frozenset[int]
) -> InstitutionFact:
    own = [one for one in devices if one.institution_id == pk]
    elsewhere = [one.used[pk] for one in devices if one.institution_id != pk and pk in one.used]
    lent = [used for one in own for place, used in one.used.items() if place != pk]
    return InstitutionFact(
        institution_id=pk, institution=code, month=month,
        available_minutes=sum(one.available_minutes for one in own),
        used_minutes=sum(one.used_minutes for one in own),
        lent_minutes=sum(one.minutes for one in lent),
        elsewhere_minutes=sum(one.minutes for one in elsewhere),
        ids={
            "devices": tuple(one.device_id for one in own),
            "large": tuple(one.device_id for one in own if one.large),
            "shared_large": tuple(one.device_id for one in own if one.large and one.shared),
            "duplicates": tuple(one.device_id for one in own if one.device_id in double),
            "uses_own": tuple(sorted(use for one in own for use in one.use_ids)),
            "uses_lent": tuple(sorted(use for one in lent for use in one.ids)),
            "uses_elsewhere": tuple(sorted(use for one in elsewhere for use in one.ids)),
        },
    )  # fmt: skip


def clearings(month: Month) -> list[ClearingFact]:
    """The clearings of a month, in order: what institutions owe each other for shared devices; one query."""
    rows = Clearing.objects.filter(month=month.first_day).annotate(fen=Sum("lines__fen"))
    return [
        ClearingFact(row.pk, row.state, str(row.get_state_display()), row.fen or 0)
        for row in rows.order_by("number")
    ]
