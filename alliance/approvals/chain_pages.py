"""Pages of chains: which chain decides each kind; one chain with its versions, and entering the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.approvals import chain_forms, entering, registry, show_chains
from alliance.lib.refusal import Refused
from alliance.web.access import permit
from alliance.web.refused import add_refusal

CHANGE = "parameter.change"


@permit("parameter.view")
@require_safe
def chain_list(request: Any) -> HttpResponse:
    """Which chain decides each kind today."""
    lines = show_chains.lines(timezone.localdate())
    return render(request, "approvals/chains.html", {"title": _("Who decides what"), "lines": lines})


@permit("parameter.view")
@require_http_methods(["GET", "HEAD", "POST"])
def chain(request: Any, code: str) -> HttpResponseBase:
    """One chain: its versions; who may decide parameters proposes the next one."""
    if code not in entering.READY and code not in registry.with_own_chain():
        raise Http404
    today, member = timezone.localdate(), request.membership
    may = member.can(CHANGE) and member.institution_id is None
    if request.method == "POST" and not may:
        raise PermissionDenied(_("Who decides is proposed by a member of the whole alliance who may."))
    data = request.POST if request.method == "POST" else None
    now = entering.before(code, today)
    form = chain_forms.ChainForm(data, initial={"name": now.name if now else show_chains.called(code)})
    rows = chain_forms.steps_of(now, data)
    if data is not None and form.is_valid() and rows.is_valid():
        try:
            made = entering.propose(
                by=request.membership, code=code, steps=rows.steps(), today=today, **form.cleaned_data
            )
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Proposed. It holds from its day when a second person has agreed."))
            return redirect("approval", made.pk)
    page = {
        "title": show_chains.called(code), "form": form, "rows": rows, "may": may,
        "versions": show_chains.versions(code, today), "waiting": entering.waiting(code),
    }  # fmt: skip
    return render(request, "approvals/chain.html", page, status=400 if data is not None else 200)
