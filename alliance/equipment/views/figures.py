"""Pages of figures: the month of all equipment, the week of one device as a picture."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.equipment.show import figures as show
from alliance.equipment.views.devices import visible
from alliance.lib.period import SERVED_YEARS, Month, PeriodRefused
from alliance.web.access import permit


@permit("equipment.view")
@require_safe
def figures(request: Any) -> HttpResponse:
    """Utilisation, sharing, duplicates and what stands idle in a month."""
    return render(request, "equipment/figures.html", show.page(asked_month(request), request.membership))


@permit("equipment.view")
@require_safe
def device_figures(request: Any, pk: int) -> HttpResponse:
    """One device's month; the heat map of its week."""
    device = visible(request.membership, pk)
    context = show.device_page(device, asked_month(request), request.membership)
    return render(request, "equipment/device_figures.html", context)


def asked_month(request: Any) -> Month:
    """The month of the address; without one that is served, this month."""
    try:
        found = Month.parse(request.GET.get("month", ""))
    except PeriodRefused:
        return Month.of(timezone.localdate())
    return found if found.year in SERVED_YEARS else Month.of(timezone.localdate())
