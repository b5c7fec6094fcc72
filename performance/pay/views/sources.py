"""The page of what pay stands on: source accounts, pay totals, rules; entering and confirming them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.parts import Fact
from alliance.web.refused import add_refusal
from performance.decided.forms import AsideForm
from performance.models import FundEntry, PayRule, PayTotal
from performance.models.pay import CONFIRM, LOOK, RUN, Withdrawable
from performance.pay import forms_sources as forms
from performance.pay import show_sources
from performance.pay.services import entering
from performance.services.rights import require

# What is entered here, by the word of its address: title, form, service.
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "fund": (lambda: _("Open a source account"), forms.FundForm, entering.open_fund),
    "entry": (lambda: _("Feed a source account"), forms.EntryForm, entering.enter_fund),
    "total": (lambda: _("Enter an approved pay total"), forms.TotalForm, entering.enter_total),
    "rule": (lambda: _("Enter a rule"), forms.RuleForm, entering.enter_rule),
}
CONFIRMED: dict[str, tuple[Any, Any]] = {
    "entry": (FundEntry, entering.confirm_fund),
    "total": (PayTotal, entering.confirm),
    "rule": (PayRule, entering.confirm),
}


@permit(LOOK)
@require_safe
def source_list(request: Any) -> HttpResponse:
    """Source accounts, approved totals of this year, rules."""
    page = show_sources.page(request.membership, timezone.localdate().year)
    return render(request, "performance/pay/sources.html", page)


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any, what: str) -> HttpResponseBase:
    """Enter one of them; a second person confirms it."""
    if what not in KINDS:
        raise Http404
    title, form_of, deed = KINDS[what]
    more = {"today": timezone.localdate()} if what == "rule" else {}
    files = {"files": request.FILES or None} if what == "entry" else {}
    form = form_of(request.POST or None, **files, **more)
    if request.method == "POST" and form.is_valid():
        data = form.entry() if hasattr(form, "entry") else form.cleaned_data
        try:
            made = deed(by=request.membership, now=timezone.now(), **data)
        except Refused as error:
            add_refusal(form, error)
        else:
            said = (
                _("Opened.") if what == "fund" else _("Entered. It counts when a colleague has confirmed it.")
            )
            messages.success(request, said)
            if isinstance(made, FundEntry):
                for doubt in show_sources.doubts(made):
                    messages.warning(request, doubt)
            return redirect("pay-sources")
    context = {"title": title(), "form": form}
    return render(request, "performance/pay/enter.html", context, status=400 if form.errors else 200)


@permit(CONFIRM)
@require_POST
@explained
def confirm(request: Any, what: str, pk: int) -> HttpResponseBase:
    """The second person."""
    if what not in CONFIRMED:
        raise Http404
    model, deed = CONFIRMED[what]
    deed(by=request.membership, row=get_or_404(model.objects.all(), pk=pk), now=timezone.now())
    messages.success(request, _("Confirmed."))
    return redirect("pay-sources")


@permit(LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: Any, what: str, pk: int) -> HttpResponseBase:
    """Why a wrong entry is left: by who entered it or by the second person."""
    if what not in CONFIRMED:
        raise Http404
    row = get_or_404(CONFIRMED[what][0].objects.select_related("entered_by__user"), pk=pk)
    subject, back = show_sources.facts(row), (reverse("pay-sources"), _("Sources and limits"))
    return leave(request, row, entering.set_aside, subject=subject, back=back)


def leave(
    request: Any, row: Withdrawable, deed: Any, *, subject: Sequence[Fact], back: tuple[str, str]
) -> HttpResponse:
    """Ask why an entry is left, then leave it by `deed`; `back`: address and words of the page it stands on.

    Raises PermissionDenied.
    """
    by = request.membership
    mine = row.entered_by.user_id == by.user_id
    require(by, RUN if mine else CONFIRM)
    form = AsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deed(by=by, row=row, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Set aside. It counts nowhere and stays to be read."))
            return HttpResponseRedirect(back[0])
    context = {
        "title": _("Take an entry back") if mine else _("Set an entry aside"), "form": form,
        "subject": subject, "label": show_sources.ways(row, by).leave, "back": back,
    }  # fmt: skip
    return render(request, "performance/pay/aside.html", context, status=400 if form.errors else 200)


@permit(LOOK)
@require_safe
def scan(request: Any, pk: int) -> HttpResponseBase:
    """The scan of a decision; each download is journaled."""
    row = get_or_404(FundEntry.objects.select_related("scan"), pk=pk)
    return fetched(request, row.scan)
