"""Pages of papers: list, making, one paper, its texts, its print sheet and docx."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists, papers
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import add_refusal
from performance.bulletin import forms, services, show, tables
from performance.models import Paper
from performance.models.papers import LEAD, LOOK, SECOND

STEPS: dict[str, tuple[str, Any]] = {
    "release": (SECOND, services.release),
    "discard": (LEAD, services.discard),
}


@permit(LOOK)
@require_safe
def paper_list(request: Any) -> HttpResponse:
    """Papers the member may read."""
    rows, makes = Paper.objects.seen_by(request.membership), show.makes(request.membership)
    return lists.answer(
        request, "performance/bulletin/papers.html", rows, tables.PaperTable, filterset=tables.PaperFilter,
        empty=tables.no_paper(makes), extra={"title": _("Bulletins and notices"), "makes": makes},
    )  # fmt: skip


@permit(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: Any) -> HttpResponseBase:
    """Fill a paper from a month."""
    if not show.makes(request.membership):
        raise Http404
    form = forms.MakeForm(request.POST or None, months=show.months())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make(by=request.membership, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Filled from the month. Edit the texts; a colleague releases it."))
            return redirect("paper", made.pk)
    context = {"title": _("Make a paper"), "form": form}
    return render(request, "performance/bulletin/make.html", context, status=400 if form.errors else 200)


def found(request: Any, pk: int) -> Paper:
    """A paper the member may read."""
    return get_or_404(Paper.objects.seen_by(request.membership).named(), pk=pk)


@permit(LOOK)
@require_safe
def paper(request: Any, pk: int) -> HttpResponse:
    """One paper as it reads."""
    page = show.page(found(request, pk), request.membership)
    return render(request, "performance/bulletin/paper.html", page)


@permit(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Any, pk: int) -> HttpResponseBase:
    """The texts of a draft; what was typed stays when it is refused."""
    row, status = found(request, pk), 200
    if row.state != Paper.State.DRAFT or not show.makes(request.membership):
        raise Http404
    form = forms.EditForm(request.POST if request.method == "POST" else None, paper=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(
                by=request.membership, paper=row, now=timezone.now(), version=asked.version(request),
                **form.texts(),
            )  # fmt: skip
            messages.success(request, _("The texts are kept."))
            return redirect("paper", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            form.add_error(None, _("Somebody else was faster. Look again: nothing of yours was stored."))
            status = 409
    status = 400 if form.errors and status == 200 else status
    context = {
        "title": _("Texts of the paper"), "paper": row, "form": form,
        "action": f"?version={asked.version(request) or row.version}",
    }  # fmt: skip
    return render(request, "performance/bulletin/edit.html", context, status=status)


@permit(LOOK)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Release it, or throw the draft away."""
    row = found(request, pk)
    if step not in STEPS:
        raise Http404
    right, deed = STEPS[step]
    require(request.membership, right)
    more = {"now": timezone.now(), "version": asked.version(request)} if step == "release" else {}
    deed(by=request.membership, paper=row, **more)
    messages.success(request, _("Released.") if step == "release" else _("Thrown away."))
    return redirect("paper", pk) if step == "release" else redirect("papers")


@permit(LOOK)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """The paper on A4."""
    row = found(request, pk)
    context = {"title": row.title, "paper": row, "document": services.document(row)}
    return render(request, "performance/bulletin/sheet.html", context)


@permit(LOOK)
@require_safe
def docx(request: Any, pk: int) -> HttpResponse:
    """The paper as a file that an office can go on editing; each download is journaled."""
    row = found(request, pk)
    if request.method == "GET":
        journal.write(by=request.membership, verb="paper.fetched", about=row, request=request)
    return papers.send(services.document(row), f"{row.title} {row.period}")
