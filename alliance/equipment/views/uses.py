"""Pages of the usage log: the list, one use, entering and confirming."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.equipment import forms, services, use_tables
from alliance.equipment.models import Usage
from alliance.equipment.services import EquipmentRefused, Log
from alliance.equipment.show import bookings as booking_show
from alliance.equipment.show import uses as show
from alliance.equipment.views.devices import number, visible
from alliance.models import Membership
from alliance.services import journal
from alliance.web import asked, errors, lists
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Empty
from alliance.web.refused import add_refusal


@permit("equipment.view")
@require_safe
def use_list(request: Any) -> HttpResponse:
    """What waits for our confirmation, and the whole log."""
    by, asked = request.membership, request.GET.get("view", "")
    view = asked if asked in use_tables.VIEWS else use_tables.VIEWS[0 if by.institution_id else 1]
    journal.write(by=by, verb="patient.listed", request=request, list="equipment.uses", view=view)
    empty = Empty(_("No use here"), _("Uses come from bookings, or are entered at the device."), icon="check")
    return lists.answer(
        request, "equipment/uses.html", use_tables.view_of(by, view).with_names(), use_tables.UseTable,
        filterset=use_tables.UseFilter, tabs=use_tables.tabs(by, view), empty=empty,
        extra={"title": _("Usage log"), "groups": show.groups(by) if view == "waiting" else []},
    )  # fmt: skip


@permit("equipment.view")
@require_safe
def use(request: Any, pk: int) -> HttpResponse:
    """One use, both sides, what this member may do. The read is journaled first (N44)."""
    found = seen(request.membership, pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    return render(request, "equipment/use.html", show.page(found, request.membership))


@permit("equipment.view")
@require_POST
@explained
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Confirm, deny or take back a use; a page read before a change does nothing (409)."""
    found, by = seen(request.membership, pk), request.membership
    if step not in ("confirm", "deny", "void"):
        raise Http404
    if asked.version(request) not in (None, found.version):
        return errors.overtaken(request)
    form = forms.TextForm(request.POST) if step != "confirm" else None
    if form is not None and not form.is_valid():
        context = {**show.page(found, by), "form": form, "step": step}
        return render(request, "equipment/use_act.html", context, status=400)
    if step == "confirm" and not by.can("equipment.operate") and not by.can("equipment.book"):
        raise PermissionDenied
    _take(by, found, step, form)
    messages.success(request, show.done(step))
    return redirect("equipment-use", pk)


def _take(by: Membership, found: Usage, step: str, form: Any) -> None:
    if step == "confirm":
        services.confirm(by=by, uses=[found], now=timezone.now())
    elif step == "deny":
        services.deny(by=by, usage=found, text=form.cleaned_data["text"])
    else:
        services.void(by=by, usage=found, text=form.cleaned_data["text"])


@permit("equipment.view")
@require_POST
@explained
def confirm_many(request: Any) -> HttpResponseBase:
    """Confirm all uses of a device in a month that wait for us."""
    by = request.membership
    if by.institution_id is None or not (by.can("equipment.operate") or by.can("equipment.book")):
        raise PermissionDenied(_("The other side's institution confirms its uses."))
    rows = use_tables.waiting_for(by).filter(
        device=number(request.GET.get("device")), month=use_tables.month_asked(request.GET.get("month"))
    )
    done = services.confirm(by=by, uses=rows, now=timezone.now()) if rows else 0
    messages.success(request, _("%(n)d uses confirmed.") % {"n": done})
    return redirect("equipment-uses")


@permit("equipment.view")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any, pk: int) -> HttpResponseBase:
    """Enter a use without a booking: at the device by its owner, or by the institution that used it."""
    device, by = visible(request.membership, pk), request.membership
    if by.institution_id is None or not (by.can("equipment.operate") or by.can("equipment.book")):
        raise PermissionDenied(_("Only a member of an institution enters uses."))
    items, places = list(device.items.all()), booking_show.places()
    initial = {"institution": str(by.institution_id)}
    form = forms.UseForm(request.POST or None, items=items, places=places, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        fee = form.log() | {"fee_fen": data["fee"] or 0}
        names = ("institution", "item", "item_name", "log_number")
        try:
            made = services.record(
                by=by,
                log=Log(device=device, **fee, **{name: data[name] for name in names}),
                now=timezone.now(),
            )
        except EquipmentRefused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The use is entered."))
            return redirect("equipment-use", made.pk)
    context = {"title": _("Enter a use"), "device": device, "form": form, "submit": _("Enter the use")}
    return render(request, "equipment/form.html", context, status=400 if form.errors else 200)


def seen(membership: Membership, pk: int) -> Usage:
    """The use if the member's institution used, owned or read, else 404."""
    rows: QuerySet[Usage] = Usage.objects.visible_to(membership).with_names()
    return get_or_404(rows.select_related("stated_by__user", "confirmed_by__user", "stated_for"), pk=pk)
