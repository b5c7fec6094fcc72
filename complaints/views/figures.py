"""Figures of complaints: trend, causes, places, and the same as csv or xlsx (S1-47, S3-17)."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.services import journal
from alliance.web import asked, charts, words
from alliance.web.access import permit, way
from complaints import analysis, origins, tables
from complaints.categories import words as kind_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permit("complaint.view")
@require_safe
def figures(request: Any) -> HttpResponse:
    """Twelve months up to the one asked for: how many, of what kind, about whom, how fast."""
    last, first, place, rows = _asked(request)
    trend = analysis.months(rows, [last.plus(-back) for back in reversed(range(analysis.MONTHS))])
    month_rows = analysis.rows_of(request.membership, last, last, place)
    kinds = analysis.by(month_rows, "category")
    context = {
        "title": _("Complaints: causes and trend"), "month": last, "first": first,
        "facts": words.month(last), "number": origins.month_number(place, last),
        "trend": _trend(trend), "causes": _causes(analysis.by(rows, "category")),
        "kinds": [_shown(line, kind_words(line.key)) for line in kinds],
        "places": [
            _shown(line, line.name)
            for line in analysis.by(month_rows, "institution", "institution__short_name")
        ],
        "choices": list(tables.places(request)), "place": place,
        "months": [Month.of(timezone.localdate()).plus(-back) for back in range(analysis.MONTHS)],
        "export": way(request.membership, "complaint-export"),
        "rate": _rate(request), "asked_for": f"?month={last}" + (f"&institution={place}" if place else ""),
    }  # fmt: skip
    return render(request, "complaints/figures.html", context)


def _asked(request: Any) -> tuple[Month, Month, int | None, Any]:
    last = asked.month(request) or Month.of(timezone.localdate())
    first = last.plus(1 - analysis.MONTHS)
    wanted = request.GET.get("institution", "")
    seen = {str(pk): pk for pk in tables.places(request).values_list("pk", flat=True)}
    place = seen.get(wanted)
    return last, first, place, analysis.rows_of(request.membership, first, last, place)


def _rate(request: Any) -> str:
    """Where the rate per 10,000 visits stands: it needs the visits that are declared above."""
    return (
        f"{way(request.membership, 'indicators')}complaint_rate/"
        if way(request.membership, "indicators")
        else ""
    )


def _trend(lines: list[analysis.Line]) -> charts.Chart:
    values = [(words.month(line.key), line.counts["complaints"]) for line in lines]
    total, last = sum(value for _name, value in values), values[-1][1]
    before = values[-2][1]
    said = _("%(last)d in the last month, %(before)d in the month before, %(total)d in twelve months.")
    return charts.line(
        "complaints-trend", _("Complaints received, month by month"), (_("month"), _("complaints")), values,
        places=0, sentence=said % {"last": last, "before": before, "total": total},
    )  # fmt: skip


def _causes(lines: list[analysis.Line]) -> charts.Chart:
    values = [(kind_words(line.key), line.counts["complaints"]) for line in lines]
    said = _("Most are about: %(name)s.") % {"name": values[0][0]} if values else ""
    return charts.bars(
        "complaints-causes", _("What twelve months were about"), (_("kind of complaint"), _("complaints")),
        values, places=0, sentence=said,
    )  # fmt: skip


def _wait(line: analysis.Line) -> str:
    """The mean time to the first answer: in minutes below an hour."""
    minutes = None if line.hours is None else line.hours * 60
    if minutes is None:
        return words.DASH
    if minutes >= 60:
        return _("%(n)s hours") % {"n": words.num(minutes / 60, 1)}
    return _("%(n)s min") % {"n": words.num(minutes)} if minutes >= 1 else _("less than a minute")


def _shown(line: analysis.Line, name: str) -> dict[str, str]:
    return {
        "name": name, "count": words.num(line.counts["complaints"]), "wait": _wait(line),
        "in_time": words.pct(line.share("complaints_in_time", "complaints_due")),
        "result": words.pct(line.share("complaints_resolved_in_time", "complaints_result_due")),
        "justified": words.pct(line.share("complaints_justified", "complaints_resolved")),
        "solved": words.pct(line.share("complaints_solved", "complaints_asked")),
        "noted": words.num(line.counts["complaints_solved_noted"]),
        "reopened": words.num(line.counts["complaints_reopened"]),
    }  # fmt: skip


@permit("complaint.view", "complaint.export")
@require_safe
def export(request: Any) -> HttpResponseBase:
    """Twelve months by month and kind, as csv or (`?kind=xlsx`) as a workbook; journaled."""
    last, first, place, _rows = _asked(request)
    lines = [
        [str(month), kind_words(line.key), *(line.counts[name] for name in analysis.MEASURES), line.minutes]
        for month in (first.plus(step) for step in range(analysis.MONTHS))
        for line in analysis.by(analysis.rows_of(request.membership, month, month, place), "category")
    ]
    journal.write(
        by=request.membership, verb="complaint.exported", request=request, month=str(last), rows=len(lines)
    )
    table = [_heads(), *lines]
    name = f"complaints-{last}"
    if request.GET.get("kind") == "xlsx":
        body = io.BytesIO()
        sheets.write_xlsx(body, table)
        answer: Any = HttpResponse(body.getvalue(), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return answer  # type: ignore[no-any-return]
    answer = StreamingHttpResponse(sheets.csv_chunks(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer  # type: ignore[no-any-return]


def _heads() -> list[str]:
    return [
        _("month"), _("kind of complaint"), _("complaints"), _("with a first answer"),
        _("first answer given or its time over"), _("first answer in time"), _("with a result"),
        _("result given or its time over"), _("result in time"), _("person asked"), _("solved"),
        _("noted by staff as solved"),
        _("opened again"), _("found justified"), _("minutes to the first answer"),
    ]  # fmt: skip
