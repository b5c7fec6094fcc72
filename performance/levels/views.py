"""Pages of departments and persons of a month: list, why, records."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from alliance.web import lists, progress
from alliance.web.access import get_or_404, permit, require
from alliance.web.parts import Empty
from alliance.web.refused import worded
from performance.levels import records, seen, services, show, tables
from performance.levels.explained import Explained
from performance.levels.services import LevelRefused
from performance.models import LevelFact, LevelRun, LevelSubject
from performance.show import labels
from performance.show.frame import LISTED
from performance.tables.cases import CaseTable
from performance.tables.records import RECORDS


@permit("month.view")
@require_safe
def level(request: Any, month: Month, level: str) -> HttpResponse:
    """Everybody of a level in a month whom the member may see."""
    _known(level)
    context = show.head(request.membership, month, level)
    run: LevelRun | None = context["run"]
    rows: Any = seen.subjects(request.membership, run).order_by("-score", "code") if run else []
    table = tables.table_of(run.scheme.scheme()) if run else tables.SubjectTable
    empty = Empty(
        _("No scores yet"),
        _("They appear once the level is computed.")
        if context["version"]
        else _("No scheme scores this level yet: begin one from a ready template."),
        icon="sum",
    )
    return lists.answer(
        request, "performance/levels/list.html", rows, table,
        filterset=tables.SubjectFilter if run else None, empty=empty, extra=context,
    )  # fmt: skip


def _known(level: str) -> None:
    if level not in show.SHOWN:
        raise Http404


@permit("month.compute")
@require_POST
def compute(request: Any, month: Month, level: str) -> HttpResponseBase:
    """Begin to compute a level."""
    _known(level)
    if request.membership.institution_id is not None:
        raise Http404
    if month.first_day > timezone.localdate():
        messages.error(request, _("This month has not begun. It can be computed once its cases are here."))
        return redirect("level", month, level)
    try:
        services.enqueue(by=request.membership, month=month, level=level)
    except LevelRefused as refusal:
        messages.error(request, worded(refusal))
    else:
        messages.success(request, _("The scores are being computed; it goes on when this page is closed."))
    return redirect("level", month, level)


@permit("month.view")
@require_safe
def level_progress(request: Any, month: Month, level: str) -> HttpResponse:
    """The progress of the job that computes the level."""
    run = services.latest(month, level)
    if run is None or run.job is None:
        raise Http404
    return progress.answer(request, run.job, done_url=show.head(request.membership, month, level)["here"])


def explained_or_404(membership: Membership, pk: int) -> Explained:
    """A subject the member may see, with its run; else 404."""
    rows: QuerySet[Any] = LevelSubject.objects.select_related(
        "run__scheme", "institution", "department", "staff", "team"
    )
    row = get_or_404(rows, pk=pk)
    if not seen.subjects(membership, row.run).filter(pk=pk).exists():
        raise Http404
    return Explained(row, row.run)


@permit("month.view")
@require_safe
def subject(request: Any, pk: int) -> HttpResponse:
    """One department or person: indicators, points, weights."""
    found = explained_or_404(request.membership, pk)
    return render(request, "performance/levels/subject.html", show.subject(request.membership, found))


@permit("month.view")
@require_safe
def indicator(request: Any, pk: int, indicator: str) -> HttpResponse:
    """How one of its indicators came about."""
    found = explained_or_404(request.membership, pk)
    try:
        context = show.indicator(request.membership, found, indicator)
    except KeyError:
        raise Http404 from None
    return render(request, "performance/levels/indicator.html", context)


@permit("month.view")
@require_safe
def level_records(request: Any, pk: int, at: Month, key: str) -> HttpResponse:
    """The records behind one of its numbers."""
    found = explained_or_404(request.membership, pk)
    fact = get_or_404(LevelFact.objects.filter(subject=found.row), month=at.first_day, key=key)
    if fact.kind not in LISTED or found.row.institution_id is None:
        raise Http404
    require(request.membership, LISTED[fact.kind])
    rows = records.of(found, fact)
    journal.write(
        by=request.membership, verb="patient.listed", about=found.run, request=request, list=fact.kind,
        subject=found.row.code, month=str(at), fact=fact.key,
    )  # fmt: skip
    table = CaseTable if fact.kind in records.CASES else RECORDS[fact.kind]
    empty = Empty(_("No record"), _("This number is a known zero: nothing of the kind happened."))
    extra = {**show.about(found), "title": labels.fact(key), "count": fact.count}
    return lists.answer(request, "performance/levels/records.html", rows, table, empty=empty, extra=extra)
