"""After the copy: statements and their answers, rectification with its re-check."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.models import OnsiteRectification, OnsiteStatement
from performance.onsite import forms, show, tables
from performance.onsite.services import afterwards
from performance.onsite.views.visits import FASTER, visit_or_404


@permit("onsite.view", "onsite.answer")
@require_POST
def state(request: Any, pk: int, result: int) -> HttpResponseBase:
    """State something about an item of the copy."""
    row = visit_or_404(request, pk)
    about = get_or_404(row.results.select_related("visit__institution"), pk=result)  # type: ignore[attr-defined]
    form = forms.StatementForm(request.POST, auto_id=f"s{result}-%s")
    if form.is_valid():
        try:
            afterwards.state(
                by=request.membership, result=about, text=form.cleaned_data["text"], now=timezone.now()
            )
            return redirect(f"{request.path.partition('/items/')[0]}/#i-{about.item}")
        except Refused as error:
            add_refusal(form, error)
    page = show.page(row, request.membership, timezone.now(), state=(about.pk, form))
    return render(request, "performance/onsite/visit.html", page, status=400)


@permit("onsite.view", "onsite.plan")
@require_POST
def decide(request: Any, pk: int, statement: int) -> HttpResponseBase:
    """Answer a statement; points may be given back."""
    row, status = visit_or_404(request, pk), 400
    rows = OnsiteStatement.objects.select_related("result__visit__checklist", "result__visit__institution")
    about = get_or_404(rows.filter(result__visit=row), pk=statement)
    form = forms.DecisionForm(request.POST, auto_id=f"d{statement}-%s")
    if form.is_valid():
        try:
            afterwards.decide(by=request.membership, statement=about, now=timezone.now(), **form.cleaned_data)
            return redirect(f"{request.path.partition('/statements/')[0]}/#i-{about.result.item}")
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            form.add_error(None, _(FASTER))
    page = show.page(row, request.membership, timezone.now(), decide=(about.pk, form))
    return render(request, "performance/onsite/visit.html", page, status=status)


@permit("onsite.view")
@require_safe
def rectification_list(request: Any) -> HttpResponse:
    """What is to be put right, the most urgent first."""
    view = request.GET.get("view", "")
    rows = show.rectifications_seen(request.membership)
    if view != "all":
        rows = rows.exclude(state__in=["closed", "dropped"])
    tabs = [parts.Tab(_("open"), "?", view != "all"), parts.Tab(_("all"), "?view=all", view == "all")]
    return lists.answer(
        request, "performance/onsite/rectifications.html", rows, tables.RectificationTable, tabs=tabs,
        empty=parts.Empty(_("Nothing is to be put right")),
        extra={"title": _("Rectification"),
               "rooms": show.tabs("onsite-rectifications", request.membership)},
    )  # fmt: skip


def _row(request: Any, pk: int) -> OnsiteRectification:
    rows = show.rectifications_seen(request.membership).select_related(
        "institution", "result__answer", "result__visit__checklist", "result__visit__institution",
        "answered_by__user", "checked_by__user",
    )  # fmt: skip
    return get_or_404(rows, pk=pk)


@permit("onsite.view")
@require_safe
def rectification(request: Any, pk: int) -> HttpResponse:
    """One rectification."""
    page = show.rectification_page(_row(request, pk), request.membership, timezone.now())
    return render(request, "performance/onsite/rectification.html", page)


@permit("onsite.view")
@require_POST
def rectify(request: Any, pk: int, step: str) -> HttpResponseBase:
    """The institution answers; an inspector or the office re-checks."""
    row, by, now = _row(request, pk), request.membership, timezone.now()
    if step not in STEPS:
        raise Http404
    form, status = STEPS[step](request), 400
    if form.is_valid():
        data, version = form.cleaned_data, asked.version(request)
        try:
            if step == "reply":
                afterwards.reply(
                    by=by, row=row, said=data["said"], uploads=data["files"], now=now, version=version
                )
            else:
                afterwards.recheck(
                    by=by, row=row, holds=step == "close", found=data["found"], now=now,
                    due_on=data.get("due_on"), version=version,
                )  # fmt: skip
            return redirect("onsite-rectification", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show.rectification_page(_row(request, pk), by, now, **{step: form})
    return render(request, "performance/onsite/rectification.html", page, status=status)


STEPS: dict[str, Any] = {
    "reply": lambda request: forms.ReplyForm(request.POST, request.FILES, auto_id="reply-%s"),
    "close": lambda request: forms.HoldsForm(request.POST, auto_id="close-%s"),
    "fail": lambda request: forms.FailsForm(request.POST, auto_id="fail-%s"),
}


@permit("onsite.view")
@require_safe
def proof(request: Any, pk: int, proof: int) -> HttpResponseBase:
    """One file that shows that something was put right; each fetch is journaled."""
    found = get_or_404(_row(request, pk).proofs.select_related("file"), pk=proof)  # type: ignore[attr-defined]
    return fetched(request, found.file)
