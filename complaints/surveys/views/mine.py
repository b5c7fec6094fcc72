"""Surveys of staff: what asks the member, and answering it; the name goes no further than the ticket."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from complaints.surveys import services
from complaints.surveys.forms import AnswerForm
from complaints.surveys.services import LinkRefused
from complaints.surveys.show import survey as show
from complaints.surveys.visible import asking

ANSWER = "home.view"


@permit(ANSWER)
@require_safe
def mine(request: Any) -> HttpResponse:
    """What asks the member."""
    context = {
        "title": _("Surveys for me"), "surveys": asking(request.membership, timezone.localdate()),
        "tabs": show.tabs("surveys-mine", request.membership),
    }  # fmt: skip
    return render(request, "surveys/mine.html", context)


@permit(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: Any, pk: int) -> HttpResponseBase:
    """The questionnaire; once sent it is gone, also for the member."""
    campaign = get_or_404(asking(request.membership, timezone.localdate()), pk=pk)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, edition=campaign.edition,
        language=show.plain_language(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_by_member(
                by=request.membership, campaign=campaign, given=form.given(), now=timezone.now()
            )
        except LinkRefused as refusal:
            messages.error(request, worded(refusal))
        else:
            messages.success(request, _("Thank you. Your answer is counted with the others, without name."))
        return redirect("surveys-mine")
    context = {"title": campaign.edition.title, "survey": campaign, "form": form}
    return render(request, "surveys/fill.html", context, status=400 if form.errors else 200)
