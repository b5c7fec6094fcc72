"""Results of a counted survey: one institution, its sheet on paper, the table as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.lib import sheets
from alliance.models import Department, Institution, Team
from alliance.services import journal
from alliance.web.access import get_or_404, permit
from complaints.surveys import visible
from complaints.surveys.engine.kinds import TEAM
from complaints.surveys.models import Campaign, Result
from complaints.surveys.services.rights import VIEW
from complaints.surveys.show import place as show
from complaints.surveys.show import words
from complaints.surveys.views.surveys import place_of, survey_of


@permit(VIEW)
@require_safe
def place(request: Any, pk: int, code: str) -> HttpResponse:
    """One institution."""
    return _page(request, pk, code, "surveys/place.html")


@permit(VIEW)
@require_safe
def place_sheet(request: Any, pk: int, code: str) -> HttpResponse:
    """The same on A4."""
    return _page(request, pk, code, "surveys/place_sheet.html")


def _page(request: Any, pk: int, code: str, template: str) -> HttpResponse:
    row = survey_of(request, pk)
    at = place_of(request, row, code)
    if row.state != Campaign.State.CLOSED:
        raise Http404
    return render(request, template, show.page(row, at))


@permit(VIEW)
@require_safe
def export(request: Any, pk: int) -> HttpResponse:
    """What the page shows as a file (csv): nothing that is not shown."""
    row = get_or_404(visible.surveys(request.membership), pk=pk)
    if row.state != Campaign.State.CLOSED:
        raise Http404
    places = {one.pk: one for one in visible.places(request.membership, row)}
    found = Result.objects.filter(campaign=row, institution__in=places).exclude(measure__contains="=")
    journal.write(by=request.membership, verb="survey.results_exported", about=row, rows=found.count())
    body = b"".join(sheets.csv_chunks([_heads(), *_rows(row, found, places)]))
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="survey-{row.first}-{row.months}-{row.pk}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _heads() -> list[str]:
    return [
        _("institution"), _("department or team"), pgettext("survey", "measure"), _("points"),
        pgettext("survey", "from"), pgettext("survey", "to"), pgettext("survey", "answers"),
        pgettext("survey", "asked"), pgettext("survey", "persons of the period"), _("why"),
    ]  # fmt: skip


def _rows(survey: Campaign, found: Any, places: dict[int, Institution]) -> Iterator[list[Any]]:
    model: Any = Team if survey.plan.parts == TEAM else Department
    named = model.objects.filter(institution__in=places).values_list("institution_id", "code", "name")
    units = {(at, code): name for at, code, name in named}
    for one in found.order_by("institution__code", "department_code", "pk"):
        yield [
            places[one.institution_id].name,
            units.get((one.institution_id, one.department_code), one.department_code),
            words.scale(one.measure), one.value, one.low, one.high, words.answers(one), one.asked,
            one.population,
            words.why(one),
        ]  # fmt: skip
