"""What the page of a task shows: what it follows from, its clock, answers with files, what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import carrying, parts, words
from alliance.web.access import way
from performance.meetings import forms, tables
from performance.meetings.models import Resolution, Task
from performance.meetings.services.tasks import may_give

Opens = Callable[[Membership, int], parts.Fact]
_origins: dict[str, Opens] = {}


def register_origin(kind: str, opens: Opens) -> None:
    """Say how the thing a task follows from is called and opened; called in an app's `ready()`."""
    _origins[kind] = opens


def page(task: Task, membership: Membership, now: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """One task."""
    answers = task.answers.select_related("said_by__user", "checked_by__user").prefetch_related("files__file")
    return {
        "title": task.title, "task": task, "chip": tables.task_chip(task, now),
        "facts_task": facts(task, membership),
        "answers": list(answers), "actions": actions(task, membership, given), "history": parts.history(task),
        "open_task": task.state == Task.State.OPEN,
    }  # fmt: skip


def facts(task: Task, membership: Membership) -> list[parts.Fact]:
    """Who, until when, from what."""
    found = [
        parts.Fact(pgettext("task", "done by"), tables.who(task)),
        parts.Fact(pgettext("task", "due on"), _due(task)),
        parts.Fact(pgettext("task", "escalates"), words.until(task.escalates_at)),
        parts.Fact(pgettext("task", "given by"), f"{task.given_by.user} {words.moment(task.given_at)}"),
    ]  # fmt: skip
    if task.body is not None:
        found.append(parts.Fact(_("body"), task.body.title, way(membership, "body", task.body_id)))
    if origin := carrying.find(membership, task.about_kind, task.about_id):
        found.append(parts.Fact(pgettext("task", "from"), origin.title, origin.url))
    if task.about_kind in _origins:
        found.append(_origins[task.about_kind](membership, task.about_id))
    return found


def _due(task: Task) -> str:
    """The day; with the one its resolution named, where that is a day off."""
    said = words.day(task.due_on)
    if task.about_kind != Resolution._meta.label_lower:
        return said
    wanted = Resolution.objects.filter(pk=task.about_id).values_list("due_on", flat=True).first()
    if wanted is None or wanted == task.due_on:
        return said
    return _("%(due)s (decided for %(wanted)s, a day off)") % {"due": said, "wanted": words.day(wanted)}


def offers(membership: Membership, origin: carrying.Origin) -> list[parts.Action]:
    """A task about a thing that was noticed, for who gives tasks."""
    if not may_give(membership) or not _within(membership, origin):
        return []
    url = reverse("task-give", args=[origin.kind, origin.pk])
    return [parts.Action(_("Make a task…"), url, "check", get=True)]


def _within(membership: Membership, origin: carrying.Origin) -> bool:
    """An institution gives tasks to itself alone."""
    here = membership.institution_id
    return here is None or origin.institution is None or origin.institution.pk == here


def follows(membership: Membership, kind: str, pk: int) -> list[parts.Fact]:
    """The tasks about a thing that the member may see."""
    rows = Task.objects.seen_by(membership).filter(about_kind=kind, about_id=pk)
    return [
        parts.Fact(row.title, str(row.get_state_display()), reverse("task", args=[row.pk]))
        for row in rows.order_by("pk")
    ]


def resolution(membership: Membership, pk: int) -> parts.Fact:
    """The resolution a task carries out; it opens for who may see its meeting."""
    from performance.meetings.models import Meeting

    row = Resolution.objects.get(pk=pk)
    seen = Meeting.objects.seen_by(membership).filter(pk=row.meeting_id).exists()
    url = way(membership, "meeting", row.meeting_id) if seen else ""
    return parts.Fact(pgettext("task", "from"), _("resolution %(n)d") % {"n": row.number}, url)


def actions(task: Task, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Answer, accept, give back, drop."""
    found = []
    for step in task.steps_for(membership):
        made = given.get(step.name)
        form = made or (
            forms.AnswerForm(auto_id="answer-%s")
            if step.name == "answer"
            else forms.NoteForm(auto_id=f"{step.name}-%s")
        )
        if step.name == "accept":
            form.fields["reason"].required = False
        url = f"{reverse('task-act', args=[task.pk, step.name.replace('_', '-')])}?version={task.version}"
        kind = "primary" if step.name in ("answer", "accept") else ""
        found.append(parts.Action(str(step.custom["label"]), url, step.custom["icon"], kind, form=form))
    return found
