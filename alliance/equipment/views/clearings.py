"""Pages of the clearing: the list, one clearing, the statement of an institution 往来结算单."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.equipment import clearing_tables as tables
from alliance.equipment.models import Clearing
from alliance.equipment.services import clearing as services
from alliance.equipment.show import clearings as show
from alliance.lib.period import Month, PeriodRefused
from alliance.models import Institution, Membership
from alliance.web import lists
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Empty


@permit("equipment.view")
@require_safe
def clearing_list(request: Any) -> HttpResponse:
    """The clearings, newest first; an institution sees the posted ones."""
    by = request.membership
    why = _("It is made once a month from the uses both sides stand by.")
    empty = Empty(_("No clearing yet"), why, icon="sum")
    rows = Clearing.objects.visible_to(by).select_related("made_by__user")
    return lists.answer(
        request, "equipment/clearings.html", rows, tables.ClearingTable, empty=empty,
        extra={
            "title": _("Clearing of equipment"), "may_make": show.may_clear(by), "months": show.months(by)
        },
    )  # fmt: skip


@permit("equipment.view")
@require_safe
def clearing(request: Any, pk: int) -> HttpResponse:
    """One clearing: what is left between each two, and every line with its rule, numbers and uses."""
    found = visible(request.membership, pk)
    return lists.answer(
        request, "equipment/clearing.html", show.lines_of(found, request.membership), tables.LineTable,
        filterset=tables.LineFilter, extra=show.page(found, request.membership),
    )  # fmt: skip


@permit("equipment.view")
@require_safe
def statement(request: Any, pk: int, code: str) -> HttpResponse:
    """The statement of one institution, one A4 page for signature."""
    found = visible(request.membership, pk)
    place = get_or_404(Institution.objects.all(), code=code)
    if not request.membership.sees(place.pk):
        raise Http404
    return render(request, "equipment/statement.html", show.statement(found, place))


@permit("equipment.clear")
@require_POST
@explained
def make(request: Any) -> HttpResponseBase:
    """Compute the clearing of a month as a draft."""
    services.admit(request.membership)
    try:
        month = Month.parse(request.POST.get("month", ""))
    except PeriodRefused:
        raise Http404 from None
    made = services.make(by=request.membership, month=month, now=timezone.now())
    messages.success(request, _("The draft is made. Look at it, then propose it."))
    return redirect("equipment-clearing", made.pk)


@permit("equipment.clear")
@require_POST
@explained
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose or discard a draft."""
    found, by = visible(request.membership, pk), request.membership
    if step == "propose":
        asked = services.propose(by=by, clearing=found, on=timezone.localdate())
        messages.success(request, _("Proposed. It is posted when a colleague agrees."))
        return redirect("approval", asked.pk)
    if step != "discard":
        raise Http404
    services.discard(by=by, clearing=found)
    messages.success(request, _("The draft is discarded; its uses wait for the next one."))
    return redirect("equipment-clearings")


def visible(membership: Membership, pk: int) -> Clearing:
    """The clearing; for an institution only when it is posted."""
    rows: QuerySet[Clearing] = Clearing.objects.visible_to(membership).select_related(
        "made_by__user", "journal"
    )
    return get_or_404(rows, pk=pk)
