"""The page of a draft and what every change of it answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, errors
from alliance.web.access import get_or_404
from alliance.web.refused import worded
from performance.drafting import forms, show
from performance.engine.scheme import Scheme
from performance.models import SchemeDraft
from performance.services import drafts, schemes, thin

FORM = ["GET", "HEAD", "POST"]


def draft_or_404(request: Any, pk: int) -> SchemeDraft:
    """A draft the member may see."""
    if not show.may_see_drafts(request.membership):
        raise Http404
    rows = SchemeDraft.objects.select_related("base", "changed_by__user", "approval", "published")
    found: SchemeDraft = get_or_404(rows, pk=pk)
    return found


def open_or_409(request: Any, found: SchemeDraft) -> HttpResponse | None:
    """An old tab of a draft that was put to the vote, published or given up hears so."""
    if found.state == SchemeDraft.State.EDITED:
        return None
    said = _("The draft is %(state)s and is not changed any more.") % {"state": found.get_state_display()}
    return errors.answer(request, 409, _("This was not done"), said)


def changed_meanwhile(request: Any) -> HttpResponse:
    """409: another tab or person was faster."""
    return errors.answer(
        request, 409, _("Somebody was faster: the draft changed meanwhile."),
        _("Open the draft to see how it stands."),
    )  # fmt: skip


def editor(
    request: Any, found: SchemeDraft, *, scheme: Scheme | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    """The page of a draft; after a refusal with what was typed, numbers or not."""
    scheme = scheme or found.scheme()
    edits = found.state == SchemeDraft.State.EDITED and request.membership.can("performance_scheme.edit")
    base = found.base.scheme() if found.base else None
    beside = found.base or schemes.in_force(Month.of(found.from_date), found.level)
    tried = found.trials.filter(digest=found.digest).select_related("draft").first()
    context = {
        "title": f"{found.name} {found.label}", "draft": found, "scheme": scheme, "edits": edits,
        "beside": beside,
        "matrix": show.matrix(scheme, base, found if edits else None, request.POST), "refused": refused,
        "checks": show.checks_of(found, scheme),
        "columns": show.columns(scheme, found, edits=edits), "tried": tried,
        "trials": found.trials.select_related("made_by__user")[:5], "chain": forms.ChainForm(),
        "thin": [one for one in show.coverage_of(tried) if one.thin] if tried and edits else [],
        "exception": thin.exception_of(tried) if tried and edits else None,
        "effect": reverse("performance-draft-effect", args=[found.pk]),
    }  # fmt: skip
    return render(request, "performance/drafting/draft.html", context, status=status)


def keep(request: Any, found: SchemeDraft, scheme: Scheme, said: str, **more: Any) -> HttpResponseBase:
    """Store a changed content and go back to the draft; of two tabs the later hears what happened."""
    try:
        drafts.change(
            by=request.membership, draft=found, scheme=scheme, now=timezone.now(),
            version=asked.version(request), **more,
        )  # fmt: skip
    except Stale as stale:
        return _stale(request, found, scheme, stale)
    except Refused as error:
        return editor(request, found, scheme=scheme, refused=worded(error), status=400)
    messages.success(request, said)
    return redirect("performance-draft", found.pk)


def _stale(request: Any, found: SchemeDraft, mine: Scheme, stale: Stale) -> HttpResponse:
    """409: what the other one stored and what was typed here, line by line."""
    row: Any = stale.row
    context = {
        "title": _("Somebody was faster"), "draft": row, "rows": show.change_rows(row.scheme(), mine),
    }  # fmt: skip
    return render(request, "performance/drafting/stale.html", context, status=409)
