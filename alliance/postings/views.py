"""Pages of postings: the week, the list, one posting, one day, what is to confirm, the promises."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.postings import forms, overview, services, show, tables, year
from alliance.postings.models import Posting, Visit
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal


@permit("posting.view")
@require_safe
def week(request: Any) -> HttpResponse:
    """Who is where in a week."""
    monday = forms.asked_week(request.GET.get("day", ""), timezone.localdate())
    return render(
        request, "postings/week.html", overview.week_page(request.membership, monday, timezone.localdate())
    )


@permit("posting.view")
@require_safe
def posting_list(request: Any) -> HttpResponse:
    """Postings sent and hosted."""
    rows = Posting.objects.visible_to(request.membership).with_names()
    empty = parts.Empty(
        _("No posting yet"), _("A sender proposes an expert, the host agrees, then the days are planned."),
        icon="user",
    )  # fmt: skip
    return lists.answer(
        request, "postings/list.html", rows, tables.PostingTable, filterset=tables.PostingFilter,
        tabs=overview.tabs("postings"), empty=empty, extra={"title": _("Postings")},
    )  # fmt: skip


@permit("posting.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: Any) -> HttpResponseBase:
    """Offer an expert to a host; what was typed stays when something is refused."""
    sender = request.membership.institution
    if sender is None:
        raise PermissionDenied(_("Only a member of an institution posts experts."))
    form = forms.ProposeForm(sender=sender, data=request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := _propose(request.membership, form)):
        messages.success(request, _("The host is asked to agree."))
        return redirect("posting", made.pk)
    return render(
        request, "postings/propose.html", {"title": _("Propose a posting"), "form": form},
        status=400 if form.errors else 200,
    )  # fmt: skip


def _propose(by: Membership, form: forms.ProposeForm) -> Posting | None:
    terms = form.terms()
    assert by.institution is not None
    for fault in services.faults(terms, sender=by.institution, today=timezone.localdate()):
        add_refusal(form, fault)
    if form.errors:
        return None
    return services.propose(by=by, terms=terms, now=timezone.now())


@permit("posting.view")
@require_safe
def posting(request: Any, pk: int) -> HttpResponse:
    """One posting with its days."""
    return render(
        request, "postings/posting.html", show.posting_page(_posting(request, pk), request.membership)
    )


@permit("posting.view")
@require_POST
def posting_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """A step of a posting; which side and role may take it, the service decides."""
    row = _posting(request, pk)
    steps = {
        "agree": lambda **given: services.agree(now=timezone.now(), **given),
        "refuse": lambda **given: services.refuse(now=timezone.now(), **given),
        "withdraw": services.withdraw,
        "end": services.end,
    }
    return _act(request, row, "posting", step, steps)


@permit("posting.host")
@require_POST
def evaluate(request: Any, pk: int) -> HttpResponseBase:
    """The host's points for a month."""
    row = _posting(request, pk)
    form = forms.EvaluationForm(request.POST)
    if form.is_valid():
        try:
            services.evaluate(by=request.membership, posting=row, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Thank you: the sender reads your evaluation."))
            return redirect("posting", pk)
    context = show.posting_page(row, request.membership) | {"evaluate": form}
    return render(request, "postings/posting.html", context, status=400)


@permit("posting.view")
@require_http_methods(["GET", "HEAD", "POST"])
def visits(request: Any) -> HttpResponseBase:
    """Reported days that wait for the host, who confirms many at once; days to report, and all days."""
    if request.method != "POST" and request.GET.get("view") in tables.DAY_VIEWS:
        return _day_list(request, request.GET["view"])
    waiting = Visit.objects.visible_to(request.membership).filter(state=Visit.State.REPORTED).with_names()
    mine = request.membership.institution_id
    if request.method == "POST":
        chosen = [int(pk) for pk in request.POST.getlist("visit") if pk.isascii() and pk.isdigit()]
        rows = list(waiting.filter(posting__host=mine, pk__in=[pk for pk in chosen if pk < 2**62]))
        done = services.confirm_many(by=request.membership, visits=rows, now=timezone.now())
        said = ngettext("%(n)d day is confirmed.", "%(n)d days are confirmed.", len(done))
        messages.success(request, said % {"n": len(done)})
        return redirect("visits")
    may = request.membership.can("posting.host")
    rows = [
        (visit, may and visit.posting.host_id == mine, tables.halves(visit))
        for visit in waiting[: services.MOST_AT_ONCE]
    ]
    more = waiting.count() if len(rows) == services.MOST_AT_ONCE else 0
    return render(
        request, "postings/visits.html",
        {"title": _("Days to confirm"), "rows": rows, "tabs": overview.tabs("visits"),
         "any": any(own for _visit, own, _halves in rows), "more": more if more > len(rows) else 0},
    )  # fmt: skip


def _day_list(request: Any, view: str) -> HttpResponse:
    """Days as a list with conditions."""
    rows, empty = tables.days_of(request.membership, view, timezone.localdate())
    return lists.answer(
        request, "postings/list.html", rows.with_names(), tables.VisitTable, filterset=tables.VisitFilter,
        tabs=overview.tabs(f"visits?view={view}"), empty=empty, extra={"title": tables.DAY_VIEWS[view]},
    )  # fmt: skip


@permit("posting.view")
@require_safe
def visit(request: Any, pk: int) -> HttpResponse:
    """One day."""
    row = _visit(request, pk)
    context = show.visit_page(
        row, request.membership, timezone.localdate(), services.asks_place(timezone.localdate())
    )
    return render(request, "postings/visit.html", context)


@permit("posting.view")
@require_POST
def visit_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """A step of a day; which side and role may take it, the service decides."""
    row = _visit(request, pk)
    steps = {
        "report": lambda **given: services.report(now=timezone.now(), **_figures(given)),
        "confirm": lambda **given: services.confirm(now=timezone.now(), **_figures(given)),
        "dispute": services.dispute,
        "absent": services.absent,
        "move": services.swap,
        "check-in": lambda **given: services.check_in(
            now=timezone.now(), by=given["by"], visit=row, place=request.POST.get("place", "")
        ),
        "check-out": lambda **given: services.check_out(now=timezone.now(), by=given["by"], visit=row),
    }
    return _act(request, row, "visit", step, steps)


def _figures(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the figures as one value."""
    names = ("patients_seen", "teaching_minutes", "retained", "note")
    figures = {name: given.pop(name) for name in names if name in given}
    return given | ({"figures": services.Figures(**figures)} if figures else {})


def _act(request: Any, row: Any, kind: str, step: str, steps: dict[str, Any]) -> HttpResponseBase:
    """Take a step: its form first, then its service, then the page again."""
    if step not in steps:
        raise Http404
    form = show.step_form(row, step, request.POST)
    back, action = reverse(kind, args=[row.pk]), show.act_url(row, step, f"{kind}-act")
    error: Refused | None = None
    if form is None or form.is_valid():
        given = {"by": request.membership, kind: row, "version": asked.version(request)}
        try:
            steps[step](**given, **(form.cleaned_data if form else {}))
        except Stale as stale:
            context = {"title": str(row), "state": stale.row.get_state_display(), "back": back}
            return render(request, "postings/changed.html", context, status=409)
        except Refused as refused:
            error = refused
        else:
            messages.success(request, _("Done: the other side sees it."))
            return redirect(kind, row.pk)
    return render(request, "postings/act.html", show.act_page(row, form, action, error, back), status=400)


@permit("posting.view")
@require_safe
def promises(request: Any) -> HttpResponse:
    """Person-times of the year of every hospital, months of dispatch of the doctors one may know."""
    until = timezone.localdate()
    dispatches = year.dispatches(until, institution_id=request.membership.institution_id)
    context = overview.promises_page(year.promises(until), dispatches, until)
    return render(request, "postings/promises.html", context)


def _posting(request: Any, pk: int) -> Posting:
    return get_or_404(Posting.objects.visible_to(request.membership).with_names(), pk=pk)


def _visit(request: Any, pk: int) -> Visit:
    return get_or_404(Visit.objects.visible_to(request.membership).with_names(), pk=pk)
