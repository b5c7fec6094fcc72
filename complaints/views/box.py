"""The sealed box from inside: its list, one report, its files, decisions. For discipline inspection alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.web import parts
from alliance.web.access import permit
from alliance.web.file_pages import send
from alliance.web.refused import add_refusal
from complaints.forms.enter import DecideForm
from complaints.models import Report, ReportEvent
from complaints.services import attaching, box, keepers

State = Report.State
STEPS = {State.RECEIVED: (State.EXAMINED, State.REFUSED), State.EXAMINED: (State.FINISHED,)}


@permit("sealed_box.open")
@require_safe
def box_list(request: Any) -> HttpResponse:
    """All reports, newest first; what they say stands only on their own pages, whose opening is kept. To whom
    the box does not open the page of its keepers says why.
    """
    if keepers.may_keep(request.membership) and not box.may_open(request.membership):
        return redirect("box-keepers")
    rows = box.listed(by=request.membership)
    context = {"title": _("Sealed box"), "reports": rows, "now": timezone.now()}
    return render(request, "complaints/box.html", context)


@permit("sealed_box.open")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Any, pk: int) -> HttpResponseBase:
    """One report, its history, and what can be decided now."""
    now = timezone.now()
    try:
        row, events, files = box.read(by=request.membership, pk=pk, now=now)
    except (Report.DoesNotExist, OverflowError):
        raise Http404 from None
    steps = [(str(state), str(State(state).label)) for state in STEPS.get(State(row.state), ())]
    form = DecideForm(request.POST or None, steps=steps)
    if request.method == "POST" and form.is_valid():
        try:
            box.move(by=request.membership, pk=pk, now=now, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The decision is kept; the person reads it by the private link."))
            return redirect("sealed-report", pk)
    place = Institution.objects.filter(pk=int(row.institution)).first()
    context = {
        "title": row.number, "report": row, "place": place, "form": form if steps else None,
        "files": [(one, attaching.held_back(one.attachment, nameless=_nameless(row))) for one in files],
        "held_back": attaching.HELD_BACK, "trail": [_line(one) for one in reversed(events)], "now": now,
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "complaints/report.html", context, status=status)


@permit("sealed_box.open")
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A file of a report; fetching it is opening the report."""
    try:
        row, _events, files = box.read(by=request.membership, pk=pk, now=timezone.now())
    except (Report.DoesNotExist, OverflowError):
        raise Http404 from None
    found = next((one for one in files if one.pk == file and one.attachment.deleted_at is None), None)
    if found is None:
        raise Http404
    if attaching.held_back(found.attachment, nameless=_nameless(row)):
        raise PermissionDenied(attaching.HELD_BACK)
    return send(found.attachment)


def _nameless(row: Report) -> bool:
    return row.name is None and row.phone is None


def _line(one: ReportEvent) -> parts.Step:
    title = str(one.get_state_display() if one.what == "moved" else one.get_what_display())
    by = str(one.by.user) if one.by else ""
    return parts.Step("hit" if one.what == "moved" else "yes", title, detail=one.note or "", at=one.at, by=by)
