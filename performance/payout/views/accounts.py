"""Pages of bank accounts: the office's list, one person's, the own one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.models import Staff
from alliance.services import journal
from alliance.web import lists
from alliance.web.access import get_or_404, permit, way, who_may
from alliance.web.refused import add_refusal
from performance.decided.forms import AsideForm
from performance.models import PayoutAccount
from performance.models.pay import VIEW as PAY
from performance.models.payout import CHECK, VIEW
from performance.payout import forms, show, show_ground, tables
from performance.payout.services import accounts, returned


@permit(VIEW)
@require_safe
def account_list(request: Any) -> HttpResponse:
    """Accounts of everybody, masked; for the alliance's office."""
    rows = PayoutAccount.objects.seen_by(request.membership).defer("number").select_related(
        "staff__institution", "entered_by__user"
    ).order_by("staff__institution__code", "staff__code", "-revision")  # fmt: skip
    return lists.answer(
        request, "performance/payout/accounts.html", rows, tables.AccountTable,
        filterset=tables.AccountFilter, empty=tables.no_account(),
        extra={"title": _("Bank accounts"), "rooms": show.tabs("payout-accounts", request.membership),
               "sheet_new": way(request.membership, "payout-sheet-new"),
               "sheets": show_ground.sheets(request.membership)},
    )  # fmt: skip


@permit(PAY)
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: Any) -> HttpResponseBase:
    """The own account; where a person is nobody's staff the page says so."""
    staff = Staff.objects.filter(user=request.membership.user_id).order_by("pk").first()
    if staff is None:
        if request.method == "POST":
            raise Http404
        return render(request, "performance/payout/nobody.html", {"title": _("My bank account")})
    return _account(request, staff, "payout-mine")


@permit(PAY)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Any, staff: int) -> HttpResponseBase:
    """One person's account, for the office and for the person."""
    found = get_or_404(show_ground.people(request.membership), pk=staff)
    own = found.user_id is not None and found.user_id == request.membership.user_id
    if not own and not request.membership.can(VIEW):
        raise PermissionDenied(who_may(VIEW))
    return _account(request, found, "payout-account")


def _account(request: Any, staff: Staff, name: str) -> HttpResponseBase:
    where = redirect(name) if name == "payout-mine" else redirect(name, staff.pk)
    known = PayoutAccount.objects.filter(staff=staff, confirmed_at__isnull=False).exists()
    form = forms.AccountForm(request.POST or None, initial={"holder": staff.name}, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.enter(
                by=request.membership, staff=staff, given=form.given(), why=form.cleaned_data["why"],
                now=timezone.now(),
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
            return where
    if request.method == "GET" and staff.user_id != request.membership.user_id:
        journal.write(by=request.membership, verb="payout.account_read", about=staff, request=request)
    page = show_ground.account_page(staff, request.membership, form)
    return render(request, "performance/payout/account.html", page, status=400 if form.errors else 200)


@permit(PAY)
@require_POST
@explained
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Confirm, decline or notice an account."""
    rows = PayoutAccount.objects.seen_by(request.membership).defer("number")
    row = get_or_404(rows.select_related("staff", "entered_by__user"), pk=pk)
    by, now = request.membership, timezone.now()
    if step == "notice":
        accounts.notice(by=by, row=row, now=now)
        messages.success(
            request, _("Thank you. The account stays in use.") if row.confirmed_at else _("Noted.")
        )
        return redirect("payout-mine")
    if step not in ("confirm", "decline"):
        raise Http404
    if not by.can(CHECK):
        raise PermissionDenied(who_may(CHECK))
    if step == "confirm":
        accounts.confirm(by=by, row=row, now=now)
        messages.success(request, _("Confirmed. Its owner is told."))
        return redirect("payout-account", row.staff_id)
    form = AsideForm(request.POST, auto_id="decline-%s")
    if not form.is_valid():
        page = show_ground.account_page(row.staff, by, None, form)
        return render(request, "performance/payout/account.html", page, status=400)
    accounts.decline(by=by, row=row, now=now, **form.cleaned_data)
    counts = accounts.current([row.staff_id]).get(row.staff_id)
    stays = counts is not None and counts.pk not in returned.said([row.staff_id])
    said = (
        _("Declined. The account so far counts.")
        if stays
        else _("Declined. Nothing is paid to this person before an account is entered and confirmed.")
    )
    messages.success(request, said)
    return redirect("payout-account", row.staff_id)
