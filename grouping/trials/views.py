"""Pages of dry runs: begin one, watch it, read what it shifts, open the cases behind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.lib.sheets.out import csv_chunks
from alliance.models import Institution
from alliance.services import journal
from alliance.web import progress, words
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping.models import GroupingRun, SchemeVersion
from grouping.reports.asked import institution_of
from grouping.services import dryrun, runs, versions
from grouping.trials import show, sql
from grouping.versions.views import named, version_or_404

SOUND = (SchemeVersion.State.DRAFT, SchemeVersion.State.RELEASED)
PAGE = 50


class MonthsForm(forms.Form):
    """The months to try a version on."""

    def __init__(self, *args: Any, months: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(month), words.month(month)) for month in months]
        for name, label in (("first", _("first month tried")), ("last", _("last month tried"))):
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("first") and found.get("last") and found["first"] > found["last"]:
            self.add_error("last", _("The last month is before the first one."))
        return found


@permit("scheme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_dry_run(request: Any, pk: int) -> HttpResponseBase:
    """Choose months and begin; earlier dry runs of the version below."""
    version = version_or_404(pk)
    if version.state not in SOUND:
        raise Http404
    form = MonthsForm(request.POST or None, months=dryrun.months_with_cases())
    if request.method == "POST" and form.is_valid():
        chosen = {name: Month.parse(form.cleaned_data[name]) for name in ("first", "last")}
        try:
            run = runs.begin_trial(by=request.membership, version=version, **chosen)
        except Refused as refused:
            form.add_error(None, worded(refused))
        else:
            return redirect("scheme-trial", run.pk)
    earlier = [(run, show.span(run)) for run in dryrun.trials(version.pk)]
    context = {"title": _("Dry run"), "version": version, "form": form, "earlier": earlier}
    return render(request, "grouping/trials/begin.html", context, status=400 if form.errors else 200)


def run_or_404(pk: int) -> GroupingRun:
    """A trial that was not discarded."""
    rows = GroupingRun.objects.filter(kind=GroupingRun.Kind.TRIAL, discarded_at=None)
    return get_or_404(rows.select_related("version__base", "by__user", "job"), pk=pk)


@permit("scheme.view")
@require_safe
def scheme_trial(request: Any, pk: int) -> HttpResponse:
    """What a version would shift, or how far its dry run is."""
    run = run_or_404(pk)
    here = {"run": run, "version": run.version, "span": show.span(run)}
    if run.ended_at is None:
        return render(request, "grouping/trials/running.html", {
            **here, "title": show.title(run, None), "job": dryrun.job_of(run), "look_again": 3,
            "poll": reverse("scheme-trial-progress", args=[pk]),
            "done_url": reverse("scheme-trial", args=[pk]),
        })  # fmt: skip
    found = dryrun.summed(run, today=timezone.localdate())
    names = {one.code: one.short_name or one.name for one in Institution.objects.all()}
    code = request.GET.get("institution", "")
    place = get_or_404(Institution.objects.all(), code=code) if code else None
    return render(request, "grouping/trials/trial.html", {
        **here, "title": show.title(run, found), "figures": show.figures(found), "place": place,
        "institutions": show.institutions(found, names), "priced": show.priced(found),
        "departments": show.departments(found, place, run) if place else [],
        "moves": show.moves(found, run, dryrun.names_before(run), group_names(run)),
        "moves_number": len(found.moves),
        "bars": show.bars(found, names), "falls": show.falls(found),
        "lost": found.all.lost, "gained": found.all.gained,
        "without_rate": found.all.new.without_rate,
    })  # fmt: skip


def group_names(run: GroupingRun) -> dict[str, str]:
    """The names of the groups of the version tried."""
    assert run.version is not None
    return dryrun.names_of(versions.package_of(run.version))


@permit("scheme.view")
@require_safe
def scheme_trial_progress(request: Any, pk: int) -> HttpResponse:
    """The bar of the running jobs; when they end, the way to the result."""
    run = run_or_404(pk)
    job = dryrun.job_of(run)
    return (
        HttpResponse("")
        if job is None
        else progress.answer(request, job, done_url=reverse("scheme-trial", args=[pk]))
    )


@permit("scheme.view")
@require_safe
def scheme_trial_export(request: Any, pk: int) -> HttpResponseBase:
    """All sums as CSV."""
    run = run_or_404(pk)
    if run.ended_at is None:
        raise Http404
    found = dryrun.summed(run, today=timezone.localdate())
    names = {one.code: one.short_name or one.name for one in Institution.objects.all()}
    journal.write(by=request.membership, verb="trial.exported", about=run, request=request)
    rows = list(show.sheet(found, names))
    response = StreamingHttpResponse(csv_chunks(rows), content_type="text/csv; charset=utf-8")
    return named(response, f"dry-run-{run.pk}.csv")


@permit("scheme.view", "case.list")
@require_safe
def scheme_trial_cases(request: Any, pk: int) -> HttpResponse:
    """The cases behind a figure of a dry run: of one institution, department or pair of groups."""
    run = run_or_404(pk)
    asked = request.GET
    number = max(int(asked["page"]), 1) if asked.get("page", "").isdecimal() else 1
    place = institution_of(request)
    rows = sql.cases(
        run=run.pk, minimal=dryrun.minimal_codes(run), changed="old" not in asked, old=asked.get("old"),
        new=asked.get("new"), institution=place, department=asked.get("department"), limit=PAGE + 1,
        offset=(number - 1) * PAGE,
    )  # fmt: skip
    journal.write(by=request.membership, verb="patient.listed", about=run, request=request, list="trial")
    names = {one.pk: one.short_name or one.name for one in Institution.objects.all()}
    shown = [{**row, "institution": names[row["institution_id"]]} for row in rows[:PAGE]]
    return render(request, "grouping/trials/cases.html", {
        "title": _("Cases of the dry run"), "run": run, "rows": shown, "version": run.version,
        "opens": request.membership.can("case.view"), "number": number, "more": len(rows) > PAGE,
        "old": asked.get("old"), "new": asked.get("new"), "span": show.span(run),
    })  # fmt: skip


@permit("scheme.edit")
@require_POST
def scheme_trial_discard(request: Any, pk: int) -> HttpResponseBase:
    """Delete what a dry run came to."""
    run = run_or_404(pk)
    version = run.version_id
    runs.discard(by=request.membership, run=run)
    messages.success(request, _("The dry run is deleted. No result that counts was touched."))
    return redirect("scheme-dry-run", version)
