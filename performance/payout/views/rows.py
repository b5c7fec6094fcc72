"""Pages of what does not match: the queue, one row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.web import lists
from alliance.web.access import get_or_404, permit, who_may
from alliance.web.refused import add_refusal
from performance.models import PayoutRow
from performance.models.payout import RUN, VIEW
from performance.payout import forms, show, show_lots, tables
from performance.payout.services import answering


@permit(VIEW)
@require_safe
def row_list(request: Any) -> HttpResponse:
    """Rows nobody has decided yet."""
    rows = PayoutRow.objects.seen_by(request.membership).open().named().defer("payment__account__number")
    return lists.answer(
        request, "performance/payout/rows.html", rows.order_by("result", "number"), tables.RowTable,
        filterset=tables.RowFilter, empty=tables.no_row(),
        extra={"title": pgettext("payout", "Differences"),
               "rooms": show.tabs("payout-rows", request.membership)},
    )  # fmt: skip


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: Any, pk: int) -> HttpResponseBase:
    """One row; what was found out with the bank."""
    rows = PayoutRow.objects.seen_by(request.membership).named().defer("payment__account__number")
    found = get_or_404(rows, pk=pk)
    form = forms.DecideForm(request.POST or None, possible=answering.possible(found))
    if request.method == "POST":
        if not show.does(request.membership, RUN):
            raise PermissionDenied(who_may(RUN))
        if form.is_valid():
            try:
                answering.decide(by=request.membership, row=found, now=timezone.now(), **form.cleaned_data)
            except Refused as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("Kept. A colleague posts it."))
                return redirect("payout-rows")
    page = show_lots.row_page(found, request.membership, form)
    return render(request, "performance/payout/row.html", page, status=400 if form.errors else 200)
