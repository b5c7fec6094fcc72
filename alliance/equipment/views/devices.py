"""Pages of devices: the list, the calendar of one, booking from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.equipment import forms, services, tables
from alliance.equipment.models import Booking, Device, ExamItem
from alliance.equipment.services import SlotTaken, rooms
from alliance.equipment.show import device as show
from alliance.equipment.show.calendar import Look
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.web import lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.form_fields import LOCAL
from alliance.web.parts import Empty
from alliance.web.refused import add_refusal, worded

DAY = 86_400


@permit("equipment.view")
@require_safe
def device_list(request: Any) -> HttpResponse:
    """The devices this member may book, with how much of the next seven days is taken."""
    rows = Device.objects.visible_to(request.membership).filter(is_active=True).with_names()
    empty = Empty(
        _("No device is registered yet"),
        _("Enter the register under master data, or import it from a sheet."), icon="device",
    )  # fmt: skip
    return lists.answer(
        request, "equipment/list.html", rows.annotate(booked_minutes=_booked(timezone.localdate())),
        tables.DeviceTable, filterset=tables.DeviceFilter, empty=empty,
        extra={"title": _("Shared equipment")},
    )  # fmt: skip


def _booked(today: date) -> Subquery:
    """The time held in the seven days from today on, for each device."""
    begin = rooms.midnight(today)
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    held = (
        Booking.objects.filter(device=OuterRef("pk"))
        .holding()
        .filter(starts_at__gte=begin, starts_at__lt=begin + timezone.timedelta(days=7))
        .order_by()
        .values("device")
        .annotate(total=Sum(length))
    )
    return Subquery(held.values("total"), output_field=DurationField())


@permit("equipment.view")
@require_safe
def device(request: Any, pk: int) -> HttpResponse:
    """The calendar of a device, by week and day; with a time chosen, the form to book it."""
    found = visible(request.membership, pk)
    look = asked(request, found)
    form = None
    if look.at is not None and look.moving is None and may_book(request.membership, found):
        form = _form(request.membership, found, initial={"starts_at": look.at, "item": _pk(look.item)})
    return _page(request, found, look, form)


@permit("equipment.book")
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: Any, pk: int) -> HttpResponseBase:
    """Book the chosen time; what was typed stays when something is refused, 409 when the time is gone."""
    found = visible(request.membership, pk)
    if request.method != "POST":
        return redirect("device", pk)
    form = _form(request.membership, found, data=request.POST)
    made, status = None, 400
    if form.is_valid():
        made, status = _book(request.membership, form, timezone.now())
    if made is not None:
        messages.success(request, _("Booked: %(time)s.") % {"time": words.moment(made.starts_at)})
        return redirect("equipment-booking", made.pk)
    at = form.cleaned_data.get("starts_at") if hasattr(form, "cleaned_data") else None
    day = rooms.day_of(at) if at else timezone.localdate()
    return _page(request, found, Look(day, at, form.cleaned_data.get("item")), form, status)


def _book(by: Membership, form: forms.BookForm, now: datetime) -> tuple[Booking | None, int]:
    """The booking, or None with the refusal in the form and nothing stored."""
    data = form.cleaned_data
    try:
        with transaction.atomic():
            wish = services.Wish(
                device=form.device, starts_at=data["starts_at"], item=data["item"],
                minutes=data.get("minutes") or 0, purpose=data["purpose"], person=form.person(by),
                operator=data.get("operator"), safety_confirmed=data["safety_confirmed"], note=data["note"],
            )  # fmt: skip
            return services.book(by=by, wish=wish, now=now), 201
    except SlotTaken as error:
        form.add_error(None, worded(error))
        return None, 409
    except Refused as error:
        add_refusal(form, error)
    return None, 400


# What the address names ------------------------------------------------------------
def visible(membership: Membership, pk: int) -> Device:
    """The device if it is the member's own or shared, else 404."""
    rows: QuerySet[Device] = Device.objects.visible_to(membership).with_names()
    return get_or_404(rows, pk=pk)


def may_book(by: Membership, device: Device) -> bool:
    """Whether this member can book this device here."""
    usable = device.is_active and not device.own_system
    return bool(usable and by.institution_id is not None and by.can("equipment.book"))


def asked(request: Any, device: Device) -> Look:
    """What the address asks for; what it says wrongly counts as not said."""
    items = {item.pk: item for item in device.items.filter(is_active=True)}
    item = items.get(number(request.GET.get("item"))) or next(iter(items.values()), None)
    at = _time(request.GET.get("at"))
    moving = None
    if pk := number(request.GET.get("move")):
        moving = Booking.objects.visible_to(request.membership).filter(device=device, pk=pk).first()
    first = rooms.day_of(at) if at else device.open_hours.next_open(timezone.localdate())
    return Look(_day(request.GET.get("day")) or first, at, item, moving)


def number(text: str | None) -> int:
    """A row's number out of an address; 0 where there is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.strptime(text or "", LOCAL)
    except ValueError:
        return None
    return found.replace(tzinfo=SHANGHAI) if 2000 <= found.year < 2100 else None


def _pk(item: ExamItem | None) -> str:
    return str(item.pk) if item is not None else ""


def _form(by: Membership, device: Device, **kwargs: Any) -> forms.BookForm:
    items = list(device.items.filter(is_active=True))
    return forms.BookForm(device=device, by=by, items=items, **kwargs)


def _page(request: Any, device: Device, look: Look, form: Any, status: int = 200) -> HttpResponse:
    by, now = request.membership, timezone.now()
    context = show.page(device, by, look, now, form, bookable=may_book(by, device))
    return render(request, "equipment/device.html", context, status=status)
