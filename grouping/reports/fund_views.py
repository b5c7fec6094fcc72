"""Pages of the fund's evaluation: versions, writing one, one as a sheet, putting it forward (S4-18)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.models import Membership
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping.models import FundReport
from grouping.reports import asked
from grouping.reports import fund_show as show
from grouping.reports.period_forms import NAMES, PeriodsForm, usual
from grouping.services import efficiency
from grouping.services.effects import PeriodRefused


class ReportForm(PeriodsForm):
    """Both periods and the texts of the views."""

    def __init__(self, data: Any, months: Any, **more: Any) -> None:
        super().__init__(data, months, **more)
        for name in efficiency.TEXTS:
            self.fields[name] = forms.CharField(
                label=show.VIEW_NAMES[name], required=False, max_length=4_000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )  # fmt: skip

    def groups(self) -> list[tuple[Any, list[str]]]:
        """The fields as the form shows them."""
        return [(_("Periods"), list(NAMES)), (_("What the office says"), list(efficiency.TEXTS))]


def seen(membership: Membership) -> QuerySet[FundReport]:
    """All versions for who stands for the whole alliance, released ones for an institution."""
    found = FundReport.objects.select_related("entered_by__user")
    return found if membership.institution_id is None else found.filter(released_at__isnull=False)


@permit("report.view")
@require_safe
def fund_reports(request: Any) -> HttpResponse:
    """Every version, the newest period first."""
    rows = list(seen(request.membership)[:200])
    urls = {one.pk: reverse("fund-report", args=[one.pk]) for one in rows}
    context = {"title": _("Evaluations of the fund"), "grid": show.listed(rows, urls)}
    return render(request, "grouping/reports/fund_list.html", context)


@permit("report.view")
@require_safe
def fund_report(request: Any, pk: int) -> HttpResponse:
    """One version as a sheet."""
    found = get_or_404(seen(request.membership), pk=pk)
    context = {
        "title": show.title(found), "report": found, "views": show.views(found), "head": show.head(found),
        "waiting": efficiency.open_approval(found),
    }  # fmt: skip
    return render(request, "grouping/reports/fund.html", context)


@permit("report.propose")
@require_http_methods(["GET", "HEAD", "POST"])
def fund_report_write(request: Any) -> HttpResponseBase:
    """Write a version; `?from=` begins with the texts and periods of an earlier one."""
    months = asked.month_of(request).months
    if request.method != "POST":
        form = ReportForm(None, months, initial=_initial(request, months))
        return _form(request, form)
    form = ReportForm(request.POST, months)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = efficiency.write(
                by=request.membership, period=data["after"], compared=data["before"], texts=data
            )
        except PeriodRefused as refused:
            form.add_error("after_first", worded(refused))
        else:
            messages.success(request, _("Version %(version)s is kept.") % {"version": made.version})
            return redirect("fund-report", made.pk)
    return _form(request, form)


@permit("report.propose")
@require_POST
@explained
def fund_report_propose(request: Any, pk: int) -> HttpResponseBase:
    """Put the version before the second person."""
    found = get_or_404(seen(request.membership), pk=pk)
    efficiency.propose(by=request.membership, report=found, on=timezone.localdate())
    messages.success(request, _("Proposed. It is released once a second person has agreed."))
    return redirect("fund-report", pk)


def _initial(request: Any, months: Any) -> dict[str, Any]:
    number = asked.whole_number(request.GET.get("from", ""))
    found = seen(request.membership).filter(pk=number).first() if number else None
    if found is None:
        return dict(usual(months))
    period, compared = show.periods(found)
    chosen = (compared.first, compared.last, period.first, period.last)
    return {**{name: str(one) for name, one in zip(NAMES, chosen, strict=True)}, **found.texts}


def _form(request: Any, form: ReportForm) -> HttpResponse:
    context = {"title": _("Write an evaluation of the fund"), "form": form, "groups": form.groups()}
    status = 400 if form.errors else 200
    return render(request, "grouping/reports/fund_write.html", context, status=status)
