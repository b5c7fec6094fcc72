"""The records behind a number: the last of at most three clicks below a month."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib.period import Month
from alliance.services import journal
from alliance.web import lists
from alliance.web.access import permit, require
from alliance.web.parts import Empty, Tab
from performance.services import evidence
from performance.services.evidence import Evidence
from performance.show import rests, why
from performance.show.frame import LISTED, Frame, frame
from performance.tables.cases import CaseTable
from performance.tables.records import LEFT_OUT, RECORDS

RULES = {"pool": rests.pool, "basis": rests.basis, "scheme": rests.scheme}


@permit("indicator.view")
@require_safe
def month_records(request: Any, month: Month, code: str, at: Month, key: str) -> HttpResponse:
    """What a number of a formula rests on: cases, referrals, declarations, or the decision that set it."""
    found = frame(request.membership, month)
    line = found.line(code)
    about = why.about(found, line)
    if key in RULES:
        return render(request, "performance/rests.html", {**about, **RULES[key](found, line)})
    fact = evidence.fact_of(found.settlement, line.institution, at, key)
    if fact is None:
        raise Http404
    about |= rests.head(fact)
    if fact.kind == "case":
        return cases(request, found, fact, about)
    if fact.kind == "metric":
        return metric_cases(request, found, fact, about)
    if fact.kind in LISTED:
        return listed(request, found, fact, about)
    return render(request, "performance/rests.html", {**about, **rests.statement(found, fact)})


def cases(request: Any, found: Frame, fact: Evidence, about: dict[str, Any]) -> HttpResponse:
    """The cases that count, and beside them those that were looked at and do not."""
    require(request.membership, LISTED["case"])
    view = request.GET.get("view")
    tabs: list[Tab] = []
    if fact.key in evidence.WEIGHTED:
        numbers = [evidence.cases(fact, counted=one).order_by().count() for one in (True, False)]
        tabs = _counted_tabs(*numbers, rest=view == "rest")
    return _cases(request, found, fact, about, evidence.cases(fact, counted=view != "rest"), tabs)


def metric_cases(request: Any, found: Frame, fact: Evidence, about: dict[str, Any]) -> HttpResponse:
    """The cases that a sum of the metrics counts."""
    require(request.membership, LISTED["metric"])
    return _cases(request, found, fact, about, evidence.metric_cases(fact), [])


def _cases(
    request: Any, found: Frame, fact: Evidence, about: dict[str, Any], rows: Any, tabs: list[Tab]
) -> HttpResponse:
    """Cases, and in a view of their own those a decision leaves out."""
    _journal(request, found, fact)
    left, why = evidence.cases_left_out(fact)
    out = bool(why) and request.GET.get("view") == "out"
    if why:
        first = [Tab(one.label, one.url, one.current and not out, one.count) for one in tabs]
        tabs = [*(first or [Tab(_("counted"), "?", not out)]),
                Tab(_("left out by a decision"), "?view=out", out, len(why))]  # fmt: skip
    return lists.answer(
        request, "performance/records.html", left if out else rows,
        partial(LEFT_OUT["case"], why=why) if out else CaseTable, tabs=tabs, empty=_empty(), extra=about,
    )  # fmt: skip


def listed(request: Any, found: Frame, fact: Evidence, about: dict[str, Any]) -> HttpResponse:
    """The records of another kind that count, and beside them those that do not, with why."""
    require(request.membership, LISTED[fact.kind])
    _journal(request, found, fact)
    ids, left = evidence.listed(fact)
    rest = bool(left) and request.GET.get("view") == "rest"
    return lists.answer(
        request, "performance/records.html", evidence.rows(fact, left if rest else ids),
        partial(LEFT_OUT[fact.kind], why=left) if rest else RECORDS[fact.kind],
        tabs=_counted_tabs(len(ids), len(left), rest=rest) if left else (), empty=_empty(), extra=about,
    )  # fmt: skip


def _counted_tabs(counted: int, left: int, *, rest: bool) -> list[Tab]:
    return [
        Tab(_("counted"), "?", not rest, counted),
        Tab(_("not counted"), "?view=rest", rest, left),
    ]


def _journal(request: Any, found: Frame, fact: Evidence) -> None:
    """A list of patients is a read of patients (walls.md section 5)."""
    journal.write(
        by=request.membership, verb="patient.listed", about=found.run, request=request, list=fact.kind,
        institution=fact.institution.code, month=str(fact.month), fact=fact.key,
    )  # fmt: skip


def _empty() -> Empty:
    return Empty(_("No record"), _("This number is a known zero: nothing of the kind happened."))
