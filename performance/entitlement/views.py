"""Pages of entitlement sheets: list, entering one, one with its lines, its steps."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web import lists
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.decided import pages
from performance.decided.show import AsideForm
from performance.entitlement import forms, show, subjects, tables
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import sheets
from performance.models import Entitlement, EntitlementKind
from performance.models.pay import CONFIRM, LOOK, RUN, VIEW
from performance.pay.services import pools
from performance.pay.show import tabs


@permit(VIEW)
@require_safe
def sheet_list(request: Any) -> HttpResponse:
    """Sheets the member may see, the newest month first."""
    rows = Entitlement.objects.seen_by(request.membership).named().shown_to(request.membership)
    return lists.answer(
        request, "performance/entitlement/sheets.html", rows, tables.SheetTable, filterset=tables.SheetFilter,
        empty=tables.none(),
        extra={"title": _("Entitlement sheets"), "rooms": tabs("pay-entitlements", request.membership),
               "runs": show.runs(request.membership)},
    )  # fmt: skip


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """Which sheet (`?kind=&month=`), then its numbers; what was typed and chosen stays when it is refused."""
    today = timezone.localdate()
    last = {"month": str(Month.of(today).previous())}
    which = forms.WhichForm(request.GET or None, today=today, initial=last)
    if not which.is_valid():
        context = {"title": _("Enter a sheet"), "form": which}
        status = 400 if which.errors else 200
        return render(request, "performance/entitlement/which.html", context, status=status)
    kind, month = which.cleaned_data["kind"], Month.parse(which.cleaned_data["month"])
    posted = request.method == "POST"
    form = forms.SheetForm(
        request.POST if posted else None, request.FILES if posted else None, kind=kind,
        known=subjects.of(kind, month),
    )  # fmt: skip
    return pages.entered(
        request, form,
        partial(sheets.enter, by=request.membership, kind=kind, month=month, now=timezone.now()),
        template="performance/entitlement/enter.html", page="pay-entitlement",
        context={"title": EntitlementKind(kind).label, "month": month,
                 "action": f"?kind={kind}&month={month}"},
    )  # fmt: skip


def found(request: Any, pk: int) -> Entitlement:
    """A sheet the member sees (second wall)."""
    return get_or_404(Entitlement.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """One sheet."""
    return _page(request, found(request, pk))


def _page(request: Any, row: Entitlement, status: int = 200, **given: Any) -> HttpResponse:
    page = show.page(row, request.membership, given)
    return render(request, "performance/entitlement/sheet.html", page, status=status)


@permit(VIEW)
@require_safe
def workbook(request: Any, pk: int) -> HttpResponse:
    """One sheet as a workbook, as far as the member reads it."""
    row = found(request, pk)
    return pages.workbook(request, row, show.paper(row, request.membership), "entitlement")


@permit(VIEW)
@require_safe
def printed(request: Any, pk: int) -> HttpResponse:
    """One sheet on A4."""
    row = found(request, pk)
    return pages.printed(request, show.paper(row, request.membership), reverse("pay-entitlement", args=[pk]))


@permit(LOOK)
@require_safe
def scan(request: Any, pk: int) -> HttpResponseBase:
    """The scan of the decision; each download is journaled."""
    return fetched(request, found(request, pk).scan)


@permit(LOOK)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Confirm, set aside, or make the pool that pays it."""
    row, by, now, form = found(request, pk), request.membership, timezone.now(), None
    try:
        if step == "confirm":
            require(by, CONFIRM)
            form = forms.OverForm(request.POST, auto_id="confirm-%s")
            form.is_valid()
            sheets.confirm(by=by, sheet=row, now=now, over_why=form.cleaned_data.get("over_why", ""))
            messages.success(request, _("Confirmed."))
            return redirect("pay-entitlement", pk)
        if step == "set-aside":
            form = AsideForm(request.POST, auto_id="aside-%s")
            if form.is_valid():
                sheets.set_aside(by=by, sheet=row, now=now, **form.cleaned_data)
                return redirect("pay-entitlement", pk)
        elif step == "pay":
            require(by, RUN)
            form = forms.PayForm(request.POST, auto_id="pay-%s")
            if form.is_valid():
                made = pools.make_from_entitlement(by=by, sheet=row, now=now, **form.cleaned_data)
                messages.success(request, _("The draft is made. Look at it, then propose it."))
                return redirect("pay-pool", made.pk)
        else:
            raise Http404
    except Refused as error:
        # What is decided or paid meanwhile has no form on the page any more.
        if form is None or (isinstance(error, SheetRefused) and not error.field and error.reason != "why"):
            messages.error(request, _(error.template) % error.params)
            form = None
        else:
            add_refusal(form, error)
    return _page(request, found(request, pk), 400, **({step: form} if form else {}))
