"""Writing a resolution, putting it to the vote, taking it out, one's own vote."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alliance.approvals import services as approvals
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from performance.meetings import forms, moved
from performance.meetings.models import VIEW
from performance.meetings.services import meetings, resolving
from performance.meetings.views.meetings import found, tried


@permit(VIEW)
@require_POST
def write(request: Any, pk: int) -> HttpResponseBase:
    """Write a resolution."""
    row, by = found(request, pk), request.membership
    meetings.require_desk(by, row.body)
    form = forms.ResolveForm(request.POST, by=by, meeting=row, auto_id="resolution-%s")

    def deed() -> str:
        made = resolving.write(by=by, meeting=row, now=timezone.now(), **form.cleaned_data)
        return moved.told(_("Written. Put it to the vote."), made.due_on)

    return tried(request, row, "resolution", form, deed)


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, resolution: int, step: str) -> HttpResponseBase:
    """Put it to the vote, or take it out."""
    row, by = found(request, pk), request.membership
    one = get_or_404(row.resolutions.select_related("meeting__body__institution"), pk=resolution)
    if step not in ("put", "remove"):
        raise Http404

    def put() -> str:
        resolving.put(by=by, resolution=one, now=timezone.now(), version=asked.version(request))
        return _("It stands before the members.")

    def remove() -> str:
        resolving.remove(by=by, resolution=one)
        return _("Taken out.")

    return tried(request, row, "", None, put if step == "put" else remove)


@permit("home.view")
@require_POST
def vote(request: Any, pk: int, resolution: int) -> HttpResponseBase:
    """The vote of who sits in the body; the seat gives it, no right of a role."""
    row, by = found(request, pk), request.membership
    one = get_or_404(row.resolutions.select_related("approval"), pk=resolution, approval__isnull=False)
    form = forms.VoteForm(request.POST, auto_id=f"vote-{resolution}-%s")

    def deed() -> str:
        approvals.decide(by=by, approval=one.approval, **form.cleaned_data)
        return _("Your vote is kept.")

    return tried(request, row, f"vote-{resolution}", form, deed)
