"""The page of the reform's effect: two periods compared, printed on A4, as JSON (S4-35)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.web.access import permit
from alliance.web.refused import worded
from grouping.engine.effect import references
from grouping.reports import asked
from grouping.reports import effect_show as show
from grouping.reports.period_forms import NAMES, PeriodsForm, usual
from grouping.services import effects
from grouping.services.effects import PeriodRefused, Report


@permit("report.view")
@require_safe
def reform_effect(request: Any) -> HttpResponseBase:
    """Two periods of months by the four figures; `?format=json` for programs."""
    months = asked.month_of(request).months
    given = request.GET if any(name in request.GET for name in NAMES) else None
    form = PeriodsForm(given if given is not None else usual(months), months)
    report = _report(form)
    places, own = asked.places(), request.membership.institution_id
    if request.GET.get("format") == "json":
        body = show.as_json(report, places, own) if report else {"errors": form.errors}
        return JsonResponse(body, status=200 if report else 400, json_dumps_params={"ensure_ascii": False})
    cards = references()
    context = {
        "title": show.title(report) if report else _("Effect of the reform"), "form": form, "report": report,
        "cards": cards,
    }  # fmt: skip
    if report:
        context |= {
            "alliance_grid": show.alliance_grid(report, cards),
            "institution_grid": show.institution_grid(report, places, own),
            "before": show.period(report.before), "after": show.period(report.after),
        }  # fmt: skip
    faulty = given is not None and not report
    return render(request, "grouping/reports/effect.html", context, status=400 if faulty else 200)


def _report(form: PeriodsForm) -> Report | None:
    if not form.is_valid() or not {"before", "after"} <= set(form.cleaned_data):
        return None
    try:
        return effects.effect(form.cleaned_data["before"], form.cleaned_data["after"])
    except PeriodRefused as refused:
        form.add_error("after_first", worded(refused))
        return None
