"""Pages of policy training: the year by tier, the sheet to sign at the door (S1-61)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.training import policy, show_policy
from alliance.training.models import Session
from alliance.training.views import year_of
from alliance.web.access import get_or_404, permit


@permit("training.view")
@require_safe
def policy_page(request: Any) -> HttpResponse:
    """Who has to come, who came, who is missing."""
    today = timezone.localdate()
    year, tier = year_of(request.GET.get("year", ""), today), request.GET.get("tier", "")
    page = show_policy.page(
        request.membership, year, today, tier=tier if tier in policy.ORDER else "",
        number=request.GET.get("page"),
    )  # fmt: skip
    page["years"] = [one for one in (year - 1, year + 1) if one <= today.year]
    return render(request, "training/policy.html", page)


@permit("training.view", "training.attend")
@require_safe
def sign_in(request: Any, pk: int) -> HttpResponse:
    """The sheet to sign, of the own staff; of all for the whole alliance."""
    session = get_or_404(Session.objects.select_related("organiser"), pk=pk)
    page = show_policy.sign_in(session, request.membership, timezone.localdate())
    return render(request, "training/sign_in.html", page)
