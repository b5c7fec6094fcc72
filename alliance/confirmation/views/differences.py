"""The queue of differences: what is open, answering, deciding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.confirmation import forms, services, tables
from alliance.confirmation.models import Difference
from alliance.confirmation.show import line as show_line
from alliance.confirmation.views.finding import differences_of, line_page
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal


@permit("confirmation.view")
@require_safe
def difference_list(request: Any) -> HttpResponse:
    """The queue: what is open, of the own institution or of all."""
    view = request.GET.get("view", "")
    rows = differences_of(request.membership)
    shown = rows if view == "all" else rows.exclude(state=Difference.State.SETTLED)
    tabs = [
        parts.Tab(_("Not settled"), request.path, view != "all"),
        parts.Tab(_("All differences"), f"{request.path}?view=all", view == "all"),
    ]
    empty = parts.Empty(
        _("No difference is open"), _("Where both sides count alike, nothing is here."), icon="ok"
    )
    return lists.answer(
        request, "confirmation/differences.html", shown, tables.DifferenceTable,
        filterset=tables.DifferenceFilter, tabs=tabs, empty=empty, extra={"title": _("Differences")},
    )  # fmt: skip


@permit("confirmation.view")
@require_POST
def difference_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """The other side answers, or the office decides; who may, the service says."""
    row = get_or_404(differences_of(request.membership), pk=pk)
    form: Any = forms.AnswerForm(request.POST, auto_id="answer-%s")
    if step == "settle":
        form = show_line.settle_form(show_line.standing(row.line, timezone.now()), request.POST)
    elif step != "answer":
        raise Http404
    if form.is_valid():
        try:
            _act(request, row, step, form)
        except Stale:
            return line_page(request, row.line, 409, stale=True, difference=row.pk, **{step: form})
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Both sides see it."))
            return redirect("confirmation-line", row.line_id)
    return line_page(request, row.line, 400, difference=row.pk, **{step: form})


def _act(request: Any, row: Difference, step: str, form: Any) -> None:
    given = {
        "by": request.membership,
        "difference": row,
        "now": timezone.now(),
        "version": asked.version(request),
    }
    if step == "answer":
        services.answer(verdict=form.cleaned_data["verdict"], text=form.cleaned_data["text"], **given)
        return
    services.settle(
        count=form.cleaned_data["count"], units=form.cleaned_data.get("units"),
        text=form.cleaned_data["text"], **given,
    )  # fmt: skip
