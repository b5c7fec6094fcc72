"""The evaluators of a draft: their weights typed, checked while they are typed, kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import permit
from performance.drafting import bounds_forms, show
from performance.drafting.views.page import changed_meanwhile, draft_or_404, open_or_409
from performance.services import judging


@permit("performance_scheme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def draft_judges(request: Any, pk: int) -> HttpResponseBase:
    """Weights of the evaluators; with HTMX and `check` only what the rules say of them."""
    found = draft_or_404(request, pk)
    if answer := open_or_409(request, found):
        return answer
    form = bounds_forms.JudgesForm(request.POST or None, judges=found.judges())
    fine = request.method == "POST" and form.is_valid()
    if "check" in request.GET and request.method == "POST":
        checks = show.checks_of(found, found.scheme(), form.evaluators() if fine else None)
        refused = "" if fine else " ".join(text for texts in form.errors.values() for text in texts)
        context = {"checks": checks, "refused": refused}
        return render(request, "performance/drafting/_checks.html", context)
    if fine:
        try:
            judging.judge(
                by=request.membership, draft=found, evaluators=form.evaluators(), now=timezone.now(),
                version=asked.version(request),
            )  # fmt: skip
        except Stale:
            return changed_meanwhile(request)
        messages.success(request, _("The weights of the evaluators are kept."))
        return redirect("performance-draft", found.pk)
    context = {
        "title": _("Weights of the evaluators"), "draft": found, "form": form,
        "checks": show.checks_of(found, found.scheme()),
        "here": f"{request.path}?version={found.version}", "check": f"{request.path}?check",
    }  # fmt: skip
    return render(request, "performance/drafting/judges.html", context, status=400 if form.is_bound else 200)
