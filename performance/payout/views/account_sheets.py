"""Pages of accounts by a sheet: take one in, name what to correct, one sheet masked, the second's deed."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.web import lists
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.decided.forms import AsideForm
from performance.models import PayoutAccount, PayoutSheet
from performance.models.payout import CHECK, RUN
from performance.payout import forms, show, show_ground, tables
from performance.payout.services import account_sheets
from performance.payout.services.account_sheets import SheetFaults
from performance.payout.services.exporting import TYPES, File
from performance.payout.views.lots import handed
from performance.views.months import whole_alliance

SHOWN = 100


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponseBase:
    """Take in a sheet; each line to correct is named with its column and the remedy."""
    whole_alliance(request.membership)
    posted = request.method == "POST"
    form = forms.AccountSheetForm(request.POST if posted else None, request.FILES if posted else None)
    faults: list[account_sheets.Fault] = []
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = account_sheets.propose(by=request.membership, name=file.name, source=file,
                                         now=timezone.now())  # fmt: skip
            said = ngettext("%(n)d account waits for a second person.",
                            "%(n)d accounts wait for a second person.", row.rows)  # fmt: skip
            messages.success(request, said % {"n": row.rows})
            return redirect("payout-sheet", row.pk)
        except SheetFaults as error:
            faults = list(error.faults)
            add_refusal(form, error)
        except Refused as error:
            add_refusal(form, error)
    context = {
        "title": _("Accounts by a sheet"), "form": form, "faults": faults[:SHOWN],
        "more": max(0, len(faults) - SHOWN), "columns": account_sheets.headings(),
        "rooms": show.tabs("payout-accounts", request.membership),
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "performance/payout/sheet_new.html", context, status=status)


@permit(RUN)
@require_safe
def empty(request: Any) -> HttpResponse:
    """The empty sheet with its headings."""
    whole_alliance(request.membership)
    body = io.BytesIO()
    sheets.write_xlsx(body, [account_sheets.headings()])
    return handed(File("accounts.xlsx", TYPES["xlsx"], body.getvalue()))


def _found(request: Any, pk: int) -> PayoutSheet:
    whole_alliance(request.membership)
    return get_or_404(PayoutSheet.objects.select_related("by__user"), pk=pk)


@permit(RUN, CHECK)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """One sheet: its accounts, masked; what the second person may do."""
    return _page(request, _found(request, pk))


def _page(request: Any, row: PayoutSheet, form: Any = None) -> HttpResponse:
    rows = PayoutAccount.objects.filter(sheet=row).defer("number").select_related(
        "staff__institution", "entered_by__user"
    ).order_by("staff__institution__code", "staff__code")  # fmt: skip
    by = request.membership
    waits = account_sheets.waiting(row).exclude(staff__user=by.user_id).exists()
    decides = waits and by.can(CHECK) and row.by.user_id != by.user_id
    act_at = [reverse("payout-sheet-act", args=[row.pk, step]) for step in ("confirm", "decline")]
    words = (_("Confirm all that wait"), _("Decline all that wait"))
    return lists.answer(
        request, "performance/payout/sheet_of_accounts.html", rows, tables.AccountTable,
        empty=tables.no_account(),
        extra={"title": row.name, "row": row, "rooms": show.tabs("payout-accounts", by),
               "actions": show_ground.deciding(form, *act_at, *words) if decides else []},
    )  # fmt: skip


@permit(CHECK)
@require_POST
@explained
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Confirm or decline every account of a sheet that waits."""
    row = _found(request, pk)
    if step not in ("confirm", "decline"):
        raise Http404
    form = AsideForm(request.POST, auto_id="decline-%s")
    agreed = step == "confirm"
    if not agreed and not form.is_valid():
        page = _page(request, row, form)
        page.status_code = 400
        return page
    why = "" if agreed else form.cleaned_data["why"]
    n = account_sheets.decide(by=request.membership, sheet=row, agreed=agreed, why=why, now=timezone.now())
    said = (
        ngettext("%(n)d account is confirmed; its owner is told.",
                 "%(n)d accounts are confirmed; their owners are told.", n)
        if agreed
        else ngettext("%(n)d account is declined.", "%(n)d accounts are declined.", n)
    )  # fmt: skip
    messages.success(request, said % {"n": n})
    return redirect("payout-sheet", pk)
