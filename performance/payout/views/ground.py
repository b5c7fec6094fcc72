"""The page of legal entities, templates and account maps; entering and confirming them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.models import PayoutEntity, PayoutMap, PayoutTemplate
from performance.models.pay import LOOK
from performance.models.payout import CHECK, RUN, VIEW
from performance.payout import forms, show_ground
from performance.payout.services import ground

# What is entered here, by the word of its address: title, form, service.
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "entity": (lambda: _("Enter a paying legal entity"), forms.EntityForm, ground.enter_entity),
    "template": (lambda: _("Enter a template"), forms.TemplateForm, ground.enter_template),
    "map": (lambda: _("Enter an account map"), forms.MapForm, ground.enter_map),
}
MODELS: dict[str, Any] = {"entity": PayoutEntity, "template": PayoutTemplate, "map": PayoutMap}


@permit(VIEW, LOOK)
@require_safe
def ground_list(request: Any) -> HttpResponse:
    """What lots stand on; for the alliance's office."""
    return render(request, "performance/payout/ground.html", show_ground.ground_page(request.membership))


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any, what: str) -> HttpResponseBase:
    """Enter one of them; a second person confirms it."""
    if what not in KINDS:
        raise Http404
    title, form_of, deed = KINDS[what]
    more = {} if what == "template" else {"today": timezone.localdate()}
    form = form_of(request.POST or None, **more)
    if request.method == "POST" and form.is_valid():
        try:
            deed(by=request.membership, now=timezone.now(), **form.entry())
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
            return redirect("payout-ground")
    groups = form.groups() if hasattr(form, "groups") else None
    context = {"title": title(), "form": form, "groups": groups}
    return render(request, "performance/payout/enter.html", context, status=400 if form.errors else 200)


@permit(RUN)
@require_POST
def adopt(request: Any) -> HttpResponseBase:
    """Enter the templates that ship with the product."""
    made = ground.adopt(by=request.membership, now=timezone.now())
    messages.success(request, _("%(n)d templates are entered. A colleague confirms them.") % {"n": len(made)})
    return redirect("payout-ground")


@permit(CHECK)
@require_POST
@explained
def confirm(request: Any, what: str, pk: int) -> HttpResponseBase:
    """The second person."""
    if what not in MODELS:
        raise Http404
    row = get_or_404(MODELS[what].objects.select_related("entered_by__user"), pk=pk)
    ground.confirm(by=request.membership, row=row, now=timezone.now())
    messages.success(request, _("Confirmed."))
    return redirect("payout-ground")
