"""Pages of annual evaluations, interviews and drafts of other weights."""

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
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.consequences import forms, show, show_earlier, show_letters, show_years
from performance.consequences.services import annual, interviews, reweighting
from performance.consequences.views.consequences import FASTER, found
from performance.models import Interview
from performance.models.consequences import PROPOSE, VIEW


@permit(VIEW)
@require_safe
def year_list(request: Any) -> HttpResponse:
    """Years that were decided; for the office those on their way, and the form to close one."""
    return _list(request, forms.YearForm(initial={"year": timezone.localdate().year - 1}))


def _list(request: Any, form: Any, status: int = 200) -> HttpResponse:
    member = request.membership
    rows = [(row, show_years.state_chip(row)) for row in show_years.seen(member)]
    context = {
        "title": _("Annual evaluations"), "rows": rows, "rooms": show_letters.tabs("years", member),
        "form": form if member.institution_id is None and member.can(PROPOSE) else None,
        "earlier": [(row, show_earlier.state_chip(row)) for row in show_earlier.seen(member)],
    }  # fmt: skip
    return render(request, "performance/consequences/years.html", context, status=status)


@permit(PROPOSE)
@require_POST
def year_compute(request: Any) -> HttpResponseBase:
    """Close a year from its months."""
    form = forms.YearForm(request.POST)
    if form.is_valid():
        try:
            row = annual.compute(by=request.membership, year=form.cleaned_data["year"], now=timezone.now())
            return redirect("year", row.pk)
        except Refused as error:
            add_refusal(form, error)
    return _list(request, form, 400)


@permit(VIEW)
@require_safe
def year(request: Any, pk: int) -> HttpResponse:
    """One year."""
    row = get_or_404(show_years.seen(request.membership), pk=pk)
    return render(request, "performance/consequences/year.html", show_years.page(row, request.membership))


@permit(PROPOSE)
@require_POST
def year_propose(request: Any, pk: int) -> HttpResponseBase:
    """Put a year to the vote; a stale tab gets 409 and a sentence."""
    by, status = request.membership, 400
    row = get_or_404(show_years.seen(by), pk=pk)
    form = forms.ChainForm(request.POST, auto_id="propose-%s")
    if form.is_valid():
        try:
            annual.propose(
                by=by,
                row=row,
                today=timezone.localdate(),
                version=asked.version(request),
                **form.cleaned_data,
            )
            return redirect("year", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show_years.page(get_or_404(show_years.seen(by), pk=pk), by, propose=form)
    return render(request, "performance/consequences/year.html", page, status=status)


@permit(PROPOSE)
@require_POST
def interview_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Enter the minutes of an interview, or close it by the figure that was reached."""
    by, status = request.membership, 400
    rows = Interview.objects.all() if by.institution_id is None else Interview.objects.none()
    row = get_or_404(rows, pk=pk)
    if step not in STEPS:
        raise Http404
    form_of, deed = STEPS[step]
    form = form_of(request.POST, auto_id=f"{step}-%s")
    if form.is_valid():
        try:
            deed(
                by=by,
                row=row,
                today=timezone.localdate(),
                version=asked.version(request),
                **form.cleaned_data,
            )
            return redirect("consequence", row.consequence_id)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show.page(found(request, row.consequence_id), by, **{step: form})
    return render(request, "performance/consequences/consequence.html", page, status=status)


STEPS: dict[str, tuple[Any, Any]] = {
    "hold": (forms.HoldForm, interviews.hold), "close": (forms.CloseForm, interviews.close),
    "hand": (forms.HandForm, interviews.hand_over),
}  # fmt: skip


@permit(PROPOSE)
@require_POST
def reweight_begin(request: Any, pk: int) -> HttpResponseBase:
    """Make the draft of other weights; the drafting room tries it, and its vote decides."""
    by, row, status = request.membership, found(request, pk), 400
    form = forms.DraftForm(request.POST, auto_id="draft-%s")
    if form.is_valid():
        try:
            draft = reweighting.begin(
                by=by, row=row, label=form.cleaned_data["label"], version=asked.version(request),
                month=reweighting.first_month(timezone.localdate()), now=timezone.now(),
            )  # fmt: skip
            return redirect("performance-draft", draft.pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show.page(found(request, pk), by, draft=form)
    return render(request, "performance/consequences/consequence.html", page, status=status)
