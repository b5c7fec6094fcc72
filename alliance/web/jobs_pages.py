"""Pages of long work: what runs, how far it is, what failed and why, running again (walls.md section 3)."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from alliance.models import Job, Membership
from alliance.services import jobs
from alliance.web import cells, job_words, lists, progress, words
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Action, Empty, Fact, Tab

State = Job.State
CHIPS = {State.QUEUED: "", State.RUNNING: "info", State.DONE: "ok", State.FAILED: "late", State.DEAD: "late"}
VIEWS = {
    "live": (gettext_lazy("Under way"), Q(state__in=[State.QUEUED, State.RUNNING])),
    "failed": (gettext_lazy("Failed or given up"), Q(state__in=[State.FAILED, State.DEAD])),
    "all": (gettext_lazy("All"), Q()),
}


class JobTable(lists.Table):
    """One line a job."""

    kind = tables.Column(
        verbose_name=gettext_lazy("work"), linkify=("job", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    progress = tables.Column(verbose_name=gettext_lazy("progress"), accessor="pk")
    created_by = tables.Column(verbose_name=gettext_lazy("started by"), accessor="created_by__user")
    created_at = tables.Column(verbose_name=gettext_lazy("queued"), orderable=True)
    finished_at = tables.Column(verbose_name=gettext_lazy("ended"))
    error = tables.Column(verbose_name=gettext_lazy("what went wrong"), attrs=lists.WRAP)

    def render_kind(self, record: Job) -> str:
        return format_html(
            "{} <span class='sub'>{}</span>", jobs.words_of(record.kind), job_words.subject(record)
        )

    def render_state(self, record: Job) -> Any:
        return cells.chip(CHIPS[State(record.state)], record.get_state_display())

    def render_progress(self, record: Job) -> str:
        return words.DASH if record.percent is None else f"{record.percent}%"

    def render_created_at(self, record: Job) -> str:
        return words.moment(record.created_at)

    def render_finished_at(self, record: Job) -> str:
        return words.moment(record.finished_at)

    def render_error(self, value: str) -> str:
        return value[:200]


def seen_by(membership: Membership) -> QuerySet[Job]:
    """The jobs a member may know: for the whole alliance all, else those started from the own institution."""
    found = Job.objects.select_related("created_by__user")
    if membership.institution_id is None:
        return found
    return found.filter(created_by__institution=membership.institution_id)


@permit("job.view")
@require_safe
def job_list(request: Any) -> HttpResponseBase:
    """Long work, newest first."""
    view = request.GET.get("view", "all")
    _label, condition = VIEWS.get(view, VIEWS["all"])
    rows = seen_by(request.membership).filter(condition)
    tabs = [
        Tab(str(label), f"{reverse('jobs')}?view={code}", code == view) for code, (label, _q) in VIEWS.items()
    ]
    empty = Empty(
        _("No long work here"), _("Checking files, grouping and computing a month appear in this list.")
    )
    return lists.answer(
        request, "alliance/list.html", rows, JobTable, tabs=tabs, empty=empty, extra={"title": _("Jobs")}
    )


@permit("job.view")
@require_safe
def job(request: Any, pk: int) -> HttpResponseBase:
    """One job: how far it is, what it did, what went wrong."""
    found = get_or_404(seen_by(request.membership), pk=pk)
    ended = found.state in progress.ENDED
    context = {
        "title": jobs.words_of(found.kind), "job": found, "poll": reverse("job-progress", args=[pk]),
        "subject": job_words.subject(found), "details": _facts(found),
        "actions": _actions(found, request.membership),
        "look_again": 0 if ended else 5,
    }  # fmt: skip
    return render(request, "alliance/job.html", context)


@permit("job.view")
@require_safe
def job_progress(request: Any, pk: int) -> HttpResponseBase:
    """The progress bar alone; asked for each second while the job runs."""
    return progress.answer(request, get_or_404(seen_by(request.membership), pk=pk))


@permit("job.rerun")
@require_POST
def job_rerun(request: Any, pk: int) -> HttpResponseBase:
    """Queue a failed job again."""
    found = jobs.rerun(by=request.membership, job=get_or_404(seen_by(request.membership), pk=pk))
    if found.state == State.QUEUED:
        messages.success(request, _("Queued again. It goes on after the last part that was finished."))
    else:
        messages.warning(request, _("Only work that failed or was given up can run again."))
    return redirect("job", pk)


def _facts(job: Job) -> list[Fact]:
    by = str(job.created_by.user) if job.created_by else _("the system")
    found = [
        Fact(_("started by"), by),
        Fact(_("queued"), words.moment(job.created_at)),
        Fact(_("begun"), words.moment(job.started_at)),
        Fact(_("ended"), words.moment(job.finished_at)),
        Fact(_("attempt"), str(job.attempt)),
        Fact(_("parts done"), f"{job.chunks_done} / {job.chunks_total or words.DASH}"),
    ]
    return found + [Fact(name, value) for name, value in job_words.results(job)]


def _actions(job: Job, membership: Membership) -> list[Action]:
    if job.state not in (State.FAILED, State.DEAD) or not membership.can("job.rerun"):
        return []
    return [Action(_("Run again"), reverse("job-rerun", args=[job.pk]), "refresh", "primary")]
