"""Pages of consequences: list, one with its formula, the vote, a new look at the figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit, require
from alliance.web.parts import Tab
from alliance.web.refused import add_refusal
from performance.appeals import asking
from performance.consequences import clock, forms, show, show_letters, tables
from performance.consequences.services import proposals
from performance.models import Consequence
from performance.models.consequences import PROPOSE, REDUCE, VIEW

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."
VIEWS = {"live": Consequence.LIVE, "decided": ("agreed", "declined", "lifted"), "all": ()}


@permit(VIEW)
@require_safe
def consequence_list(request: Any) -> HttpResponse:
    """Consequences of the own institution, or of all; those that wait first."""
    member, view = request.membership, request.GET.get("view", "")
    view = view if view in VIEWS else "live"
    every = Consequence.objects.seen_by(member)
    rows = every.filter(state__in=VIEWS[view]) if VIEWS[view] else every
    named = {"live": _("Undecided"), "decided": _("Decided"), "all": _("All")}
    tabs = [
        Tab(label, f"?view={name}", name == view,
            (every.filter(state__in=VIEWS[name]) if VIEWS[name] else every).count())
        for name, label in named.items()
    ]  # fmt: skip
    return lists.answer(
        request, "performance/consequences/list.html", rows.named(), tables.ConsequenceTable,
        filterset=tables.ConsequenceFilter, tabs=tabs, empty=tables.no_consequence(),
        extra={"title": _("Consequences"), "rooms": show_letters.tabs("consequences", member),
               "looks": member.institution_id is None and member.can(PROPOSE)},
    )  # fmt: skip


def found(request: Any, pk: int) -> Consequence:
    """A consequence the member sees (second wall)."""
    return get_or_404(Consequence.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def consequence(request: Any, pk: int) -> HttpResponse:
    """One consequence."""
    row = found(request, pk)
    page = show.page(row, request.membership)
    page["appeal_flag"] = asking.offered(request.membership, "deduction", row.pk, timezone.now())
    return render(request, "performance/consequences/consequence.html", page)


@permit(VIEW)
@require_POST
def consequence_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Put it to the vote, or reduce it; a stale tab gets 409 and a sentence."""
    row, by, status = found(request, pk), request.membership, 400
    if step not in STEPS:
        raise Http404
    right, form_of, deed = STEPS[step]
    require(by, right)
    form = form_of(request.POST, auto_id=f"{step}-%s")
    if form.is_valid():
        try:
            deed(
                by=by,
                row=row,
                version=asked.version(request),
                today=timezone.localdate(),
                **form.cleaned_data,
            )
            return redirect("consequence", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    page = show.page(found(request, pk), by, **{step: form})
    return render(request, "performance/consequences/consequence.html", page, status=status)


# The steps of a consequence: the right each needs, its form, its service.
STEPS: dict[str, tuple[str, Any, Any]] = {
    "propose": (PROPOSE, forms.ChainForm, proposals.propose),
    "reduce": (REDUCE, forms.ReduceForm, proposals.reduce),
    "amount": (PROPOSE, forms.AmountForm, proposals.set_amount),
}


@permit(PROPOSE)
@require_POST
def consequence_look(request: Any) -> HttpResponseBase:
    """Look at the figures now instead of tonight."""
    clock.enqueue(by=request.membership, today=timezone.localdate())
    messages.success(request, _("The figures are looked at again; new proposals appear here."))
    return redirect("consequences")
