"""Pages of uplifts: sheets and one with why, entering, its steps; lists of linked indicators."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.web import lists
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.decided import pages
from performance.decided.forms import AsideForm
from performance.models import PayLinked, PayUplift
from performance.models.pay import CONFIRM, LOOK, RUN, VIEW
from performance.pay.show import runs, tabs
from performance.pay.views.sources import leave
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


SHEETS = pages.Room(
    show.ROOM, PayUplift, "performance/uplift/sheet.html", show.page, show.paper,
    {
        "confirm": pages.Step(
            CONFIRM, sheets.confirm, said=gettext_lazy("Confirmed. The new pay total is in force.")
        ),
        "set-aside": pages.Step(LOOK, sheets.set_aside, AsideForm),
    },
)  # fmt: skip
sheet, workbook, printed, scan, act = SHEETS.views()


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


@permit(LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_linked(request: Any, pk: int) -> HttpResponseBase:
    """Why a wrong list is left: by who entered it or by the second person."""
    row = get_or_404(PayLinked.objects.select_related("entered_by__user"), pk=pk)
    back = (reverse("pay-linked"), _("Linked indicators"))
    return leave(request, row, linked.set_aside, subject=show.list_facts(row), back=back)
