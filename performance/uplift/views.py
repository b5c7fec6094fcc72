"""Pages of uplifts: sheets and one with why, entering, its steps; lists of linked indicators."""

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

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.web import lists
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.decided import pages
from performance.decided.show import AsideForm
from performance.models import PayLinked, PayUplift
from performance.models.pay import CONFIRM, LOOK, RUN, VIEW
from performance.pay.show import runs, tabs
from performance.uplift import forms, show, tables
from performance.uplift.services import linked, sheets


@permit(VIEW)
@require_safe
def sheet_list(request: Any) -> HttpResponse:
    """Sheets the member may see, the newest year first."""
    by = request.membership
    return lists.answer(
        request, "performance/uplift/sheets.html", PayUplift.objects.seen_by(by).named(), tables.UpliftTable,
        filterset=tables.UpliftFilter, empty=tables.none(),
        extra={"title": _("Uplifts of pay totals"), "rooms": tabs("pay-uplifts", by), "runs": runs(by),
               "looks": by.institution_id is None and by.can(LOOK)},
    )  # fmt: skip


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """Have a sheet worked out; what was typed and chosen stays when it is refused."""
    posted = request.method == "POST"
    form = forms.SheetForm(
        request.POST if posted else None, request.FILES if posted else None,
        initial={"year": timezone.localdate().year},
    )  # fmt: skip
    return pages.entered(
        request, form, partial(sheets.enter, by=request.membership, now=timezone.now()),
        template="performance/uplift/enter.html", page="pay-uplift",
        context={"title": _("Work out an uplift")},
    )  # fmt: skip


def found(request: Any, pk: int) -> PayUplift:
    """A sheet the member sees (second wall)."""
    return get_or_404(PayUplift.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """One sheet: why the total rose."""
    return _page(request, found(request, pk))


def _page(request: Any, row: PayUplift, status: int = 200, **given: Any) -> HttpResponse:
    page = show.page(row, request.membership, given)
    return render(request, "performance/uplift/sheet.html", page, status=status)


@permit(VIEW)
@require_safe
def workbook(request: Any, pk: int) -> HttpResponse:
    """One sheet as a workbook."""
    row = found(request, pk)
    return pages.workbook(request, row, show.paper(row, request.membership), "uplift")


@permit(VIEW)
@require_safe
def printed(request: Any, pk: int) -> HttpResponse:
    """One sheet on A4."""
    row = found(request, pk)
    return pages.printed(request, show.paper(row, request.membership), reverse("pay-uplift", args=[pk]))


@permit(LOOK)
@require_safe
def scan(request: Any, pk: int) -> HttpResponseBase:
    """The scan of the decision; each download is journaled."""
    return fetched(request, found(request, pk).scan)


@permit(LOOK)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Confirm it, or set it aside."""
    row, by, now, form = found(request, pk), request.membership, timezone.now(), None
    try:
        if step == "confirm":
            require(by, CONFIRM)
            sheets.confirm(by=by, sheet=row, now=now)
            messages.success(request, _("Confirmed. The new pay total is in force."))
            return redirect("pay-uplift", pk)
        if step != "set-aside":
            raise Http404
        form = AsideForm(request.POST, auto_id="aside-%s")
        if form.is_valid():
            sheets.set_aside(by=by, sheet=row, now=now, **form.cleaned_data)
            return redirect("pay-uplift", pk)
    except Refused as error:
        # What is decided meanwhile has no form on the page any more.
        if form is None or not error.field:
            messages.error(request, _(error.template) % error.params)
            form = None
        else:
            add_refusal(form, error)
    return _page(request, found(request, pk), 400, **({step: form} if form else {}))


@permit(LOOK)
@require_safe
def linked_list(request: Any) -> HttpResponse:
    """Which indicators were and are linked."""
    return render(request, "performance/uplift/linked.html", show.lists(request.membership))


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_linked(request: Any) -> HttpResponseBase:
    """Enter which indicators are linked from a month on."""
    today = timezone.localdate()
    form = forms.LinkedForm(request.POST or None, today=today, known=show.choices(today))
    if request.method == "POST" and form.is_valid():
        try:
            linked.enter(by=request.membership, now=timezone.now(), **form.entry())
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
            return redirect("pay-linked")
    context = {"title": _("Enter linked indicators"), "form": form}
    return render(
        request, "performance/uplift/enter_linked.html", context, status=400 if form.errors else 200
    )


@permit(CONFIRM)
@require_POST
@explained
def confirm_linked(request: Any, pk: int) -> HttpResponseBase:
    """The second person."""
    linked.confirm(by=request.membership, row=get_or_404(PayLinked.objects.all(), pk=pk), now=timezone.now())
    messages.success(request, _("Confirmed."))
    return redirect("pay-linked")
