"""Pages of days of patients and focus groups: the year, planning, one day, minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import SERVED_YEARS
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from complaints.events import forms, services, show
from complaints.events.models import RUN, VIEW, FocusGroup, PatientDay

SHOWN = 50


@permit(VIEW)
@require_safe
def days(request: Any) -> HttpResponse:
    """The year: which months were kept; the newest focus groups."""
    today = timezone.localdate()
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdecimal() and int(wanted) in SERVED_YEARS else today.year
    by = request.membership
    groups = FocusGroup.objects.visible_to(by).named().select_related("owner__user")[:SHOWN]
    context = {
        "title": _("Days of patients"), "groups": list(groups), "runs": by.can(RUN),
        "years": (year - 1, year + 1),
        **show.calendar(by, year, today),
    }  # fmt: skip
    return render(request, "events/days.html", context)


def _made(request: Any, form: Any, deed: Any, said: str, page: str, title: str) -> HttpResponseBase:
    """A form sent: kept, or again with what has to change."""
    if request.method == "POST" and form.is_valid():
        try:
            made = deed(form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, said)
            return redirect(page, made.pk)
    return render(
        request, "events/form.html", {"title": title, "form": form}, status=400 if form.errors else 200
    )


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any) -> HttpResponseBase:
    """Plan the day of a month."""
    by = request.membership
    form = forms.PlanForm(request.POST or None, by=by, initial={"institution": by.institution})
    return _made(
        request, form, lambda data: services.plan(by=by, **data), _("Planned."), "patient-day",
        pgettext("patient day", "Plan a day"),
    )  # fmt: skip


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: Any) -> HttpResponseBase:
    """Keep the minutes of a focus group."""
    by = request.membership
    form = forms.GroupForm(request.POST or None, by=by, initial={"institution": by.institution})
    return _made(
        request, form, lambda data: services.interview(by=by, now=timezone.now(), **data), _("Kept."),
        "focus-group", pgettext("focus group", "Minutes of a focus group"),
    )  # fmt: skip


def _day(request: Any, pk: int) -> PatientDay:
    return get_or_404(PatientDay.objects.visible_to(request.membership).named(), pk=pk)


def _answered(request: Any, row: PatientDay, given: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "events/day.html", show.day(row, request.membership, given), status=status)


@permit(VIEW)
@require_safe
def day(request: Any, pk: int) -> HttpResponse:
    """One day."""
    return _answered(request, _day(request, pk), {})


@permit(VIEW, RUN)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Record it, cancel it."""
    row = _day(request, pk)
    made: dict[str, Any] = {"hold": forms.HoldForm, "cancel": forms.WhyForm}
    if step not in made:
        raise Http404
    form = made[step](request.POST, auto_id=f"{step}-%s")
    if form.is_valid():
        base = {"by": request.membership, "day": row, "version": asked.version(request), **form.cleaned_data}
        try:
            if step == "hold":
                services.hold(now=timezone.now(), **base)
            else:
                services.cancel(**base)
            messages.success(request, _("Kept."))
            return redirect("patient-day", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return _answered(request, _day(request, pk), {}, 409)
    return _answered(request, row, {step: form}, 400)


def _group(request: Any, pk: int) -> FocusGroup:
    rows = FocusGroup.objects.visible_to(request.membership).named()
    return get_or_404(rows.select_related("owner__user", "done_by__user", "entered_by__user"), pk=pk)


@permit(VIEW)
@require_safe
def group(request: Any, pk: int) -> HttpResponse:
    """One focus group."""
    return render(request, "events/group.html", show.group(_group(request, pk), request.membership, None))


@permit(VIEW)
@require_POST
def done(request: Any, pk: int) -> HttpResponseBase:
    """What was done after it."""
    row, form = _group(request, pk), forms.DoneForm(request.POST, auto_id="done-%s")
    if form.is_valid():
        try:
            services.finish(by=request.membership, group=row, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Kept."))
            return redirect("focus-group", pk)
        except Refused as error:
            add_refusal(form, error)
    return render(request, "events/group.html", show.group(row, request.membership, form), status=400)
