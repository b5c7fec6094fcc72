"""Pages of payment types: a month by type, the encounters behind a number, another table of rules (S4-25)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.approvals.errors import ApprovalRefused
from alliance.lib.refusal import Refused
from alliance.services import journal
from alliance.web.access import permit
from alliance.web.refused import worded
from grouping.reports import asked, grid, paytype_forms
from grouping.reports import paytype_show as show
from grouping.services import payment_types

PER_PAGE = 50


@permit("report.view")
@require_safe
def payment_type_page(request: Any) -> HttpResponse:
    """A month: encounters by type, by institution, and what decided them."""
    choice, places = asked.month_of(request), asked.places()
    rows = payment_types.counts(choice.month, request.membership.institution_id)
    versions, linked = payment_types.versions(), request.membership.can("case.list")
    context = {
        "title": show.title(choice.month, rows), "month": choice.month, "months": choice.months,
        "by_type": grid.linked(show.by_type(choice.month, rows), linked), "rows": rows,
        "by_institution": grid.linked(show.by_institution(choice.month, rows, places), linked),
        "tables": show.rules(choice.month, versions, rows, linked=linked), "waiting": payment_types.waiting(),
    }  # fmt: skip
    return render(request, "grouping/reports/payment_types.html", context)


@permit("report.view", "case.list")
@require_safe
def payment_type_cases(request: Any) -> HttpResponse:
    """The encounters behind a number, with what decided each; read only after the journal kept it."""
    month = asked.month_of(request).month
    journal.write(by=request.membership, verb="patient.listed", request=request, list="payment_types")
    page = asked.whole_number(request.GET.get("page", "")) or 1
    rows = payment_types.cases(
        month, asked.institution_of(request), type=request.GET.get("type", "")[:20],
        number=asked.whole_number(request.GET.get("rule", "")),
        by_document=request.GET.get("by") == "document", limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE,
    )  # fmt: skip
    context = {
        "title": _("Encounters and their payment"), "month": month, "page": page,
        "more": len(rows) > PER_PAGE, "asked": request.GET,
        "grid": show.cases(
            rows[:PER_PAGE], payment_types.versions(), asked.places(),
            linked=request.membership.can("case.view"),
        ),
    }  # fmt: skip
    return render(request, "grouping/reports/payment_type_cases.html", context)


@permit("report.propose")
@require_http_methods(["GET", "HEAD", "POST"])
def payment_rules(request: Any) -> HttpResponseBase:
    """Propose another table; it holds from its day once a second person has agreed."""
    today = timezone.localdate()
    held = payment_types.in_force(today)
    posted = request.method == "POST"
    head = paytype_forms.HeadForm(request.POST if posted else None)
    rows = paytype_forms.RuleFormSet(
        request.POST if posted else None, initial=paytype_forms.initial(held.table.rules), prefix="rule"
    )
    if posted and head.is_valid() and rows.is_valid() and _proposed(request, head, rows, today):
        return redirect("payment-types")
    context = {
        "title": _("Other rules of payment"), "form": head, "rows": rows, "held": held,
        "waiting": payment_types.waiting(),
    }  # fmt: skip
    faulty = posted and (head.errors or rows.total_error_count())
    return render(request, "grouping/reports/payment_rules.html", context, status=400 if faulty else 200)


def _proposed(request: Any, head: Any, rows: Any, today: Any) -> bool:
    try:
        payment_types.propose(
            by=request.membership, rules=paytype_forms.rules_of(rows), on=today, **head.cleaned_data
        )
    except (Refused, ApprovalRefused) as refused:
        head.add_error(None, worded(refused))
        return False
    messages.success(request, _("Proposed. The table holds from its day once a second person has agreed."))
    return True
