"""Answers that the pages of decided sheets share: a form that keeps its scan, workbook, A4 sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.services import journal
from alliance.web.refused import add_refusal
from performance.decided.show import Paper
from performance.declared.uploads import KeptFiles
from performance.models.pay import DecidedSheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def entered(
    request: Any, form: Any, enter: Callable[..., DecidedSheet], *, template: str, page: str,
    context: dict[str, Any],
) -> HttpResponseBase:  # fmt: skip
    """Enter a sheet from its form and go to its `page`; what was typed and chosen stays."""
    waiting: list[Any] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                with transaction.atomic():
                    scans = KeptFiles(request, form.cleaned_data["files"]).all()
                    made = enter(scan=scans[0] if scans else None, **form.entry())
            except Refused as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
                return redirect(page, made.pk)
        waiting = KeptFiles(request, form.cleaned_data.get("files") or ()).waiting()
    status = 400 if form.errors else 200
    answer = render(request, template, {**context, "form": form, "kept": waiting}, status=status)
    answer.keeps = bool(waiting)  # type: ignore[attr-defined]
    return answer


def workbook(request: Any, sheet: DecidedSheet, paper: Paper, name: str) -> HttpResponse:
    """A sheet as a workbook; handing it out is journaled."""
    body = io.BytesIO()
    rows = [*paper.cells()]
    sheets.write_xlsx(body, rows, title=paper.title[:31])
    journal.write(
        by=request.membership, verb="pay.sheet_exported", about=sheet, request=request, rows=len(paper.rows)
    )
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{sheet.pk}.xlsx"'
    return response


def printed(request: Any, paper: Paper, back: str) -> HttpResponse:
    """A sheet on A4; `back`: the address of its page."""
    context = {"title": paper.title, "paper": paper, "back": back}
    return render(request, "performance/decided/sheet.html", context)
