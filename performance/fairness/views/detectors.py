"""How clues are found: rules, limits, precision, exceptions; thresholds tried on the last months."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.fairness import forms, services
from performance.fairness.detectors import ALL
from performance.fairness.show import detectors as show
from performance.fairness.show import trying
from performance.models import Clue, ClueException


def _page(request: Any, status: int = 200, given: Any = None) -> HttpResponse:
    page = show.page(request.membership, Month.of(timezone.localdate()), given)
    return render(request, "performance/fairness/detectors.html", page, status=status)


@permit("fairness.view")
@require_safe
def detectors(request: Any) -> HttpResponse:
    """Every detector."""
    return _page(request)


@permit("fairness.decide")
@require_POST
def revoke(request: Any, pk: int) -> HttpResponseBase:
    """End an exception before its day."""
    rows = ClueException.objects.filter(clue__in=Clue.objects.seen_by(request.membership))
    row = get_or_404(rows, pk=pk)
    form = forms.RevokeForm(request.POST, auto_id=f"revoke-{pk}-%s")
    if not form.is_valid():
        return _page(request, 400, form)
    try:
        services.revoke(
            by=request.membership, exception=row, why=form.cleaned_data["why"], now=timezone.now()
        )
    except Refused as error:
        if error.reason == "revoked":
            messages.error(request, worded(error))
            return _page(request, 409)
        add_refusal(form, error, "why")
        return _page(request, 400, form)
    return redirect("clue-detectors")


@permit("fairness.run")
@require_safe
def try_limits(request: Any, code: str) -> HttpResponse:
    """What the last months would have had by other limits; of opinions nothing is tried (S3-21..26)."""
    detector = ALL.get(code)
    if detector is None or not detector.tried or request.membership.institution_id is not None:
        raise Http404
    last = Month.of(timezone.localdate()).previous()
    form = trying.TryForm(request.GET or None, detector=detector, month=last)
    page = trying.page(detector, last, form, timezone.now())
    return render(request, "performance/fairness/try.html", page, status=400 if form.errors else 200)
