"""Pages of central group results: the files, one with its differences, one case explained."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.models import Membership
from alliance.services import journal, parameters
from alliance.web import lists, parts, progress, words
from alliance.web.access import get_or_404, permit
from grouping import texts
from grouping.central import explain, tables
from grouping.forms import SourceField, sheet_kind
from grouping.models import CentralFile, CentralResult, Source
from grouping.readers.messages import Names, sentence
from grouping.services import central, sources

Why = CentralResult.Why
COMPARED = ~Q(results__why__in=["no_case", "pending"])


def visible(membership: Membership) -> Any:
    """Files of the member's institution, or all."""
    found = CentralFile.objects.select_related("attachment", "institution", "source__source", "job")
    own = membership.institution_id
    return found if own is None else found.filter(institution=own)


class DeliveryForm(django_forms.Form):
    """A file of results, read as its source says."""

    source = SourceField(label=gettext_lazy("data source"), queryset=None)
    file = django_forms.FileField(
        label=gettext_lazy("file of group results"),
        widget=django_forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy(
            "One row a case: record number, day of discharge and the group the city gave."
        ),
    )

    def __init__(self, *, offered: Any, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_bytes = max_bytes
        self.fields["source"].queryset = offered  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """CSV or xlsx by name and content, within the limit."""
        found = self.cleaned_data["file"]
        sheet_kind(found, self.max_bytes)
        return found


@permit("case.list")
@require_safe
def central_list(request: Any) -> HttpResponse:
    """Files of central results, the newest on top, with the share of equal groups."""
    rows = visible(request.membership).annotate(
        equal=Count("results", filter=Q(results__why="equal")), compared=Count("results", filter=COMPARED)
    )
    may = request.membership.can("source.change")
    empty = parts.Empty(
        _("No central group results yet"),
        _("Deliver what the city grouped, and every case with another group than ours is listed with why."),
        reverse("central-deliver") if may else "", _("Deliver group results") if may else "", "updown",
    )  # fmt: skip
    return lists.answer(
        request, "grouping/central.html", rows, tables.CentralFileTable, empty=empty,
        extra={"title": _("Central groups beside ours")},
    )  # fmt: skip


@permit("source.change")
@require_http_methods(["GET", "HEAD", "POST"])
def central_deliver(request: Any) -> HttpResponseBase:
    """Deliver a file of results by a source whose columns are mapped."""
    today = timezone.localdate()
    most = parameters.in_force("upload.csv_bytes", on=today)
    assert isinstance(most, int)
    posted = request.method == "POST"
    offered = sources.offered(request.membership, today, [Source.Format.RESULTS]).select_related(
        "institution"
    )
    form = DeliveryForm(
        offered=offered, max_bytes=most, initial={"source": request.GET.get("source")},
        data=request.POST if posted else None, files=request.FILES if posted else None,
    )  # fmt: skip
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        file, _made = central.receive(
            by=request.membership, source=form.cleaned_data["source"], name=upload.name,
            content=upload.chunks(), today=today,
        )  # fmt: skip
        return redirect("central-file", file.pk)
    context = {"title": _("Deliver group results"), "form": form, "none": not offered.exists()}
    return render(request, "grouping/central_deliver.html", context, status=400 if form.errors else 200)


@permit("case.list")
@require_safe
def central_file(request: Any, pk: int) -> HttpResponse:
    """One file: how much agrees, and the cases that do not, by cause."""
    file = get_or_404(visible(request.membership), pk=pk)
    journal.write(by=request.membership, verb="patient.listed", about=file, request=request, list="central")
    counts = dict(file.results.order_by().values_list("why").annotate(n=Count("pk")))
    view = request.GET.get("view", "")
    view = view if view in (*Why.values, "all") else "differ"
    rows = file.results.select_related("institution")
    if view == "differ":
        rows = rows.exclude(why__in=["equal", "no_case", "pending"])
    elif view != "all":
        rows = rows.filter(why=view)
    return lists.answer(
        request, "grouping/central_file.html", rows.order_by("line"), tables.ResultTable,
        tabs=_tabs(view, counts), empty=parts.Empty(_("Nothing here"), icon="ok"),
        extra={
            "title": _title(file, counts), "file": file, "figures": _figures(file, counts),
            "running": file.state == "received", "errors": _errors(file), "refusal": _refusal(file),
            "poll": reverse("central-progress", args=[file.pk]),
            "done_url": reverse("central-file", args=[file.pk]),
        },
    )  # fmt: skip


@permit("case.list")
@require_safe
def central_progress(request: Any, pk: int) -> HttpResponse:
    """The bar of the running job."""
    file = get_or_404(visible(request.membership), pk=pk)
    if file.job is None:
        return HttpResponse("")
    return progress.answer(request, file.job, done_url=reverse("central-file", args=[file.pk]))


@permit("source.change")
@require_POST
def central_compare(request: Any, pk: int) -> HttpResponseBase:
    """Compare once more, after corrections or under another scheme."""
    file = get_or_404(visible(request.membership), pk=pk)
    central.compare_again(by=request.membership, file=file, now=timezone.now())
    return redirect("central-file", file.pk)


@permit("case.view")
@require_safe
def central_row(request: Any, pk: int) -> HttpResponse:
    """One case: both groups, why they differ, and what our grouper did about the city's group."""
    seen = CentralResult.objects.filter(file__in=visible(request.membership))
    row = get_or_404(seen.select_related("institution", "file__attachment", "case__person"), pk=pk)
    about = row.case or row
    if row.case is not None:
        journal.read(by=request.membership, about=about, request=request, person=row.case.person_id)
    context = {
        "title": _("Record %(record)s: %(theirs)s there, %(ours)s here")
        % {"record": row.record_no, "theirs": row.drg, "ours": row.ours or words.DASH},
        "row": row, "chip": tables.why_chip(row), **explain.page(row),
    }  # fmt: skip
    return render(request, "grouping/central_row.html", context)


def _title(file: CentralFile, counts: dict[str, int]) -> str:
    if file.state == "received":
        return _("Reading the group results")
    if file.state == "refused":
        return _("This file cannot be read")
    differ = sum(n for why, n in counts.items() if why not in ("equal", "no_case", "pending"))
    return _("%(n)s cases have another group") % {"n": words.num(differ)}


def _figures(file: CentralFile, counts: dict[str, int]) -> list[parts.Fig]:
    compared = sum(n for why, n in counts.items() if why not in ("no_case", "pending"))
    return [
        parts.Fig(_("rows"), words.num(file.rows_read)),
        parts.Fig(_("bad rows"), words.num(file.rows_bad), bad=bool(file.rows_bad)),
        parts.Fig(_("compared"), words.num(compared)),
        parts.Fig(_("same group"), tables.rate_word(counts.get("equal", 0), compared)),
        parts.Fig(_("no case of ours"), words.num(counts.get("no_case", 0))),
    ]


def _tabs(view: str, counts: dict[str, int]) -> list[parts.Tab]:
    differ = sum(n for why, n in counts.items() if why not in ("equal", "no_case", "pending"))
    tabs = [parts.Tab(_("All differences"), "?view=differ", view == "differ", differ)]
    tabs += [
        parts.Tab(str(label), f"?view={why}", view == why, counts[why])
        for why, label in Why.choices if counts.get(why)
    ]  # fmt: skip
    return [*tabs, parts.Tab(_("All"), "?view=all", view == "all", sum(counts.values()))]


def _errors(file: CentralFile) -> list[str]:
    mapping = sources.mapping(file.source)
    names = Names(mapping.headings) if mapping is not None else None
    return [
        sentence(
            error["message"],
            {"line": error["line"], "column": error["column"], "value": error["value"], **error["params"]},
            texts.language(), names,
        )
        for error in file.errors[:20]
    ]  # fmt: skip


def _refusal(file: CentralFile) -> str:
    return texts.refusal(file) if file.state == "refused" else ""  # type: ignore[arg-type]
