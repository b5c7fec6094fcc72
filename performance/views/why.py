"""Why a number is what it is: an institution's month, an indicator everywhere, money and its formula."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web.access import get_or_404, permit
from performance.appeals import asking
from performance.models import Line
from performance.portrait import over_time
from performance.show import across, why
from performance.show.frame import frame


@permit("indicator.view")
@require_safe
def month_institution(request: Any, month: Month, code: str) -> HttpResponse:
    """One institution's indicators, points and weights."""
    found = frame(request.membership, month)
    line = found.line(code)
    flag = asking.flag(request.membership, "score", line, timezone.now())
    return render(
        request, "performance/institution.html", {**why.institution(found, line), "appeal_flag": flag}
    )


@permit("indicator.view")
@require_safe
def month_indicator(request: Any, month: Month, indicator: str) -> HttpResponse:
    """One indicator of all institutions, each with its numerator and denominator."""
    found = frame(request.membership, month)
    if indicator not in found.indicators:
        raise Http404
    return render(request, "performance/indicator.html", across.page(found, indicator))


@permit("indicator.view")
@require_safe
def month_why(request: Any, month: Month, code: str) -> HttpResponse:
    """How an institution's amount came about."""
    found = frame(request.membership, month)
    line = found.line(code)
    flag = asking.flag(request.membership, "score", line, timezone.now())
    return render(request, "performance/why.html", {**why.money(found, line), "appeal_flag": flag})


@permit("indicator.view")
@require_safe
def month_why_indicator(request: Any, month: Month, code: str, indicator: str) -> HttpResponse:
    """How an indicator's value and points came about."""
    found = frame(request.membership, month)
    line = found.line(code)
    if indicator not in found.indicators:
        raise Http404
    page = why.indicator(found, line, indicator)
    page |= over_time.shown(found, line, found.indicators[indicator])
    page["appeal_flag"] = asking.flag(request.membership, "value", page["value"], timezone.now())
    return render(request, "performance/why_indicator.html", page)


@permit("indicator.view")
@require_safe
def month_line(request: Any, pk: int) -> HttpResponseBase:
    """From an entry of the books to the explanation of its amount."""
    line = visible_line(request.membership, pk)
    month = Month.of(line.settlement.month)
    return redirect("month-why", month, line.institution.code)


def visible_line(membership: Membership, pk: int) -> Line:
    """The line if the member may see it, else 404."""
    rows = Line.objects.select_related("settlement", "institution")
    if membership.institution_id is not None:
        rows = rows.filter(institution=membership.institution_id)
    return get_or_404(rows, pk=pk)
