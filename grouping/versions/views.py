"""Pages of scheme versions: the list, the import, one version with its findings, its files, taking force."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.lib.sheets.limits import SheetRefused
from alliance.lib.sheets.out import csv_chunks, write_xlsx
from alliance.services import files, journal
from alliance.web import lists, parts, progress
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping.engine.write import zipped
from grouping.models import Scheme, SchemeVersion
from grouping.readers.workbook import workbook_chunks
from grouping.services import edits, packages, release, versions
from grouping.services.past import PastUnconfirmed
from grouping.tables import SchemeTable
from grouping.versions import backdating, carried, forms, impact, show, tables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = SchemeVersion.State


def version_or_404(pk: int) -> SchemeVersion:
    """A version of the alliance; every member who may see schemes may see all of them."""
    rows = SchemeVersion.objects.select_related("upload", "made_by__user", "base", "job")
    return get_or_404(rows, pk=pk)


@permit("scheme.view")
@require_safe
def scheme_list(request: Any) -> HttpResponse:
    """What holds from when, and below it all versions, the newest on top."""
    held = SchemeTable(Scheme.objects.order_by("-from_date"), request=request)
    empty = parts.Empty(_("No version yet"), _("Import the official package of your city."), icon="adjust")
    rows = SchemeVersion.objects.select_related("made_by__user", "upload")
    kept = rows if request.GET.get("view") == "all" else rows.exclude(state=State.DISCARDED)
    return lists.answer(
        request, "grouping/schemes.html", kept, tables.VersionTable, empty=empty,
        extra={"title": _("Grouping schemes"), "held": held, "holding": bool(len(held.rows))},
    )  # fmt: skip


@permit("scheme.import")
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_import(request: Any) -> HttpResponseBase:
    """Upload a package in any form; with ?replaces= in the place of an earlier upload."""
    replaced = request.POST.get("replaces") or request.GET.get("replaces") or ""
    before = version_or_404(int(replaced)) if replaced.isdecimal() else None
    posted = request.method == "POST"
    form = forms.PackageForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        made = _received(request, form, before)
        if made is not None:
            return redirect("scheme-version", made.pk)
    context = {"title": _("Import a grouping scheme"), "form": form, "before": before}
    return render(request, "grouping/scheme_import.html", context, status=400 if form.errors else 200)


def _received(request: Any, form: forms.PackageForm, before: SchemeVersion | None) -> SchemeVersion | None:
    """The version made of the upload; None with the refusal on the form."""
    parts_ = [(one.name, one.chunks()) for one in form.chosen()]
    try:
        return packages.receive(
            by=request.membership, parts=parts_, today=timezone.localdate(), replaces=before
        )
    except files.TooLarge as error:
        form.add_error("files", _("The upload is larger than %(mib)s MiB.") % {"mib": error.limit // 2**20})
    except Refused as refused:
        form.add_error("files", worded(refused))
    return None


@permit("scheme.view")
@require_safe
def scheme_version(request: Any, pk: int) -> HttpResponse:
    """One version: where it comes from, what the check found, what may be done with it."""
    version = version_or_404(pk)
    kind, file = request.GET.get("kind", ""), request.GET.get("file", "")
    rows = version.findings.all()
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(file=file) if file else rows
    empty = parts.Empty(_("Nothing in the package deserves a look"), icon="ok")
    return lists.answer(
        request, "grouping/scheme_version.html", rows, tables.FindingTable, empty=empty,
        extra={
            "heaps": show.heaps(version, kind, file), "carried": carried.kept(version),
            **show.page(version, request.membership),
        },
    )  # fmt: skip


@permit("scheme.view")
@require_safe
def scheme_version_progress(request: Any, pk: int) -> HttpResponse:
    """The bar of the running check; when it ends, the way to the findings."""
    version = version_or_404(pk)
    if version.job is None:
        return HttpResponse("")
    return progress.answer(request, version.job, done_url=reverse("scheme-version", args=[pk]))


@permit("scheme.view")
@require_safe
def scheme_findings(request: Any, pk: int, form: str) -> HttpResponseBase:
    """All findings as CSV or workbook."""
    version = version_or_404(pk)
    said = {"errors": version.errors, "warnings": version.warnings}
    journal.write(
        by=request.membership, verb="scheme.findings_exported", about=version, request=request, **said
    )
    name = f"findings-{version.pk}"
    if form == "csv":
        response: Any = StreamingHttpResponse(csv_chunks(show.sheet(version)), content_type="text/csv")
    elif form == "xlsx":
        body = io.BytesIO()
        write_xlsx(body, show.sheet(version), title=name)
        response = HttpResponse(body.getvalue(), content_type=XLSX)
    else:
        raise Http404
    return named(response, f"{name}.{form}")


def named(response: Any, name: str) -> HttpResponseBase:
    """The answer as a download under a name."""
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@permit("scheme.view")
@require_safe
def scheme_export(request: Any, pk: int, form: str) -> HttpResponseBase:
    """The files of a sound version in written form, as zip or workbook."""
    version = version_or_404(pk)
    if version.state not in (State.DRAFT, State.RELEASED) or form not in ("zip", "xlsx"):
        raise Http404
    try:
        content = versions.export(version)
    except versions.ContentGone as gone:
        raise Http404 from gone
    journal.write(
        by=request.membership, verb="scheme.exported", about=version, request=request, digest=version.digest
    )
    name = f"{version.code}-{version.version}".replace("/", "-")
    if form == "zip":
        return named(
            HttpResponse(zipped(content, version.code), content_type="application/zip"), f"{name}.zip"
        )
    try:
        pieces = workbook_chunks(content)
    except SheetRefused as refused:
        messages.error(request, worded(refused))
        return redirect("scheme-version", pk)
    return named(StreamingHttpResponse(pieces, content_type=XLSX), f"{name}.xlsx")


@permit("scheme.import")
@require_POST
def scheme_discard(request: Any, pk: int) -> HttpResponseBase:
    """Put a version aside that was never released."""
    version = version_or_404(pk)
    try:
        packages.discard(by=request.membership, version=version)
    except Refused as refused:
        messages.error(request, worded(refused))
        return redirect("scheme-version", pk)
    messages.success(request, _("The version is put aside. No case was grouped by it."))
    return redirect("schemes")


@permit("scheme.edit")
@require_POST
def scheme_copy(request: Any, pk: int) -> HttpResponseBase:
    """Make a draft with the content of a version."""
    version = version_or_404(pk)
    form = forms.CopyForm(request.POST, prefix="copy")
    if version.state not in (State.DRAFT, State.RELEASED):
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Write a version of its own, as in 1.1-2027."))
        return redirect("scheme-version", pk)
    try:
        made = edits.copy(by=request.membership, version=version, named=form.cleaned_data["version"])
    except Refused as refused:
        messages.error(request, worded(refused))
        return redirect("scheme-version", pk)
    messages.success(request, _("%(version)s is a draft; what holds now is not touched.") % {"version": made})
    return redirect("scheme-version", made.pk)


@permit("scheme.release")
@require_POST
def scheme_propose(request: Any, pk: int) -> HttpResponseBase:
    """Propose that a version holds from a day; another person decides. A day in the past asks for a tick."""
    version = version_or_404(pk)
    form = forms.HoldForm(request.POST, prefix="hold")
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("from_date", [])))
        return redirect("scheme-version", pk)
    day, today = form.cleaned_data["from_date"], timezone.localdate()
    try:
        release.propose(
            by=request.membership, version=version, from_date=day, on=today,
            confirmed=backdating.ticked(request),
        )  # fmt: skip
    except PastUnconfirmed:
        return backdating.page(
            request, day=day, scheme=True, sent={"hold-from_date": day.isoformat()},
            back=reverse("scheme-version", args=[pk]),
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("Proposed. It holds when a second person has agreed."))
        for said in impact.touched(day):
            messages.warning(request, said)
    return redirect("scheme-version", pk)
