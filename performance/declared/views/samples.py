"""Pages of the cross-check: draw, check, notice, veto (S3-36)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import add_refusal, worded
from performance.declared import forms, show_due, show_samples, tables
from performance.declared.services import samples
from performance.declared.views.due import served
from performance.models import DeclaredCheck
from performance.onsite import crosscheck

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."


@permit("declared.view")
@require_safe
def sample_list(request: Any) -> HttpResponse:
    """Samples, the newest first; the office draws one of the month that is due."""
    member = request.membership
    month = Month.of(timezone.localdate()).previous()
    draws = member.institution_id is None and member.can(samples.CHECK)
    return lists.answer(
        request, "performance/declared/samples.html", show_samples.samples_seen(member), tables.SampleTable,
        empty=tables.no_sample(),
        extra={"title": _("Cross-check"), "month": month if draws else None,
               "rooms": show_due.tabs("declared-samples", member),
               "notices": [(one, show_samples.state(one)) for one in show_samples.notices_seen(member)[:12]]},
    )  # fmt: skip


@permit("declared.check")
@require_POST
def draw(request: Any, month: Month) -> HttpResponseBase:
    """Draw a sample of a month."""
    try:
        made = samples.draw(by=request.membership, month=served(month), now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
        return redirect("declared-samples")
    return redirect("declared-sample", made.pk)


@permit("declared.view")
@require_safe
def sample(request: Any, pk: int) -> HttpResponse:
    """One sample: how it was drawn and what was found."""
    row = get_or_404(show_samples.samples_seen(request.membership), pk=pk)
    return render(request, "performance/declared/sample.html", show_samples.page(row, request.membership))


@permit("declared.check")
@require_POST
def check(request: Any, pk: int) -> HttpResponseBase:
    """Say what was found in the evidence of one value."""
    by = request.membership
    rows = DeclaredCheck.objects.select_related(
        "sample__drawn_by__user", "value__institution", "value__entered_by", "value__submitted_by"
    )
    if by.institution_id is not None:
        rows = rows.filter(value__institution=by.institution_id)
    one = get_or_404(rows, pk=pk)
    form = forms.FoundForm(request.POST, fact=one.value.fact, auto_id=f"found-{pk}-%s")
    if form.is_valid():
        try:
            notice = samples.find(by=by, check=one, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            if notice is not None:
                messages.warning(request, _("The error rate lies above the limit: a notice is issued."))
            return redirect("declared-sample", one.sample_id)
    page = show_samples.page(one.sample, by, form)
    return render(request, "performance/declared/sample.html", page, status=400)


@permit("declared.view")
@require_safe
def notice(request: Any, pk: int) -> HttpResponse:
    """One notice."""
    row = get_or_404(show_samples.notices_seen(request.membership), pk=pk)
    page = show_samples.notice_page(row, request.membership, timezone.now())
    page["visits"] = crosscheck.visits_of(row, request.membership)
    return render(request, "performance/declared/notice.html", page)


@permit("declared.view")
@require_POST
def notice_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """The institution answers; the office closes, or proposes a veto."""
    by, row = request.membership, get_or_404(show_samples.notices_seen(request.membership), pk=pk)
    if step not in STEPS:
        raise Http404
    right, form_of, deed = STEPS[step]
    require(by, right)
    form = form_of(request.POST)
    status = 400
    if form.is_valid():
        try:
            deed(by, row, asked.version(request), form.cleaned_data)
            return redirect("declared-notice", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show_samples.notice_page(row, by, timezone.now(), **{step: form})
    page["visits"] = crosscheck.visits_of(row, by)
    return render(request, "performance/declared/notice.html", page, status=status)


# The steps of a notice: the right each needs, its form, its service.
STEPS: dict[str, tuple[str, Any, Any]] = {
    "answer": (
        "declared.enter", lambda data: forms.AnswerForm(data, auto_id="answer-%s"),
        lambda by, row, version, said: samples.reply(by=by, notice=row, version=version, **said),
    ),
    "close": (
        samples.CHECK, forms.NothingForm,
        lambda by, row, version, said: samples.close(by=by, notice=row, version=version),
    ),
    "veto": (
        samples.CHECK,
        lambda data: forms.VetoForm(data, chains=show_samples.chain_choices(), auto_id="veto-%s"),
        lambda by, row, version, said: samples.propose_veto(by=by, notice=row, now=timezone.now(), **said),
    ),
}  # fmt: skip
