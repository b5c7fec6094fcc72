"""Pages of corrections of exemptions: working one out, its preview, proposing and discarding it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.life import forms
from performance.life.services import booking
from performance.life.views.corrections import SEE
from performance.models.life import LEAD
from performance.tolerance import reliefs, show, show_reliefs
from performance.tolerance.models import Relief, ToleranceCase
from performance.views.months import conflict, whole_alliance


@permit(LEAD)
@require_POST
def make(request: Any, pk: int, exemption: int) -> HttpResponseBase:
    """Work out what an exemption gives back; nothing is booked yet."""
    whole_alliance(request.membership)
    case = get_or_404(ToleranceCase.objects.seen_by(request.membership).named(), pk=pk)
    row = get_or_404(
        case.exemptions.select_related("case", "share__clawback", "share__staff", "share__institution"),
        pk=exemption,
    )
    key = f"relief-{row.pk}"
    form = forms.IntoForm(request.POST, into=books.open_months(), auto_id=f"{key}-%s")
    if form.is_valid():
        try:
            made = reliefs.make(
                by=request.membership, exemption=row, into=Month.parse(form.cleaned_data["into"]),
                now=timezone.now(),
            )  # fmt: skip
            return redirect("relief", made.pk)
        except Refused as error:
            add_refusal(form, error)
    return render(
        request, "tolerance/case.html", show.page(case, request.membership, {key: form}), status=400
    )


def _found(request: Any, pk: int) -> Relief:
    return get_or_404(show_reliefs.seen(request.membership), pk=pk)


@permit(SEE)
@require_safe
def relief(request: Any, pk: int) -> HttpResponse:
    """One correction: who gets, who bears."""
    return render(
        request, "tolerance/relief.html", show_reliefs.page(_found(request, pk), request.membership)
    )


@permit(LEAD)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose or discard a draft."""
    whole_alliance(request.membership)
    row = _found(request, pk)
    if step not in ("propose", "discard"):
        raise Http404
    try:
        if step == "discard":
            booking.discard(by=request.membership, row=row, verb="relief.discarded")
            return redirect("tolerance-case", row.exemption.case_id)
        reliefs.propose(
            by=request.membership, row=row, today=timezone.localdate(), version=asked.version(request)
        )
    except Refused as error:
        messages.error(request, worded(error))
    except Stale as error:
        return conflict(request, error)
    return redirect("relief", row.pk)
