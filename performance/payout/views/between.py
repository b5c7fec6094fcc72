"""Pages between institutions and of books: the list of a month, the statement of two, vouchers."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.services import journal
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.models import PayoutSettled
from performance.models.payout import CHECK, RUN, VIEW
from performance.payout import forms, show_between
from performance.payout.services import exporting, vouchers
from performance.payout.services.exporting import File
from performance.payout.views.lots import handed


@permit(VIEW)
@require_safe
def between_list(request: Any) -> HttpResponse:
    """What institutions owe each other of a month."""
    page = show_between.page(asked.month(request), request.membership)
    return render(request, "performance/payout/between.html", page)


def _owed(request: Any, month: Month, payer: str, payee: str) -> vouchers.Owed:
    """The pair of a month the member sees, or 404."""
    places = {one.code: one for one in Institution.objects.filter(code__in=[payer, payee])}
    for one in vouchers.owed(month, seen_by=request.membership) if len(places) == 2 else []:
        if (one.payer.code, one.payee.code) == (payer, payee):
            return one
    raise Http404


@permit(VIEW)
@require_safe
def statement(request: Any, month: Month, payer: str, payee: str) -> HttpResponse:
    """The statement of two institutions on A4."""
    page = show_between.statement(month, _owed(request, month, payer, payee), request.membership)
    return render(request, "performance/payout/statement.html", page)


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: Any, month: Month, payer: str, payee: str) -> HttpResponseBase:
    """Enter what one institution has paid the other."""
    owed = _owed(request, month, payer, payee)
    form = forms.SettledForm(request.POST or None, initial={"fen": owed.open, "day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            vouchers.enter_settled(
                by=request.membership, month=month, payer=owed.payer, payee=owed.payee, now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
            return redirect("payout-statement", month, payer, payee)
    context = {"title": _("Enter a payment between institutions"), "form": form, "owed": owed, "month": month}
    return render(request, "performance/payout/settle.html", context, status=400 if form.errors else 200)


@permit(CHECK)
@require_POST
@explained
def confirm(request: Any, pk: int) -> HttpResponseBase:
    """The second person."""
    rows = PayoutSettled.objects.select_related("payer", "payee", "entered_by__user")
    row = get_or_404(rows, pk=pk)
    vouchers.confirm_settled(by=request.membership, row=row, now=timezone.now())
    messages.success(request, _("Confirmed."))
    return redirect("payout-statement", Month.of(row.month), row.payer.code, row.payee.code)


@permit(VIEW, "export.run")
@require_safe
@explained
def voucher(request: Any, month: Month, kind: str) -> HttpResponse:
    """The vouchers of a month for the books, xlsx or csv."""
    if kind not in exporting.TYPES:
        raise Http404
    rows = show_between.voucher_rows(vouchers.of_month(month))
    body = io.BytesIO()
    (sheets.write_xlsx if kind == "xlsx" else sheets.write_csv)(body, rows)
    journal.write(
        by=request.membership, verb="payout.vouchers_exported", request=request, month=str(month),
        rows=len(rows) - 1,
    )  # fmt: skip
    return handed(File(f"vouchers-{month}.{kind}", exporting.TYPES[kind], body.getvalue()))
