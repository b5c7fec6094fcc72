"""Minutes: the next version or corrigendum, one version as page, A4 sheet and docx, signing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.services import journal
from alliance.web import papers
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.meetings import forms
from performance.meetings import minutes as filling
from performance.meetings.models import VIEW, Meeting, Minutes, desk
from performance.meetings.services import minuting
from performance.meetings.views.meetings import found, tried


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Any, pk: int) -> HttpResponseBase:
    """The next version, filled from the meeting; of signed minutes a corrigendum of the newest."""
    row = found(request, pk)
    if row.state not in (Meeting.State.HELD, Meeting.State.SIGNED) or not desk(request.membership, row.body):
        raise Http404
    correcting = row.state == Meeting.State.SIGNED
    if correcting:
        form: Any = forms.CorrigendumForm(request.POST or None, parts=row.minutes.all()[0].content())
    else:
        form = forms.MinutesForm(request.POST or None, parts=filling.fill(row, timezone.now()).parts)
    if request.method == "POST" and form.is_valid():
        common = {"by": request.membership, "meeting": row, "now": timezone.now(), "texts": form.texts()}
        try:
            if correcting:
                made = minuting.correct(reason=form.cleaned_data["reason"], **common)
            else:
                made = minuting.write(**common)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Kept. Chair and secretary sign the newest version."))
            return redirect("minutes", pk, made.number)
    title = _("Correct the minutes") if correcting else _("Write the minutes")
    context = {"title": title, "meeting": row, "form": form, "correcting": correcting}
    return render(request, "meetings/minutes_write.html", context, status=400 if form.errors else 200)


def _version(request: Any, pk: int, number: int) -> tuple[Meeting, Minutes]:
    row = found(request, pk)
    rows = row.minutes.select_related("chair__user", "secretary__user", "written_by__user", "corrects")
    return row, get_or_404(rows, number=number)


@permit("home.view")
@require_safe
def page(request: Any, pk: int, number: int) -> HttpResponse:
    """One version as it reads."""
    row, version = _version(request, pk, number)
    context = {"title": version.title, "meeting": row, "version": version}
    return render(request, "meetings/minutes.html", {**context, "document": minuting.document(version)})


@permit("home.view")
@require_safe
def sheet(request: Any, pk: int, number: int) -> HttpResponse:
    """On A4."""
    row, version = _version(request, pk, number)
    context = {"title": version.title, "meeting": row, "version": version}
    return render(request, "meetings/minutes_sheet.html", {**context, "document": minuting.document(version)})


@permit("home.view")
@require_safe
def docx(request: Any, pk: int, number: int) -> HttpResponse:
    """As a file an office can go on editing; each download is journaled."""
    row, version = _version(request, pk, number)
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="minutes.fetched", about=row, request=request, number=number
        )
    return papers.send(minuting.document(version), f"{version.title} {version.number}")


@permit("home.view")
@require_POST
def sign(request: Any, pk: int, number: int) -> HttpResponseBase:
    """Sign the version that was read."""
    row, _version_row = _version(request, pk, number)

    def deed() -> str:
        minuting.sign(by=request.membership, meeting=row, number=number, now=timezone.now())
        return _("Signed.")

    return tried(request, row, "", None, deed)
