"""What referrals owe between institutions, month by month."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.services import journal
from alliance.web.access import permit
from referrals.show import transfers as show
from referrals.views.rates import asked_month


@permit("referral.transfers")
@require_safe
def transfers(request: Any) -> HttpResponse:
    """The transfers and fee returns of stays that ended in a month, as far as they concern the member."""
    month = asked_month(request)
    journal.write(by=request.membership, verb="patient.listed", request=request, list="transfers owed")
    return render(request, "referrals/transfers.html", show.page(request, month, timezone.now()))
