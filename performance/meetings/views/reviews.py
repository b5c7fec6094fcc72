"""Pages of case reviews and of the six unifications."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.meetings import forms, show_reviews
from performance.meetings.models import RUN, VIEW, DrawnCase, Meeting, desk
from performance.meetings.services import reviewing, unifying
from performance.meetings.views.meetings import found


def _answered(request: Any, row: Meeting, given: dict[str, Any], status: int = 200) -> HttpResponse:
    page = show_reviews.page(row, request.membership, given)
    return render(request, "meetings/review.html", page, status=status)


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Any, pk: int) -> HttpResponseBase:
    """The drawn cases of a meeting; posting draws them."""
    row = found(request, pk)
    if request.method == "POST":
        if not desk(request.membership, row.body):
            raise Http404
        try:
            reviewing.draw(by=request.membership, meeting=row, now=timezone.now())
            messages.success(request, _("Drawn. Reviewers say their opinion of each case."))
        except Refused as error:
            messages.error(request, worded(error))
        return redirect("meeting-review", pk)
    return _answered(request, row, {})


@permit(VIEW)
@require_POST
def opinion(request: Any, pk: int, drawn: int) -> HttpResponseBase:
    """Say an opinion of a drawn case."""
    row = found(request, pk)
    one = get_or_404(DrawnCase.objects.filter(review__meeting=row), pk=drawn)
    form = forms.OpinionForm(request.POST, auto_id=f"opinion-{drawn}-%s")
    if form.is_valid():
        try:
            reviewing.say(
                by=request.membership, meeting=row, drawn=one, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Kept."))
            return redirect("meeting-review", pk)
        except Refused as error:
            add_refusal(form, error)
    return _answered(request, row, {str(drawn): form}, 400)


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def unified(request: Any) -> HttpResponseBase:
    """The six unifications of each member; posting enters how far one is."""
    by = request.membership
    form = forms.UnifiedForm(request.POST or None, by=by) if by.can(RUN) else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                unifying.enter(by=by, now=timezone.now(), **form.cleaned_data)
                messages.success(request, _("Kept."))
                return redirect("unified")
            except Refused as error:
                add_refusal(form, error)
    status = 400 if form is not None and form.errors else 200
    return render(request, "meetings/unified.html", show_reviews.unified(by, form), status=status)
