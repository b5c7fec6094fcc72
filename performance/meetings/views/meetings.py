"""Pages of meetings: list, planning, one meeting, its agenda, who came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.meetings import forms, planning, show_meetings, sign_in, tables
from performance.meetings.models import VIEW, AgendaItem, Attendance, Meeting, desk
from performance.meetings.services import agenda, meetings
from performance.meetings.views.bodies import row_of

BACK, AHEAD = 6, 3  # months offered around today


@permit(VIEW)
@require_safe
def meeting_list(request: Any) -> HttpResponse:
    """Meetings the member may see."""
    rows = Meeting.objects.seen_by(request.membership).named()
    return lists.answer(
        request, "meetings/meetings.html", rows, tables.MeetingTable, filterset=tables.MeetingFilter,
        empty=tables.NO_MEETING, extra={"title": _("Meetings")},
    )  # fmt: skip


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any, pk: int) -> HttpResponseBase:
    """Plan a meeting of a body."""
    row, today = row_of(request, pk), timezone.localdate()
    if not desk(request.membership, row):
        raise Http404
    spread = [Month.of(today).plus(step) for step in range(-BACK, AHEAD + 1)]
    initial = {
        "month": request.GET.get("month", str(planning.awaited(row, today))),
        "kind": request.GET.get("kind", Meeting.Kind.REGULAR),
    }
    form = forms.PlanForm(request.POST or None, months=reversed(spread), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = meetings.plan(by=request.membership, body=row, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Planned. Fill the agenda from the month, then invite."))
            return redirect("meeting", made.pk)
    context = {"title": _("Plan a meeting"), "form": form, "body_row": row}
    return render(request, "meetings/plan.html", context, status=400 if form.errors else 200)


def found(request: Any, pk: int) -> Meeting:
    """A meeting the member may see: by right, or because of a seat in its body on the day."""
    return get_or_404(Meeting.objects.seen_by(request.membership).named(), pk=pk)


def answered(request: Any, row: Meeting, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of a meeting, with a form that was refused."""
    page = show_meetings.page(row, request.membership, given)
    return render(request, "meetings/meeting.html", page, status=status)


def tried(request: Any, row: Meeting, name: str, form: Any, deed: Callable[[], str]) -> HttpResponseBase:
    """Do it and go back to the meeting; a refusal comes back in its form, nothing typed is lost."""
    if form is None or form.is_valid():
        try:
            messages.success(request, deed())
            return redirect("meeting", row.pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
                return redirect("meeting", row.pk)
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return answered(request, found(request, row.pk), {}, 409)
    return answered(request, row, {name: form}, 400)


@permit("home.view")
@require_safe
def meeting(request: Any, pk: int) -> HttpResponse:
    """One meeting."""
    return answered(request, found(request, pk), {})


@permit("home.view")
@require_safe
def sign_in_sheet(request: Any, pk: int) -> HttpResponse:
    """The sheet to sign at the door, for who may see the meeting."""
    return render(request, "meetings/sign_in.html", sign_in.page(found(request, pk)))


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Fill the agenda, invite, cancel."""
    row, by, now = found(request, pk), request.membership, timezone.now()
    version = asked.version(request)
    if step == "fill":
        return tried(request, row, "", None, lambda: _filled(agenda.fill(by=by, meeting=row, now=now)))
    if step == "invite":

        def invited() -> str:
            meetings.invite(by=by, meeting=row, now=now, version=version)
            return _("Invited: the meeting stands in their inbox.")

        return tried(request, row, "", None, invited)
    if step != "cancel":
        raise Http404
    meetings.require_desk(by, row.body)
    form = forms.ReasonForm(request.POST, auto_id="cancel-%s")

    def cancelled() -> str:
        meetings.cancel(by=by, meeting=row, reason=form.cleaned_data["reason"], now=now, version=version)
        return _("Cancelled.")

    return tried(request, row, "cancel", form, cancelled)


def _filled(number: int) -> str:
    """How many points the month brought."""
    if not number:
        return _("The month brings nothing new.")
    return ngettext("%(n)d point brought by the month.", "%(n)d points brought by the month.", number) % {
        "n": number
    }


@permit(VIEW)
@require_POST
def held(request: Any, pk: int) -> HttpResponseBase:
    """Record who came."""
    row, by = found(request, pk), request.membership
    meetings.require_desk(by, row.body)
    rows = list(Attendance.objects.filter(meeting=row).select_related("seat"))
    form = forms.PresenceForm(request.POST, attendance=rows, auto_id="hold-%s")

    def deed() -> str:
        meetings.hold(
            by=by, meeting=row, presence=form.presence(), now=timezone.now(), version=asked.version(request)
        )
        return _("Recorded. Write what was said and the resolutions.")

    return tried(request, row, "hold", form, deed)


@permit(VIEW)
@require_POST
def point_add(request: Any, pk: int) -> HttpResponseBase:
    """Enter a point."""
    row, by = found(request, pk), request.membership
    meetings.require_desk(by, row.body)
    form = forms.PointForm(request.POST, auto_id="point-%s")

    def deed() -> str:
        agenda.add(by=by, meeting=row, **form.cleaned_data)
        return _("On the agenda.")

    return tried(request, row, "point", form, deed)


@permit(VIEW)
@require_POST
def point(request: Any, pk: int, point: int, step: str) -> HttpResponseBase:
    """Keep what was said about a point, or take it out."""
    row, by = found(request, pk), request.membership
    one = get_or_404(AgendaItem.objects.filter(meeting=row), pk=point)
    meetings.require_desk(by, row.body)
    if step == "remove":

        def removed() -> str:
            agenda.remove(by=by, meeting=row, point=one)
            return _("Taken out.")

        return tried(request, row, "", None, removed)
    if step != "say":
        raise Http404
    form = forms.SaidForm(request.POST, auto_id=f"said-{point}-%s")

    def said() -> str:
        agenda.say(by=by, meeting=row, point=one, said=form.cleaned_data["said"])
        return _("Kept.")

    return tried(request, row, f"said-{point}", form, said)
