"""Pages of one delivery: progress, findings, the file of bad rows, and what people decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.lib.sheets.out import csv_chunks
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import lists, parts, progress
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping import exports, forms, tables, texts, visible
from grouping.models import BadRow, CaseFile, MissingCase
from grouping.services import publishing
from grouping.show import changes
from grouping.show import delivery as show

LOOK_AGAIN = 3  # seconds, without JavaScript


@permit("case_file.view")
@require_safe
def case_file(request: Any, pk: int) -> HttpResponse:
    """One delivery: what was found, what storing it changes, what is to be decided."""
    file = visible_file(request.membership, pk)
    journal.write(by=request.membership, verb="patient.listed", about=file, request=request, list="case_file")
    show.look_again(file)
    rows: QuerySet[BadRow] = file.bad_rows.all()
    found = show.causes(rows)
    cause = request.GET.get("cause", "")
    cause = cause if cause in dict(found) else ""
    return lists.answer(
        request, "grouping/file.html", rows.filter(code=cause) if cause else rows, tables.BadRowTable,
        tabs=show.tabs(found, cause), empty=parts.Empty(_("No bad row"), icon="ok"),
        extra={"causes": found, **_page(request, file)},
    )  # fmt: skip


def _page(request: Any, file: CaseFile) -> dict[str, Any]:
    """Everything of the page but the list of bad rows."""
    then, running = show.after(file), file.state == CaseFile.State.RECEIVED
    return {
        "title": show.title(file), "file": file, "facts": show.facts_line(file), "flow": show.flow(file),
        "running": running, "look_again": LOOK_AGAIN if running else 0,
        "poll": reverse("case-file-progress", args=[file.pk]),
        "done_url": reverse("case-file", args=[file.pk]),
        "refusal": texts.refusal(file) if file.state == CaseFile.State.REFUSED else "",
        "figures": show.figures(file, then), "preview": show.preview(file),
        "store_label": show.store_label(file), "consequence": show.consequence(file, then),
        "grouping_job": show.grouping_job(file), **show.decisions(file, request.membership),
    }  # fmt: skip


@permit("case_file.view")
@require_safe
def case_file_progress(request: Any, pk: int) -> HttpResponse:
    """The bar of the running check; when it ends, the way to the findings."""
    file = visible_file(request.membership, pk)
    if file.job is None:
        return HttpResponse("")
    return progress.answer(request, file.job, done_url=reverse("case-file", args=[file.pk]))


@permit("case_file.receive")
@require_safe
def case_file_bad(request: Any, pk: int) -> HttpResponseBase:
    """The bad rows as CSV, for correcting them in the hospital's system."""
    file = visible_file(request.membership, pk)
    return bad_rows_file(request, file, file.bad_rows.all(), file.rows_bad)


def bad_rows_file(request: Any, file: CaseFile, rows: QuerySet[BadRow], number: int) -> HttpResponseBase:
    """Bad rows of a delivery as a CSV file; that they left is journaled first."""
    journal.write(
        by=request.membership, verb="case_file.bad_rows_exported", about=file, request=request, rows=number
    )
    found = exports.bad_rows(file, rows, texts.language())
    response = StreamingHttpResponse(csv_chunks(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"bad-rows-{file.pk}.csv") or ""
    return response


@permit("case_file.publish")
@require_POST
def case_file_publish(request: Any, pk: int) -> HttpResponseBase:
    """Store the good rows; with bad ones only when the button said so."""
    file = visible_file(request.membership, pk)
    try:
        stored = publishing.publish(by=request.membership, file=file, take_good="take_good" in request.POST)
    except Refused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("%(title)s. They are being grouped.") % {"title": show.title(stored)})
    return redirect("case-file", pk)


@permit("case_file.publish")
@require_POST
def case_file_discard(request: Any, pk: int) -> HttpResponseBase:
    """Put a delivery aside."""
    file = visible_file(request.membership, pk)
    try:
        publishing.discard(by=request.membership, file=file)
    except Refused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("The delivery is put aside. Nothing of it was stored."))
    return redirect("case-file", pk)


@permit("case_file.publish")
@require_POST
def case_missing_answer(request: Any, pk: int) -> HttpResponseBase:
    """Say what became of the ticked cases that the file no longer has."""
    file = visible_file(request.membership, pk)
    asked = {row.pk: row for row in changes.questions(file)}
    form = forms.MissingForm(open_cases=list(asked), data=request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick at least one case, choose an answer and write a reason."))
        return redirect(f"{reverse('case-file', args=[pk])}#missing")
    chosen = [asked[number] for number in form.cleaned_data["cases"]]
    try:
        done = _answer(request.membership, chosen, void=form.void, reason=form.cleaned_data["reason"])
    except Refused as refused:
        messages.error(request, worded(refused))
        return redirect(f"{reverse('case-file', args=[pk])}#missing")
    text = ngettext("%(n)d question is answered.", "%(n)d questions are answered.", done) % {"n": done}
    messages.success(request, text)
    return redirect(f"{reverse('case-file', args=[pk])}#missing")


def _answer(by: Membership, chosen: list[MissingCase], *, void: bool, reason: str) -> int:
    """Answer each question that is still open; return how many were."""
    done = 0
    for row in chosen:
        try:
            with transaction.atomic():
                publishing.answer_missing(by=by, missing=row, void=void, reason=reason, now=timezone.now())
        except Stale:
            continue
        done += 1
    return done


def visible_file(membership: Membership, pk: int) -> CaseFile:
    """The delivery if it is the member's institution's, or the member stands for all; else 404."""
    rows = visible.files(membership).select_related(
        "attachment", "institution", "job", "received_by__user", "source__source__institution"
    )
    return get_or_404(rows, pk=pk)
