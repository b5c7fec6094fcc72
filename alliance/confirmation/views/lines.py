"""One line: its records, what both sides say, confirming it, objecting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.confirmation import forms, services
from alliance.confirmation.models import last_day
from alliance.confirmation.show import line as show_line
from alliance.confirmation.views.finding import line_or_404, line_page, seen_of
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import words
from alliance.web.access import permit
from alliance.web.refused import add_refusal


@permit("confirmation.view")
@require_safe
def line(request: Any, pk: int) -> HttpResponse:
    """One line: its records, both sides, its differences."""
    return line_page(request, line_or_404(request, pk))


@permit("confirmation.confirm")
@require_POST
def confirm(request: Any, pk: int) -> HttpResponseBase:
    """A side stands by the records of one line, as the page showed them."""
    row = line_or_404(request, pk)
    pair = seen_of(request.POST.get("seen", ""))
    if pair is None or pair[0] != row.pk:
        raise Http404
    try:
        services.confirm(by=request.membership, line=row, seen=pair[1], now=timezone.now())
    except Stale:
        return line_page(request, row, 409, stale=True)
    messages.success(request, _("Confirmed: the other side sees it."))
    return redirect("confirmation-month", str(row.round))


@permit("confirmation.confirm")
@require_POST
def object_to(request: Any, pk: int) -> HttpResponseBase:
    """A side counts otherwise; what was typed stays when something is refused or has changed."""
    row = line_or_404(request, pk)
    one = show_line.standing(row, timezone.now())
    form = show_line.object_form(one, row.side_of(request.membership), request.POST)
    pair = seen_of(request.POST.get("seen", ""))
    if pair is None or pair[0] != row.pk or not form.is_valid():
        return line_page(request, row, 400, object=form)
    try:
        services.object_to(
            by=request.membership, line=row, objection=form.objection(), seen=pair[1], now=timezone.now()
        )
    except Stale:
        return line_page(request, row, 409, object=form, stale=True)
    except Refused as error:
        add_refusal(form, error)
        return line_page(request, row, 400, object=form)
    messages.success(request, _("The other side and the office see it."))
    return redirect("confirmation-line", pk)


@permit("confirmation.settle")
@require_POST
def reopen(request: Any, pk: int) -> HttpResponseBase:
    """The office opens a closed line again, with a reason."""
    row, form = line_or_404(request, pk), forms.ReopenForm(request.POST, auto_id="reopen-%s")
    if form.is_valid():
        try:
            made = services.reopen(
                by=request.membership, line=row, text=form.cleaned_data["why"], now=timezone.now()
            )
        except Refused as error:
            add_refusal(form, error)
        else:
            day = words.day(last_day(made.until))
            messages.success(request, _("Open again: answers until the end of %(day)s.") % {"day": day})
            return redirect("confirmation-line", pk)
    return line_page(request, row, 400, reopen=form)
