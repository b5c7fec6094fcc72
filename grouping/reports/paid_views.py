"""Pages of what a month's stays are paid: the sums, the stays behind a number (practice.md 2 and 3)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.services import journal
from alliance.web import words
from alliance.web.access import permit
from grouping import facts
from grouping.models import Case
from grouping.reports import asked, grid
from grouping.reports import paid_show as show
from grouping.services import paying
from grouping.services.paying import PaidStay

PER_PAGE = 50


@permit("report.view")
@require_safe
def payment_month(request: Any) -> HttpResponse:
    """What the stays of a month are paid, by institution and by class; every stay is in one class."""
    choice, places, own = asked.month_of(request), asked.places(), request.membership.institution_id
    stays = paying.paid(choice.month, own)
    known = [row for row in facts.payment_facts(choice.month) if own in (None, row.institution_id)]
    total, linked = show.Sums(), request.membership.can("case.list")
    for one in stays:
        total.add(one)
    context = {
        "title": show.title(choice.month, total), "month": choice.month, "months": choice.months,
        "stays": len(stays), "figures": show.figures(total, known),
        "institutions": grid.linked(show.by_institution(choice.month, stays, total, places), linked),
        "classes": grid.linked(show.by_class(choice.month, stays, total), linked),
        "meanings": show.meanings(stays),
        "waiting": show.waiting(known, linked=linked),
    }  # fmt: skip
    return render(request, "grouping/reports/payment_month.html", context)


@permit("report.view", "case.list")
@require_safe
def payment_month_cases(request: Any) -> HttpResponse:
    """The stays behind a number; read only after the journal kept it."""
    month = asked.month_of(request).month
    journal.write(by=request.membership, verb="patient.listed", request=request, list="payment_month")
    page = asked.whole_number(request.GET.get("page", "")) or 1
    own = request.membership.institution_id
    institution = own or asked.whole_number(request.GET.get("institution", ""))
    kind, estimated = request.GET.get("kind", ""), request.GET.get("estimated") == "1"
    found = [one for one in paying.paid(month, institution) if _asked(one, kind, estimated=estimated)]
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = Case.objects.in_bulk([one.case for one in shown])
    what = [show.kind_name(kind)] if kind in show.NAMES else []
    context = {
        "title": _("Stays and their payment"), "month": month, "page": page,
        "more": len(found) > page * PER_PAGE, "count": words.num(len(found)),
        "cost": words.yuan(sum(one.cost_fen for one in found)),
        "payment": words.yuan(sum(one.payment_fen or 0 for one in found)),
        "what": [*what, *([_("estimated")] if estimated else [])],
        "grid": show.cases(
            shown, rows, asked.places(), linked=request.membership.can("case.view"),
        ),
    }  # fmt: skip
    return render(request, "grouping/reports/payment_month_cases.html", context)


def _asked(one: PaidStay, kind: str, *, estimated: bool) -> bool:
    return kind in ("", one.kind) and (one.estimated or not estimated)
