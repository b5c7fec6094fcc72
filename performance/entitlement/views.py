"""Pages of entitlement sheets: list, entering one, one with its lines, its steps."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.period import Month
from alliance.web import lists
from alliance.web.access import permit
from performance.decided import pages
from performance.decided.forms import AsideForm
from performance.entitlement import forms, show, subjects, tables
from performance.entitlement.services import sheets
from performance.models import Entitlement, EntitlementKind
from performance.models.pay import CONFIRM, LOOK, RUN, VIEW
from performance.pay.services import making
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


SHEETS = pages.Room(
    show.ROOM, Entitlement, "performance/entitlement/sheet.html", show.page, show.paper,
    {
        # Why more is confirmed than there is stands on the page only where that is so: the service asks.
        "confirm": pages.Step(
            CONFIRM, sheets.confirm, forms.OverForm, whole=False, said=gettext_lazy("Confirmed.")
        ),
        "set-aside": pages.Step(LOOK, sheets.set_aside, AsideForm),
        "pay": pages.Step(
            RUN, making.make_from_entitlement, forms.PayForm, page="pay-pool",
            said=gettext_lazy("The draft is made. Look at it, then propose it."),
        ),
    },
)  # fmt: skip
sheet, workbook, printed, scan, act = SHEETS.views()
