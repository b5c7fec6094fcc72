"""Pages of the insurer's statements and of claw-backs: lists, drafts, their steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from grouping.central import facts as insurer
from performance.life import forms, show_corrections, tables
from performance.life.services import booking, clawbacks, statements
from performance.models import Clawback, MonthRun, Statement
from performance.models.life import LEAD
from performance.views.months import conflict, whole_alliance

SEE = "report.view"
MONTHS = 24  # posted months that can be chosen


@permit(SEE)
@require_safe
def statement_list(request: Any) -> HttpResponse:
    """Statements the member may see, the newest first."""
    rows = show_corrections.statements_seen(request.membership).order_by("-month", "-pk")
    return lists.answer(
        request, "performance/life/statements.html", rows, tables.StatementTable,
        empty=tables.no_statement(),
        extra={"title": _("Insurer's statements"), "leads": show_corrections.leads(request.membership)},
    )  # fmt: skip


def _found(request: Any, pk: int) -> Statement:
    return get_or_404(show_corrections.statements_seen(request.membership), pk=pk)


@permit(SEE)
@require_safe
def statement(request: Any, pk: int) -> HttpResponse:
    """One statement: the difference by cause, case by case."""
    page = show_corrections.statement(_found(request, pk), request.membership)
    return render(request, "performance/life/statement.html", page)


@permit(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def statement_new(request: Any) -> HttpResponseBase:
    """Take a statement from a delivered file; what was typed stays when it is refused."""
    whole_alliance(request.membership)
    days = MonthRun.objects.filter(state=MonthRun.State.POSTED).order_by("-month")
    months = [Month.of(day) for day in days.values_list("month", flat=True)[:MONTHS]]
    form = forms.StatementForm(
        request.POST if request.method == "POST" else None, files=insurer.files(request.membership),
        months=months, into=books.open_months(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            row = statements.make(by=request.membership, now=timezone.now(), **form.terms())
            return redirect("statement", row.pk)
        except Refused as error:
            add_refusal(form, error)
    context = {"title": _("Take in a statement"), "form": form}
    status = 400 if form.errors else 200
    return render(request, "performance/life/statement_new.html", context, status=status)


@permit(LEAD)
@require_POST
def statement_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose or discard a draft; charge confirmed rejections."""
    whole_alliance(request.membership)
    row, now = _found(request, pk), timezone.now()
    if step == "charge":
        return _charge(request, row)
    return _step(request, row, step, statements.propose, "statement", ("statements",), now)


def _charge(request: Any, row: Statement) -> HttpResponseBase:
    rows = show_corrections.uncharged(row)
    form = show_corrections.clawback_form(rows, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        chosen = {int(pk) for pk in data["lines"]}
        try:
            made = clawbacks.make(
                by=request.membership, statement=row, lines=[one for one in rows if one.pk in chosen],
                into=Month.parse(data["into"]), reason=data["reason"], now=timezone.now(),
            )  # fmt: skip
            return redirect("clawback", made.pk)
        except Refused as error:
            add_refusal(form, error)
    page = show_corrections.statement(row, request.membership, {"form": form})
    return render(request, "performance/life/statement.html", page, status=400)


def _step(
    request: Any, row: Any, step: str, propose: Any, name: str, after: tuple[str, ...], now: Any
) -> HttpResponseBase:
    if step not in ("propose", "discard"):
        raise Http404
    try:
        if step == "discard":
            booking.discard(by=request.membership, row=row, verb=f"{name}.discarded")
            return redirect(*after)
        propose(by=request.membership, row=row, today=timezone.localdate(now), version=asked.version(request))
    except Refused as error:
        messages.error(request, worded(error))
    except Stale as error:
        return conflict(request, error)
    return redirect(name, row.pk)


def _clawback(request: Any, pk: int) -> Clawback:
    return get_or_404(show_corrections.clawbacks_seen(request.membership), pk=pk)


@permit(SEE)
@require_safe
def clawback(request: Any, pk: int) -> HttpResponse:
    """One claw-back: who bears each case, the floor, what is carried on."""
    page = show_corrections.clawback(_clawback(request, pk), request.membership)
    return render(request, "performance/life/clawback.html", page)


@permit(LEAD)
@require_POST
def clawback_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose or discard a draft; propose to carry on what the floor left."""
    whole_alliance(request.membership)
    row, now = _clawback(request, pk), timezone.now()
    if step != "carry":
        back = ("statement", row.statement_id)
        return _step(request, row, step, clawbacks.propose, "clawback", back, now)
    form = forms.IntoForm(request.POST, into=books.open_months(), auto_id="carry-%s")
    if form.is_valid():
        try:
            clawbacks.propose_carry(
                by=request.membership, row=row, into=Month.parse(form.cleaned_data["into"]),
                today=timezone.localdate(now),
            )  # fmt: skip
            messages.success(request, _("Sent to a second person."))
            return redirect("clawback", pk)
        except Refused as error:
            add_refusal(form, error)
    page = show_corrections.clawback(row, request.membership, form)
    return render(request, "performance/life/clawback.html", page, status=400)
