"""Pages of what is due: the month, one institution, its reminder on paper, the watched indicators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import papers
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.declared import due, forms, services, show_due
from performance.models import DeclaredDuty, DeclaredValue


@permit("declared.view")
@require_safe
def now(request: Any) -> HttpResponse:
    """To the month that is due: the one before today's."""
    return redirect("declared-due", str(Month.of(timezone.localdate()).previous()))


@permit("declared.view")
@require_safe
def month(request: Any, month: Month) -> HttpResponse:
    """Who owes what; a member of an institution sees its own line."""
    page = show_due.month_page(request.membership, served(month), timezone.now())
    return render(request, "performance/declared/due.html", page)


def served(month: Month) -> Month:
    """A month whose numbers can be owed already or soon, else 404."""
    if not show_due.serves(month, timezone.localdate()):
        raise Http404
    return month


def visible(request: Any, code: str) -> Institution:
    """An institution the member sees (second wall)."""
    places = forms.places()
    here = request.membership.institution_id
    return get_or_404(places if here is None else places.filter(pk=here), code=code)


@permit("declared.view")
@require_safe
def place(request: Any, month: Month, code: str) -> HttpResponse:
    """One institution's numbers of a month."""
    page = show_due.place_page(request.membership, served(month), visible(request, code), timezone.now())
    return render(request, "performance/declared/due_place.html", page)


@permit("declared.view")
@require_safe
def reminder(request: Any, month: Month, code: str) -> HttpResponse:
    """The reminder on A4 (催报单), or as a docx to go on editing."""
    found = visible(request, code)
    page = show_due.reminder_page(request.membership, served(month), found, timezone.now())
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="declared.reminded", about=found, request=request, month=str(month),
            rows=len(page["lines"]),
        )  # fmt: skip
    if request.GET.get("as") == "docx":
        return papers.send(show_due.reminder_paper(page), f"{page['title']} {found.code} {month}")
    return render(request, "performance/declared/reminder.html", page)


@permit("declared.confirm")
@require_POST
def confirm(request: Any, month: Month, code: str) -> HttpResponseBase:
    """A second person confirms all that waits for one of an institution."""
    found, by = visible(request, code), request.membership
    rows = [
        one.row
        for one in due.owed(served(month), institution_id=found.pk)
        if one.row and one.row.state == DeclaredValue.State.SUBMITTED and not show_due.has_hand(by, one)
    ]
    try:
        done = services.confirm_all(by=by, rows=rows, now=timezone.now()) if rows else []
    except Refused as error:
        messages.error(request, worded(error))
    except Stale:
        messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
    else:
        said = ngettext("%(n)d value is confirmed.", "%(n)d values are confirmed.", len(done))
        messages.success(request, said % {"n": len(done)})
    return redirect("declared-due-place", str(month), code)


@permit("declared.demand")
@require_http_methods(["GET", "HEAD", "POST"])
def duties(request: Any) -> HttpResponseBase:
    """Indicators whose facts are owed although no scheme counts them."""
    form = forms.WatchForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.watch(by=request.membership, now=timezone.now(), **form.wanted())
            return redirect("declared-duties")
        except Refused as error:
            add_refusal(form, error)
    page = show_due.duties_page(request.membership, form)
    return render(request, "performance/declared/duties.html", page, status=400 if form.errors else 200)


@permit("declared.demand")
@require_POST
def release(request: Any, pk: int) -> HttpResponseBase:
    """Watch an indicator no longer: the last month is the one before today's."""
    duty = get_or_404(DeclaredDuty.objects.all(), pk=pk)
    try:
        services.release(by=request.membership, duty=duty, last=Month.of(timezone.localdate()).previous())
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("declared-duties")
