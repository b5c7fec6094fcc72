"""Pages of tasks: list with clocks, one task, answering, checking, dropping."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Attachment
from alliance.models.base import Stale
from alliance.services import steps
from alliance.web import asked, carrying, lists
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal
from performance.declared.services.proving import keep
from performance.meetings import forms, moved, show_tasks, tables
from performance.meetings.models import RUN, Task, TaskFile
from performance.meetings.services import tasks

STEPS = {"answer": "answer", "accept": "accept", "give-back": "give_back", "drop": "drop"}


@permit("home.view")
@require_safe
def task_list(request: Any) -> HttpResponse:
    """Tasks the member may see."""
    rows = Task.objects.seen_by(request.membership).named()
    return lists.answer(
        request, "meetings/tasks.html", rows, tables.TaskTable, filterset=tables.TaskFilter,
        empty=tables.NO_TASK, extra={"title": _("Tasks")},
    )  # fmt: skip


@permit("home.view", RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: Any, kind: str, about: int) -> HttpResponseBase:
    """A task about a thing that was noticed: a complaint, a clue, a late step."""
    by, now = request.membership, timezone.now()
    origin = carrying.find(by, kind, about)
    if origin is None:
        raise Http404
    here = by.institution or origin.institution
    initial = {"title": origin.title[:200], "institution": here.pk if here else None}
    form = forms.GiveForm(request.POST or None, by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = tasks.give(by=by, about=(kind, about), now=now, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            kept = _("Given. It stands in the inbox of who does it.")
            messages.success(request, moved.told(kept, form.cleaned_data["due_on"]))
            return redirect("task", made.pk)
    context = {"title": _("Make a task"), "form": form, "origin": origin}
    return render(request, "meetings/task_give.html", context, status=400 if form.errors else 200)


def found(request: Any, pk: int) -> Task:
    """A task the member may see."""
    return get_or_404(Task.objects.seen_by(request.membership).named(), pk=pk)


def answered(request: Any, row: Task, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of a task, with a form that was refused."""
    page = show_tasks.page(row, request.membership, timezone.now(), given)
    return render(request, "meetings/task.html", page, status=status)


@permit("home.view")
@require_safe
def task(request: Any, pk: int) -> HttpResponse:
    """One task."""
    return answered(request, found(request, pk), {})


@permit("home.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Answer, accept, give back, drop."""
    row = found(request, pk)
    if step not in STEPS:
        raise Http404
    name = STEPS[step]
    steps.require(name, by=request.membership, row=row)
    form = _form(request, name)
    if form.is_valid():
        try:
            _deed(request, row, name, form)
            messages.success(request, _("Kept."))
            return redirect("task", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return answered(request, found(request, pk), {}, 409)
    return answered(request, row, {name: form}, 400)


def _form(request: Any, name: str) -> Any:
    if name == "answer":
        return forms.AnswerForm(request.POST, request.FILES, auto_id="answer-%s")
    form = forms.NoteForm(request.POST, auto_id=f"{name}-%s")
    if name == "accept":
        form.fields["reason"].required = False
    return form


def _deed(request: Any, row: Task, name: str, form: Any) -> None:
    by, now, version = request.membership, timezone.now(), asked.version(request)
    if name == "answer":
        files = keep(by=by, place=row.institution, uploads=form.cleaned_data["files"])
        tasks.answer(by=by, task=row, text=form.cleaned_data["text"], now=now, files=files, version=version)
    elif name == "drop":
        tasks.drop(by=by, task=row, reason=form.cleaned_data["reason"], now=now, version=version)
    else:
        tasks.check(
            by=by, task=row, accepted=name == "accept", note=form.cleaned_data["reason"], now=now,
            version=version,
        )  # fmt: skip


@permit("home.view")
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A file of an answer; each download is journaled."""
    row = found(request, pk)
    held = TaskFile.objects.filter(answer__task=row, file__deleted_at=None)
    stored = get_or_404(Attachment.objects.filter(pk__in=held.values("file")), pk=file)
    return fetched(request, stored)
