"""Pages of techniques: cases, one case, register, one technique, subsidies of a month."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.joint import services
from alliance.joint import technique_tables as tables
from alliance.joint.forms import common
from alliance.joint.forms import techniques as forms
from alliance.joint.models import Licence, Subsidy, Technique, TechniqueCase
from alliance.joint.show import techniques as show
from alliance.joint.show.common import tabs
from alliance.joint.views.common import csv, here, outcome
from alliance.lib.period import Month
from alliance.services import journal
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit


@permit("joint.view")
@require_safe
def case_list(request: Any) -> HttpResponse:
    """Cases done or paid by the own institution."""
    by = request.membership
    journal.write(by=by, verb="patient.listed", request=request, list="joint-cases")
    empty = parts.Empty(
        _("No case yet"), _("An institution that may do a technique enters its cases here."), icon="list"
    )
    return lists.answer(
        request, "joint/cases.html", TechniqueCase.objects.visible_to(by).with_names(), tables.CaseTable,
        filterset=tables.CaseFilter, empty=empty,
        extra={
            "title": _("Appropriate techniques: cases"), "rooms": tabs(by, "joint-cases"),
            "enters": by.institution_id is not None and by.can("joint.perform"),
        },
    )  # fmt: skip


@permit("joint.perform")
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: Any) -> HttpResponseBase:
    """Enter a case; what was typed stays."""
    place = here(request)
    form = forms.CaseForm(request.POST or None, here=place.pk, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        made: list[TechniqueCase] = []
        status = outcome(
            request,
            lambda: made.append(
                services.perform(
                    by=request.membership, technique=form.cleaned_data["technique"],
                    case=form.performed(request.membership), now=timezone.now(),
                )
            ),
            form,
        )  # fmt: skip
        if not status:
            messages.success(request, _("Entered. A second person or the paying side confirms it."))
            return redirect("joint-cases")
    context = {"title": _("Enter a case"), "form": form}
    return render(request, "joint/case_new.html", context, status=400 if form.errors else 200)


@permit("joint.view")
@require_safe
def case(request: Any, pk: int) -> HttpResponse:
    """One case. The read is journaled first (N44)."""
    return _case(request, _row(request, pk))


def _case(request: Any, row: TechniqueCase, status: int = 200, form: Any = None) -> HttpResponse:
    journal.read(by=request.membership, about=row, request=request, person=row.person_id)
    context = show.case_page(row, request.membership, form)
    return render(request, "joint/case.html", context, status=status)


@permit("joint.confirm")
@require_POST
def case_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """A second person confirms or rejects."""
    row, by, version = _row(request, pk), request.membership, asked.version(request)
    if step == "confirm":
        form: Any = None
        status = outcome(request, lambda: services.confirm_case(by=by, case=row, version=version))
    elif step == "reject":
        form = common.WhyForm(request.POST, auto_id=f"reject-{pk}-%s")
        status = 400
        if form.is_valid():
            why = form.cleaned_data["why"]
            status = outcome(
                request, lambda: services.reject_case(by=by, case=row, why=why, version=version), form
            )
    else:
        raise Http404
    return _case(request, _row(request, pk), status, form) if status else redirect("joint-case", pk)


@permit("joint.view")
@require_safe
def technique_list(request: Any) -> HttpResponse:
    """The register: what a case is paid today, who may do it."""
    by = request.membership
    today = Subsidy.objects.filter(technique=OuterRef("pk"), from_day__lte=timezone.localdate())
    rows = Technique.objects.select_related("payer").annotate(
        fen=Subquery(today.order_by("-from_day").values("fen")[:1]),
        places=Count("licences", filter=Q(licences__ended_on=None)),
    )
    empty = parts.Empty(
        _("No technique registered yet"), _("The alliance's office registers what is spread and paid."),
        icon="list",
    )  # fmt: skip
    return lists.answer(
        request, "joint/techniques.html", rows, tables.TechniqueTable, empty=empty,
        extra={"title": _("Appropriate techniques"), "rooms": tabs(by, "joint-cases")},
    )  # fmt: skip


@permit("joint.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def technique_new(request: Any) -> HttpResponseBase:
    """Register a technique."""
    form = forms.TechniqueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Technique] = []
        status = outcome(
            request,
            lambda: made.append(services.register_technique(by=request.membership, new=form.new())),
            form,
        )
        if not status:
            messages.success(request, _("Registered. Now say which institutions may do it."))
            return redirect("joint-technique", made[0].pk)
    context = {"title": _("Register a technique"), "form": form}
    return render(request, "joint/technique_new.html", context, status=400 if form.errors else 200)


@permit("joint.view")
@require_safe
def technique(request: Any, pk: int) -> HttpResponse:
    """One technique."""
    return _technique(request, pk)


def _technique(request: Any, pk: int, status: int = 200, **given: Any) -> HttpResponse:
    context = show.technique_page(_known(pk), request.membership, **given)
    return render(request, "joint/technique.html", context, status=status)


@permit("joint.plan")
@require_POST
def technique_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Allow an institution, decide another subsidy, or end it."""
    row, by, version = _known(pk), request.membership, asked.version(request)
    deeds: dict[str, Any] = {
        "allow": (
            lambda: forms.LicenceForm(request.POST, technique=row, auto_id="allow-%s"),
            lambda data: services.allow(by=by, technique=row, **data),
        ),
        "subsidy": (
            lambda: forms.SubsidyForm(request.POST, auto_id="subsidy-%s"),
            lambda data: services.decide_subsidy(by=by, technique=row, **data),
        ),
        "end": (
            lambda: common.WhyForm(request.POST, auto_id="end-%s"),
            lambda data: services.end_technique(by=by, technique=row, version=version, **data),
        ),
    }
    if step not in deeds:
        raise Http404
    form, status = deeds[step][0](), 400
    if form.is_valid():
        status = outcome(request, lambda: deeds[step][1](form.cleaned_data), form)
    return _technique(request, pk, status, **{step: form}) if status else redirect("joint-technique", pk)


