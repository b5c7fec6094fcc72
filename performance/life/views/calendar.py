"""Pages of the calendar: a month's steps, a change of one, a step said done, reminders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.web import papers
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.life import forms, plan, show_calendar
from performance.life.services import planning
from performance.models import MonthReminder, MonthStep
from performance.models.life import LEAD, LOOK


def served(month: Month) -> Month:
    """The month, if it has a page; else 404."""
    if not show_calendar.serves(month, timezone.localdate()):
        raise Http404
    return month


def office(request: Any) -> None:
    """404 for members of one institution: the calendar is the alliance's."""
    if request.membership.institution_id is not None:
        raise Http404


@permit(LOOK)
@require_safe
def now(request: Any) -> HttpResponseBase:
    """The calendar of the month that is worked on: the last full one."""
    return redirect("month-calendar", Month.of(timezone.localdate()).previous())


@permit(LOOK)
@require_safe
def calendar(request: Any, month: Month) -> HttpResponse:
    """The steps of a month: due day, owner, how far each is."""
    return _page(request, served(month))


def _page(request: Any, month: Month, status: int = 200, **given: Any) -> HttpResponse:
    page = show_calendar.page(request.membership, month, timezone.now(), given)
    return render(request, "performance/life/calendar.html", page, status=status)


@permit(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Any, month: Month, step: str) -> HttpResponseBase:
    """Another day, owner or escalation of a step, from a month on."""
    office(request)
    served(month)
    if step not in MonthStep.values:
        raise Http404
    present = next(one for one in plan.planned(month) if one.step == step)
    initial = {
        "day": present.day, "shift": present.shift, "owner": present.owner, "from_month": str(month),
        "escalate_workdays": present.escalate_workdays, "escalate_to": present.escalate_to,
    }  # fmt: skip
    posted = request.POST if request.method == "POST" else None
    form = forms.StepForm(posted, initial=initial, first=month)
    if posted is not None and form.is_valid():
        try:
            planning.change(by=request.membership, step=step, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The calendar is changed from that month on."))
            return redirect("month-calendar", month)
        except Refused as error:
            add_refusal(form, error)
    context = {"title": present.step.label, "month": month, "form": form, "row": present.row}
    return render(request, "performance/life/step.html", context, status=400 if form.errors else 200)


@permit(LEAD)
@require_POST
def done(request: Any, month: Month, step: str) -> HttpResponseBase:
    """Say that a step is done of which the system holds no fact."""
    office(request)
    form = forms.NoteForm(request.POST, auto_id=f"{step}-%s")
    if form.is_valid():
        try:
            planning.say_done(
                by=request.membership, month=served(month), step=step, now=timezone.now(),
                note=form.cleaned_data["note"],
            )  # fmt: skip
            return redirect("month-calendar", month)
        except Refused as error:
            add_refusal(form, error)
    return _page(request, served(month), 400, **{step: form})


@permit(LEAD)
@require_POST
def remind(request: Any, month: Month, code: str) -> HttpResponseBase:
    """Issue a reminder to an institution; it opens to be printed."""
    office(request)
    place = get_or_404(Institution.objects.filter(is_active=True), code=code)
    try:
        row = planning.remind(
            by=request.membership, month=served(month), institution=place, now=timezone.now()
        )
    except Refused as error:
        messages.error(request, worded(error))
        return redirect("month-calendar", month)
    return redirect("month-reminder", row.pk)


@permit(LOOK)
@require_safe
def reminder(request: Any, pk: int) -> HttpResponse:
    """A reminder on A4 (催报单), or as a docx to go on editing; an institution opens its own."""
    rows = MonthReminder.objects.select_related("institution", "issued_by__user")
    here = request.membership.institution_id
    row = get_or_404(rows if here is None else rows.filter(institution=here), pk=pk)
    page = show_calendar.sheet(row, timezone.now())
    if request.GET.get("as") == "docx":
        name = f"{page['title']} {row.institution.code} {row.month:%Y-%m} {row.number}"
        return papers.send(show_calendar.paper(page), name)
    return render(request, "performance/life/reminder.html", page)
