"""Pages of joint research: the register, one project."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.joint import conference_tables as tables
from alliance.joint import services
from alliance.joint.forms import conferences as forms
from alliance.joint.models import Research
from alliance.joint.show import conferences as show
from alliance.joint.show.common import tabs
from alliance.joint.views.common import here, outcome
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit


@permit("joint.view")
@require_safe
def study_list(request: Any) -> HttpResponse:
    """Projects the own institution leads or joins; all for the alliance's offices."""
    by = request.membership
    rows = Research.objects.visible_to(by).select_related("institution", "leader")
    empty = parts.Empty(
        _("No joint research project yet"), _("The leading institution registers it with its partners."),
        icon="search",
    )  # fmt: skip
    return lists.answer(
        request, "joint/research.html", rows.annotate(houses=Count("partners")), tables.ResearchTable,
        empty=empty,
        extra={
            "title": _("Joint research projects"), "rooms": tabs(by, "joint-research"),
            "leads": by.institution_id is not None and by.can("joint.host"),
        },
    )  # fmt: skip


@permit("joint.host")
@require_http_methods(["GET", "HEAD", "POST"])
def study_new(request: Any) -> HttpResponseBase:
    """Register a project; what was typed stays."""
    form = forms.StudyForm(request.POST or None, here=here(request).pk)
    if request.method == "POST" and form.is_valid():
        made: list[Research] = []
        status = outcome(
            request,
            lambda: made.append(services.register_research(by=request.membership, study=form.study())),
            form,
        )
        if not status:
            messages.success(request, _("Registered. It counts for every institution that takes part."))
            return redirect("joint-study", made[0].pk)
    context = {"title": _("Register a research project"), "form": form}
    return render(request, "joint/study_new.html", context, status=400 if form.errors else 200)


@permit("joint.view")
@require_safe
def study(request: Any, pk: int) -> HttpResponse:
    """One project."""
    page = show.study_page(_row(request, pk), request.membership, timezone.localdate())
    return render(request, "joint/study.html", page)


@permit("joint.host")
@require_POST
def study_end(request: Any, pk: int) -> HttpResponseBase:
    """It has ended."""
    row, form, status = _row(request, pk), forms.EndStudyForm(request.POST, auto_id="end-%s"), 400
    if form.is_valid():
        version, data = asked.version(request), form.cleaned_data
        status = outcome(
            request,
            lambda: services.end_research(
                by=request.membership, research=row, now=timezone.now(), version=version, **data
            ),
            form,
        )
    if status:
        page = show.study_page(_row(request, pk), request.membership, timezone.localdate(), form)
        return render(request, "joint/study.html", page, status=status)
    return redirect("joint-study", pk)


def _row(request: Any, pk: int) -> Research:
    rows = Research.objects.visible_to(request.membership).select_related("institution", "leader")
    return get_or_404(rows, pk=pk)
