"""Pages of months: list, one month, its job's progress, and the buttons that move it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.approvals import names
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.web import errors, lists, parts, progress
from alliance.web.access import permit
from alliance.web.refused import worded
from performance.models import MonthRun
from performance.services import approving, exporting, months
from performance.services.refusals import RunUnderway
from performance.show import handed_out, listing
from performance.show import month as show
from performance.tables.months import MonthTable


@permit("month.view")
@require_safe
def month_list(request: Any) -> HttpResponse:
    """All months with what became of them, newest first."""
    empty = parts.Empty(_("No month yet"), _("The first month can be computed once its cases are here."))
    rows = listing.rows(timezone.localdate())
    extra = {"title": _("Performance months")}
    return lists.answer(request, "performance/months.html", rows, MonthTable, empty=empty, extra=extra)


@permit("month.view")
@require_safe
def month(request: Any, month: Month) -> HttpResponse:
    """One month: where it stands, scores and money of all institutions, what may be done now."""
    return render(request, "performance/month.html", show.page(request.membership, month))


@permit("month.view")
@require_safe
def month_progress(request: Any, month: Month) -> HttpResponse:
    """The progress of the job that computes the month."""
    run = months.latest(month)
    if run is None or run.job is None:
        raise Http404
    return progress.answer(request, run.job, done_url=show.address(month))


@permit("month.compute")
@require_POST
def month_compute(request: Any, month: Month) -> HttpResponseBase:
    """Begin to settle the month; 409 when somebody else does or has (N29)."""
    whole_alliance(request.membership)
    if month.first_day > timezone.localdate():
        messages.error(request, _("This month has not begun. It can be computed once its cases are here."))
        return redirect("month", month)
    try:
        months.enqueue_run(by=request.membership, month=month)
    except RunUnderway as refusal:
        return conflict(request, refusal)
    messages.success(request, _("The month is being computed; it goes on when this page is closed."))
    return redirect("month", month)


@permit("month.propose")
@require_POST
def month_propose(request: Any, month: Month) -> HttpResponseBase:
    """Put the computed month before its deciders."""
    run = with_result(request.membership, month)
    try:
        approval = approving.propose(by=request.membership, run=run, today=timezone.localdate())
    except (RunUnderway, Stale) as refusal:
        return conflict(request, refusal)
    except Refused as refusal:
        messages.error(request, worded(refusal))
        return redirect("month", month)
    messages.success(
        request, _("Sent for approval. Next: %(step)s.") % {"step": names.of_step(approval.current)}
    )
    return redirect("month", month)


@permit(exporting.RIGHT)
@require_safe
def month_export(request: Any, month: Month) -> HttpResponseBase:
    """The month as one file that anybody can recompute without the system."""
    run = with_result(request.membership, month)
    return exporting.answer(by=request.membership, run=run, request=request)


@permit("month.view")
@require_safe
def month_bundles(request: Any, month: Month) -> HttpResponse:
    """Every evidence bundle of the month that left the house; whoever holds one compares its digest here."""
    page = handed_out.page(request.membership, month, request.GET.get("digest", ""))
    return render(request, "performance/bundles.html", page)


def whole_alliance(membership: Membership) -> None:
    """404 for members of one institution: the month belongs to the alliance."""
    if membership.institution_id is not None:
        raise Http404


def with_result(membership: Membership, month: Month) -> MonthRun:
    """The run that counts, for members of the whole alliance; else 404."""
    whole_alliance(membership)
    run = months.current(month)
    if run is None:
        raise Http404
    return run


def conflict(request: Any, refusal: Refused | Stale) -> HttpResponse:
    """409: somebody was faster; what is there now is one click away."""
    said = (
        worded(refusal)
        if isinstance(refusal, Refused)
        else _("Somebody was faster: the month changed meanwhile.")
    )
    return errors.answer(request, 409, said, _("Open the month to see how it stands."))
