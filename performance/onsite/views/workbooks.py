"""A checklist out as a workbook, and its items back in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.declared.uploads import XLSX
from performance.models import OnsiteChecklist
from performance.onsite import forms, workbook
from performance.onsite.services import checklists
from performance.onsite.views.visits import FASTER

SHOWN_FAULTS = 200


@permit("onsite.view")
@require_safe
def export(request: Any, pk: int) -> HttpResponse:
    """The items of one version as a workbook that can be filled and brought back."""
    row = get_or_404(OnsiteChecklist.objects.all(), pk=pk)
    if request.method == "GET":
        journal.write(by=request.membership, verb="onsite.checklist_exported", about=row, request=request)
    answer = HttpResponse(workbook.workbook(row.checklist), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="checklist-{row.code}-{row.number}.xlsx"'
    return answer


@permit("onsite.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: Any, pk: int) -> HttpResponseBase:
    """Items of a draft from a workbook: all of them, or none and what has to be corrected."""
    row, status = get_or_404(OnsiteChecklist.objects.all(), pk=pk), 200
    posted = request.method == "POST"
    form = forms.WorkbookForm(request.POST if posted else None, request.FILES if posted else None)
    faults: tuple[Any, ...] = ()
    if posted:
        status = 400
        if form.is_valid():
            given = form.cleaned_data["file"]
            try:
                found = workbook.read(given.name, given.file)
                faults = found.faults
                if not faults:
                    made = checklists.put_all(
                        by=request.membership, row=row, sections=found.sections,
                        version=asked.version(request),
                    )  # fmt: skip
                    n = len(made.checklist.items)
                    said = ngettext("%(n)d item is in the draft.", "%(n)d items are in the draft.", n)
                    messages.success(request, said % {"n": n})
                    return redirect("onsite-checklist", pk)
            except Refused as error:
                add_refusal(form, error)
            except Stale:
                status = 409
                form.add_error(None, _(FASTER))
    context = {
        "title": _("Items from a workbook"), "row": row, "form": form, "faults": faults[:SHOWN_FAULTS],
        "more": max(0, len(faults) - SHOWN_FAULTS), "version": asked.version(request) or row.version,
        "columns": [workbook.label(name) for name in workbook.COLUMNS],
    }  # fmt: skip
    return render(request, "performance/onsite/workbook.html", context, status=status)
