"""The pages of a kind of decided sheet: a form that keeps its scan; one sheet with its workbook, A4 sheet,
scan and steps.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from alliance.web.access import View, get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from performance.decided.deeds import DecidedRefused
from performance.decided.show import Paper
from performance.declared.uploads import KeptFiles
from performance.models.pay import LOOK, VIEW, DecidedSheet

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


@dataclass(frozen=True)
class Step:
    """What may be done with a sheet by who has the `right`: the service's `deed`, the `form` of what it asks
    (`whole`: only then the service is called), what is `said` afterwards.
    """

    right: str
    deed: Callable[..., Any]
    form: type[forms.Form] | None = None
    whole: bool = True
    said: Any = ""
    page: str = ""  # of what the deed made; the sheet's own without


@dataclass(frozen=True)
class Room:
    """Where sheets of a kind are shown; each view is one of `views`, in the order of its fields.

    `name`: of the page of a sheet; `page` and `paper`: what it shows, and what leaves the house of it.
    """

    name: str
    model: type[DecidedSheet]
    template: str
    page: Callable[[Any, Membership, dict[str, Any]], dict[str, Any]]
    paper: Callable[[Any, Membership], Paper]
    steps: Mapping[str, Step]

    def views(self) -> tuple[View, View, View, View, View]:
        """Page, workbook, A4 sheet, scan, step."""
        seen, looked_at = permit(VIEW), permit(LOOK)
        return (
            seen(require_safe(self._page)), seen(require_safe(self._workbook)),
            seen(require_safe(self._printed)), looked_at(require_safe(self._scan)),
            looked_at(require_POST(self._act)),
        )  # fmt: skip

    def _found(self, request: Any, pk: int) -> Any:
        """A sheet the member sees (second wall)."""
        rows: Any = self.model.objects
        return get_or_404(rows.seen_by(request.membership).named(), pk=pk)

    def _page(self, request: Any, pk: int, status: int = 200, **given: Any) -> HttpResponse:
        context = self.page(self._found(request, pk), request.membership, given)
        return render(request, self.template, {**context, "room": self.name}, status=status)

    def _workbook(self, request: Any, pk: int) -> HttpResponse:
        """As far as the member reads it; handing it out is journaled."""
        sheet, body = self._found(request, pk), io.BytesIO()
        paper = self.paper(sheet, request.membership)
        sheets.write_xlsx(body, [*paper.cells()], title=paper.title[:31])
        journal.write(
            by=request.membership, verb="pay.sheet_exported", about=sheet, request=request,
            rows=len(paper.rows),
        )  # fmt: skip
        response = HttpResponse(body.getvalue(), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{self.name}-{sheet.pk}.xlsx"'
        return response

    def _printed(self, request: Any, pk: int) -> HttpResponse:
        paper = self.paper(self._found(request, pk), request.membership)
        context = {"title": paper.title, "paper": paper, "back": reverse(self.name, args=[pk])}
        return render(request, "performance/decided/sheet.html", context)

    def _scan(self, request: Any, pk: int) -> HttpResponseBase:
        """Each download is journaled."""
        return fetched(request, self._found(request, pk).scan)

    def _act(self, request: Any, pk: int, step: str) -> HttpResponseBase:
        """Do a step; what was typed stays where it is refused."""
        sheet, by, one = self._found(request, pk), request.membership, self.steps.get(step)
        if one is None:
            raise Http404
        require(by, one.right)
        form = one.form(request.POST, auto_id=f"{step}-%s") if one.form else None
        try:
            if form is None or form.is_valid() or not one.whole:
                made = one.deed(by=by, sheet=sheet, now=timezone.now(), **(form.cleaned_data if form else {}))
                if one.said:
                    messages.success(request, one.said)
                return redirect(one.page or self.name, made.pk if one.page else pk)
        except Refused as error:
            # What is decided meanwhile has no form on the page any more.
            if form is None or (isinstance(error, DecidedRefused) and not error.field):
                messages.error(request, worded(error))
                form = None
            else:
                add_refusal(form, error)
        return self._page(request, pk, 400, **({step: form} if form else {}))
