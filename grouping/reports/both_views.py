"""Pages of DRG beside DIP: a month both ways, the cases behind a line (S4-08)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.services import journal
from alliance.web.access import permit
from grouping.reports import asked, grid, names
from grouping.reports import both_show as show
from grouping.services import both_ways

PER_PAGE = 50


@permit("report.view")
@require_safe
def both_ways_page(request: Any) -> HttpResponse:
    """A month by DRG and by DIP on the same cases."""
    choice, places = asked.month_of(request), asked.places()
    found = both_ways.compare(choice.month, request.membership.institution_id)
    known, linked = names.on(choice.month.last_day), request.membership.can("case.list")
    context = {
        "title": show.title(found, places), "month": choice.month, "months": choice.months, "found": found,
        "figures": show.figures(found),
        "institutions": grid.linked(show.by_institution(found, places), linked),
        "diseases": grid.linked(show.by_disease(found, known), linked),
        "institution_bars": show.institution_bars(found, places),
        "disease_bars": show.disease_bars(found, known),
    }  # fmt: skip
    return render(request, "grouping/reports/both_ways.html", context)


@permit("report.view", "case.list")
@require_safe
def both_ways_cases(request: Any) -> HttpResponse:
    """The cases behind a line, each both ways; read only after the journal kept it."""
    month = asked.month_of(request).month
    journal.write(by=request.membership, verb="patient.listed", request=request, list="both_ways")
    page = asked.whole_number(request.GET.get("page", "")) or 1
    rows = both_ways.cases(
        month, institution=asked.institution_of(request),
        head=request.GET.get("head", "")[:8], procedures=request.GET.get("procedures"), limit=PER_PAGE + 1,
        offset=(page - 1) * PER_PAGE,
    )  # fmt: skip
    context = {
        "title": _("Cases by DRG and by DIP"), "month": month, "page": page, "more": len(rows) > PER_PAGE,
        "grid": show.cases(
            rows[:PER_PAGE], asked.places(), names.on(month.last_day),
            linked=request.membership.can("case.view"),
        ),
    }  # fmt: skip
    return render(request, "grouping/reports/both_ways_cases.html", context)
