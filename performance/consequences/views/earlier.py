"""Pages of decisions on earlier years: enter, one decision, its scan, the second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from performance.consequences import forms, show_earlier
from performance.consequences.forms_earlier import EarlierForm
from performance.consequences.services import earlier_years
from performance.consequences.views.consequences import FASTER
from performance.declared.uploads import KeptFiles
from performance.models import EarlierYear
from performance.models.consequences import PROPOSE, VIEW

ENTER, PAGE = "performance/consequences/earlier_enter.html", "performance/consequences/earlier.html"


@permit(PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def earlier_enter(request: Any) -> HttpResponseBase:
    """Enter what was decided on a year; of a refused form nothing typed or uploaded is lost."""
    posted = request.method == "POST"
    form = EarlierForm(
        request.POST if posted else None, request.FILES if posted else None, places=show_earlier.places(),
        initial={"year": timezone.localdate().year - 1},
    )  # fmt: skip
    kept: list[Any] = []
    if posted:
        row = _entered(request, form) if form.is_valid() else None
        if row is not None:
            messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
            return redirect("earlier-year", row.pk)
        kept = KeptFiles(request, form.cleaned_data.get("files") or ()).waiting()
    context = {"title": _("Enter an earlier year"), "form": form, "kept": kept}
    answer = render(request, ENTER, context, status=400 if form.errors else 200)
    answer.keeps = bool(kept)  # type: ignore[attr-defined]
    return answer


def _entered(request: Any, form: EarlierForm) -> EarlierYear | None:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            files = KeptFiles(request, data["files"]).all()
            return earlier_years.enter(
                by=request.membership, year=data["year"], body=data["body"], decided_on=data["decided_on"],
                document=data["document"], scan=files[0] if files else None, lines=form.lines(),
                now=timezone.now(),
            )  # fmt: skip
    except Refused as error:
        add_refusal(form, error)
        return None


@permit(VIEW)
@require_safe
def earlier_year(request: Any, pk: int) -> HttpResponse:
    """One decision."""
    by = request.membership
    return render(request, PAGE, show_earlier.page(get_or_404(show_earlier.seen(by), pk=pk), by))


@permit(PROPOSE)
@require_safe
def earlier_scan(request: Any, pk: int) -> HttpResponseBase:
    """The scan of the decision; each download is journaled."""
    row = get_or_404(show_earlier.seen(request.membership), pk=pk)
    return fetched(request, row.scan)


@permit(PROPOSE)
@require_POST
def earlier_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """The second person agrees or says what does not; a stale tab gets 409 and a sentence."""
    by, status = request.membership, 400
    row = get_or_404(show_earlier.seen(by), pk=pk)
    if step not in ("confirm", "refuse"):
        raise Http404
    form = forms.WhyForm(request.POST, auto_id="refuse-%s") if step == "refuse" else None
    if form is None or form.is_valid():
        said = {"by": by, "row": row, "now": timezone.now(), "version": asked.version(request)}
        try:
            if form is None:
                earlier_years.confirm(**said)
            else:
                earlier_years.refuse(**said, why=form.cleaned_data["why"])
            return redirect("earlier-year", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
            else:
                add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    more = {} if form is None else {"refuse": form}
    page = show_earlier.page(get_or_404(show_earlier.seen(by), pk=pk), by, **more)
    return render(request, PAGE, page, status=status)
