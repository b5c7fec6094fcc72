"""Pages of MDT records: list, planning, one record, its sheet on A4."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from referrals.mdt import forms, services, show, tables
from referrals.mdt.models import RUN, VIEW, MdtMeeting


@permit(VIEW)
@require_safe
def meetings(request: Any) -> HttpResponse:
    """Records of the own institution."""
    extra = {"title": _("Multidisciplinary records"), "runs": request.membership.can(RUN)}
    rows = MdtMeeting.objects.visible_to(request.membership).named()
    return lists.answer(request, "mdt/list.html", rows, tables.MeetingTable, empty=tables.NONE, extra=extra)


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any) -> HttpResponseBase:
    """Plan a meeting."""
    by = request.membership
    initial = {"institution": by.institution, "record_no": request.GET.get("record_no", "")[:40]}
    form = forms.PlanForm(request.POST or None, by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan(by=by, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Planned. Enter who takes part."))
            return redirect("mdt-meeting", made.pk)
    context = {"title": pgettext("mdt", "Plan a meeting"), "form": form}
    return render(request, "mdt/plan.html", context, status=400 if form.errors else 200)


def _found(request: Any, pk: int) -> MdtMeeting:
    return get_or_404(MdtMeeting.objects.visible_to(request.membership).named(), pk=pk)


def _answered(request: Any, row: MdtMeeting, given: dict[str, Any], status: int = 200) -> HttpResponse:
    page = show.page(row, request.membership, given, timezone.localdate())
    return render(request, "mdt/meeting.html", page, status=status)


@permit(VIEW)
@require_safe
def meeting(request: Any, pk: int) -> HttpResponse:
    """One record; the reading is journaled."""
    row = _found(request, pk)
    journal.read(by=request.membership, about=row, request=request, page="mdt")
    return _answered(request, row, {})


@permit(VIEW)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """The record on A4."""
    row = _found(request, pk)
    journal.read(by=request.membership, about=row, request=request, page="mdt sheet")
    page = show.page(row, request.membership, {}, timezone.localdate())
    return render(request, "mdt/sheet.html", page)


@permit(VIEW, RUN)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Enter a participant, record the meeting, cancel it."""
    row, by, now = _found(request, pk), request.membership, timezone.now()
    made: dict[str, Any] = {
        "seat": lambda: forms.SeatForm(request.POST, meeting=row, auto_id="seat-%s"),
        "hold": lambda: forms.HoldForm(request.POST, auto_id="hold-%s"),
        "cancel": lambda: forms.WhyForm(request.POST, auto_id="cancel-%s"),
    }
    if step not in made:
        raise Http404
    form, version = made[step](), asked.version(request)
    if form.is_valid():
        try:
            if step == "seat":
                services.seat(by=by, meeting=row, **form.cleaned_data)
            elif step == "hold":
                services.hold(by=by, meeting=row, now=now, version=version, **form.cleaned_data)
            else:
                services.cancel(by=by, meeting=row, version=version, **form.cleaned_data)
            messages.success(request, _("Kept."))
            return redirect("mdt-meeting", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return _answered(request, _found(request, pk), {}, 409)
    return _answered(request, row, {step: form}, 400)


@permit(VIEW, RUN)
@require_POST
def unseat(request: Any, pk: int, seat: int) -> HttpResponseBase:
    """Void a wrong line."""
    row = get_or_404(_found(request, pk).seats.select_related("meeting"), pk=seat)
    try:
        if row.meeting.state != MdtMeeting.State.PLANNED:
            raise Stale(row.meeting)
        services.unseat(by=request.membership, seat=row, why=request.POST.get("why", ""), now=timezone.now())
        messages.success(request, _("Kept."))
    except Refused as error:
        messages.error(request, worded(error))
    except Stale:
        messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
    return redirect("mdt-meeting", pk)
