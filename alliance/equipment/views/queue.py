"""Pages around a calendar: joining and leaving the waiting list, declaring and lifting an outage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.approvals.refusals import explained
from alliance.equipment import forms, services
from alliance.equipment.models import Device, Outage, Waiting
from alliance.equipment.services.waiting import Hope
from alliance.equipment.views.devices import may_book, visible
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal


@permit("equipment.book")
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: Any, pk: int) -> HttpResponseBase:
    """Join the waiting list of a device."""
    device, by = visible(request.membership, pk), request.membership
    if not may_book(by, device):
        raise PermissionDenied(_("This device is not booked here, or you stand for the whole alliance."))
    items = list(device.items.filter(is_active=True))
    soon = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    initial = {"earliest": soon, "latest": soon + timedelta(days=7)}
    form = forms.WaitForm(device=device, by=by, items=items, data=request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _join(by, form):
        messages.success(request, _("On the waiting list. A slot that becomes free is booked by itself."))
        return redirect("device", pk)
    return _form(request, device, form, _("Join the waiting list"), _("Join"))


def _join(by: Membership, form: forms.WaitForm) -> Waiting | None:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            hope = Hope(
                form.device, data["item"], form.person(by), data["earliest"], data["latest"],
                data.get("operator"), data["safety_confirmed"], data["note"],
            )  # fmt: skip
            return services.join(by=by, hope=hope, now=timezone.now())
    except Refused as error:
        add_refusal(form, error)
    return None


@permit("equipment.book")
@require_POST
@explained
def leave(request: Any, pk: int) -> HttpResponseBase:
    """Give a place in the queue up."""
    here = request.membership.institution_id
    mine = Waiting.objects.select_related("device")
    if here is not None:
        mine = mine.filter(Q(institution=here) | Q(device__institution=here))
    found = get_or_404(mine, pk=pk)
    services.leave(by=request.membership, waiting=found)
    messages.success(request, _("Taken off the waiting list."))
    return redirect("device", found.device_id)


@permit("equipment.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def outage(request: Any, pk: int) -> HttpResponseBase:
    """Declare an outage; the bookings inside are moved or asked."""
    device, by = visible(request.membership, pk), request.membership
    if not device.is_owned_by(by):
        raise PermissionDenied(_("Only the owner of the device does this."))
    begin = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    initial = {"starts_at": begin, "ends_at": begin + timedelta(hours=2)}
    form = forms.OutageForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            said = services.declare(by=by, device=device, now=timezone.now(), **form.cleaned_data)
        except services.EquipmentRefused as error:
            add_refusal(form, error)
        else:
            counts = {"moved": len(said.moved), "asked": len(said.asked)}
            messages.success(
                request, _("Declared. %(moved)d bookings moved, %(asked)d asked for another time.") % counts
            )
            return redirect("device", pk)
    return _form(request, device, form, _("Declare an outage"), _("Declare the outage"))


@permit("equipment.manage")
@require_POST
@explained
def lift(request: Any, pk: int) -> HttpResponseBase:
    """End an outage before its time."""
    found = get_or_404(_outages(request.membership), pk=pk)
    services.lift(by=request.membership, outage=found, now=timezone.now())
    messages.success(request, _("Lifted. The time is free again."))
    return redirect("device", found.device_id)


def _outages(by: Membership) -> Any:
    rows = Outage.objects.select_related("device")
    return rows if by.institution_id is None else rows.filter(device__institution=by.institution_id)


def _form(request: Any, device: Device, form: Any, title: str, submit: str) -> HttpResponse:
    context = {"title": title, "device": device, "form": form, "submit": submit}
    return render(request, "equipment/form.html", context, status=400 if form.errors else 200)
