"""Pages of violation cases: the list, opening, one case, its papers and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from alliance.web import asked, carrying, lists, papers
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from performance.agreements.models import Agreement, ClauseCheck
from performance.models import Clue
from performance.violations import forms, show, tables
from performance.violations import paper as papering
from performance.violations.models import FIND, RUN, STATE, VIEW, Penalty, Violation
from performance.violations.services import carrying as carrying_out
from performance.violations.services import cases, deciding, origins, table
from performance.violations.services.origins import About

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."
# The steps of a case by address: the right each needs.
STEPS = {
    "evidence": RUN, "warn": RUN, "state-view": STATE, "find": FIND, "drop": FIND, "close": RUN,
    "deduct": RUN, "repay": RUN, "paid": RUN, "end-agreement": RUN,
}  # fmt: skip
MEASURES = {
    "deduct": Penalty.Measure.DEDUCT, "repay": Penalty.Measure.REPAY, "paid": Penalty.Measure.REPAY,
    "end_agreement": Penalty.Measure.END,
}  # fmt: skip


@permit(VIEW)
@require_safe
def violation_list(request: Any) -> HttpResponse:
    """Cases the member may see."""
    extra = {"title": _("Violations"), "runs": request.membership.can(RUN)}
    rows = Violation.objects.seen_by(request.membership).named()
    return lists.answer(
        request, "violations/list.html", rows, tables.ViolationTable, filterset=tables.ViolationFilter,
        empty=tables.NONE, extra=extra,
    )  # fmt: skip


def _number(request: Any, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _about(request: Any) -> tuple[About, Any, str] | None:
    """What the address names: a clue, a clause check, or a thing one carries on from; its place and title."""
    member = request.membership
    if "clue" in request.GET:
        seen = Clue.objects.seen_by(member).filter(confidential=False)
        clue = get_or_404(seen.select_related("institution"), pk=_number(request, "clue"))
        return origins.of_clue(clue), clue.institution, ""
    if "clause" in request.GET:
        rows = ClauseCheck.objects.select_related("clause__agreement__institution")
        seen = Agreement.objects.seen_by(member)
        check = get_or_404(rows.filter(clause__agreement__in=seen), pk=_number(request, "clause"))
        return origins.of_clause(check), check.clause.agreement.institution, ""
    if "from" not in request.GET:
        return None
    thing = carrying.find(member, request.GET["from"], _number(request, "of"))
    thing = replace(thing, indicator=request.GET.get("indicator", "")) if thing else None
    about = origins.of_origin(member, thing) if thing else None
    if thing is None or about is None:
        raise Http404
    return about, thing.institution, about.text


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: Any) -> HttpResponseBase:
    """Open a case, by hand or from a clue, a broken clause, a signal, a check, a difference."""
    found, about = _about(request), None
    sources, initial = cases.sources(request.membership), {}
    if found is not None:
        about, place, text = found
        sources = [(about.source.value, str(about.source.label))]
        initial = {"institution": place, "source": about.source.value, "title": text[:160], "facts": text}
    form = forms.OpenForm(request.POST or None, sources=sources, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = cases.open_case(
                by=request.membership, now=timezone.now(), about=about, **form.cleaned_data
            )
        except Refused as error:
            add_refusal(form, error, "institution" if error.reason == "record" else None)
        else:
            messages.success(request, _("Opened. Complete its evidence, then send the warning."))
            return redirect("violation", made.pk)
    context = {
        "title": _("Open a violation case"), "form": form, "action": request.get_full_path(),
        "about": about.text if about else "",
    }  # fmt: skip
    return render(request, "violations/open.html", context, status=400 if form.errors else 200)


def found(request: Any, pk: int) -> Violation:
    """A case the member may see."""
    return get_or_404(Violation.objects.seen_by(request.membership).named(), pk=pk)


def answered(request: Any, row: Violation, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of a case, with a form that was refused."""
    page = show.page(row, request.membership, timezone.now(), given)
    return render(request, "violations/violation.html", page, status=status)


@permit(VIEW)
@require_safe
def violation(request: Any, pk: int) -> HttpResponse:
    """One case."""
    return answered(request, found(request, pk), {})


@permit(VIEW)
@require_safe
def evidence_file(request: Any, pk: int, evidence: int) -> HttpResponseBase:
    """A file a case rests on; each download is journaled."""
    row = found(request, pk)
    return fetched(request, get_or_404(row.evidence.select_related("file"), pk=evidence).file)


