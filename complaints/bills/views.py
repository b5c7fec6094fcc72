"""Pages of staff: a day's discharges and their slips, batches to revoke, the guide two people enter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership
from alliance.services import journal
from alliance.web.access import get_or_404, permit
from alliance.web.qr import picture
from alliance.web.refused import worded
from complaints.bills import forms, services, show
from complaints.bills.models import BillBatch, BillGuide, BillQuestion
from complaints.bills.refusals import BillRefused
from grouping import billed


def _places(by: Membership) -> list[Institution]:
    found = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    own = by.institution_id
    return list(found if own is None else found.filter(pk=own))


def _asked(request: Any, places: list[Institution]) -> tuple[Institution | None, date]:
    """Whose discharges of which day the address asks for; yesterday's of the first place by itself."""
    wanted = request.GET.get("institution", "")
    place = next((one for one in places if str(one.pk) == wanted), places[0] if places else None)
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return place, day or timezone.localdate(timezone=SHANGHAI) - timedelta(days=1)


@permit(services.PRINT)
@require_safe
def bills(request: Any) -> HttpResponse:
    """The discharges of a day, what is printed, what may be revoked."""
    places = _places(request.membership)
    place, day = _asked(request, places)
    form = forms.PrintForm(initial={"institution": place.pk if place else "", "day": day}, places=places)
    return render(request, "bills/bills.html", _page(place, day, form))


def _page(place: Institution | None, day: date, form: Any) -> dict[str, Any]:
    stays = billed.discharges(place.pk, day) if place else []
    batches = BillBatch.objects.filter(institution=place, day=day).select_related("printed_by__user")
    wards = Department.objects.filter(institution=place)
    return {
        "title": _("Bills for patients"), "place": place, "day": day, "form": form, "stays": stays,
        "batches": list(batches), "wards": dict(wards.values_list("code", "name")),
    }  # fmt: skip


@permit(services.PRINT)
@require_POST
def bills_print(request: Any) -> HttpResponse:
    """The slips of a day, or of one stay, ready for paper: they are made now and never shown again."""
    places = _places(request.membership)
    form = forms.PrintForm(request.POST, places=places)
    if form.is_valid():
        data = form.cleaned_data
        try:
            batch, slips = services.print_day(
                by=request.membership, institution=data["institution"], day=data["day"],
                record_no=data["record_no"].strip(), now=timezone.now(),
            )  # fmt: skip
        except BillRefused as refused:
            form.add_error("day", worded(refused))
        else:
            return _sheet(request, batch, slips)
    place, day = _asked(request, places)
    return render(request, "bills/bills.html", _page(place, day, form), status=400)


def _sheet(request: Any, batch: BillBatch, slips: list[services.Slip]) -> HttpResponse:
    code = request.alliance.code
    rows = [
        {"stay": one.stay, "qr": picture(request.build_absolute_uri(public_address(code, one.token)))}
        for one in slips
    ]
    by_hand = request.build_absolute_uri(public_address(code))
    context = {"title": _("Bills for patients"), "batch": batch, "rows": rows, "by_hand": by_hand}
    answer = render(request, "bills/sheet.html", context)
    add_never_cache_headers(answer)
    return answer


def public_address(code: str, token: str = "") -> str:
    """The path of a bill outside the alliance: of a link, or where one is asked for."""
    before = get_script_prefix()
    set_script_prefix(before.removesuffix(f"a/{code}/"))
    try:
        if token:
            return reverse("say-bill", "config.urls", args=[code, token])
        return reverse("say-bill-ask", "config.urls", args=[code])
    finally:
        set_script_prefix(before)


@permit(services.PRINT)
@require_POST
def batch_revoke(request: Any, pk: int) -> HttpResponseBase:
    """The paper was lost: nothing of the batch opens a bill any more."""
    own = request.membership.institution_id
    rows = BillBatch.objects.all() if own is None else BillBatch.objects.filter(institution=own)
    batch = get_or_404(rows, pk=pk)
    try:
        services.revoke(by=request.membership, batch=batch, now=timezone.now())
        messages.success(request, _("Revoked: these codes open no bill any more."))
    except BillRefused as refused:
        messages.warning(request, worded(refused))
    return redirect(f"{reverse('bills')}?institution={batch.institution_id}&day={batch.day}")


@permit("complaint.view")
@require_safe
def question(request: Any, pk: int) -> HttpResponse:
    """The line a complaint is about, in the bill as it stands now; the reading is journaled."""
    own = request.membership.institution_id
    rows = BillQuestion.objects.select_related("institution", "case")
    row = get_or_404(rows if own is None else rows.filter(institution=own), pk=pk)
    fact = billed.bill(row.case_id)
    journal.read(by=request.membership, about=row.case, request=request, page="bill question")
    return render(request, "bills/question.html", show.question(row, fact, request.membership))


@permit(services.GUIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def guides(request: Any) -> HttpResponseBase:
    """All versions of the guide, and a new one."""
    form = forms.GuideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.enter_guide(by=request.membership, **form.said())
        messages.success(request, _("Entered. Somebody else has to confirm it before patients read it."))
        return redirect("bill-guides")
    rows = list(BillGuide.objects.select_related("entered_by__user", "confirmed_by__user")[:50])
    context = {"title": _("Guide to reimbursement"), "form": form, "guides": rows}
    return render(request, "bills/guides.html", context, status=400 if form.errors else 200)


@permit(services.GUIDE)
@require_POST
def guide_confirm(request: Any, pk: int) -> HttpResponseBase:
    """The second person says that it holds."""
    row = get_or_404(BillGuide.objects.select_related("entered_by"), pk=pk)
    try:
        services.confirm_guide(by=request.membership, guide=row, now=timezone.now())
        messages.success(request, _("Confirmed: patients read it from its day on."))
    except BillRefused as refused:
        messages.warning(request, worded(refused))
    return redirect("bill-guides")
