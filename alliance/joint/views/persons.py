"""Pages of persons: steps to do, persons, one person, enrolment one by one and by sheet, export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.joint import services, tables
from alliance.joint.forms import common, persons
from alliance.joint.models import Enrolment, Milestone, Project
from alliance.joint.show import persons as show
from alliance.joint.show.common import tabs
from alliance.joint.views.common import MOST_EXPORTED, csv, here, outcome, typed
from alliance.lib.refusal import Refused
from alliance.services import journal
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded


@permit("joint.view")
@require_safe
def step_list(request: Any) -> HttpResponse:
    """Steps at the own door, late ones, done ones, all."""
    view = request.GET.get("view", "")
    view = view if view in show.VIEWS else show.VIEWS[0]
    journal.write(by=request.membership, verb="patient.listed", request=request, list="joint", view=view)
    rows = show.views(request.membership, timezone.localdate())[view].with_names()
    empty = parts.Empty(
        _("No step here"), _("Steps appear when a person is enrolled in a joint project."), icon="check"
    )
    return lists.answer(
        request, "joint/steps.html", rows, tables.StepTable, filterset=tables.StepFilter,
        tabs=show.view_links(view, request.membership), empty=empty,
        extra={
            "title": _("Joint projects: steps"), "rooms": tabs(request.membership, "joint"),
            "query": request.GET.urlencode(),
        },
    )  # fmt: skip


@permit("joint.view", "joint.export")
@require_safe
def export(request: Any) -> HttpResponseBase:
    """The steps as csv under the same conditions, names masked; journaled with its conditions and rows."""
    view = request.GET.get("view", "")
    view = view if view in show.VIEWS else show.VIEWS[0]
    seen = show.views(request.membership, timezone.localdate())[view]
    chosen = tables.StepFilter(request.GET or None, queryset=seen.with_names(), request=request).qs
    rows = list(chosen[: MOST_EXPORTED + 1])
    if len(rows) > MOST_EXPORTED:
        text = _("More than %(n)d rows: choose a month first.") % {"n": MOST_EXPORTED}
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="joint.exported", request=request, rows=len(rows),
            filter=request.GET.urlencode(),
        )  # fmt: skip
    return csv("joint-steps", show.heads(), show.cells(rows))


@permit("joint.view")
@require_safe
def person_list(request: Any) -> HttpResponse:
    """Persons the own institution looks after together with another; all for the alliance's offices."""
    journal.write(by=request.membership, verb="patient.listed", request=request, list="joint-persons")
    rows = Enrolment.objects.visible_to(request.membership).with_names()
    empty = parts.Empty(
        _("Nobody is enrolled yet"), _("Open a project and enrol a person, or read a sheet."), icon="users"
    )
    return lists.answer(
        request, "joint/persons.html", show.with_counts(rows, timezone.localdate()), tables.PersonTable,
        filterset=tables.PersonFilter, empty=empty,
        extra={"title": _("Persons of joint projects"), "rooms": tabs(request.membership, "joint-persons")},
    )  # fmt: skip


@permit("joint.view")
@require_safe
def person(request: Any, pk: int) -> HttpResponse:
    """One person and every step. The read is journaled first (N44)."""
    return _person(request, _enrolment(request, pk))


def _person(request: Any, row: Enrolment, status: int = 200, form: Any = None, **given: Any) -> HttpResponse:
    journal.read(by=request.membership, about=row, request=request, person=row.person_id)
    context = show.person_page(row, request.membership, timezone.localdate(), **given)
    context["typed"] = typed(form, status)
    return render(request, "joint/person.html", context, status=status)


@permit("joint.enrol")
@require_POST
def person_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Name the own doctor, or the person leaves."""
    row, by = _enrolment(request, pk), request.membership
    version = asked.version(request)
    if step == "doctor":
        form: Any = persons.DoctorForm(request.POST, here=here(request).pk, auto_id="doctor-%s")
    elif step == "withdraw":
        form = persons.WithdrawForm(request.POST, auto_id="withdraw-%s")
    else:
        raise Http404
    if not form.is_valid():
        return _person(request, row, 400, **{step: form})
    data = form.cleaned_data
    status = outcome(
        request,
        lambda: services.name_doctor(by=by, enrolment=row, doctor=data["doctor"], version=version)
        if step == "doctor"
        else services.withdraw(
            by=by, enrolment=row, reason=data["reason"], why=data["why"], day=data["withdrawn_on"],
            now=timezone.now(), version=version,
        ),
        form,
    )  # fmt: skip
    if status:
        return _person(request, _enrolment(request, pk), status, form, **{step: form})
    return redirect("joint-person", pk)


@permit("joint.enrol")
@require_POST
def step_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Record a step, or put a wrong record right."""
    rows = Milestone.objects.visible_to(request.membership).select_related("enrolment")
    row, by, version = get_or_404(rows, pk=pk), request.membership, asked.version(request)
    if step == "finish":
        form: Any = persons.FinishForm(request.POST, milestone=row, today=timezone.localdate())
    elif step == "reopen":
        form = common.WhyForm(request.POST, auto_id=f"reopen-{pk}-%s")
    else:
        raise Http404
    status = 400
    if form.is_valid():
        data = form.cleaned_data
        status = outcome(
            request,
            lambda: (
                services.finish(by=by, milestone=row, now=timezone.now(), version=version, **data)
                if step == "finish"
                else services.reopen(by=by, milestone=row, version=version, **data)
            ),
            form,
        )
    if not status:
        return redirect("joint-person", row.enrolment_id)
    enrolment = _enrolment(request, row.enrolment_id)
    return _person(request, enrolment, status, form, **{f"{step}-{pk}": form})


@permit("joint.enrol")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: Any, pk: int) -> HttpResponseBase:
    """Enrol one person; what was typed stays when something is refused."""
    project = _project(pk)
    form = persons.EnrolForm(request.POST or None, here=here(request))
    if request.method == "POST" and form.is_valid():
        made: list[Enrolment] = []
        status = outcome(
            request,
            lambda: made.append(
                services.enrol(
                    by=request.membership, project=project, entry=form.entry(request.membership),
                    now=timezone.now(),
                )
            ),
            form,
        )  # fmt: skip
        if not status:
            messages.success(request, _("Enrolled. Both institutions see the steps and their due days."))
            return redirect("joint-person", made[0].pk)
    context = {"title": _("Enrol a person"), "project": project, "form": form}
    return render(request, "joint/enrol.html", context, status=400 if form.errors else 200)


@permit("joint.enrol")
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: Any, pk: int) -> HttpResponseBase:
    """Enrol the persons of a sheet, whole or not at all."""
    here(request)
    project = _project(pk)
    form = persons.SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["sheet"]
        try:
            made = services.enrol_by_sheet(
                by=request.membership, project=project, name=file.name, content=file, now=timezone.now()
            )
        except Refused as error:
            form.add_error("sheet", worded(error))
        else:
            said = ngettext("%(n)d person is enrolled.", "%(n)d persons are enrolled.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("joint-persons")
    context = {"title": _("Enrol from a sheet"), "project": project, "form": form}
    return render(request, "joint/sheet.html", context, status=400 if form.errors else 200)


def _enrolment(request: Any, pk: int) -> Enrolment:
    return get_or_404(Enrolment.objects.visible_to(request.membership).with_names(), pk=pk)


def _project(pk: int) -> Project:
    return get_or_404(Project.objects.all(), pk=pk)
