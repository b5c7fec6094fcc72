"""Pages of ordered examinations: list, order, one order, decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Department, Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from referrals.recognition import forms, services, show, tables
from referrals.recognition.models import Item, Order


@permit("recognition.view")
@require_safe
def order_list(request: Any) -> HttpResponse:
    """To decide, late, all."""
    now, asked = timezone.now(), request.GET.get("view", "")
    view = asked if asked in tables.VIEWS else tables.VIEWS[0]
    journal.write(
        by=request.membership, verb="patient.listed", request=request, list="recognition", view=view
    )
    return lists.answer(
        request, "recognition/list.html", tables.view_of(request.membership, view, now).with_names(),
        tables.OrderTable, filterset=tables.OrderFilter, tabs=tables.tabs(request.membership, view, now),
        empty=show.empty(request.membership, view), extra={"title": _("Recognition of results")},
    )  # fmt: skip


@permit("recognition.order")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponseBase:
    """Order an examination; what the alliance holds is shown next. What was typed stays when refused."""
    house = own_institution(request.membership)
    items = list(Item.objects.in_force(timezone.localdate()).order_by("modality", "code"))
    rooms = Department.objects.filter(institution=house, is_active=True, kind=Department.Kind.CLINICAL)
    form = forms.OrderForm(
        items=items, departments={room.pk: room for room in rooms}, data=request.POST or None
    )
    if request.method == "POST" and form.is_valid():
        order = _place(request.membership, form, timezone.now())
        if order is not None:
            _say(request, order)
            return redirect("recognition-order", order.pk)
    groups = [(_("Patient"), show.PERSON), (_("Which examination"), show.WHAT)]
    page = {"title": _("Order an examination"), "form": form, "groups": groups, "none": not items}
    return render(request, "recognition/new.html", page, status=400 if form.errors else 200)


def _say(request: Any, order: Order) -> None:
    if order.state == Order.State.CLEAR:
        messages.success(request, _("The alliance holds no valid result: go on."))
    elif order.state == Order.State.OPEN:
        messages.warning(request, _("A valid result exists: recognise it, or repeat with a reason."))


def _place(by: Membership, form: forms.OrderForm, now: datetime) -> Order | None:
    """The order, or None with the refusal in the form and nothing stored."""
    try:
        with transaction.atomic():
            return services.place(by=by, person=form.named_person(by), wanted=form.wanted(), now=now)[0]
    except Refused as error:
        add_refusal(form, error)
    return None


@permit("recognition.view")
@require_safe
def order(request: Any, pk: int) -> HttpResponse:
    """One order with the results that were shown. The read is journaled with them first (N44)."""
    found = visible(request.membership, pk)
    shown = list(found.offers.values_list("result_id", flat=True))
    journal.read(by=request.membership, about=found, request=request, person=found.person_id, results=shown)
    page = show.order_page(found, request.membership, timezone.now())
    return render(request, "recognition/order.html", page)


@permit("recognition.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Decide; whose house and role may, the service says."""
    found, service = visible(request.membership, pk), services.STEPS.get(step)
    if service is None:
        raise Http404
    form = show.step_form(found, step, request.POST)
    error: Refused | None = None
    if form.is_valid():
        try:
            decided = service(
                by=request.membership, order=found, now=timezone.now(), version=asked.version(request),
                **form.cleaned_data,
            )  # fmt: skip
        except Stale as stale:
            page = {"title": found.number, "order": stale.row}
            return render(request, "recognition/changed.html", page, status=409)
        except Refused as refused:
            error = refused
        else:
            said = {"number": decided.number, "state": decided.get_state_display()}
            messages.success(request, _("%(number)s: %(state)s.") % said)
            return redirect("recognition-order", pk)
    if error is not None:
        add_refusal(form, error)
    page = {"title": found.number, "form": form, "action": show.act_url(found, step), "order": found}
    return render(request, "recognition/act.html", page, status=400)


def visible(membership: Membership, pk: int) -> Order:
    """The order if the member's institution placed it, else 404."""
    return get_or_404(Order.objects.visible_to(membership).with_names(), pk=pk)


def own_institution(membership: Membership) -> Institution:
    """The member's institution; who stands for the whole alliance orders nothing."""
    if membership.institution is None:
        raise PermissionDenied(_("Only a member of an institution orders examinations."))
    return membership.institution
