"""Pages of abnormal cases: the office's queue, reporting one from a case, one report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Tab
from alliance.web.refused import add_refusal
from grouping import visible
from grouping.abnormal import forms, liaisons, services, show, tables
from grouping.abnormal.models import REPORT, VIEW, AbnormalReport

VIEWS = ("waiting", "answered", "all")


@permit(VIEW)
@require_safe
def reports(request: Any) -> HttpResponse:
    """What waits, what was answered, all; the month's counts by department."""
    wanted = request.GET.get("view", "")
    view = wanted if wanted in VIEWS else VIEWS[0]
    rows = AbnormalReport.objects.visible_to(request.membership).named()
    states = {"waiting": ["sent"], "answered": ["answered"]}
    rows = rows.filter(state__in=states[view]) if view in states else rows
    labels = {
        "waiting": pgettext("abnormal", "Waiting"), "answered": pgettext("abnormal", "Answered"),
        "all": _("All"),
    }  # fmt: skip
    month = asked.month(request) or Month.of(timezone.localdate())
    extra = {
        "title": _("Abnormal cases"), "month": words.month(month.first_day),
        "wards": show.by_department(request.membership, month),
        "without": liaisons.wrong(request.membership, timezone.localdate()),
    }  # fmt: skip
    return lists.answer(
        request, "abnormal/list.html", rows, tables.ReportTable, empty=tables.NONE, extra=extra,
        tabs=[Tab(label, f"?view={name}", name == view) for name, label in labels.items()],
    )  # fmt: skip


@permit(VIEW)
@require_safe
def liaison_list(request: Any) -> HttpResponse:
    """Clinical departments with their insurance liaisons, those without the right number first."""
    held = liaisons.band(timezone.localdate())
    units = liaisons.units(request.membership, held)
    return render(request, "abnormal/liaisons.html", show.liaison_page(held, units))


@permit(VIEW, REPORT, "case.view")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Any, case: int) -> HttpResponseBase:
    """Report a case."""
    row = get_or_404(visible.cases(request.membership).select_related("institution"), pk=case)
    form = forms.ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.report(by=request.membership, case=row, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("Reported. The answer is due by %(due)s.") % {"due": words.until(made.due_at)}
            )
            return redirect("abnormal-report", made.pk)
    context = {"title": pgettext("abnormal", "Report an abnormal case"), "form": form, "case": row}
    return render(request, "abnormal/report.html", context, status=400 if form.errors else 200)


def _found(request: Any, pk: int) -> AbnormalReport:
    return get_or_404(AbnormalReport.objects.visible_to(request.membership).named(), pk=pk)


def _answered(request: Any, row: AbnormalReport, given: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "abnormal/page.html", show.page(row, request.membership, given), status=status)


@permit(VIEW)
@require_safe
def one(request: Any, pk: int) -> HttpResponse:
    """One report."""
    return _answered(request, _found(request, pk), {})


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Answer, withdraw, link."""
    row, by = _found(request, pk), request.membership
    made: dict[str, Any] = {
        "reply": lambda: forms.ReplyForm(request.POST, auto_id="reply-%s"), "withdraw": lambda: None,
        "link": lambda: forms.LinkForm(request.POST, by=by, auto_id="link-%s"),
    }  # fmt: skip
    if step not in made:
        raise Http404
    form, version = made[step](), asked.version(request)
    if form is None or form.is_valid():
        try:
            if step == "reply":
                services.reply(by=by, report=row, now=timezone.now(), version=version, **form.cleaned_data)
            elif step == "link":
                services.link(by=by, report=row, **form.said())
            else:
                services.withdraw(by=by, report=row, version=version)
            messages.success(request, _("Kept."))
            return redirect("abnormal-report", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return _answered(request, _found(request, pk), {}, 409)
    return _answered(request, row, {step: form}, 400)
