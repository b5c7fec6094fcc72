"""Visits of primary institutions: one page, one number an institution and month."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.models import Institution
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import worded
from referrals import services
from referrals.services import visits as service
from referrals.show import visits as show
from referrals.views.rates import asked_month


@permit("referral.view")
@require_http_methods(["GET", "HEAD", "POST"])
def visits(request: Any) -> HttpResponseBase:
    """Who delivered what; by POST the number of one institution, which stays in its field when refused."""
    month, now = asked_month(request), timezone.now()
    if request.method != "POST":
        return render(request, "referrals/visits.html", show.page(request.membership, month, now))
    require(request.membership, service.RIGHT)
    place, typed = _place(request), request.POST.get("visits", "").strip()
    try:
        service.deliver(by=request.membership, institution=place, month=month, visits=_number(typed), now=now)
    except services.ReferralRefused as refused:
        page = show.page(
            request.membership, month, now, refused=place.pk, typed=typed,
            error=worded(refused),
        )  # fmt: skip
        return render(request, "referrals/visits.html", page, status=400)
    messages.success(request, _("%(place)s: the visits are kept.") % {"place": place.short_name})
    return redirect(f"{reverse('referral-visits')}?month={month}")


def _place(request: Any) -> Institution:
    text = request.POST.get("institution", "")
    known = text.isascii() and text.isdigit() and len(text) < 19 and request.membership.sees(int(text))
    place: Institution = get_or_404(Institution.objects.all(), pk=int(text) if known else 0)
    return place


def _number(text: str) -> int | None:
    """A whole number as it is written in reports: 1,234 or 1，234."""
    plain = text.replace(",", "").replace("，", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else None
