"""A draft is tried on past months, put to the vote, given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.approvals import names as approval_names
from alliance.approvals.models import Approval
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, progress
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from performance.drafting import forms, show
from performance.drafting.views.page import changed_meanwhile, draft_or_404, editor, open_or_409
from performance.models import Level, SchemeDraft, SchemeException, SchemeTrial
from performance.services import drafts, thin, trials
from performance.services.refusals import DraftRefused

FORM = ["GET", "HEAD", "POST"]


@permit("performance_scheme.edit")
@require_POST
def draft_try(request: Any, pk: int) -> HttpResponseBase:
    """Try the draft on the last twelve settled months; a job with progress."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    try:
        job = trials.enqueue(by=request.membership, draft=found)
    except Refused as error:
        return editor(request, found, refused=worded(error), status=400)
    return redirect("performance-draft-trying", found.pk, job.pk)


@permit("performance_scheme.view")
@require_safe
def draft_trying(request: Any, pk: int, job: int) -> HttpResponse:
    """A trial on its way, then its report."""
    found = draft_or_404(request, pk)
    work = get_or_404(trials.jobs_of(found), pk=job)
    done = reverse("performance-draft-trials", args=[pk])
    if request.htmx:
        return progress.answer(request, work, done_url=done)
    context = {
        "title": _("Trial on past months"), "draft": found, "job": work, "poll": request.path,
        "done_url": done, "look_again": 3,
    }  # fmt: skip
    return render(request, "performance/drafting/trying.html", context)


@permit("performance_scheme.view")
@require_safe
def draft_trials(request: Any, pk: int) -> HttpResponseBase:
    """The latest trial of a draft."""
    found = draft_or_404(request, pk)
    last = found.trials.first()
    if last is None:
        return redirect("performance-draft", pk)
    return redirect("performance-trial", last.pk)


@permit("performance_scheme.view")
@require_safe
def trial(request: Any, pk: int) -> HttpResponse:
    """The report of a trial: who gains, who loses, by how much, through what; printable for the council."""
    rows = SchemeTrial.objects.select_related("draft__base", "made_by__user")
    found = get_or_404(rows, pk=pk)
    draft_or_404(request, found.draft_id)
    if found.draft.level != Level.INSTITUTION:
        return _level_trial(request, found)
    simulated = trials.simulations(found)
    places = show.places()
    context = {
        "title": _("Trial on past months"), "trial": found, "draft": found.draft,
        "rows": show.report_rows(simulated, found.draft.scheme()),
        "coverage": show.coverage(simulated, found.draft.scheme()),
        "months": [show.effect(one, places, found.draft.scheme(), whole=True) for one in reversed(simulated)],
        "current": found.digest == found.draft.digest,
    }  # fmt: skip
    return render(request, "performance/drafting/trial.html", context)


def _level_trial(request: Any, found: SchemeTrial) -> HttpResponse:
    """The report of a scheme that shares no money: scores of each column, month by month."""
    scheme = found.draft.scheme()
    context = {
        "title": _("Trial on past months"), "trial": found, "draft": found.draft,
        "months": show.level_months(trials.level_trials(found), scheme, found.draft.level),
        "current": found.digest == found.draft.digest, "coverage": show.coverage_of(found),
    }  # fmt: skip
    return render(request, "performance/drafting/level_trial.html", context)


@permit("performance_scheme.edit")
@require_POST
def draft_propose(request: Any, pk: int) -> HttpResponseBase:
    """Put the draft to the vote."""
    found, form = draft_or_404(request, pk), forms.ChainForm(request.POST)
    if answer := open_or_409(request, found):
        return answer
    if not form.is_valid():
        return editor(request, found, refused=_("Choose who decides."), status=400)
    return _answered(
        request, found,
        lambda: drafts.propose(
            by=request.membership, draft=found, chain=form.cleaned_data["chain"], today=timezone.localdate(),
            version=asked.version(request),
        ),
    )  # fmt: skip


def _answered(request: Any, found: SchemeDraft, ask: Callable[[], Approval]) -> HttpResponseBase:
    try:
        approval = ask()
    except Stale:
        return changed_meanwhile(request)
    except Refused as error:
        return editor(request, found, refused=worded(error), status=400)
    said = _("Sent for approval. Next: %(step)s.") % {"step": approval_names.of_step(approval.current)}
    messages.success(request, said)
    return redirect("performance-draft", found.pk)


@permit("performance_scheme.edit")
@require_POST
def draft_exception(request: Any, pk: int) -> HttpResponseBase:
    """Sign that the council shall decide although the last trial covered too little."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    trial = found.trials.filter(digest=found.digest).select_related("draft").first()
    if trial is None:
        refused = DraftRefused("untried")
        return editor(request, found, refused=worded(refused), status=400)
    return _excepted(
        request, found,
        lambda: thin.sign(by=request.membership, trial=trial, reason=request.POST.get("reason", "")[:300]),
        _("Signed. A second person has to confirm it."),
    )  # fmt: skip


@permit("performance_scheme.edit")
@require_POST
def draft_exception_confirm(request: Any, pk: int, exception: int) -> HttpResponseBase:
    """The second person confirms it."""
    found = draft_or_404(request, pk)
    rows = SchemeException.objects.filter(trial__draft=found).select_related("signed_by", "trial__draft")
    signed = get_or_404(rows, pk=exception)
    return _excepted(
        request, found,
        lambda: thin.confirm(by=request.membership, exception=signed, now=timezone.now()),
        _("Confirmed. The draft may be put to the vote."),
    )  # fmt: skip


def _excepted(request: Any, found: SchemeDraft, service: Callable[[], Any], said: str) -> HttpResponseBase:
    try:
        service()
    except DraftRefused as error:
        return editor(request, found, refused=worded(error), status=400)
    messages.success(request, said)
    return redirect("performance-draft", found.pk)


@permit("performance_scheme.edit")
@require_POST
def draft_discard(request: Any, pk: int) -> HttpResponseBase:
    """Give a draft up."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    try:
        drafts.discard(by=request.membership, draft=found, version=asked.version(request))
    except Stale:
        return changed_meanwhile(request)
    messages.success(request, _("The draft is given up; it stays readable."))
    return redirect("performance-schemes")
