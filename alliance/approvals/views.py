"""Pages of approvals: the list, one approval, verdicts, documents of bodies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals import facts, forms, services, show, tables
from alliance.approvals.models import Approval, OutsideDecision
from alliance.approvals.refusals import explained
from alliance.models import Attachment, Membership
from alliance.services import files, journal
from alliance.web import lists
from alliance.web.access import get_or_404, permit, way
from alliance.web.parts import Empty


@permit("approval.view")
@require_safe
def approval_list(request: Any) -> HttpResponse:
    """What waits for me first; then all open ones, mine, all."""
    waiting, asked = facts.waiting_for(request.membership), request.GET.get("view", "")
    view = asked if asked in tables.VIEWS else ("waiting" if waiting else "open")
    rows = waiting if view == "waiting" else tables.rows_of(request.membership, view)
    empty = Empty(
        _("Nothing waits for approval here"), _("What is proposed appears in this list."), icon="ok"
    )
    return lists.answer(
        request, "approvals/list.html", rows, tables.ApprovalTable, tabs=tables.tabs(view, len(waiting)),
        empty=empty, extra={"title": _("Approvals"), "chains": way(request.membership, "chains")},
    )  # fmt: skip


@permit("approval.view")
@require_safe
def approval(request: Any, pk: int) -> HttpResponse:
    """One approval: what is to be decided, where it stands, what this member may do."""
    return _page(request, visible(request.membership, pk))


@permit("approval.decide")
@require_POST
@explained
def decide(request: Any, pk: int) -> HttpResponseBase:
    """Give a verdict."""
    found, form = visible(request.membership, pk), forms.DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    found = services.decide(by=request.membership, approval=found, **form.cleaned_data)
    messages.success(request, facts.state_text(found))
    return redirect("approval", pk)


@permit("approval.view")
@require_POST
@explained
def withdraw(request: Any, pk: int) -> HttpResponseBase:
    """Take one's own proposal back."""
    found, form = visible(request.membership, pk), forms.WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, found)
    services.withdraw(by=request.membership, approval=found, note=form.cleaned_data["note"])
    messages.success(request, _("The proposal is withdrawn."))
    return redirect("approval", pk)


@permit("approval.decide")
@require_http_methods(["GET", "HEAD", "POST"])
@explained
def outside(request: Any, pk: int) -> HttpResponseBase:
    """Enter what a body decided on paper, with its minutes."""
    found = visible(request.membership, pk)
    data = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = forms.OutsideForm(approval=found, **data)
    if not form.is_valid():
        context = {"title": _("Decision of a body"), "approval": found, "form": form}
        return render(request, "approvals/outside.html", context, status=400 if form.errors else 200)
    content = dict(form.cleaned_data)
    minutes = content.pop("minutes")
    attachment = _stored(request.membership, found, minutes) if minutes else None
    services.enter_outside(by=request.membership, approval=found, attachment=attachment, **content)
    messages.success(request, _("Entered. It counts when a colleague has checked it against the document."))
    return redirect("approval", pk)


@permit("approval.decide")
@require_POST
@explained
def check(request: Any, pk: int, paper: int) -> HttpResponseBase:
    """Say whether an entered decision agrees with its document."""
    found, form = visible(request.membership, pk), forms.CheckForm(request.POST)
    entered = get_or_404(OutsideDecision.objects.filter(approval=found), pk=paper)
    if not form.is_valid():
        return _page(request, found, form)
    found = services.check_outside(by=request.membership, outside=entered, **form.cleaned_data)
    messages.success(request, facts.state_text(found))
    return redirect("approval", pk)


@permit("approval.view")
@require_safe
def minutes(request: Any, pk: int, paper: int) -> HttpResponseBase:
    """The scanned minutes of an entered decision."""
    found = visible(request.membership, pk)
    entered = get_or_404(
        OutsideDecision.objects.select_related("attachment").filter(approval=found), pk=paper
    )
    if entered.attachment is None:
        raise Http404
    journal.write(by=request.membership, verb="approval.minutes_read", about=entered, request=request)
    response = StreamingHttpResponse(
        files.read(entered.attachment), content_type=entered.attachment.content_type
    )
    response["Content-Disposition"] = "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def visible(membership: Membership, pk: int) -> Approval:
    """The approval, or 404 when this member may not know it."""
    rows = Approval.objects.seen_by(membership).select_related("proposed_by__user", "chain", "institution")
    found: Approval = get_or_404(rows, pk=pk)
    return found


def _page(request: Any, found: Approval, bound: Any = None) -> HttpResponse:
    context = show.page(found, request.membership, bound)
    return render(request, "approvals/approval.html", context, status=400 if bound is not None else 200)


def _stored(by: Membership, about: Approval, minutes: Any) -> Attachment:
    return files.store(
        by=by, name=minutes.name, content=minutes.chunks(), purpose=Attachment.Purpose.EVIDENCE,
        content_type=forms.scan_type(minutes) or "", limit=forms.scan_limit(), institution=about.institution,
    )  # fmt: skip