@permit(VIEW)
@require_safe
def statement_file(request: Any, pk: int) -> HttpResponseBase:
    """The file of the institution's statement; each download is journaled."""
    return fetched(request, found(request, pk).statement_file)


def _paper(request: Any, pk: int, which: str) -> Any:
    row = found(request, pk)
    day = {"notice": row.warned_at, "decision": row.decided_at}.get(which)
    if day is None:
        raise Http404
    return row, papering.paper(row, which)


@permit(VIEW)
@require_safe
def paper(request: Any, pk: int, which: str) -> HttpResponse:
    """The notice or the decision on A4."""
    row, document = _paper(request, pk, which)
    context = {"title": document.title, "document": document, "violation": row, "which": which}
    return render(request, "violations/paper.html", context)


@permit(VIEW)
@require_safe
def paper_docx(request: Any, pk: int, which: str) -> HttpResponse:
    """The same as a file an office can go on editing; each download is journaled."""
    row, document = _paper(request, pk, which)
    if request.method == "GET":
        journal.write(
            by=request.membership, verb="violation.paper_fetched", about=row, request=request, paper=which
        )
    return papers.send(document, f"{document.title} {row.number}")


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Evidence, every step of the machine, carrying out what was decided."""
    row = found(request, pk)
    if step not in STEPS:
        raise Http404
    require(request.membership, STEPS[step])
    name = step.replace("-", "_")
    form = _form(request, row, name)
    if form is None or form.is_valid():
        try:
            _deeds(request, row, form)[name]()
            messages.success(request, _("Kept."))
            return redirect("violation", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
                return redirect("violation", pk)
            add_refusal(form, error, {"ended_on": "last", "into": "month"}.get(error.field))
        except Stale:
            messages.error(request, _(FASTER))
            return answered(request, found(request, pk), {}, 409)
    return answered(request, row, {name: form}, 400)


def _form(request: Any, row: Violation, name: str) -> Any:
    data, files, now = request.POST, request.FILES, timezone.now()
    today = timezone.localdate(now)
    makers: dict[str, Callable[[], Any]] = {
        "close": lambda: None,
        "evidence": lambda: forms.EvidenceForm(data, files, today=today, auto_id="evidence-%s"),
        "state_view": lambda: forms.StateForm(data, files, auto_id="state-%s"),
        "find": lambda: forms.FindForm(
            data, rule=table.lets(row, today), institution=row.institution_id, auto_id="find-%s"
        ),
        "deduct": lambda: forms.MonthForm(data, months=forms.month_choices(today), auto_id="deduct-%s"),
        "repay": lambda: forms.RepayForm(data, months=show.open_months(), auto_id="repay-%s"),
        "paid": lambda: forms.OutcomeForm(data, auto_id="paid-%s"),
        "end_agreement": lambda: forms.DayForm(data, auto_id="endday-%s"),
    }
    return makers.get(name, lambda: forms.TextForm(data, auto_id=f"{name}-%s"))()


def _deeds(request: Any, row: Violation, form: Any) -> dict[str, Callable[[], object]]:
    said = form.cleaned_data if form is not None else {}
    by, now = request.membership, timezone.now()
    fresh: dict[str, Any] = {
        "by": by, "violation": row, "now": now, "version": asked.version(request),
    }  # fmt: skip

    def penalty(name: str) -> Penalty:
        rows = Penalty.objects.filter(violation=row, attempt=row.attempt, measure=MEASURES[name])
        return get_or_404(rows.select_related("violation__decided_by", "agreement"))

    return {
        "evidence": lambda: cases.add_evidence(by=by, violation=row, now=now, **said),
        "warn": lambda: cases.warn(**fresh, text=said["text"]),
        "state_view": lambda: cases.state_view(**fresh, **said),
        "find": lambda: deciding.find(
            **fresh, violated=said["violated"], finding=said["finding"], follows=form.follows(),
            chain=said["chain"],
        ),
        "drop": lambda: cases.drop(**fresh, why=said["text"]),
        "close": lambda: cases.close(**fresh),
        "deduct": lambda: carrying_out.deduct(by=by, penalty=penalty("deduct"), month=said["month"], now=now),
        "repay": lambda: carrying_out.repay(
            by=by, penalty=penalty("repay"), statement=said["statement"], into=said["month"], now=now
        ),
        "paid": lambda: carrying_out.paid(by=by, penalty=penalty("paid"), outcome=said["outcome"], now=now),
        "end_agreement": lambda: carrying_out.end_agreement(
            by=by, penalty=penalty("end_agreement"), last=said["last"], now=now
        ),
    }  # fmt: skip
