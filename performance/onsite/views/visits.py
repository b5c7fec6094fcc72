"""Pages of visits: list, plan, one visit with its result, the copy on A4, photos and signatures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.declared.services import vetoes
from performance.models import OnsitePhoto, OnsiteSignature, OnsiteVisit
from performance.models.onsite import PLAN
from performance.onsite import crosscheck, forms, show, tables, words
from performance.onsite.services import planning, withdrawing
from performance.onsite.sheet import sheet_of

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."


def visit_or_404(request: Any, pk: int) -> OnsiteVisit:
    """A visit the member sees."""
    return get_or_404(OnsiteVisit.objects.seen_by(request.membership).named(), pk=pk)


@permit("onsite.view")
@require_safe
def visit_list(request: Any) -> HttpResponse:
    """Visits, the newest first."""
    member = request.membership
    plans = member.institution_id is None and member.can(PLAN)
    rows = OnsiteVisit.objects.seen_by(member).named()
    return lists.answer(
        request, "performance/onsite/list.html", rows, tables.VisitTable, filterset=tables.VisitFilter,
        empty=tables.no_visit(plans),
        extra={"title": _("On-site assessment"), "rooms": show.tabs("onsite", member), "plans": plans},
    )  # fmt: skip


@permit("onsite.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any) -> HttpResponseBase:
    """Plan a visit; its samples are drawn at once."""
    form = forms.PlanForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = planning.plan(by=request.membership, plan=form.plan(), now=timezone.now())
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The visit is planned, its samples are drawn."))
            return redirect("onsite-visit", made.pk)
    context = {"title": _("Plan a visit"), "form": form}
    return render(request, "performance/onsite/plan.html", context, status=400 if form.errors else 200)


@permit("onsite.view")
@require_safe
def visit(request: Any, pk: int) -> HttpResponse:
    """One visit."""
    row = visit_or_404(request, pk)
    page = show.page(row, request.membership, timezone.now())
    return render(request, "performance/onsite/visit.html", page)


@permit("onsite.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Begin it, or call it off."""
    row, by, version = visit_or_404(request, pk), request.membership, asked.version(request)
    given: dict[str, Any] = {}
    status = 409
    try:
        if step == "start":
            planning.start(by=by, visit=row, version=version)
            return redirect("onsite-field", pk)
        if step != "cancel":
            raise Http404
        form = forms.WhyForm(request.POST, auto_id="cancel-%s")
        if form.is_valid():
            planning.cancel(by=by, visit=row, why=form.cleaned_data["why"], version=version)
            return redirect("onsite-visit", pk)
        given, status = {"cancel": form}, 400
    except Stale:
        messages.error(request, _(FASTER))
    page = show.page(visit_or_404(request, pk), by, timezone.now(), **given)
    return render(request, "performance/onsite/visit.html", page, status=status)


@permit("onsite.view")
@require_safe
def copy(request: Any, pk: int) -> HttpResponse:
    """The copy for the inspected, on A4: every deduction with its reason and photos, room for a statement."""
    row = visit_or_404(request, pk)
    if row.state != OnsiteVisit.State.SIGNED:
        raise Http404
    sheet = sheet_of(row)
    found = show.lines(sheet, request.membership, timezone.now())
    context = {
        "title": _("Copy of the on-site assessment"), "visit": row, "sheet": sheet,
        "quarter": words.quarter(row.span), "percent": web_words.plain(row.percent),
        "points": web_words.plain(row.points), "full": web_words.plain(row.full), "lines": found,
        "lost": [line for line in found if line.lost], "printed": timezone.now(),
        "inspected": [one for one in sheet.signatures if one.side == "inspected"],
        "inspecting": [one for one in sheet.signatures if one.side == "inspector"],
    }  # fmt: skip
    return render(request, "performance/onsite/copy.html", context)


@permit("onsite.view")
@require_safe
def photo(request: Any, pk: int, photo: int) -> HttpResponseBase:
    """One photo of a visit; each fetch is journaled."""
    row = visit_or_404(request, pk)
    rows = OnsitePhoto.objects.filter(visit=row, withdrawn_at=None).select_related("file")
    return fetched(request, get_or_404(rows, pk=photo).file)


@permit("onsite.view")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_photo(request: Any, pk: int, photo: int) -> HttpResponseBase:
    """Take a photo back, with a reason."""
    row, by, status = visit_or_404(request, pk), request.membership, 200
    found = get_or_404(OnsitePhoto.objects.filter(visit=row).select_related("file", "visit"), pk=photo)
    mine = row.inspectors.filter(member=by).first()  # type: ignore[attr-defined]
    if found.withdrawn_at is None and not withdrawing.may_withdraw(by, row, mine, found):
        raise PermissionDenied(_("Only the inspectors of this visit do this."))
    form = forms.WhyForm(request.POST or None)
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                withdrawing.withdraw(by=by, photo=found, why=form.cleaned_data["why"], now=timezone.now())
                return redirect("onsite-field" if row.state == OnsiteVisit.State.OPEN else "onsite-visit", pk)
            except Refused as error:
                add_refusal(form, error)
                status = 409 if error.reason == "withdrawn" else 400
    context = {"title": _("Withdraw a photo"), "visit": row, "photo": found, "form": form}
    return render(request, "performance/onsite/photo.html", context, status=status)


@permit("onsite.view")
@require_POST
def veto(request: Any, pk: int) -> HttpResponseBase:
    """Propose a one-vote veto for what was found falsified on site."""
    row, by, status = visit_or_404(request, pk), request.membership, 400
    require(by, vetoes.CHECK)
    form = crosscheck.form_of(row, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            vetoes.propose_from_visit(
                by=by, visit=row, month=Month.parse(data["month"]), reason=data["reason"],
                chain=data["chain"], now=timezone.now(),
            )  # fmt: skip
            return redirect("onsite-visit", pk)
        except Refused as error:
            add_refusal(form, error)
    page = show.page(row, by, timezone.now(), veto=form)
    return render(request, "performance/onsite/visit.html", page, status=status)


@permit("onsite.view")
@require_safe
def signature(request: Any, pk: int, signature: int) -> HttpResponseBase:
    """One signature of a visit."""
    row = visit_or_404(request, pk)
    rows = OnsiteSignature.objects.filter(visit=row, file__isnull=False).select_related("file")
    return fetched(request, get_or_404(rows, pk=signature).file)