@permit("joint.plan")
@require_POST
def licence_end(request: Any, pk: int) -> HttpResponseBase:
    """Take an institution's permission back."""
    row = get_or_404(Licence.objects.select_related("technique"), pk=pk)
    form, status = forms.EndLicenceForm(request.POST, auto_id=f"licence-{pk}-%s"), 400
    if form.is_valid():
        day = form.cleaned_data["day"]
        status = outcome(
            request, lambda: services.disallow(by=request.membership, licence=row, day=day), form
        )
    if status:
        return _technique(request, row.technique_id, status, **{f"licence-{pk}": form})
    return redirect("joint-technique", row.technique_id)


@permit("joint.view")
@require_safe
def subsidies(request: Any) -> HttpResponseBase:
    """What a month's confirmed cases owe, institution to institution."""
    month = asked.month(request) or Month.of(timezone.localdate())
    return render(request, "joint/subsidies.html", show.subsidies_page(month, request.membership))


@permit("joint.view", "joint.export")
@require_safe
def subsidies_export(request: Any) -> HttpResponseBase:
    """The month's debts as csv, with the cases behind; journaled."""
    month = asked.month(request) or Month.of(timezone.localdate())
    lines = show.subsidies_page(month, request.membership)["lines"]
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="joint.subsidies_exported", request=request, month=str(month),
            rows=len(lines),
        )  # fmt: skip
    return csv(f"subsidies-{month}", show.heads(), show.cells(lines))


def _row(request: Any, pk: int) -> TechniqueCase:
    return get_or_404(TechniqueCase.objects.visible_to(request.membership).with_names(), pk=pk)


def _known(pk: int) -> Technique:
    return get_or_404(Technique.objects.select_related("payer"), pk=pk)
