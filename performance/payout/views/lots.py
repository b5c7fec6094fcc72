"""Pages of lots: list, month, one lot, its steps, preview, list to print, papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import lists
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from performance.models import PayLine, PayoutHold, PayoutLot, PayoutResult, PayoutVoucher, PayPot
from performance.models.pay import LOOK
from performance.models.payout import CHECK, EXPORT, RUN, VIEW
from performance.payout import forms, show, show_lots, show_month, tables
from performance.payout.services import answering, exporting, lots, vouchers
from performance.payout.services.exporting import File


@permit(VIEW)
@require_safe
def lot_list(request: Any) -> HttpResponse:
    """Lots, the newest month first."""
    rows = PayoutLot.objects.seen_by(request.membership).named().told()
    return lists.answer(
        request, "performance/payout/lots.html", rows, tables.LotTable, filterset=tables.LotFilter,
        empty=tables.no_lot(),
        extra={"title": _("Paying out"), "rooms": show.tabs("payout", request.membership),
               "months": payable_months(request.membership)},
    )  # fmt: skip


def payable_months(membership: Membership) -> list[Month]:
    """Months with pots in the books, newest first, for the office; one query."""
    if membership.institution_id is not None:
        return []
    rows = (
        PayPot.objects.filter(state="posted").order_by("-pool__month").values_list("pool__month", flat=True)
    )
    return [Month.of(day) for day in rows.distinct()[:SHOWN]]


SHOWN = 6


@permit(VIEW, LOOK)
@require_safe
def month(request: Any, month: Month) -> HttpResponse:
    """How far a month's pay has come; for the alliance's office."""
    return render(
        request,
        "performance/payout/month.html",
        show_month.month_page(month, request.membership, timezone.now()),
    )


@permit(RUN)
@require_POST
@explained
def make(request: Any, month: Month) -> HttpResponseBase:
    """Make the lots of a month."""
    made = lots.make(by=request.membership, month=month, disputed=lots.disputed(month), now=timezone.now())
    messages.success(
        request,
        ngettext("%(n)d lot is made. A colleague checks it.", "%(n)d lots are made. A colleague checks them.",
                 len(made)) % {"n": len(made)},
    )  # fmt: skip
    return redirect("payout-month", month)


@permit(RUN)
@require_POST
@explained
def hold(request: Any, pk: int) -> HttpResponseBase:
    """Hold the open part of a line."""
    line = get_or_404(PayLine.objects.all(), pk=pk)
    row = lots.hold(
        by=request.membership, line=line.pk, why=request.POST.get("why", "")[:200], now=timezone.now()
    )
    messages.success(request, _("Held. It goes into no lot until it is released."))
    return redirect("payout-month", Month.of(row.line.pot.pool.month))


@permit(RUN)
@require_POST
@explained
def release(request: Any, pk: int) -> HttpResponseBase:
    """Let held money go into the next lot."""
    row = get_or_404(PayoutHold.objects.select_related("line__pot__pool"), pk=pk)
    lots.release(by=request.membership, row=row, now=timezone.now())
    messages.success(request, _("Released. It goes into the next lot."))
    return redirect("payout-month", Month.of(row.line.pot.pool.month))


@permit(EXPORT)
@require_POST
@explained
def payroll(request: Any, month: Month) -> HttpResponseBase:
    """The sheet for the payroll system."""
    return handed(exporting.payroll(by=request.membership, month=month))


def found(request: Any, pk: int) -> Any:
    """A lot the member sees (second wall), with what its payments say."""
    return get_or_404(PayoutLot.objects.seen_by(request.membership).named().told(), pk=pk)


@permit(VIEW)
@require_safe
def lot(request: Any, pk: int) -> HttpResponse:
    """One lot."""
    return _page(request, found(request, pk))


def _page(request: Any, row: Any, status: int = 200, **given: Any) -> HttpResponse:
    response = lists.answer(
        request, "performance/payout/lot.html", show_lots.payments(row), tables.PaymentTable,
        extra=show_lots.lot_page(row, request.membership, given),
    )  # fmt: skip
    response.status_code = status
    return response


@permit(VIEW)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """The list of payments on A4 for those who sign it."""
    return render(request, "performance/payout/sheet.html", show_lots.sheet(found(request, pk)))


@permit(VIEW)
@require_safe
@explained
def preview(request: Any, pk: int) -> HttpResponse:
    """The file for the bank with masked numbers."""
    page = show_lots.preview(found(request, pk), request.membership)
    return render(request, "performance/payout/preview.html", page)


def _check(request: Any, row: PayoutLot, _form: Any) -> None:
    lots.check(by=request.membership, lot=row, now=timezone.now())
    messages.success(request, _("Checked. The file for the bank may be written."))


def _withdraw(request: Any, row: PayoutLot, _form: Any) -> None:
    lots.withdraw(by=request.membership, lot=row)
    messages.success(request, _("Withdrawn. Its money goes into the next lot."))


def _export(request: Any, row: PayoutLot, _form: Any) -> HttpResponse:
    return handed(exporting.export(by=request.membership, lot=row, now=timezone.now()))


def _answer(request: Any, row: PayoutLot, form: Any) -> None:
    file = form.cleaned_data["file"]
    answering.take(by=request.membership, lot=row, name=file.name, source=file, now=timezone.now())
    messages.success(request, _("The answer is read. A colleague posts what matches; settle the rest."))


def _settle(request: Any, row: PayoutLot, _form: Any) -> None:
    done = answering.settle(by=request.membership, lot=row, now=timezone.now())
    messages.success(
        request, ngettext("%(n)d payment is posted.", "%(n)d payments are posted.", done) % {"n": done}
    )
    n = len(answering.left(row))
    if n:
        said = ngettext(
            "%(n)d row is left; see below what to do.", "%(n)d rows are left; see below what to do.", n
        )
        messages.warning(request, said % {"n": n})


def _paper(request: Any, row: PayoutLot, form: Any) -> None:
    data = form.cleaned_data
    vouchers.attach(
        by=request.membership, lot=row, kind=data["kind"], number=data["number"], uploads=data["files"],
        now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("The paper is kept with the lot."))


# The steps of a lot by address: the right each needs, its form, its deed.
STEPS: dict[str, tuple[str, Any, Callable[[Any, PayoutLot, Any], HttpResponse | None]]] = {
    "check": (CHECK, None, _check), "withdraw": (RUN, None, _withdraw), "export": (EXPORT, None, _export),
    "answer": (RUN, forms.AnswerForm, _answer), "settle": (CHECK, None, _settle),
    "paper": (RUN, forms.PaperForm, _paper),
}  # fmt: skip


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """One step of a lot."""
    row = found(request, pk)
    if step not in STEPS:
        raise Http404
    right, form_of, deed = STEPS[step]
    require(request.membership, right)
    form = form_of(request.POST, request.FILES, auto_id=f"{step}-%s") if form_of else None
    if form is None or form.is_valid():
        try:
            return deed(request, row, form) or redirect("payout-lot", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
            else:
                add_refusal(form, error)
    return _page(request, found(request, pk), 400, **({step: form} if form else {}))


@permit(RUN)
@require_POST
def withdraw_answer(request: Any, pk: int) -> HttpResponseBase:
    """Take an answer of the bank back while nothing of it is posted."""
    mine = PayoutLot.objects.seen_by(request.membership).values("pk")
    result = get_or_404(PayoutResult.objects.select_related("lot__institution"), pk=pk, lot__in=mine)
    form = forms.TakeBackForm(request.POST, auto_id=f"back{pk}-%s")
    if form.is_valid():
        try:
            answering.withdraw(
                by=request.membership, result=result, why=form.cleaned_data["why"], now=timezone.now()
            )
            messages.success(request, _("The file is withdrawn. Its rows stay and count no longer."))
            return redirect("payout-lot", result.lot_id)
        except Refused as error:
            add_refusal(form, error)
    return _page(request, found(request, result.lot_id), 400, **{f"back{pk}": form})


@permit(EXPORT)
@require_safe
def paper(request: Any, pk: int) -> HttpResponseBase:
    """A paper of a lot: it may show whole account numbers; each download is journaled."""
    mine = PayoutLot.objects.seen_by(request.membership).values("pk")
    row = get_or_404(PayoutVoucher.objects.select_related("file"), pk=pk, lot__in=mine)
    return fetched(request, row.file)


def handed(file: File) -> HttpResponse:
    """A file as a download, kept by no cache."""
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["Cache-Control"] = "no-store"
    return response
