"""Pages of sheets: upload, what its columns mean, the batch with what was left, the template to fill."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib import sheets as lib
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Attachment
from alliance.models.base import Stale
from alliance.services import files
from alliance.web import errors, lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from performance.declared import forms, services, show_due, show_sheets, tables
from performance.declared.services import sheets
from performance.declared.uploads import KEPT_DAYS, XLSX
from performance.declared.views.due import served, visible
from performance.engine.sheetmap import Column
from performance.models import DeclaredBatch, DeclaredValue

MOST_BYTES = 20 << 20
FASTER = "Somebody else was faster. Look again: nothing of yours was stored."


@permit("declared.view")
@require_safe
def sheet_list(request: Any) -> HttpResponse:
    """Sheets that came in."""
    return lists.answer(
        request, "performance/declared/list.html", show_sheets.batches(request.membership), tables.SheetTable,
        empty=tables.no_sheet(),
        extra={"title": _("Sheets of values"), "imports": request.membership.can("declared.enter"),
               "rooms": show_due.tabs("declared-sheets", request.membership)},
    )  # fmt: skip


@permit("declared.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Any) -> HttpResponseBase:
    """Choose a sheet; nothing of it is taken before its columns are looked at."""
    posted = request.method == "POST"
    form = forms.SheetUploadForm(
        request.POST if posted else None, request.FILES if posted else None,
        membership=request.membership, today=timezone.localdate(),
    )  # fmt: skip
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = files.store(
                by=request.membership, name=file.name, content=file.chunks(), limit=MOST_BYTES,
                purpose=Attachment.Purpose.EVIDENCE,
                content_type=XLSX if file.name.endswith("xlsx") else "text/csv",
                institution=request.membership.institution, keep_days=KEPT_DAYS,
            )  # fmt: skip
            said = {
                name: request.POST.get(name, "") for name in ("source", "month", "institution", "responsible")
            }
            return redirect(f"{reverse('declared-sheet-read', args=[kept.pk])}?{urlencode(said)}")
        except files.TooLarge as refused:
            form.add_error("file", _("The file has more than %(mib)d MiB.") % {"mib": refused.limit >> 20})
    context = {
        "title": _("Values from a sheet"),
        "form": form,
        "sources": show_sheets.sources(request.membership),
    }
    return render(request, "performance/declared/upload.html", context, status=400 if form.errors else 200)


@permit("declared.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: Any, pk: int) -> HttpResponseBase:
    """What the columns mean, what the rows become; the good ones are taken, the others named."""
    mine = Attachment.objects.filter(owner=request.membership, purpose="evidence", deleted_at=None)
    if request.method == "POST":
        mine = mine.select_for_update()  # of two tabs the later one hears that the sheet is taken
    file, by = get_or_404(mine, pk=pk), request.membership
    if file.delete_after is None:
        return _taken(request, file)
    form = forms.SheetForm(request.GET, membership=by, today=timezone.localdate())
    context: dict[str, Any] = {"title": _("What the columns mean"), "file": file, "form": form}
    if not form.is_valid():
        return redirect("declared-sheet-upload")
    try:
        page = _Reading(request, file, form)
    except Refused as error:
        context["refusal"] = worded(error)
        return render(request, "performance/declared/read.html", context, status=400)
    taking = request.method == "POST" and request.POST.get("do") == "take" and not page.faults
    if taking and (batch := page.take()):
        return redirect("declared-sheet", batch.pk)
    status = 409 if taking else 200
    return render(request, "performance/declared/read.html", context | page.context(), status=status)


def _taken(request: Any, file: Attachment) -> HttpResponseBase:
    """The old tab of a sheet whose values are in: the way to them, and no second time."""
    batch = get_or_404(show_sheets.batches(request.membership).filter(file=file)[:1])
    if request.method != "POST":
        return redirect("declared-sheet", batch.pk)
    said = _("Its values came in %(at)s and are not taken twice.") % {"at": words.moment(batch.made_at)}
    return errors.answer(request, 409, _("This sheet was taken already"), said)


class _Reading:
    """A sheet with its layout: guessed, corrected by the person, tried."""

    def __init__(self, request: Any, file: Attachment, form: forms.SheetForm) -> None:
        self.request, self.file, self.by, self.now = request, file, request.membership, timezone.now()
        data = form.cleaned_data
        self.source, self.month = data["source"], Month.parse(data["month"])
        self.place = data.get("institution") or self.by.institution
        self.table = sheets.look(file)
        self.columns = self._corrected(sheets.guessed(self.by, self.table, self.source))
        self.faults = show_sheets.faults(self.columns, place_known=self.place is not None)
        self.tried = None if self.faults else sheets.attempt(
            by=self.by, table=self.table, columns=self.columns, month=self.month, place=self.place,
            responsible=data["responsible"], now=self.now,
        )  # fmt: skip

    def _targets(self) -> list[tuple[str, str]]:
        return show_sheets.targets(by_institution=self.by.institution_id is not None)

    def _corrected(self, guessed: list[Column]) -> list[Column]:
        """The targets a person chose instead of those proposed."""
        known = {key for key, _name in self._targets()}
        found = []
        for at, column in enumerate(guessed):
            chosen = self.request.POST.get(f"c{at}", column.target)
            changed = chosen in known and chosen != column.target
            found.append(Column(column.heading, chosen, "", column.values) if changed else column)
        return found

    def take(self) -> DeclaredBatch | None:
        """The good rows as a batch; None where there is none."""
        assert self.tried is not None
        try:
            batch = sheets.take(
                by=self.by, file=self.file, source=self.source, columns=self.columns, tried=self.tried,
                month=self.month, place=self.place, now=self.now,
            )  # fmt: skip
        except Refused as error:
            messages.error(self.request, worded(error))
            return None
        except Stale:
            messages.error(self.request, _(FASTER))
            return None
        said = ngettext(
            "%(n)d value waits for the second person.", "%(n)d values wait for the second person.",
            batch.taken,
        )  # fmt: skip
        messages.success(self.request, said % {"n": batch.taken})
        return batch

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "columns": [
                (at, column, show_sheets.WHY.get(column.why, "")) for at, column in enumerate(self.columns)
            ],
            "targets": self._targets(), "faults": self.faults, "source": self.source,
            "month": self.month, "rows": len(self.table.rows),
            "trial": show_sheets.trial(self.tried) if self.tried else None,
        }  # fmt: skip


@permit("declared.view")
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """One sheet: what came in, what did not and why."""
    batch = get_or_404(show_sheets.batches(request.membership), pk=pk)
    return render(
        request, "performance/declared/sheet.html", show_sheets.batch_page(batch, request.membership)
    )


@permit("declared.view")
@require_safe
def left(request: Any, pk: int) -> StreamingHttpResponse:
    """The cells that were left, with what to do, as CSV."""
    batch = get_or_404(show_sheets.batches(request.membership), pk=pk)
    answer = StreamingHttpResponse(lib.csv_chunks(show_sheets.left_rows(batch)), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="left-{batch.pk}.csv"'
    return answer


@permit("declared.confirm")
@require_POST
def confirm(request: Any, pk: int) -> HttpResponseBase:
    """A second person confirms all of a sheet that waits."""
    batch = get_or_404(show_sheets.batches(request.membership), pk=pk)
    rows = list(batch.values.named().filter(state=DeclaredValue.State.SUBMITTED))  # type: ignore[attr-defined]
    try:
        done = services.confirm_all(by=request.membership, rows=rows, now=timezone.now()) if rows else []
    except Refused as error:
        messages.error(request, worded(error))
    except Stale:
        messages.error(request, _(FASTER))
    else:
        said = ngettext("%(n)d value is confirmed.", "%(n)d values are confirmed.", len(done))
        messages.success(request, said % {"n": len(done)})
    return redirect("declared-sheet", pk)


@permit("declared.view")
@require_safe
def template(request: Any, month: Month, code: str) -> HttpResponse:
    """What an institution has not delivered of a month, as a workbook to fill."""
    place = visible(request, code)
    answer = HttpResponse(show_sheets.template(served(month), place.pk), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="declared-{month}-{place.code}.xlsx"'
    return answer
