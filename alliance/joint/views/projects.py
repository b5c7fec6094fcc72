"""Pages of joint projects: list, one project, its steps, completion of a month."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.joint import facts, services, tables
from alliance.joint.forms import common
from alliance.joint.forms import projects as forms
from alliance.joint.models import Enrolment, Project
from alliance.joint.show import projects as show
from alliance.joint.show.common import tabs
from alliance.joint.views.common import outcome
from alliance.lib.period import Month
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit


@permit("joint.view")
@require_safe
def project_list(request: Any) -> HttpResponse:
    """Projects of the whole alliance, with the number of persons the member may see."""
    here = request.membership.institution_id
    own = Q() if here is None else Q(enrolments__hospital=here) | Q(enrolments__primary=here)
    persons = Count("enrolments", filter=own & Q(enrolments__state=Enrolment.State.ACTIVE), distinct=True)
    empty = parts.Empty(
        _("No joint project yet"), _("The alliance's office opens a project and agrees its steps."),
        icon="users",
    )  # fmt: skip
    return lists.answer(
        request, "joint/projects.html", Project.objects.annotate(persons=persons), tables.ProjectTable,
        empty=empty,
        extra={"title": _("Joint projects"), "rooms": tabs(request.membership, "joint-projects")},
    )  # fmt: skip


@permit("joint.view")
@require_safe
def project(request: Any, pk: int) -> HttpResponse:
    """One project."""
    return render(
        request,
        "joint/project.html",
        show.project_page(_project(pk), request.membership, timezone.localdate()),
    )


@permit("joint.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponseBase:
    """Open a project with its steps; what was typed stays."""
    form, rows = forms.ProjectForm(request.POST or None), forms.StepSet(request.POST or None)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        made: list[Project] = []
        terms = form.terms(forms.agreed_steps(rows))
        status = outcome(
            request,
            lambda: made.append(services.open_project(by=request.membership, terms=terms)),
            form,
        )
        if not status:
            messages.success(request, _("The project is open; institutions may enrol persons."))
            return redirect("joint-project", made[0].pk)
    context = {"title": _("Open a joint project"), "form": form, "rows": rows}
    wrong = bool(form.errors or (rows.is_bound and rows.total_error_count()))
    return render(request, "joint/new.html", context, status=400 if wrong else 200)


@permit("joint.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: Any, pk: int) -> HttpResponseBase:
    """Agree other steps from a day on."""
    row = _project(pk)
    form, rows = forms.StepsForm(request.POST or None), forms.StepSet(request.POST or None)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        agreed = forms.agreed_steps(rows)
        status = outcome(
            request,
            lambda: services.agree_steps(
                by=request.membership, project=row, from_day=form.cleaned_data["from_day"], steps=agreed
            ),
            form,
        )
        if not status:
            messages.success(request, _("The steps hold from that day; who is enrolled keeps the old ones."))
            return redirect("joint-project", pk)
    context = {"title": _("Agree other steps"), "project": row, "form": form, "rows": rows}
    wrong = bool(form.errors or (rows.is_bound and rows.total_error_count()))
    return render(request, "joint/new.html", context, status=400 if wrong else 200)


@permit("joint.plan")
@require_POST
def end(request: Any, pk: int) -> HttpResponseBase:
    """End a project."""
    row, form = _project(pk), common.WhyForm(request.POST, auto_id="end-%s")
    version, status = asked.version(request), 400
    if form.is_valid():
        why = form.cleaned_data["why"]
        status = outcome(
            request,
            lambda: services.end_project(by=request.membership, project=row, why=why, version=version),
            form,
        )
    if not status:
        return redirect("joint-project", pk)
    context = show.project_page(_project(pk), request.membership, timezone.localdate())
    return render(request, "joint/project.html", context, status=status)


@permit("joint.view")
@require_safe
def rates(request: Any) -> HttpResponse:
    """Completion of a month, of what is credited to the own institution or of all."""
    today = timezone.localdate()
    month = asked.month(request) or Month.of(today)
    rows = facts.joint_facts(month, until=today, institution_id=request.membership.institution_id)
    return render(request, "joint/rates.html", show.rates_page(rows, month, request.membership, today))


def _project(pk: int) -> Project:
    return get_or_404(Project.objects.all(), pk=pk)
