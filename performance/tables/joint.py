"""The records behind figures of joint work."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from alliance.lib.identity import mask_name
from alliance.web import lists, words


class ProjectTable(lists.Table):
    """Joint projects."""

    name = tables.Column(
        verbose_name=gettext_lazy("name"), linkify=("joint-project", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    first_day = tables.Column(verbose_name=gettext_lazy("first day"))
    purpose = tables.Column(verbose_name=gettext_lazy("aim"), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        pass

    def render_first_day(self, value: Any) -> str:
        return words.day(value)


class EnrolmentTable(lists.Table):
    """Persons two institutions look after together; names masked."""

    person = tables.Column(
        verbose_name=gettext_lazy("patient"), linkify=("joint-person", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    project = tables.Column(verbose_name=gettext_lazy("joint project"), accessor="project__name")
    first_day = tables.Column(verbose_name=gettext_lazy("day of the first diagnosis"))
    hospital = tables.Column(verbose_name=gettext_lazy("hospital"), accessor="hospital__short_name")
    primary = tables.Column(verbose_name=gettext_lazy("primary institution"), accessor="primary__short_name")

    class Meta(lists.Table.Meta):
        pass

    def render_person(self, record: Any) -> str:
        return mask_name(record.person.name)

    def render_first_day(self, value: Any) -> str:
        return words.day(value)


class TechniqueTable(lists.Table):
    """Cases treated by an appropriate technique."""

    technique = tables.Column(
        verbose_name=gettext_lazy("technique"), linkify=("joint-case", [tables.A("pk")]), attrs=lists.HEAD
    )
    day = tables.Column(verbose_name=gettext_lazy("day"), attrs=lists.KEY)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    operator = tables.Column(verbose_name=gettext_lazy("operator"))

    class Meta(lists.Table.Meta):
        pass

    def render_day(self, value: Any) -> str:
        return words.day(value)


class ConferenceTable(lists.Table):
    """Joint case conferences held."""

    topic = tables.Column(
        verbose_name=gettext_lazy("topic"), linkify=("joint-conference", [tables.A("pk")]), attrs=lists.HEAD
    )
    held_on = tables.Column(verbose_name=gettext_lazy("held on"), attrs=lists.KEY)
    host = tables.Column(verbose_name=gettext_lazy("host"), accessor="host__short_name")

    class Meta(lists.Table.Meta):
        pass

    def render_held_on(self, value: Any) -> str:
        return words.day(value)


class ResearchTable(lists.Table):
    """Joint research projects that run."""

    title = tables.Column(
        verbose_name=gettext_lazy("title"), linkify=("joint-study", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    institution = tables.Column(
        verbose_name=gettext_lazy("leading institution"), accessor="institution__short_name"
    )
    leader = tables.Column(verbose_name=gettext_lazy("leader"))

    class Meta(lists.Table.Meta):
        pass
