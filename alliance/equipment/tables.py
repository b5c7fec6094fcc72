"""The lists of equipment: devices, bookings, uses."""

from __future__ import annotations

# django-tables2 and django-filter carry no types: their calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc,name-defined"
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equipment.models import Booking, Device
from alliance.equipment.services import rooms
from alliance.equipment.show.clock import opening_words
from alliance.lib.identity import mask_name
from alliance.models import Institution, Membership
from alliance.services import people
from alliance.web import lists, parts, words
from alliance.web.form_fields import served

CHIPS = {
    "booked": ("info", "cal"), "asked": ("warn", "msg"), "moved": ("", "right"), "used": ("ok", "check"),
    "missed": ("late", "x"), "cancelled": ("", "undo"),
}  # fmt: skip


@lru_cache(maxsize=1_024)
def chip(kind: str, text: str, icon: str = "") -> SafeString:
    """The state of a row."""
    return SafeString(render_to_string("_chip.html", {"kind": kind, "text": text, "icon": icon}))


def state_chip(booking: Booking) -> SafeString:
    """The state of a booking; a time the patient does not know yet says so."""
    kind, icon = CHIPS[booking.state]
    shown = chip(kind, str(booking.get_state_display()), icon)
    if booking.told_at is None and booking.state == Booking.State.BOOKED:
        return shown + chip("warn", _("tell the patient"), "msg")
    return shown


class DeviceTable(lists.Table):
    """One line a device."""

    name = tables.Column(
        verbose_name=gettext_lazy("device"), linkify=("device", [tables.A("pk")]), attrs=lists.HEAD
    )
    booked = tables.Column(
        verbose_name=gettext_lazy("booked, 7 days"), accessor="booked_minutes", attrs=lists.KEY, default="—"
    )
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    institution = tables.Column(verbose_name=gettext_lazy("owner"), accessor="institution__short_name")
    room = tables.Column(verbose_name=gettext_lazy("where"), empty_values=())
    opening = tables.Column(verbose_name=gettext_lazy("runs"), attrs=lists.DESK)
    shared = tables.Column(verbose_name=gettext_lazy("open to"), empty_values=())

    def render_kind(self, record: Device) -> str:
        return str(record.get_kind_display())

    def render_opening(self, record: Device) -> str:
        return opening_words(record.open_hours)

    def render_room(self, record: Device) -> str:
        return " ".join(filter(None, (str(record.department or ""), record.room))) or words.DASH

    def render_booked(self, record: Any, value: timedelta) -> str:
        days = [self.context_day() + timedelta(days=number) for number in range(7)]
        opened = record.open_hours.total(days) * record.capacity
        share = value.total_seconds() / 60 / opened if opened else None
        return words.DASH if share is None else f"{share * 100:.1f}%"

    def context_day(self) -> date:
        return timezone.localdate()

    def render_shared(self, record: Device) -> str:
        if record.own_system:
            return _("booked in its own system")
        return _("all members") if record.shared else _("its own institution")


def institutions(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from."""
    return Institution.objects.filter(is_active=True)


class DeviceFilter(django_filters.FilterSet):
    """Kind and owner."""

    kind = django_filters.ChoiceFilter(
        choices=Device.Kind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=institutions, label=gettext_lazy("owner"), empty_label=gettext_lazy("Owner: all")
    )

    class Meta:
        model = Device
        fields: list[str] = []


class BookingTable(lists.Table):
    """One line a booking."""

    starts_at = tables.Column(
        verbose_name=gettext_lazy("time"), linkify=("equipment-booking", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"))
    device = tables.Column(verbose_name=gettext_lazy("device"), accessor="device__name")
    owner = tables.Column(
        verbose_name=gettext_lazy("owner"), accessor="device__institution__short_name", attrs=lists.DESK
    )
    person = tables.Column(verbose_name=gettext_lazy("patient"), empty_values=())
    item = tables.Column(verbose_name=gettext_lazy("examination item"), empty_values=(), attrs=lists.WRAP)
    institution = tables.Column(
        verbose_name=gettext_lazy("booking institution"), accessor="institution__short_name"
    )

    def render_starts_at(self, record: Booking) -> str:
        return f"{words.moment(record.starts_at)}–{timezone.localtime(record.ends_at):%H:%M}"

    def render_state(self, record: Booking) -> SafeString:
        return state_chip(record)

    def render_person(self, record: Booking) -> str:
        return mask_name(record.person.name) if record.person else words.DASH

    def render_item(self, record: Booking) -> str:
        return record.item.name if record.item else str(record.get_purpose_display())


class BookingFilter(django_filters.FilterSet):
    """Conditions of the list. A patient is found only by the whole name, by its token."""

    state = django_filters.ChoiceFilter(
        choices=Booking.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    device = django_filters.ModelChoiceFilter(
        queryset=lambda request: Device.objects.visible_to(request.membership),
        label=gettext_lazy("device"), empty_label=gettext_lazy("Device: all"),
    )  # fmt: skip
    institution = django_filters.ModelChoiceFilter(
        queryset=institutions, label=gettext_lazy("booking institution"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    day = django_filters.DateFilter(
        label=gettext_lazy("day"), method="of_day", validators=[served],
        widget=django_filters.widgets.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    q = django_filters.CharFilter(label=gettext_lazy("patient's whole name"), method="of_patient")

    class Meta:
        model = Booking
        fields: list[str] = []

    def of_day(self, queryset: Any, name: str, value: date) -> Any:
        """Bookings that take some time of the local day."""
        begin = rooms.midnight(value)
        return queryset.filter(starts_at__gte=begin, starts_at__lt=begin + timedelta(days=1))

    def of_patient(self, queryset: Any, name: str, value: str) -> Any:
        """By the whole name of the patient."""
        token = people.name_key(value, alliance=self.request.alliance)
        return queryset.filter(person__name_key=token)


VIEWS = ("ahead", "act", "over", "all")


def needs_act() -> Q:
    """Bookings somebody has to do something about: another time, or the patient to be told."""
    return Q(state=Booking.State.ASKED) | Q(state=Booking.State.BOOKED, told_at__isnull=True)


def over(now: datetime) -> Q:
    """Bookings whose time is over and that nobody entered as used or missed."""
    return Q(state=Booking.State.BOOKED, ends_at__lte=now)


def ahead(now: datetime) -> Q:
    """Bookings to come or under way; none began longer ago than the longest lasts, so an index finds them."""
    return Q(state=Booking.State.BOOKED, starts_at__gt=now - Booking.LONGEST, ends_at__gt=now)


def view_of(by: Membership, view: str, now: datetime) -> Any:
    """The rows of a saved view."""
    seen = Booking.objects.visible_to(by)
    return {
        "ahead": lambda: seen.filter(ahead(now)).order_by("starts_at", "pk"),
        "act": lambda: seen.filter(needs_act()).order_by("starts_at", "pk"),
        "over": lambda: seen.filter(over(now)).order_by("-starts_at", "-pk"),
        "all": lambda: seen.order_by("-starts_at", "-pk"),
    }[view]()


def tabs(by: Membership, current: str, now: datetime) -> list[parts.Tab]:
    """The saved views, with a count where something waits; two queries, each bounded."""
    counts = {view: lists.counted(view_of(by, view, now)) for view in ("act", "over")}
    labels = {"ahead": _("To come"), "act": _("To settle"), "over": _("Over, not entered"), "all": _("All")}
    return [parts.Tab(labels[view], f"?view={view}", view == current, counts.get(view)) for view in VIEWS]


def link(url: str, text: str) -> SafeString:
    """A link in a cell."""
    return format_html('<a href="{}">{}</a>', url, text)
