"""Steps and pages of lock exceptions and of the corrections that come of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.life import forms, show, show_exceptions
from performance.life.services import booking, exceptions
from performance.life.views.months import posted
from performance.models import LockException
from performance.models.life import LEAD, LOOK, SECOND
from performance.views.months import conflict, whole_alliance


def _page(request: Any, month: Month, **given: Any) -> HttpResponse:
    """The month's page with a form as it was typed."""
    page = show.page(request.membership, month, timezone.now(), posted(month), given)
    return render(request, "performance/life/life.html", page, status=400)


def _found(pk: int) -> LockException:
    return get_or_404(LockException.objects.select_related("institution", "opened_by"), pk=pk)


@permit(LEAD)
@require_POST
def ask(request: Any, month: Month) -> HttpResponseBase:
    """Open a lock exception; it counts once a second person agrees."""
    whole_alliance(request.membership)
    posted(month)
    form = forms.ExceptionForm(request.POST, auto_id="exception-%s")
    if form.is_valid():
        try:
            exceptions.open_exception(by=request.membership, month=month, now=timezone.now(), **form.terms())
            messages.success(request, _("Sent to a second person."))
            return redirect("month-life", month)
        except Refused as error:
            add_refusal(form, error)
    return _page(request, month, exception=form)


@permit(SECOND)
@require_POST
def agree(request: Any, pk: int) -> HttpResponseBase:
    """A second person lets the institution correct its data."""
    whole_alliance(request.membership)
    row = _found(pk)
    try:
        exceptions.confirm(by=request.membership, row=row, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("month-life", Month.of(row.month))


@permit(LEAD)
@require_POST
def correct(request: Any, pk: int) -> HttpResponseBase:
    """Work out what the corrected data change; nothing is booked yet."""
    whole_alliance(request.membership)
    row = _found(pk)
    form = forms.IntoForm(request.POST, into=books.open_months(), auto_id=f"correct{pk}-%s")
    if form.is_valid():
        into = Month.parse(form.cleaned_data["into"])
        try:
            made = exceptions.make(by=request.membership, row=row, into=into, now=timezone.now())
            return redirect("month-correction", made.pk)
        except Refused as error:
            add_refusal(form, error)
    return _page(request, Month.of(row.month), **{f"correct-{pk}": form})


@permit(LOOK)
@require_safe
def correction(request: Any, pk: int) -> HttpResponse:
    """One correction: whose share moves by how much, before and after."""
    row = get_or_404(show_exceptions.seen(request.membership), pk=pk)
    page = show_exceptions.correction(row, request.membership, request.GET.get("page"))
    return render(request, "performance/life/correction.html", page)


@permit(LEAD)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose or discard a draft."""
    whole_alliance(request.membership)
    row = get_or_404(show_exceptions.seen(request.membership), pk=pk)
    if step not in ("propose", "discard"):
        raise Http404
    try:
        if step == "discard":
            booking.discard(by=request.membership, row=row, verb="correction.discarded")
            return redirect("month-life", row.period)
        exceptions.propose(
            by=request.membership, row=row, today=timezone.localdate(), version=asked.version(request)
        )
    except Refused as error:
        messages.error(request, worded(error))
    except Stale as error:
        return conflict(request, error)
    return redirect("month-correction", pk)
