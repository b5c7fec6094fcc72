"""Lists of joint work: steps of persons, persons, projects."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.joint.models import Enrolment, Milestone, Project
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import asked, lists, words
from alliance.web.cells import chip


def step_chip(row: Milestone, today: date) -> SafeString:
    """Done, in time or not; to do, and how late."""
    if row.state == Milestone.State.DONE:
        assert row.done_on is not None
        if row.done_on <= row.due_on:
            return chip("ok", _("done in time"))
        return chip("warn", _("done %(days)s late") % {"days": days((row.done_on - row.due_on).days)})
    if row.state == Milestone.State.DROPPED:
        return chip("", row.get_state_display())
    if row.enrolment.state == Enrolment.State.WITHDRAWN:
        return chip("", _("not done before leaving"))
    if row.due_on < today:
        return chip("late", _("late by %(span)s") % {"span": days((today - row.due_on).days)}, "clock")
    left = (row.due_on - today).days
    return chip("warn" if left <= 7 else "info", _("%(days)s left") % {"days": days(left)})


def days(number: int) -> str:
    """3 days."""
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


def places(request: Any) -> QuerySet[Institution]:
    """Institutions that may be asked for."""
    rows: QuerySet[Institution] = Institution.objects.filter(is_active=True).order_by("pinyin", "code")
    return rows


def all_projects(request: Any) -> QuerySet[Project]:
    """Projects that may be asked for."""
    rows: QuerySet[Project] = Project.objects.order_by("code")
    return rows


def months() -> list[tuple[str, str]]:
    """The months around this one, latest first."""
    latest = Month.of(timezone.localdate()).plus(2)
    return [(str(one), words.month(one)) for one in (latest.plus(-back) for back in range(14))]


class StepTable(lists.Table):
    """One line a step of a person."""

    person = tables.Column(
        verbose_name=gettext_lazy("patient"), accessor="enrolment__person",
        linkify=("joint-person", [tables.A("enrolment__pk")]), attrs=lists.HEAD,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    name = tables.Column(verbose_name=gettext_lazy("milestone"))
    at = tables.Column(verbose_name=gettext_lazy("at whose door"), accessor="at__short_name")
    due_on = tables.Column(verbose_name=gettext_lazy("due"), orderable=True)
    done_on = tables.Column(verbose_name=gettext_lazy("done on"))
    done_by = tables.Column(verbose_name=gettext_lazy("done by"), accessor="done_by__name")
    pair = tables.Column(
        verbose_name=gettext_lazy("hospital and primary institution"), empty_values=(), attrs=lists.DESK
    )
    project = tables.Column(
        verbose_name=gettext_lazy("joint project"), accessor="enrolment__project__name", attrs=lists.DESK
    )

    class Meta(lists.Table.Meta):
        sequence = ("person", "state", "name", "at", "due_on", "done_on", "done_by", "pair", "project")

    def render_state(self, record: Milestone) -> SafeString:
        return step_chip(record, timezone.localdate())

    def render_due_on(self, value: date) -> str:
        return words.day(value)

    def render_done_on(self, value: date) -> str:
        return words.day(value)

    def render_pair(self, record: Milestone) -> str:
        return f"{record.enrolment.hospital.short_name} · {record.enrolment.primary.short_name}"


class StepFilter(django_filters.FilterSet):
    """Conditions of the list of steps."""

    month = asked.MonthFilter(
        method="of_month",
        label=gettext_lazy("month due"),
        choices=months,
        empty_label=gettext_lazy("Month: all"),
    )
    project = django_filters.ModelChoiceFilter(
        queryset=all_projects, field_name="enrolment__project", label=gettext_lazy("joint project"),
        empty_label=gettext_lazy("Project: all"),
    )  # fmt: skip
    place = django_filters.ModelChoiceFilter(
        queryset=places, method="of_place", label=gettext_lazy("institution"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip

    class Meta:
        model = Milestone
        fields: list[str] = []

    def of_month(self, queryset: QuerySet[Milestone], name: str, value: Month) -> QuerySet[Milestone]:
        """Due in the month."""
        return queryset.filter(due_on__range=(value.first_day, value.last_day))

    def of_place(self, queryset: QuerySet[Milestone], name: str, value: Institution) -> QuerySet[Milestone]:
        """Of persons the institution looks after, on either side."""
        return queryset.filter(Q(enrolment__hospital=value) | Q(enrolment__primary=value))


class PersonTable(lists.Table):
    """One line a person of a project; figures of steps are counted in the same query."""

    person = tables.Column(
        verbose_name=gettext_lazy("patient"), linkify=("joint-person", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    project = tables.Column(verbose_name=gettext_lazy("joint project"), accessor="project__name")
    first_day = tables.Column(verbose_name=gettext_lazy("day of the first diagnosis"), orderable=True)
    hospital = tables.Column(verbose_name=gettext_lazy("hospital"), accessor="hospital__short_name")
    primary = tables.Column(verbose_name=gettext_lazy("primary institution"), accessor="primary__short_name")
    steps = tables.Column(verbose_name=gettext_lazy("steps done"), empty_values=(), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = ("person", "state", "project", "first_day", "hospital", "primary", "steps")

    def render_state(self, record: Any) -> SafeString:
        return person_chip(record, record.late)

    def render_steps(self, record: Any) -> str:
        return f"{record.finished} / {record.steps}"


def person_chip(row: Enrolment, late: int) -> SafeString:
    """In care, with late steps or without; left."""
    if row.state == Enrolment.State.WITHDRAWN:
        return chip("", row.get_state_display())
    if late:
        what = ngettext("%(n)d step late", "%(n)d steps late", late) % {"n": late}
        return chip("late", what, "clock")
    return chip("ok", row.get_state_display())


class PersonFilter(django_filters.FilterSet):
    """Conditions of the list of persons."""

    state = django_filters.ChoiceFilter(
        choices=Enrolment.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    project = django_filters.ModelChoiceFilter(
        queryset=all_projects, label=gettext_lazy("joint project"), empty_label=gettext_lazy("Project: all")
    )

    class Meta:
        model = Enrolment
        fields: list[str] = []


class ProjectTable(lists.Table):
    """One line a project; persons are those the member may see."""

    name = tables.Column(
        verbose_name=gettext_lazy("name"), linkify=("joint-project", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    code = tables.Column(verbose_name=gettext_lazy("code"))
    first_day = tables.Column(verbose_name=gettext_lazy("first day"))
    persons = tables.Column(verbose_name=gettext_lazy("persons in care"), attrs=lists.NUMBER)
    purpose = tables.Column(verbose_name=gettext_lazy("aim"), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "code", "first_day", "persons", "purpose")

    def render_state(self, record: Project) -> SafeString:
        return project_chip(record)

    def render_first_day(self, value: date) -> str:
        return f"{value:%Y-%m-%d}"


def project_chip(row: Project) -> SafeString:
    """The state of a project."""
    return chip("ok" if row.state == Project.State.OPEN else "", row.get_state_display())
