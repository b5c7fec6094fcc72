"""Pages of coordination costs: a month's proposal, the records behind a line, the export."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.joint import costs
from alliance.joint.show import costs as show
from alliance.joint.views.common import csv
from alliance.lib.period import Month
from alliance.services import journal
from alliance.web import asked
from alliance.web.access import permit


@permit("joint.costs")
@require_safe
def ledger(request: Any) -> HttpResponse:
    """What a month's coordination cost, institution by institution; the own one only for its members."""
    month, lines = _lines(request)
    return render(request, "joint/costs.html", show.page(lines, month, request.membership))


@permit("joint.costs")
@require_safe
def records(request: Any) -> HttpResponse:
    """The records behind one line."""
    month, lines = _lines(request)
    wanted = (request.GET.get("institution", ""), request.GET.get("kind", ""))
    line = next((one for one in lines if (str(one.institution_id), one.kind.name) == wanted), None)
    return render(request, "joint/cost_records.html", show.records_page(line, month, request.membership))


@permit("joint.costs", "joint.export")
@require_safe
def export(request: Any) -> HttpResponseBase:
    """The month's lines as csv; journaled."""
    month, lines = _lines(request)
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="joint.costs_exported", request=request, month=str(month),
            rows=len(lines),
        )  # fmt: skip
    return csv(f"coordination-costs-{month}", show.heads(), show.cells(lines))


def _lines(request: Any) -> tuple[Month, list[costs.CostLine]]:
    month = asked.month(request) or Month.of(timezone.localdate())
    return month, costs.cost_lines(month, institution_id=request.membership.institution_id)
