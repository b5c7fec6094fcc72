"""Pages of DIP catalogues: the list, the import of a city's file, one catalogue, its proposal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.web import lists, parts, words
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping.dip import forms, show
from grouping.models import DipCatalogue, DipEntry, TariffSheet
from grouping.services import dip
from grouping.services.past import PastUnconfirmed
from grouping.versions import backdating


@permit("scheme.view")
@require_safe
def dip_catalogues(request: Any) -> HttpResponse:
    """All catalogues, the newest first; put aside ones only when asked for."""
    rows = DipCatalogue.objects.all()
    kept = rows if request.GET.get("view") == "all" else rows.exclude(state=DipCatalogue.State.DISCARDED)
    empty = parts.Empty(
        _("No catalogue of the city yet"),
        _("Until then DIP is computed from the alliance's own cases, for comparison."), icon="list",
    )  # fmt: skip
    return lists.answer(
        request, "grouping/dip/catalogues.html", kept, show.CatalogueTable, empty=empty,
        extra={"title": _("DIP catalogues")},
    )  # fmt: skip


@permit("scheme.import")
@require_http_methods(["GET", "HEAD", "POST"])
def dip_import(request: Any) -> HttpResponseBase:
    """Take in a catalogue or a file of point values: whole as a draft, or not at all with every fault."""
    posted = request.method == "POST"
    form = forms.DipForm(request.POST if posted else None, request.FILES if posted else None)
    faults: list[show.Fault] = []
    if posted and form.is_valid():
        try:
            made = _received(request, form)
        except dip.FileFaulty as faulty:
            faults = show.faults(faulty.findings)
            form.add_error("file", _faulty(len(faulty.findings)))
        except Refused as refused:
            form.add_error("file", worded(refused))
        else:
            return _to(request, made)
    context = {"title": _("Import a DIP catalogue or point values"), "form": form, "faults": faults}
    return render(request, "grouping/dip/import.html", context, status=400 if form.errors else 200)


def _received(request: Any, form: forms.DipForm) -> DipCatalogue | TariffSheet:
    said = dict(form.cleaned_data)
    file, title = said.pop("file"), said.pop("title")
    return dip.receive(
        by=request.membership, title=title, decision=dip.Decision(**said), name=file.name, content=file
    )


def _faulty(number: int) -> str:
    said = ngettext(
        "%(n)s fault in the file; nothing was stored. Correct it and choose the file again.",
        "%(n)s faults in the file; nothing was stored. Correct them and choose the file again.", number,
    )  # fmt: skip
    return said % {"n": words.num(number)}


def _to(request: Any, made: DipCatalogue | TariffSheet) -> HttpResponseBase:
    messages.success(request, _("Kept as a draft. It holds when a second person has agreed."))
    if isinstance(made, TariffSheet):
        return redirect("tariff-sheet", made.pk)
    return redirect("dip-catalogue", made.pk)


@permit("scheme.view")
@require_safe
def dip_catalogue(request: Any, pk: int) -> HttpResponse:
    """One catalogue: where it comes from, what it changes, its lines searched by code or name."""
    row = get_or_404(DipCatalogue.objects.select_related("made_by__user"), pk=pk)
    asked = request.GET.get("q", "").strip()[:40]
    rows = DipEntry.objects.filter(catalogue=row)
    if asked:
        rows = rows.filter(
            Q(head__istartswith=asked) | Q(name__icontains=asked) | Q(procedures__contains=asked)
        )
    empty = parts.Empty(_("No disease fits"), icon="search")
    return lists.answer(
        request, "grouping/dip/catalogue.html", rows, show.EntryTable, empty=empty,
        extra={"q": asked, **show.page(row, request.membership)},
    )  # fmt: skip


@permit("scheme.release")
@require_POST
def dip_propose(request: Any, pk: int) -> HttpResponseBase:
    """Propose that a catalogue holds; another person decides. A day in the past asks for a tick."""
    row = get_or_404(DipCatalogue.objects.all(), pk=pk)
    try:
        dip.propose(
            by=request.membership,
            catalogue=row,
            on=timezone.localdate(),
            confirmed=backdating.ticked(request),
        )
    except PastUnconfirmed:
        back = reverse("dip-catalogue", args=[pk])
        return backdating.page(request, day=row.from_date, scheme=False, sent={}, back=back)
    except Refused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("Proposed. It holds when a second person has agreed."))
    return redirect("dip-catalogue", pk)


@permit("scheme.import")
@require_POST
def dip_discard(request: Any, pk: int) -> HttpResponseBase:
    """Put a draft aside."""
    row = get_or_404(DipCatalogue.objects.all(), pk=pk)
    try:
        dip.discard(by=request.membership, catalogue=row)
    except Refused as refused:
        messages.error(request, worded(refused))
        return redirect("dip-catalogue", pk)
    messages.success(request, _("The catalogue is put aside."))
    return redirect("dip-catalogues")
