"""Pages for who watches: figures of a month, duplicates, the trace of every decision, its export (S3-32)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib import sheets
from alliance.lib.identity import mask_name
from alliance.lib.period import Month, PeriodRefused
from alliance.models import Membership
from alliance.services import journal
from alliance.web import lists, parts, words
from alliance.web.access import permit
from referrals import measuring
from referrals.recognition import figures, sql, tables
from referrals.recognition.models import Order, Result

MOST_EXPORTED = 50_000
PAIRS_SHOWN = 500


@permit("recognition.figures")
@require_safe
def month_figures(request: Any) -> HttpResponse:
    """Rates of a month by institution, department or doctor, each number with the way to its rows."""
    month, asked = asked_month(request), request.GET.get("by", "")
    level = asked if asked in measuring.LEVELS else measuring.LEVELS[0]
    rows, total = figures.lines(request.membership, month, level)
    page = {
        "title": _("Recognition of the month"), "month": month, "rows": rows, "total": total, "by": level,
        "earlier": month.previous(), "later": month.next(), "figs": _figs(total),
        "reasons": figures.reasons_of(request.membership, month),
        "months": figures.months(request.membership, month),
        "tabs": _levels(month, level), "trace": _trace_of(request.membership, month, level),
    }  # fmt: skip
    return render(request, "recognition/figures.html", page)


def _levels(month: Month, current: str) -> list[parts.Tab]:
    names = (_("Institutions"), _("Departments"), _("Doctors"))
    return [
        parts.Tab(name, f"?month={month}&by={level}", level == current)
        for level, name in zip(measuring.LEVELS, names, strict=True)
    ]


def _trace_of(membership: Membership, month: Month, level: str) -> str:
    """Where the rows behind a number stand: the trace of the month, narrowed to the place of the line."""
    if not membership.can("recognition.trace"):
        return ""
    return f"{reverse('recognition-trace')}?month={month}&{level}="


def _figs(total: figures.Line) -> list[parts.Fig]:
    """The four figures that decide something."""
    counts = total.counts
    floor = {
        "part": counts["results_recognised"], "whole": counts["results_recognisable"],
        "floor": words.pct(total.floor, 0),
    }  # fmt: skip
    made = counts["results_made"]
    return [
        parts.Fig(
            _("Recognition rate"), words.pct(total.recognition), bad=total.below,
            detail=_("%(part)d of %(whole)d, alert below %(floor)s") % floor,
        ),
        parts.Fig(
            _("Decided within the limit"), words.pct(total.in_time),
            detail=_("%(n)d still undecided") % {"n": counts["orders_undecided"]},
        ),
        parts.Fig(
            _("Duplicate examinations"), words.pct(total.duplicate),
            detail=_("%(part)d of %(whole)d made")
            % {"part": counts["examinations_duplicate"], "whole": made},
        ),
        parts.Fig(
            _("Results others can read"), words.pct(total.shared),
            detail=_("%(part)d of %(whole)d made") % {"part": counts["results_shared"], "whole": made},
        ),
    ]  # fmt: skip


@permit("recognition.figures")
@require_safe
def duplicates(request: Any) -> HttpResponse:
    """Examinations of a month that repeat a valid result without a reason; names masked."""
    month, asked = asked_month(request), request.GET.get("institution", "")
    journal.write(
        by=request.membership, verb="patient.listed", request=request, list="duplicates", month=str(month)
    )
    pairs = {again: earlier for again, _place, earlier in sql.duplicates(*measuring.bounds(month))}
    rows = Result.objects.of_house(request.membership).filter(pk__in=pairs)
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        rows = rows.filter(institution=int(asked))
    found = list(rows.select_related("person", "item", "institution")[: PAIRS_SHOWN + 1])
    before = Result.objects.select_related("institution", "item").in_bulk([pairs[row.pk] for row in found])
    page = {
        "title": _("Duplicate examinations"), "month": month, "earlier": month.previous(),
        "later": month.next(), "more": len(found) > PAIRS_SHOWN,
        "pairs": [(row, before[pairs[row.pk]]) for row in found[:PAIRS_SHOWN]],
    }  # fmt: skip
    return render(request, "recognition/duplicates.html", page)


@permit("recognition.trace")
@require_safe
def trace(request: Any) -> HttpResponse:
    """Every order for which a result existed: who decided what, when and why; made to be printed."""
    conditions = request.GET.urlencode()
    journal.write(by=request.membership, verb="recognition.traced", request=request, filter=conditions)
    may = request.membership.can("recognition.export")
    return lists.answer(
        request, "recognition/trace.html", traced(request.membership).with_names(), tables.TraceTable,
        filterset=tables.TraceFilter,
        empty=parts.Empty(
            _("Nothing to trace yet"), _("Decisions about existing results appear here."), icon="history"
        ),
        extra={
            "title": _("Trace of recognition"),
            "export": f"{reverse('recognition-trace-export')}?{conditions}" if may else "",
        },
    )  # fmt: skip


def traced(membership: Membership) -> Any:
    """Orders with something to decide, as far as the member may see them, newest first."""
    rows = Order.objects.visible_to(membership).exclude(state=Order.State.CLEAR)
    return rows.order_by("-ordered_at", "-pk")


@permit("recognition.export")
@require_safe
def export(request: Any) -> HttpResponseBase:
    """The trace as csv under the same conditions, names masked; journaled with its conditions and rows."""
    rows = traced(request.membership).with_names()
    chosen = tables.TraceFilter(request.GET or None, queryset=rows, request=request).qs
    lines = list(chosen[: MOST_EXPORTED + 1])
    if len(lines) > MOST_EXPORTED:
        text = _("More than %(n)d rows: choose a month first.") % {"n": MOST_EXPORTED}
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="recognition.exported", request=request, rows=len(lines),
            filter=request.GET.urlencode(),
        )  # fmt: skip
    response = StreamingHttpResponse(
        sheets.csv_chunks([_heads(), *_cells(lines)]), content_type="text/csv; charset=utf-8"
    )
    name = quote(f"recognition-{timezone.localdate()}.csv")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _heads() -> list[str]:
    return [
        _("examination order number"), _("ordering institution"), _("ordering department"), _("ordered by"),
        _("ordered at"), _("patient"), _("item code"), _("name"), _("state"), _("decided by"),
        _("decided at"), _("decision due"), _("reason for repeating"), _("reason in words"),
        _("result recognised"), _("examining institution"), _("examination made"),
    ]  # fmt: skip


def _cells(rows: list[Order]) -> Iterator[list[Any]]:
    for row in rows:
        taken = row.result
        yield [
            row.number, row.institution.name, row.department.name if row.department else "",
            str(row.ordered_by.user), row.ordered_at, mask_name(row.person.name), row.item.code,
            row.item.name, str(row.get_state_display()), str(row.decided_by.user) if row.decided_by else "",
            row.decided_at, row.due_at, row.reason_words, row.reason_text, taken.number if taken else "",
            taken.institution.name if taken else "", taken.taken_at if taken else None,
        ]  # fmt: skip


def asked_month(request: Any) -> Month:
    """The month in the address; without one, or with another text, the present one."""
    now = Month.of(timezone.localdate())
    try:
        asked = Month.parse(request.GET.get("month", ""))
    except PeriodRefused:
        return now
    # Months a century away have neither rows nor, at the ends of the calendar, neighbours.
    return asked if abs(asked.year - now.year) < 100 else now
