"""Upholding an appeal: numbers corrected, everyone affected looked at, then put before a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.approvals.errors import ContentChanged
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import permit
from alliance.web.refused import add_refusal
from performance.appeals import forms, show, show_cases, show_deciding, show_examining
from performance.appeals.services import correcting, handling
from performance.appeals.services.correcting import Draft
from performance.appeals.services.effect import Effect, effect
from performance.appeals.show_cases import Changed
from performance.appeals.views import FASTER, found
from performance.models import Appeal, AppealLine
from performance.models.appeals import VIEW


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def uphold(request: Any, pk: int) -> HttpResponseBase:
    """Correct the numbers, see everyone affected, then put it before a second person."""
    row = found(request, pk)
    if not any(one.name == "uphold" for one in row.steps_for(request.membership)):
        if request.method != "POST":
            raise Http404
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if request.method != "POST" and handling.barred(request.membership, row):
        return redirect("appeal", pk)  # there it stands why, and what was kept
    lines, posted = show.lines(row), request.method == "POST"
    form = forms.UpholdForm(
        request.POST if posted else None, appeal=row, lines=lines,
        facts=show_deciding.facts_to_correct(lines), points=show_deciding.points_of(lines),
        initial=handling.kept_by(request.membership, row) or None,
    )  # fmt: skip
    if posted and request.POST.get("do") == "keep":
        handling.keep_draft(by=request.membership, appeal=row, typed=form.typed())
        messages.success(request, _("The decision is kept as you typed it. It stands here until you decide."))
        return redirect("appeal", pk)
    tried = _decide(request, row, form, lines) if posted and form.is_valid() else Tried()
    if tried.done:
        return redirect("appeal", pk)
    context = {
        "title": _("Uphold the appeal"), "appeal": row, "form": form,
        "preview": None if tried.drafts is None else [show_deciding.of_draft(one) for one in tried.drafts],
        "changed": tried.changed,
        "effect_said": show_deciding.effect_said(tried.effect),
        "lowers": tried.effect is not None and tried.effect.lowers,
        "rows": show.rows(lines, request.membership),
        "waits": show_examining.waits(row, lines, timezone.now(), request.membership),
        "action": f"?version={asked.version(request) or row.version}",
    }  # fmt: skip
    status = tried.status or (400 if form.errors else 200)
    answer = render(request, "performance/appeals/uphold.html", context, status=status)
    answer.keeps = tried.kept  # type: ignore[attr-defined]
    return answer


@dataclass
class Tried:
    """What came of a typed decision: its entries, what it changes of the month and its effect to look at,
    whether it is `kept` or `done`.
    """

    drafts: Sequence[Draft] | None = None
    changed: Sequence[Changed] = ()
    effect: Effect | None = None
    kept: bool = False
    done: bool = False
    status: int = 0


def _decide(request: Any, row: Appeal, form: forms.UpholdForm, lines: Sequence[AppealLine]) -> Tried:
    """The decision of a valid form, looked at or made; a refusal stands in the form."""
    tried, by, decision, drafts = Tried(), request.membership, form.decision(), None
    try:
        handling.check(by, row)
        drafts = correcting.drafts(row, decision)
        correcting.changes(decision, drafts)
        tried.changed = show_cases.changed(lines, decision)
        tried.effect = effect(lines, drafts)
        form.ask(tried.effect)
        if request.POST.get("do") == "confirm":
            handling.uphold(
                by=by, appeal=row, decision=decision, answer=form.cleaned_data["answer"],
                now=timezone.now(), version=asked.version(request),
            )  # fmt: skip
            tried.done = True
        tried.drafts = drafts
    except (Refused, ContentChanged) as error:
        add_refusal(form, error)  # type: ignore[arg-type]
        reason = getattr(error, "reason", "")
        if reason in ("lowers", "more"):
            tried.drafts = drafts
        if reason in ("pot", "involved_since", "unposted"):
            handling.keep_draft(by=by, appeal=row, typed=form.typed())
            tried.kept = True
            form.add_error(None, _("Your decision is kept as you typed it and stands here until then."))
    except Stale:
        tried.status = 409
        form.add_error(None, _(FASTER))
    return tried
