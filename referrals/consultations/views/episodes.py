"""The page of an episode: consultation, referral, rehabilitation in one line with the state of each stage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from referrals.consultations import line, services
from referrals.consultations.models import Episode
from referrals.consultations.views import visible
from referrals.models import Referral


@permit("consultation.view")
@require_safe
def episode(request: Any, pk: int) -> HttpResponse:
    """One line with its stages. The read is journaled first (N44)."""
    found = seen(request.membership, pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    return render(request, "consultations/episode.html", line.page(found, request.membership))


@permit("consultation.view")
@require_POST
def open_line(request: Any, pk: int) -> HttpResponseBase:
    """Begin a line with a consultation, or join the patient's open one."""
    found = visible(request.membership, pk)
    try:
        made = services.open_episode(by=request.membership, consultation=found, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
        return redirect("consultation", pk)
    return redirect("episode", made.pk)


@permit("consultation.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Link a referral, begin or end rehabilitation, complete the line."""
    found = seen(request.membership, pk)
    form = line.form_of(step, found, request.membership, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            _take(request.membership, found, step, form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The line is up to date."))
            return redirect("episode", pk)
    page = {
        "title": found.title, "form": form, "episode": found,
        "action": reverse("episode-act", args=[pk, step]),
    }  # fmt: skip
    return render(request, "consultations/episode_act.html", page, status=400)


def _take(by: Membership, found: Episode, step: str, data: dict[str, Any]) -> None:
    now = timezone.now()
    if step == "link":
        referral = get_or_404(Referral.objects.visible_to(by), pk=data["referral"])
        services.link_referral(by=by, episode=found, referral=referral, now=now)
    elif step == "begin":
        services.begin_rehabilitation(by=by, episode=found, plan=data["plan"], now=now)
    elif step == "end":
        services.end_rehabilitation(by=by, episode=found, result=data["result"], now=now)
    else:
        services.close_episode(by=by, episode=found, closing=data["closing"], now=now)


def seen(membership: Membership, pk: int) -> Episode:
    """The episode if the member's institution takes part in it, else 404."""
    rows = Episode.objects.visible_to(membership).select_related("person", "institution", "opened_by__user")
    return get_or_404(rows, pk=pk)
