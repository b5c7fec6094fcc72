"""Pages of the portrait of an institution and of all institutions compared."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.lib.period import Month
from alliance.web.access import permit
from performance.consequences.show import block
from performance.portrait import compare, show, standing
from performance.show.frame import frame


@permit("indicator.view")
@require_safe
def month_portrait(request: Any, month: Month, code: str) -> HttpResponse:
    """What one institution is good at, what cost it points and what would bring them back."""
    found = frame(request.membership, month)
    line = found.line(code)
    page = show.page(found, line) | {"consequences": block(request.membership, line.institution_id)}
    return render(request, "performance/portrait/portrait.html", page)


@permit("indicator.view")
@require_safe
def month_compare(request: Any, month: Month) -> HttpResponse:
    """All institutions beside each other over the months, and what moved unusually."""
    return render(
        request, "performance/portrait/compare.html", compare.page(frame(request.membership, month))
    )


@permit("indicator.view")
@require_safe
def month_standing(request: Any, month: Month) -> HttpResponse:
    """Quarters, grades and streaks of all institutions up to a month."""
    found = standing.page(request.membership, month)
    return render(request, "performance/portrait/standing.html", found)
