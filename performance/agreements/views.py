"""Pages of agreements: the list, the picture of all clauses, one agreement, one clause."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from performance.agreements import forms, show, show_clause, tables
from performance.agreements.models import ASSESS, RUN, SIGNED, VIEW, Agreement, Clause, ClauseCheck
from performance.agreements.services import agreements, checks
from performance.services.rights import require

STEPS = ("submit", "confirm", "send-back", "withdraw", "ask-end", "end", "keep", "clause", "drop-clause")
FASTER = "Somebody else was faster. Look again: nothing of yours was stored."


@permit(VIEW)
@require_safe
def agreement_list(request: Any) -> HttpResponse:
    """Agreements the member may see."""
    extra = {"title": _("Agreements"), "runs": request.membership.can(RUN)}
    return lists.answer(
        request, "agreements/list.html", Agreement.objects.seen_by(request.membership).named(),
        partial(tables.AgreementTable, today=timezone.localdate()), filterset=tables.AgreementFilter,
        empty=tables.NONE, extra=extra,
    )  # fmt: skip


@permit(VIEW)
@require_safe
def picture(request: Any) -> HttpResponse:
    """Institutions and clauses: what the newest period made of each."""
    context = show.picture(request.membership, timezone.localdate())
    extra = {"title": _("Fulfilment of agreements"), "runs": request.membership.can(RUN)}
    return render(request, "agreements/picture.html", {**context, **extra})


@permit(VIEW, RUN)
@require_POST
def fill(request: Any) -> HttpResponse:
    """Fill the measured clauses now, as the night does."""
    n = checks.fill(by=request.membership, now=timezone.now())
    said = ngettext("%(n)d clause check was filled.", "%(n)d clause checks were filled.", n)
    messages.success(request, said % {"n": n} if n else _("Nothing new: every computed month is in."))
    return redirect("agreements-picture")


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """Enter an agreement, or the one that follows another."""
    before = None
    if (asked_for := request.GET.get("follows", "")).isdecimal() and len(asked_for) < 10:
        before = Agreement.objects.filter(pk=int(asked_for), state__in=SIGNED).first()
    form = forms.AgreementForm(
        request.POST or None, request.FILES or None, initial=_of(before) if before else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = agreements.enter(by=request.membership, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entered. Add its clauses, then hand it on for its check."))
            return redirect("agreement", made.pk)
    context = {"title": _("Enter an agreement"), "form": form}
    return render(request, "agreements/enter.html", context, status=400 if form.errors else 200)


def _of(row: Agreement) -> dict[str, Any]:
    names = ("institution", "kind", "party", "party_name", "title")
    return {**{name: getattr(row, name) for name in names}, "follows": row}


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Any, pk: int) -> HttpResponseBase:
    """Correct a draft."""
    row, status = found(request, pk), 200
    if row.state != Agreement.State.DRAFT and request.method != "POST":
        raise Http404
    names = (*_of(row), "number", "begins", "ends", "signed_on")
    initial = {**{name: getattr(row, name) for name in names}, "follows": row.follows}
    form = forms.AgreementForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            agreements.change(
                by=request.membership, agreement=row, version=asked.version(request), **form.cleaned_data
            )
            return redirect("agreement", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            form.add_error(None, _(FASTER))
            status = 409
    if form.errors and status == 200:
        status = 400
    context = {
        "title": _("Change the entry"), "form": form, "agreement": row,
        "action": f"?version={asked.version(request) or row.version}",
    }  # fmt: skip
    return render(request, "agreements/enter.html", context, status=status)


def found(request: Any, pk: int) -> Agreement:
    """An agreement the member may see."""
    return get_or_404(Agreement.objects.seen_by(request.membership).named(), pk=pk)


def answered(request: Any, row: Agreement, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of an agreement, with a form that was refused."""
    page = show.page(row, request.membership, timezone.localdate(), given)
    return render(request, "agreements/agreement.html", page, status=status)


@permit(VIEW)
@require_safe
def agreement(request: Any, pk: int) -> HttpResponse:
    """One agreement."""
    return answered(request, found(request, pk), {})


@permit(VIEW)
@require_safe
def scan(request: Any, pk: int) -> HttpResponseBase:
    """The signed paper; each download is journaled."""
    return fetched(request, found(request, pk).scan)


