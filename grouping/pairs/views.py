"""Pages of stays with two documents: the queue of differences, one pair, the match by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.services import journal
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping.models import Case, Pairing
from grouping.pairs import differences, forms, show, tables
from grouping.services import pairing

BOTH = Q(page__isnull=False, page__voided_at=None)
VIEWS: dict[str, Q] = {
    "open": BOTH & differences.DIFFERS & ~differences.SETTLED,
    "unmatched": Q(how=Pairing.How.OPEN),
    "found": BOTH & differences.SETTLED,
    "alone": Q(how=Pairing.How.ALONE),
    "all": Q(),
}


@permit("case.list")
@require_safe
def pairs(request: Any) -> HttpResponse:
    """The queue: pairs that differ and nobody has looked at, lists without their front page, the rest."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "open"
    seen = differences.with_groups(differences.visible(request.membership))
    journal.write(by=request.membership, verb="patient.listed", request=request, list="pairs")
    counts = seen.aggregate(**{name: Count("pk", filter=found) for name, found in VIEWS.items()})
    rows = seen.filter(VIEWS[view]).select_related("settlement__institution", "page")
    return lists.answer(
        request, "grouping/pairs.html", rows.order_by("-settlement__discharged_at"), tables.PairTable,
        filterset=tables.PairFilter, tabs=_tabs(view, counts), empty=_empty(view),
        extra={"title": _("Stays with two documents")},
    )  # fmt: skip


@permit("case.view")
@require_safe
def pair(request: Any, pk: int) -> HttpResponse:
    """Both documents side by side; a list without its front page with the pages that may be it."""
    found = _pair(request, pk)
    journal.read(
        by=request.membership, about=found.settlement, request=request, person=found.settlement.person_id
    )
    may = request.membership.can("pair.decide")
    context: dict[str, Any] = {
        "title": _title(found), "pair": found, "chip": tables.state_chip(found), "may": may,
        "lines": show.lines(found) if found.page else [],
        "settled": found.page is not None and differences.settled(found),
    }  # fmt: skip
    if found.how == Pairing.How.OPEN:
        offered = pairing.candidates(found)
        context |= {"candidates": offered, "form": forms.MatchForm(candidates=[row.pk for row in offered])}
    elif found.page is not None and may:
        context["form"] = forms.FindingForm(initial={"verdict": found.verdict, "note": found.verdict_note})
    return render(request, "grouping/pair.html", context)


@permit("pair.decide")
@require_POST
def pair_decide(request: Any, pk: int) -> HttpResponseBase:
    """Say which front page a list belongs to, or that it has none."""
    found = _pair(request, pk)
    offered = {row.pk: row for row in pairing.candidates(found)}
    form = forms.MatchForm(candidates=list(offered), data=request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a front page, or none, and write a reason."))
        return redirect("pair", pk)
    page: Case | None = offered[form.chosen] if form.chosen is not None else None
    try:
        pairing.decide(
            by=request.membership, pairing=found, page=page, reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )  # fmt: skip
    except pairing.PairRefused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("The match is kept."))
    return redirect("pair", pk)


@permit("pair.decide")
@require_POST
def pair_find(request: Any, pk: int) -> HttpResponseBase:
    """Say what the differences are."""
    found = _pair(request, pk)
    form = forms.FindingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what the differences are."))
        return redirect("pair", pk)
    data = form.cleaned_data
    try:
        pairing.find(
            by=request.membership, pairing=found, verdict=data["verdict"], note=data["note"],
            now=timezone.now(),
        )  # fmt: skip
    except pairing.PairRefused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("The finding is kept."))
    return redirect("pair", pk)


@permit("pair.decide")
@require_POST
def pair_part(request: Any, pk: int) -> HttpResponseBase:
    """Undo a match."""
    found = _pair(request, pk)
    reason = request.POST.get("reason", "").strip()
    if len(reason) < 2:
        messages.error(request, _("Write why the documents do not belong together."))
    else:
        pairing.part(by=request.membership, pairing=found, reason=reason[:300], now=timezone.now())
    return redirect("pair", pk)


def _pair(request: Any, pk: int) -> Any:
    seen = differences.with_groups(differences.visible(request.membership))
    rows = seen.select_related(
        "settlement__institution", "settlement__person", "page__person", "verdict_by__user",
        "decided_by__user",
    )  # fmt: skip
    return get_or_404(rows, pk=pk)


def _title(found: Any) -> str:
    name = {"record": found.settlement.record_no}
    if found.page is None:
        return _("Settlement list of record %(record)s") % name
    return _("Front page and settlement list of record %(record)s") % name


def _tabs(view: str, counts: dict[str, int]) -> list[parts.Tab]:
    labels = {
        "open": _("Differences to look at"), "unmatched": _("To be matched"), "found": _("Looked at"),
        "alone": _("No front page"), "all": _("All"),
    }  # fmt: skip
    return [parts.Tab(label, f"?view={name}", name == view, counts[name]) for name, label in labels.items()]


def _empty(view: str) -> parts.Empty:
    if view == "open":
        return parts.Empty(
            _("No difference waits"),
            _("Settlement lists are matched with their front pages when a file is stored."), icon="ok",
        )  # fmt: skip
    return parts.Empty(_("Nothing here"), icon="ok")
