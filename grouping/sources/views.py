"""Pages of data sources: the list, a new one, one with its versions, new settings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.models import Membership
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping import visible
from grouping.drafts import Moved
from grouping.readers.fields import field_name
from grouping.services import sources
from grouping.sources import forms, meanwhile, show, tables
from grouping.texts import language


@permit("case_file.view")
@require_safe
def source_list(request: Any) -> HttpResponse:
    """Sources with the settings in force."""
    rows = show.with_settings(show.visible(request.membership), timezone.localdate())
    return lists.answer(
        request, "grouping/sources.html", rows, tables.SourceTable, empty=_empty(request.membership),
        extra={"title": _("Data sources")},
    )  # fmt: skip


@permit("source.change")
@require_http_methods(["GET", "HEAD", "POST"])
def source_new(request: Any) -> HttpResponseBase:
    """Add a source; its settings come next."""
    form = forms.SourceForm(
        institutions=visible.institutions(request.membership),
        fixed=request.membership.institution_id is not None, data=request.POST or None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = sources.create(
                by=request.membership, institution=data.get("institution"), name=data["name"],
                format=data["format"],
            )  # fmt: skip
        except sources.SourceRefused as refused:
            form.add_error("name", worded(refused))
        else:
            return redirect("source-settings", made.pk)
    context = {"title": _("Add a data source"), "form": form}
    return render(request, "grouping/source_new.html", context, status=400 if form.errors else 200)


@permit("case_file.view")
@require_safe
def source(request: Any, pk: int) -> HttpResponse:
    """One source: settings now and before, last deliveries."""
    found = get_or_404(show.visible(request.membership), pk=pk)
    versions = show.versions(found)
    today = timezone.localdate()
    current = next((row for row in _latest_first(versions) if row.from_date <= today), None)
    mapping = sources.mapping(current) if current is not None else None
    context = {
        "title": found.name, "source": found, "versions": versions, "current": current,
        "mapped": _mapped(mapping), "deliveries": show.deliveries(found),
        "is_mapped": found.format in sources.ASSISTED,
    }  # fmt: skip
    return render(request, "grouping/source.html", context)


@permit("source.change")
@require_http_methods(["GET", "HEAD", "POST"])
def source_settings(request: Any, pk: int) -> HttpResponseBase:
    """New settings from a day on; of a mapped table the mapping stays as it was."""
    found = get_or_404(show.visible(request.membership), pk=pk)
    last = found.versions.order_by("-number").first()
    if found.format in sources.ASSISTED and last is None:
        return redirect("source-sample", found.pk)
    places = visible.institutions(request.membership)
    form = forms.SettingsForm(institutions=places, data=request.POST or None, initial=_initial(last, places))
    moved = list[Moved]()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = sources.settle(
                by=request.membership, source=found, edition=data["edition"], from_date=data["from_date"],
                organisations=data["organisations"], note=data["note"], read_at=data["read_at"],
                mapping=sources.mapping(last) if last is not None else None,
            )  # fmt: skip
        except sources.SettledMeanwhile as newer:
            moved = meanwhile.moved(newer)
            form = forms.SettingsForm(institutions=places, data=meanwhile.again(request.POST, newer))
        else:
            messages.success(request, meanwhile.said(kept, last))
            return redirect("source", found.pk)
    context = {
        "title": _("Settings of %(source)s") % {"source": found.name}, "form": form, "source": found,
        "moved": moved,
    }  # fmt: skip
    status = 409 if moved else 400 if form.errors else 200
    return render(request, "grouping/source_settings.html", context, status=status)


@permit("source.change")
@require_POST
def source_retire(request: Any, pk: int) -> HttpResponseBase:
    """Offer a source on delivery no longer, or again."""
    found = get_or_404(show.visible(request.membership), pk=pk)
    sources.retire(by=request.membership, source=found, active=not found.is_active)
    return redirect("source", found.pk)


def _initial(last: Any, places: Any) -> dict[str, Any]:
    if last is None:
        return {"from_date": date(timezone.localdate().year, 1, 1), "read_at": 0}
    return {
        "read_at": last.number, "edition": last.edition, "from_date": timezone.localdate(),
        "organisations": show.organisations_text(last.organisations, places),
    }  # fmt: skip


def _latest_first(versions: list[Any]) -> list[Any]:
    return sorted(versions, key=lambda row: (row.from_date, row.number), reverse=True)


def _mapped(mapping: Any) -> list[parts.Fact]:
    """What each column is read as."""
    if mapping is None:
        return []
    return [
        parts.Fact(column.heading, field_name(column.target.rstrip("hb"), language()))
        for column in mapping.columns if column.target
    ]  # fmt: skip


def _empty(membership: Membership) -> parts.Empty:
    may = membership.can("source.change")
    return parts.Empty(
        _("No data source yet"),
        _("A source says once how an export is read: its format, its code edition, its columns."),
        reverse("source-new") if may else "", _("Add a data source") if may else "", "file",
    )  # fmt: skip
