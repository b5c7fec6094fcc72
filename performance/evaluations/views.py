"""Pages of evaluations: rounds, a sheet to fill in, results that hide who gave what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.engine.dictionary import shipped_dictionary
from performance.evaluations import forms, services
from performance.models import EvaluationRound
from performance.show import labels

FORM = ["GET", "HEAD", "POST"]
State = EvaluationRound.State


@permit("home.view")
@require_safe
def evaluations(request: Any) -> HttpResponse:
    """What the member is asked to rate; for the office every round; for others the counted ones."""
    me, today = request.membership, timezone.localdate()
    asked = services.asked_of(me)
    context = {
        "title": _("Evaluations"), "runs": _runs(me), "rounds": _seen(me)[:100],
        "sheets": asked.filter(state=State.OPEN, opens_on__lte=today, closes_on__gte=today),
    }  # fmt: skip
    return render(request, "performance/evaluations/list.html", context)


def _runs(me: Membership) -> bool:
    return me.institution_id is None and me.can(services.RUN)


def _seen(me: Membership) -> Any:
    """Rounds a member may know: all for the office, counted ones for whoever reads indicators."""
    rows = EvaluationRound.objects.order_by("-month", "-pk")
    if _runs(me):
        return rows
    return rows.filter(state=State.CLOSED) if me.can("indicator.view") else rows.none()


@permit(services.RUN)
@require_http_methods(FORM)
def evaluation_open(request: Any) -> HttpResponseBase:
    """Open a round."""
    if request.membership.institution_id is not None:
        raise Http404
    form = forms.RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_round(
                by=request.membership, terms=form.terms(), raters=form.raters(),
                subjects=list(form.cleaned_data["subjects"]),
            )  # fmt: skip
        except Refused as refusal:
            add_refusal(form, refusal, field="indicator")
        else:
            messages.success(request, _("The round is open; everybody asked finds a sheet."))
            return redirect("evaluation", made.pk)
    context = {"title": _("Open a round"), "form": form}
    return render(request, "performance/evaluations/open.html", context, status=400 if form.errors else 200)


@permit("home.view")
@require_safe
def evaluation(request: Any, pk: int) -> HttpResponse:
    """One round: how far it is, and once counted what came out; each institution reads its own."""
    me = request.membership
    made = get_or_404(_seen(me), pk=pk)
    results = [one for _round, one in services.outcomes([made]) if me.sees(one.subject.pk)]
    asked = made.invitations
    context = {
        **about(made), "results": results, "runs": _runs(me) and made.state == State.OPEN,
        "asked": asked.count(), "given": asked.exclude(submitted_at=None).count(),
    }  # fmt: skip
    return render(request, "performance/evaluations/round.html", context)


def about(made: EvaluationRound) -> dict[str, Any]:
    """What every page of a round names."""
    entry = shipped_dictionary()[made.indicator]
    return {
        "title": made.name, "round": made, "indicator": labels.named(entry.indicator),
        "definition": labels.defined(entry.indicator),
    }  # fmt: skip


@permit("home.view")
@require_http_methods(FORM)
def evaluation_sheet(request: Any, pk: int) -> HttpResponseBase:
    """The member's own sheet: what is to be rated, and what was given; nobody else can see it."""
    me, today = request.membership, timezone.localdate()
    made = get_or_404(services.asked_of(me), pk=pk)
    rows = list(services.mine(me, made))
    is_open = made.state == State.OPEN and made.opens_on <= today <= made.closes_on
    waiting = [row for row in rows if row.submitted_at is None] if is_open else []
    form = forms.SheetForm(request.POST or None, invitations=waiting)
    if request.method == "POST" and (again := forms.given_again(request.POST, rows)):
        # A second tab: what stands stays, and nobody is told that the new points were taken.
        form.add_error(
            None, _("%(names)s: rated already; that stays as it is.") % {"names": "、".join(again)}
        )
    if request.method == "POST" and form.is_valid():
        try:
            count = services.rate(by=me, made=made, points=form.points(), today=today, now=timezone.now())
        except Refused as refusal:
            add_refusal(form, refusal, field="")
        else:
            messages.success(request, _("Submitted: %(n)d. Nobody else sees what you gave.") % {"n": count})
            return redirect("evaluation-sheet", pk)
    own = services.given(me, made)
    context = {
        **about(made), "form": form if waiting or form.errors else None, "is_open": is_open,
        "given": [(row.subject.name, own[row.pk]) for row in rows if row.pk in own],
    }  # fmt: skip
    return render(request, "performance/evaluations/sheet.html", context, status=400 if form.errors else 200)


@permit(services.RUN)
@require_POST
def evaluation_close(request: Any, pk: int) -> HttpResponseBase:
    """Count a round."""
    me = request.membership
    if not _runs(me):
        raise Http404
    made = get_or_404(EvaluationRound.objects.all(), pk=pk)
    try:
        services.close(by=me, made=made, today=timezone.localdate(), now=timezone.now())
    except Refused as refusal:
        messages.error(request, worded(refusal))
    else:
        messages.success(request, _("Counted. The result enters the month as a fact."))
    return redirect("evaluation", pk)
