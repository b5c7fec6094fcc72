"""The graded flow of a month: from the community to the hospital and back (S1-66)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.web.access import permit
from referrals.show import flow as show
from referrals.views.rates import asked_month


@permit("referral.view")
@require_safe
def patient_flow(request: Any) -> HttpResponse:
    """Counts alone, of the whole alliance: nothing of a patient is read."""
    return render(request, "referrals/flow.html", show.page(asked_month(request), timezone.now()))
