"""Pages of a month after its approval: its steps, what changed since, the publication everybody sees."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import permit, require
from alliance.web.refused import worded
from performance.life import show, tables
from performance.life.services import stages
from performance.models import MonthLife, MonthRun
from performance.models.life import LEAD, LOOK, SECOND
from performance.services import months
from performance.views.months import conflict, whole_alliance

STEPS = {
    "publish": (LEAD, stages.publish), "pay": (SECOND, stages.pay), "close": (SECOND, stages.close),
    "end": (SECOND, stages.end),
}  # fmt: skip


def posted(month: Month) -> MonthRun:
    """The run in the books; 404 for a month that has none."""
    run = months.current(month)
    if run is None or run.state != MonthRun.State.POSTED:
        raise Http404
    return run


@permit(LOOK)
@require_safe
def life(request: Any, month: Month) -> HttpResponse:
    """How far the month is after its approval, and what stands before the next step."""
    page = show.page(request.membership, month, timezone.now(), posted(month))
    return render(request, "performance/life/life.html", page)


@permit(LOOK)
@require_POST
def act(request: Any, month: Month, step: str) -> HttpResponseBase:
    """One step of a month after its approval; a stale tab gets 409."""
    whole_alliance(request.membership)
    if step not in STEPS:
        raise Http404
    right, deed = STEPS[step]
    require(request.membership, right)
    try:
        deed(by=request.membership, month=month, now=timezone.now(), version=asked.version(request))
    except Refused as error:
        messages.error(request, worded(error))
    except Stale as error:
        return conflict(request, error)
    return redirect("month-life", month) if months.life(month) else redirect("month", month)


@permit(LOOK)
@require_safe
def since(request: Any, month: Month) -> HttpResponse:
    """What is different today from what was approved: numbers with their records, revised cases."""
    page = show.since_page(request.membership, month, posted(month))
    return render(request, "performance/life/since.html", page)


@permit("home.view")
@require_safe
def publication_list(request: Any) -> HttpResponse:
    """Months that were published, the newest first."""
    rows = MonthLife.objects.exclude(published_at=None).order_by("-month")
    return lists.answer(
        request, "performance/life/publications.html", rows, tables.PublicationTable,
        empty=tables.no_publication(), extra={"title": _("Publications")},
    )  # fmt: skip


def published(month: Month) -> MonthLife:
    """A month that was published; else 404."""
    row = stages.of(month)
    if row is None or row.published_at is None:
        raise Http404
    return row


@permit("home.view")
@require_safe
def publication(request: Any, month: Month) -> HttpResponse:
    """The result of a month for all staff (公示)."""
    page = show.publication(request.membership, published(month), timezone.now())
    return render(request, "performance/life/publication.html", page)


@permit("home.view")
@require_safe
def publication_print(request: Any, month: Month) -> HttpResponse:
    """The publication on A4, to be hung up."""
    page = show.publication(request.membership, published(month), timezone.now())
    return render(request, "performance/life/publication_print.html", page)
