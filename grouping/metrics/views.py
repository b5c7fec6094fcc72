"""Pages of metrics: a month's table, one figure with its cases, the refresh of the sums."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import journal
from alliance.web import asked as address
from alliance.web import lists, parts, words
from alliance.web.access import permit
from grouping import tables, visible
from grouping.metrics import evidence, facts, figures, known, rollup, show, trail
from grouping.metrics.facts import Scope
from grouping.metrics.show import Question


@permit("indicator.view")
@require_safe
def metrics(request: Any) -> HttpResponse:
    """The metrics of a month, by institution, department, doctor or group."""
    asked = question(request)
    found = show.sums(asked)
    table = show.table(asked, found)
    page = lists.Pages(table["rows"], lists.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Metrics of %(month)s") % {"month": words.month(asked.month)}, "asked": asked,
        "page": page, **table, **frame(request, asked), "yardstick": found.yardstick,
        "known": known.known(asked, found.used) if found.used is not None else None,
        "tabs": show.tabs(asked), "crumbs": show.crumbs(asked),
        "levels": [
            parts.Tab(str(label), asked.url(by=by, drg=None), by == asked.by)
            for by, (label, _level) in show.BY.items()
        ],
    }  # fmt: skip
    panel = request.htmx and request.htmx.target == "list"
    return render(request, "metrics/_table.html" if panel else "metrics/month.html", context)


@permit("indicator.view")
@require_safe
def metric(request: Any) -> HttpResponse:
    """One figure: its formula, what it is compared with, and the cases it counts."""
    asked = question(request)
    figure = figures.FIGURES.get(request.GET.get("metric", ""))
    if figure is None or not trail.place_exists(asked.scope):
        raise Http404
    context = {**trail.page(asked, figure), **frame(request, asked), "asked": asked}
    if not request.membership.can("case.list"):
        return render(request, "metrics/figure.html", context)
    journal.write(
        by=request.membership, verb="patient.listed", request=request, list="metric",
        month=str(asked.month), figure=figure.code,
    )  # fmt: skip
    rows = evidence.cases(asked.month, asked.scope, figure.cases, context["yardstick"])
    return lists.answer(
        request, "metrics/figure.html", tables.with_department(rows), tables.CaseTable,
        empty=parts.Empty(_("No case"), _("This figure is a known zero: nothing of the kind happened.")),
        # The address says which figure: it holds no condition one could clear, an empty list is a known zero.
        extra=context | {"listed": True, "filtered": False, "cleared": context["back"]},
    )  # fmt: skip


@permit("indicator.view")
@require_POST
def metrics_refresh(request: Any) -> HttpResponseBase:
    """Sum the month anew in a job; the page says when it is done."""
    asked = question(request)
    rollup.enqueue_refresh(by=request.membership, month=asked.month)
    messages.success(request, _("The month is being summed up again; look again in a moment."))
    return redirect(asked.url())


def question(request: Any) -> Question:
    """What the address asks for; an institution that is not the member's own is not there."""
    given, membership = request.GET, request.membership
    own = membership.institution_id
    institution = _whole(given.get("institution"))
    if own is not None and institution not in (None, own):
        raise Http404
    if institution is not None and named(institution) is None:
        raise Http404
    by = given.get("by") if given.get("by") in show.BY else "institution"
    narrowed = own if own is not None and (by != "institution" or institution) else institution
    if own is not None and any(given.get(name) for name in ("department", "doctor", "metric")):
        narrowed = own
    scope = Scope(
        narrowed, given.get("department") or None, given.get("doctor") or None, given.get("drg") or None
    )
    topic = given.get("view") if given.get("view") in figures.TOPICS else "output"
    return Question(membership, month_of(request), by, scope, topic, given.get("sort", ""))


def _whole(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def month_of(request: Any) -> Month:
    """The month of the address; else the newest with cases the member sees."""
    if (asked := address.month(request)) is not None:
        return asked
    last = visible.cases(request.membership).aggregate(last=Max("month"))["last"]
    return Month.of(last or timezone.localdate())


def frame(request: Any, asked: Question) -> dict[str, Any]:
    """What every page of metrics has: the months to choose, the institutions, how fresh the sums are."""
    months = visible.cases(request.membership).order_by("-month").values_list("month", flat=True).distinct()
    return {
        "month": asked.month, "state": rollup.state(asked.month),
        "months": [Month.of(day) for day in months[:36]],
        "institutions": show.institutions(request.membership),
        "refresh_url": asked.url("metrics-refresh"),
    }  # fmt: skip


def named(institution: int | None) -> Institution | None:
    """The institution a page is narrowed to."""
    return None if institution is None else Institution.objects.filter(pk=institution).first()


__all__ = ["facts", "metric", "metrics", "metrics_refresh"]
