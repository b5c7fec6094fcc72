"""Pages of bookings: the list, one booking, its steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.equipment import forms, services, tables
from alliance.equipment.models import Booking
from alliance.equipment.services import EquipmentRefused
from alliance.equipment.show import bookings as show
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Empty
from alliance.web.refused import add_refusal

STEPS = ("use", "miss", "cancel", "shorten", "move", "tell")


@permit("equipment.view")
@require_safe
def booking_list(request: Any) -> HttpResponse:
    """To come, to settle, all: of the member's institution and of its devices."""
    now, asked = timezone.now(), request.GET.get("view", "")
    view = asked if asked in tables.VIEWS else tables.VIEWS[0]
    journal.write(by=request.membership, verb="patient.listed", request=request, list="equipment", view=view)
    empty = Empty(_("No booking here"), _("Bookings are made in the calendar of a device."), icon="cal")
    return lists.answer(
        request, "equipment/bookings.html", tables.view_of(request.membership, view, now).with_names(),
        tables.BookingTable, filterset=tables.BookingFilter, tabs=tables.tabs(request.membership, view, now),
        empty=empty, extra={"title": _("Bookings")},
    )  # fmt: skip


@permit("equipment.view")
@require_safe
def booking(request: Any, pk: int) -> HttpResponse:
    """One booking, its chain, what this member may do now. The read is journaled first (N44)."""
    found = visible(request.membership, pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    return render(request, "equipment/booking.html", show.page(found, request.membership))


@permit("equipment.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Take a step; which side and role may take it, the service decides."""
    found = visible(request.membership, pk)
    if step not in STEPS:
        raise Http404
    form = show.step_form(step, found, request.POST)
    if form is None or form.is_valid():
        try:
            made = _take(request, found, step, form, timezone.now())
        except Stale as stale:
            context = {"title": show.title(found), "booking": stale.row}
            return render(request, "equipment/changed.html", context, status=409)
        except EquipmentRefused as error:
            if form is None:
                form = forms.MoveForm(request.POST)
            status = 409 if error.reason == "taken" else 400
            add_refusal(form, error)
            return _again(request, found, step, form, status)
        messages.success(request, show.done(step, found, getattr(made, "starts_at", None)))
        return redirect("equipment-booking", made.pk if step == "move" else pk)
    return _again(request, found, step, form, 400)


def visible(membership: Membership, pk: int) -> Booking:
    """The booking if the member's institution made it or owns the device, else 404."""
    rows: QuerySet[Booking] = Booking.objects.visible_to(membership).with_names()
    return get_or_404(rows, pk=pk)


def _take(request: Any, booking: Booking, step: str, form: Any, now: datetime) -> Any:
    """Call the service of a step with what its form says."""
    data = form.cleaned_data if form is not None else {}
    about = {"by": request.membership, "booking": booking, "now": now}
    if step == "tell":
        return services.tell(**about)
    about["version"] = asked.version(request)
    if step == "use":
        return services.record_booking(**about, **form.log())
    service = {
        "miss": services.miss, "cancel": services.cancel, "shorten": services.shorten, "move": services.move
    }[step]  # fmt: skip
    return service(**about, **data)


def _again(request: Any, booking: Booking, step: str, form: Any, status: int) -> HttpResponse:
    context = {"title": show.title(booking), "booking": booking, "form": form, "step": step}
    return render(request, "equipment/act.html", context, status=status)
