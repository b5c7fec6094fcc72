"""Pages of purchase requests: the list, one request, asking."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from alliance.approvals.errors import Refusal
from alliance.equipment import forms
from alliance.equipment.models import Device, PurchaseRequest
from alliance.equipment.services import EquipmentRefused, purchases
from alliance.equipment.show import requests as show
from alliance.models import Department
from alliance.web import lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Empty
from alliance.web.refused import add_refusal, worded


class RequestTable(lists.Table):
    """One line a request."""

    name = tables.Column(
        verbose_name=gettext_lazy("device wanted"), linkify=("equipment-request", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    estimate_fen = tables.Column(verbose_name=gettext_lazy("estimated cost (yuan)"), attrs=lists.KEY)
    state = tables.Column(verbose_name=gettext_lazy("state"))
    kind = tables.Column(verbose_name=gettext_lazy("kind of equipment"))
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    asked_at = tables.Column(verbose_name=gettext_lazy("asked"))

    def render_estimate_fen(self, value: int) -> str:
        return words.yuan(value)

    def render_state(self, record: PurchaseRequest) -> Any:
        return show.state_chip(record)

    def render_kind(self, record: PurchaseRequest) -> str:
        return str(record.get_kind_display())

    def render_asked_at(self, record: PurchaseRequest) -> str:
        return words.moment(record.asked_at)


class RequestFilter(django_filters.FilterSet):
    """Conditions of the list of requests."""

    state = django_filters.ChoiceFilter(
        choices=PurchaseRequest.State.choices, label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip
    kind = django_filters.ChoiceFilter(
        choices=Device.Kind.choices, label=gettext_lazy("kind of equipment"),
        empty_label=gettext_lazy("Kind: all"),
    )  # fmt: skip

    class Meta:
        model = PurchaseRequest
        fields: list[str] = []


@permit("equipment.view")
@require_safe
def request_list(request: Any) -> HttpResponse:
    """The requests of the member's institution; all of them for the whole alliance."""
    by = request.membership
    why = _("Use and duplicates stand beside every request; people decide.")
    return lists.answer(
        request, "equipment/requests.html",
        PurchaseRequest.objects.visible_to(by).select_related("institution"), RequestTable,
        filterset=RequestFilter, empty=Empty(_("No purchase was asked for"), why, icon="coin"),
        extra={"title": _("Purchase requests"), "may_ask": by.institution_id and by.can("equipment.request")},
    )  # fmt: skip


@permit("equipment.view")
@require_safe
def purchase(request: Any, pk: int) -> HttpResponse:
    """One request with what stands beside it."""
    rows = PurchaseRequest.objects.visible_to(request.membership).select_related("institution", "department")
    found = get_or_404(rows, pk=pk)
    return render(request, "equipment/request.html", show.page(found, request.membership))


@permit("equipment.request")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Any) -> HttpResponseBase:
    """Ask to buy a device."""
    by = request.membership
    if by.institution_id is None:
        raise PermissionDenied(_("An institution asks for what it needs."))
    departments = list(Department.objects.filter(institution=by.institution_id, is_active=True))
    form = forms.RequestForm(request.POST or None, departments=departments)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        wanted = purchases.Wanted(estimate_fen=data.pop("estimate"), **data)
        try:
            made = purchases.ask(by=by, wanted=wanted, now=timezone.now())
        except EquipmentRefused as error:
            add_refusal(form, error)
        except Refusal as error:
            form.add_error(None, worded(error))
        else:
            messages.success(request, _("Asked. Who decides sees use and duplicates beside it."))
            return redirect("equipment-request", made.pk)
    context = {"title": _("Ask for a purchase"), "form": form, "submit": _("Ask for it")}
    return render(request, "equipment/request_new.html", context, status=400 if form.errors else 200)
