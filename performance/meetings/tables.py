"""Lists of bodies, meetings and tasks."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.meetings.models import Body, Meeting, Task

MEETING_CHIP = {"planned": "", "invited": "info", "held": "warn", "signed": "ok", "cancelled": ""}
TASK_CHIP = {"open": "", "answered": "prov", "done": "ok", "dropped": ""}


def meeting_chip(row: Meeting) -> Any:
    """The state of a meeting."""
    return chip(MEETING_CHIP[row.state], row.get_state_display())


def task_chip(row: Task, now: Any) -> Any:
    """The state of a task; an open one with its clock."""
    if row.state == Task.State.OPEN:
        kind = "late" if row.due_at <= now else "warn" if web_words.soon(row.due_at, now) else "info"
        return chip(kind, web_words.due(row.due_at, now))
    return chip(TASK_CHIP[row.state], row.get_state_display())


class BodyTable(lists.Table):
    """One line a body."""

    title = tables.Column(
        verbose_name=gettext_lazy("body"), linkify=("body", [tables.A("pk")]), attrs=lists.HEAD
    )
    institution = tables.Column(verbose_name=gettext_lazy("institution"), default="—")
    rhythm = tables.Column(verbose_name=pgettext_lazy("body", "meets"))
    members = tables.Column(verbose_name=gettext_lazy("members"), attrs=lists.NUMBER)
    lacking = tables.Column(verbose_name=pgettext_lazy("body", "composition"), empty_values=())

    def render_lacking(self, record: Any) -> Any:
        """Whole, or how much is missing."""
        number = len(record.lacks)
        return chip("ok", gettext_lazy("complete")) if not number else chip(
            "warn", gettext_lazy("missing: %(n)d") % {"n": number}
        )  # fmt: skip


class MeetingTable(lists.Table):
    """One line a meeting."""

    title = tables.Column(
        verbose_name=pgettext_lazy("meeting", "title"),
        linkify=("meeting", [tables.A("pk")]),
        attrs=lists.HEAD,
    )
    body = tables.Column(verbose_name=gettext_lazy("body"), attrs=lists.WRAP)
    month = tables.Column(verbose_name=gettext_lazy("month"))
    begins_at = tables.Column(verbose_name=pgettext_lazy("meeting", "begins"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_begins_at(self, value: Any) -> str:
        """In words."""
        return web_words.moment(value)

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return meeting_chip(record)


class MeetingFilter(django_filters.FilterSet):
    """By body, kind, state, month."""

    body = django_filters.ModelChoiceFilter(
        label=gettext_lazy("body"),
        queryset=lambda request: Body.objects.seen_by(request.membership).select_related("alliance"),
    )
    kind = django_filters.ChoiceFilter(label=gettext_lazy("kind"), choices=Meeting.Kind.choices)
    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=Meeting.State.choices)
    month = asked.MonthFilter(label=gettext_lazy("month"), choices=())

    class Meta:
        model = Meeting
        fields: list[str] = []


class TaskTable(lists.Table):
    """One line a task with its clock."""

    title = tables.Column(
        verbose_name=pgettext_lazy("task", "task"), linkify=("task", [tables.A("pk")]), attrs=lists.HEAD
    )
    who = tables.Column(verbose_name=pgettext_lazy("task", "done by"), empty_values=())
    body = tables.Column(verbose_name=pgettext_lazy("task", "from"), default="—", attrs=lists.WRAP)
    due_on = tables.Column(verbose_name=pgettext_lazy("task", "due on"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_who(self, record: Any) -> str:
        """The person, or the institution and department."""
        return who(record)

    def render_due_on(self, value: Any) -> str:
        """In words."""
        return web_words.day(value)

    def render_state(self, record: Any) -> Any:
        """As a chip with its clock."""
        return task_chip(record, timezone.now())


def who(row: Any) -> str:
    """Who does it."""
    if row.owner is not None:
        return str(row.owner.user)
    names = (
        row.institution.short_name if row.institution else "",
        row.department.name if row.department else "",
    )
    return " ".join(filter(None, names))


class TaskFilter(django_filters.FilterSet):
    """By state and institution."""

    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=Task.State.choices)
    late = django_filters.ChoiceFilter(
        label=pgettext_lazy("task", "clock"), method="narrow_late",
        choices=[("late", pgettext_lazy("task", "late")), ("escalated", pgettext_lazy("task", "escalated"))],
    )  # fmt: skip

    class Meta:
        model = Task
        fields: list[str] = []

    def narrow_late(self, rows: Any, _name: str, value: str) -> Any:
        """Open tasks whose day, or whose escalation, has passed."""
        column = "due_at__lte" if value == "late" else "escalates_at__lte"
        return rows.filter(state=Task.State.OPEN, **{column: timezone.now()})


NO_BODY = Empty(
    gettext_lazy("No body yet"), gettext_lazy("Found the bodies that decide here, then enter their members.")
)
NO_MEETING = Empty(
    gettext_lazy("No meeting yet"),
    gettext_lazy("The secretary of a body plans its meetings on the body's page."),
)
NO_TASK = Empty(gettext_lazy("No task"), gettext_lazy("Tasks come from resolutions, improvements and clues."))
