"""The printed form 转诊单: one A4 page with a code by which the receiving desk finds the referral."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.services import journal
from alliance.web.access import get_or_404, permit
from referrals.models import Referral
from referrals.show import sheet as show
from referrals.views.referral import visible


@permit("referral.view")
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """The form on paper, for the two sides only; the read is journaled first (N44)."""
    found = visible(request.membership, pk)
    if not found.side_of(request.membership):
        raise Http404
    journal.read(by=request.membership, about=found, request=request, person=found.person_id, paper=True)
    address = request.build_absolute_uri(reverse("referral-scan", args=[found.number]))
    response = render(request, "referrals/sheet.html", show.sheet(found, address))
    response["Cache-Control"] = "no-store"
    return response


@permit("referral.view")
@require_safe
def scan(request: Any, number: str) -> HttpResponseBase:
    """What the code on the paper opens: the referral, for the sending and the receiving side only."""
    rows = Referral.objects.visible_to(request.membership)
    found = get_or_404(rows, number=number.strip().upper())
    if not found.side_of(request.membership):
        raise Http404
    return redirect("referral", found.pk)
