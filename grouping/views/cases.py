"""Pages of cases: the list of a month, one case with its reasons, a number seen in full for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from alliance.web import asked, lists, parts, remembered
from alliance.web.access import get_or_404, permit
from grouping import beside, facts, filters, forms, tables, visible
from grouping.models import GroupedCase
from grouping.show import case as show
from grouping.show import month_cases

# What each saved view keeps; "undone", all three outcomes without a DRG, is an address without a tab.
STATUSES: dict[str, tuple[str, ...]] = {
    "ungrouped": (GroupedCase.Status.UNGROUPABLE,), "ambiguous": (GroupedCase.Status.AMBIGUOUS,),
    "adrg_only": (GroupedCase.Status.ADRG_ONLY,),
    "undone": (GroupedCase.Status.UNGROUPABLE, GroupedCase.Status.AMBIGUOUS, GroupedCase.Status.ADRG_ONLY),
}  # fmt: skip
VIEWS = ("all", *STATUSES, "pending", "void")


@permit("case.list")
@require_safe
def cases(request: Any) -> HttpResponse:
    """Cases of a month; the reading of the list is journaled with the names of its conditions."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    used = sorted(name for name, value in request.GET.items() if value)
    journal.write(
        by=request.membership, verb="patient.listed", request=request, list="cases", conditions=used
    )
    rows, month = _rows(request, view)
    sums = month_cases.rows_of(request.membership, month) if month else []
    response = lists.answer(
        request, "grouping/cases.html", rows, tables.CaseTable, filterset=filters.CaseFilter,
        tabs=_tabs(request, view, month_cases.counts(sums) if month else {}),
        empty=_empty(request.membership),
        extra={
            "title": month_cases.title(month), "month": month,
            "figures": month_cases.figures(sums, month) if month else [],
            "last": remembered.last(request, "cases", filters.CaseFilter),
        },
    )  # fmt: skip
    return remembered.keep(request, response, "cases", ("institution", "month", "department", "drg"))


@permit("case.view")
@require_safe
def case(request: Any, pk: int) -> HttpResponse:
    """One case: read only after the journal has kept who reads it (N44)."""
    found = get_or_404(show.load(request.membership), pk=pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    page = show.page(found, request.membership)
    flags = beside.flags(request.membership, found.pk, timezone.now())
    return render(request, "grouping/case.html", {**page, "unmask_form": forms.UnmaskForm(), "flags": flags})


@permit("case.view")
@require_POST
def case_unmask(request: Any, pk: int) -> HttpResponseBase:
    """The patient's name and number in full, once, for a reason that the journal keeps."""
    found = get_or_404(show.load(request.membership), pk=pk)
    form = forms.UnmaskForm(request.POST)
    if not form.is_valid():
        context = {"title": _("Why must the number be seen?"), "case": found, "form": form}
        return render(request, "grouping/unmask.html", context, status=400)
    journal.write(
        by=request.membership, verb="patient.unmasked", about=found, request=request,
        person=found.person_id, reason=form.cleaned_data["reason"],
    )  # fmt: skip
    context = {
        "title": _("Patient of case %(record)s") % {"record": found},
        "case": found,
        "person": found.person,
    }
    response = render(request, "grouping/unmask.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _rows(request: Any, view: str) -> tuple[Any, Month | None]:
    """The cases of a saved view, annotated; with no month, record or delivery asked for, of the newest."""
    seen = visible.cases(request.membership)
    month = None
    if not any(request.GET.get(name) for name in ("record", "file")):
        month = asked.parsed(request.GET.get("month", "")) or _newest(seen)
        seen = seen.filter(month=month.first_day)
    seen = seen.filter(voided_at__isnull=view != "void")
    rows = tables.with_department(facts.with_group(seen.select_related("institution", "person")))
    if view in STATUSES:
        rows = rows.filter(group_status__in=STATUSES[view])
    return (rows.filter(group_status=None) if view == "pending" else rows), month


def _newest(seen: Any) -> Month:
    last = seen.aggregate(last=Max("month"))["last"]
    return Month.of(last or timezone.localdate())


def _tabs(request: Any, view: str, counts: Mapping[str, int]) -> list[parts.Tab]:
    """The saved views; of a whole month with their numbers, which add up."""
    labels = {
        "all": _("All"),
        **{name: str(word) for name, word in month_cases.OUTCOMES.items()},
        "void": _("Void"),
    }
    kept = request.GET.copy()
    narrowed = any(value for name, value in kept.items() if name not in ("month", *lists.PLACE))
    kept.pop("page", None)
    found = []
    for name, label in labels.items():
        kept["view"] = name
        count = None if narrowed else counts.get(name)
        found.append(parts.Tab(label, f"?{kept.urlencode()}", name == view, count))
    return found


def _empty(membership: Membership) -> parts.Empty:
    text = _("Cases appear when a delivered file is stored.")
    if not membership.can("case_file.view"):
        return parts.Empty(_("No case here"), text)
    return parts.Empty(_("No case here"), text, reverse("case-files"), _("To the case files"))