@permit(VIEW, RUN)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Clauses of a draft, and every step of the machine."""
    row = found(request, pk)
    if step not in STEPS:
        raise Http404
    name = step.replace("-", "_")
    form = _form(request, row, name)
    if form is None or form.is_valid():
        try:
            _deeds(request, row, form)[name]()
            messages.success(request, _("Kept."))
            return redirect("agreement", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
                return redirect("agreement", pk)
            add_refusal(form, error, "last" if error.field == "ended_on" else None)
        except Stale:
            messages.error(request, _(FASTER))
            return answered(request, found(request, pk), {}, 409)
    return answered(request, row, {name: form}, 400)


def _form(request: Any, row: Agreement, name: str) -> Any:
    if name == "clause":
        return forms.ClauseForm(request.POST, agreement=row, auto_id="clause-%s")
    if name == "ask_end":
        return forms.EndForm(request.POST, auto_id="end-%s")
    return forms.WhyForm(request.POST, auto_id=f"{name}-%s") if name in show.WHY else None


def _deeds(request: Any, row: Agreement, form: Any) -> dict[str, Callable[[], object]]:
    said = form.cleaned_data if form is not None else {}
    whole: dict[str, Any] = {"by": request.membership, "agreement": row}
    fresh, now = {**whole, "version": asked.version(request)}, timezone.now()
    return {
        "submit": lambda: agreements.submit(**fresh),
        "confirm": lambda: agreements.confirm(**fresh, now=now),
        "send_back": lambda: agreements.send_back(**fresh, why=said["why"]),
        "withdraw": lambda: agreements.withdraw(**fresh, why=said["why"]),
        "ask_end": lambda: agreements.ask_end(**fresh, last=said["last"], why=said["why"]),
        "end": lambda: agreements.end(**fresh, now=now),
        "keep": lambda: agreements.keep(**fresh, why=said["why"]),
        "clause": lambda: agreements.add_clause(**whole, **said),
        "drop_clause": lambda: agreements.drop_clause(by=request.membership, clause=_dropped(request, row)),
    }


def _dropped(request: Any, row: Agreement) -> Clause:
    text = request.GET.get("clause", "")
    wanted = int(text) if text.isdecimal() and len(text) < 10 else 0
    return get_or_404(row.clauses.select_related("agreement"), pk=wanted)


def _clause(request: Any, pk: int, clause_pk: int) -> Clause:
    seen = Agreement.objects.seen_by(request.membership).filter(pk=pk)
    rows = Clause.objects.filter(agreement__in=seen)
    return get_or_404(rows.select_related("agreement__institution", "checker__user"), pk=clause_pk)


def _clause_answered(request: Any, row: Clause, given: dict[str, Any], status: int = 200) -> HttpResponse:
    page = show_clause.clause_page(row, request.membership, timezone.now(), given)
    return render(request, "agreements/clause.html", page, status=status)


@permit(VIEW)
@require_safe
def clause(request: Any, pk: int, clause: int) -> HttpResponse:
    """One clause with what its periods made of it."""
    return _clause_answered(request, _clause(request, pk, clause), {})


@permit(VIEW)
@require_safe
def check_file(request: Any, pk: int, clause: int, check: int) -> HttpResponseBase:
    """The evidence of a check by hand; each download is journaled."""
    row = _clause(request, pk, clause)
    return fetched(request, get_or_404(row.checks.select_related("file"), pk=check).file)


@permit(VIEW)
@require_POST
def clause_act(request: Any, pk: int, clause: int, step: str) -> HttpResponseBase:
    """Check by hand, name another checker, give a task."""
    row, by, now = _clause(request, pk, clause), request.membership, timezone.now()
    if step == "check":
        require(by, ASSESS)
        periods = checks.periods(row, timezone.localdate(now))
        form: Any = forms.CheckForm(request.POST, request.FILES, periods=periods, auto_id="check-%s")
        deed: Any = partial(checks.check, clause=row, now=now)
    elif step == "checker":
        require(by, RUN)
        form = forms.CheckerForm(request.POST, agreement=row.agreement, auto_id="checker-%s")
        deed = partial(agreements.name_checker, clause=row)
    elif step == "task":
        require(by, RUN)
        one = _checked(request, row)
        form = forms.TaskForm(request.POST, by=by, auto_id=f"task-{one.pk}-%s")
        deed, step = partial(checks.task, check=one, now=now), f"task-{one.pk}"
    else:
        raise Http404
    if form.is_valid():
        try:
            deed(by=by, **form.cleaned_data)
            messages.success(request, _("Kept."))
            return redirect("clause", pk, clause)
        except Refused as error:
            add_refusal(form, error)
    return _clause_answered(request, row, {step: form}, 400)


def _checked(request: Any, row: Clause) -> ClauseCheck:
    text = request.GET.get("check", "")
    wanted = int(text) if text.isdecimal() and len(text) < 10 else 0
    return get_or_404(row.checks.select_related("clause__agreement__institution"), pk=wanted)
