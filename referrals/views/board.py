"""The live board: updates by itself, accepts from where one stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.services import journal
from alliance.web.access import permit
from referrals.services import board as services
from referrals.show import board as show
from referrals.views.rates import asked_month


@permit("referral.view")
@require_safe
def board(request: Any) -> HttpResponse:
    """The page; to HTMX its body, or 204 while nothing has changed since `seen`."""
    part, now = bool(request.htmx and request.htmx.target == "board"), timezone.now()
    seen = services.state_of(request.membership, now)
    if part and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    journal.write(by=request.membership, verb="patient.listed", request=request, list="referral board")
    page = show.page(request.membership, now, seen, asked_month(request))
    response = render(request, "referrals/_board.html" if part else "referrals/board.html", page)
    response["Cache-Control"] = "no-store"
    return response
