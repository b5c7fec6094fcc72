"""More pages of metrics: case mix, cases to look at, readmission pairs, reference lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.services import journal
from alliance.web import lists, parts, words
from alliance.web.access import permit
from grouping import facts as case_facts
from grouping.metrics import facts, forms, known, mix, pairs, references, review, show, trail
from grouping.metrics.show import Question
from grouping.metrics.views import frame, question
from grouping.models import Benchmark, Case, OperationCatalogue
from grouping.readmission import facts as readmission
from grouping.tables import group_chip

REVIEWS: dict[str, Any] = {
    "focused": review.focused,
    "deaths": review.low_risk_deaths,
    "reward": review.rewarded,
}


@permit("indicator.view")
@require_safe
def metric_groups(request: Any) -> HttpResponse:
    """The groups of a month as bubbles and as a table; the top share by weight with its cost structure."""
    asked = _narrowed(question(request))
    yardstick = facts.yardstick(asked.month)
    lines = mix.groups(asked, yardstick)
    limit = review.limits(asked).cost
    top = request.GET.get("view") == "top"
    page = lists.Pages(lines, lists.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Case mix of %(month)s") % {"month": words.month(asked.month)}, "asked": asked,
        "page": page, "chart": None if top else mix.chart(lines, limit), "yardstick": yardstick,
        "top": top, **(mix.top(asked) if top else {}), **frame(request, asked), "crumbs": show.crumbs(asked),
        "tabs": [
            parts.Tab(_("All groups"), asked.url("metric-groups", view=None, by=None), not top, len(lines)),
            parts.Tab(_("Highest weights"), asked.url("metric-groups", view="top", by=None), top),
        ],
    }  # fmt: skip
    return render(request, "metrics/groups.html", context)


@permit("indicator.view", "case.list")
@require_safe
def metric_review(request: Any) -> HttpResponse:
    """Cases to look at, each with its reason."""
    asked = _narrowed(question(request))
    view = request.GET.get("view") if request.GET.get("view") in REVIEWS else "focused"
    yardstick = facts.yardstick(asked.month)
    _listed(request, asked, f"review.{view}")
    found = REVIEWS[view](asked, yardstick)
    page = lists.Pages(found, lists.PER_PAGE).get_page(request.GET.get("page"))
    cases = _cases([reason.case for reason in page.object_list])
    labels = {
        "focused": _("High weight, high cost, low effect"), "deaths": _("Deaths in low-risk groups"),
        "reward": _("Low weight, high effect"),
    }  # fmt: skip
    title = ngettext("%(n)d case to look at in %(month)s", "%(n)d cases to look at in %(month)s", len(found))
    context = {
        "title": title % {"n": len(found), "month": words.month(asked.month)}, "asked": asked, "page": page,
        "rows": [(cases[one.case], one.texts) for one in page.object_list if one.case in cases],
        "limits": review.limits(asked), "yardstick": yardstick, "view": view, **frame(request, asked),
        "tabs": [
            parts.Tab(label, asked.url("metric-review", view=name, by=None), name == view)
            for name, label in labels.items()
        ],
    }  # fmt: skip
    return render(request, "metrics/review.html", context)


@permit("indicator.view", "case.list")
@require_safe
def metric_readmissions(request: Any) -> HttpResponse:
    """Pairs of stays of one patient: readmissions, split admissions, overlaps, down-referrals."""
    asked = _narrowed(question(request))
    view = request.GET.get("view") if request.GET.get("view") in pairs.VIEWS else "again"
    national = request.GET.get("window") == "national"
    used = readmission.windows(asked.month, national=national)
    _listed(request, asked, f"readmission.{view}")
    stays = readmission.judge([asked.month], used)
    found = pairs.pairs(view, stays, asked)
    page = lists.Pages(found, lists.PER_PAGE).get_page(request.GET.get("page"))
    titles = {
        "again": ngettext(
            "%(n)d readmission within %(days)d days, discharges of %(month)s",
            "%(n)d readmissions within %(days)d days, discharges of %(month)s", len(found),
        ),
        "split": _("%(n)d split admissions in %(month)s"),
        "overlap": _("%(n)d overlapping stays in %(month)s"),
        "down": _("%(n)d down-referrals in %(month)s"),
    }  # fmt: skip
    window = "national" if national else None
    context = {
        "title": titles[view] % {
            "n": len(found), "days": used.days, "month": words.month(asked.month)
        },
        "asked": asked, "page": page, "rows": pairs.lines(list(page.object_list), asked),
        "rates": pairs.rates(asked, used), "known": known.known(asked, used, stays),
        "tabs": [
            parts.Tab(
                str(label), asked.url("metric-readmissions", view=name, by=None, window=window), name == view
            )
            for name, label in pairs.VIEWS.items()
        ],
        "other_window": asked.url(
            "metric-readmissions", view=view, by=None, window=None if national else "national"
        ),
        "national": national, "where": trail.where(asked), **frame(request, asked),
    }  # fmt: skip
    return render(request, "metrics/readmissions.html", context)


@permit("benchmark.import")
@require_http_methods(["GET", "HEAD", "POST"])
def metric_references(request: Any) -> HttpResponseBase:
    """The lists metrics are compared with, and the way to bring a new one."""
    form = forms.ReferenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _take(request, form):
        return redirect("metric-references")
    context = {
        "title": _("What metrics are compared with"), "form": form,
        "benchmarks": _with_counts(),
        "catalogues": OperationCatalogue.objects.select_related("entered_by__user"),
    }  # fmt: skip
    return render(request, "metrics/references.html", context, status=400 if form.errors else 200)


def _take(request: Any, form: forms.ReferenceForm) -> bool:
    data = form.cleaned_data
    head = references.Head(request.membership, data["name"], data["source"], data["from_date"])
    take = references.take_catalogue if data["kind"] == "catalogue" else references.take_benchmark
    try:
        row = take(head, file_name=data["file"].name, content=data["file"])
    except Refused as refused:
        form.refuse(refused)
        return False
    messages.success(request, _("%(name)s holds from %(day)s on.") % {"name": row, "day": row.from_date})
    return True


def _with_counts() -> Any:
    return Benchmark.objects.select_related("entered_by__user").annotate(
        groups_count=Count("groups"), priced=Count("groups__mean_cost_fen"), graded=Count("groups__risk")
    )


def _narrowed(asked: Question) -> Question:
    """These pages show cases or groups: a member of one institution sees that one's."""
    return replace(asked, scope=asked.scope.narrowed(asked.own))


def _listed(request: Any, asked: Question, what: str) -> None:
    """A list of patients is a read of patients (walls.md section 5)."""
    journal.write(
        by=request.membership, verb="patient.listed", request=request, list=what, month=str(asked.month)
    )


def _cases(ids: list[int]) -> dict[int, Any]:
    found = case_facts.with_group(Case.objects.filter(pk__in=ids).select_related("institution", "person"))
    rows = {case.pk: case for case in found}
    for case in rows.values():
        case.chip = group_chip(case)  # type: ignore[attr-defined]
    return rows
