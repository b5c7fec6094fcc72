"""Lists of case conferences and of research projects."""

from __future__ import annotations

from datetime import date, datetime

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from alliance.joint.models import Conference, Research
from alliance.joint.tables import places
from alliance.web import lists, words
from alliance.web.cells import chip

CHIP = {"planned": "info", "held": "ok", "cancelled": "", "running": "ok", "ended": "", "stopped": "warn"}

PLANNED = gettext_lazy("to be held")


def state_chip(row: Conference | Research) -> SafeString:
    """The state of a conference or a project."""
    return chip(CHIP[row.state], PLANNED if row.state == "planned" else row.get_state_display())


class ConferenceTable(lists.Table):
    """One line a conference; institutions and persons are counted in the same query."""

    topic = tables.Column(
        verbose_name=gettext_lazy("topic"), linkify=("joint-conference", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    starts_at = tables.Column(verbose_name=gettext_lazy("begins"), orderable=True)
    host = tables.Column(verbose_name=gettext_lazy("host"), accessor="host__short_name")
    houses = tables.Column(verbose_name=gettext_lazy("institutions"), attrs=lists.NUMBER)
    present = tables.Column(verbose_name=gettext_lazy("took part"), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = ("topic", "state", "starts_at", "host", "houses", "present")

    def render_state(self, record: Conference) -> SafeString:
        return state_chip(record)

    def render_starts_at(self, value: datetime) -> str:
        return words.moment(value)


class ConferenceFilter(django_filters.FilterSet):
    """Conditions of the list of conferences."""

    state = django_filters.ChoiceFilter(
        choices=[("planned", PLANNED), *Conference.State.choices[1:]],
        label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )
    host = django_filters.ModelChoiceFilter(
        queryset=places, label=gettext_lazy("host"), empty_label=gettext_lazy("Institution: all")
    )

    class Meta:
        model = Conference
        fields: list[str] = []


class ResearchTable(lists.Table):
    """One line a research project."""

    title = tables.Column(
        verbose_name=gettext_lazy("title of the project"), linkify=("joint-study", [tables.A("pk")]),
        attrs={"td": {"scope": "row", "class": "wrap"}},
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    number = tables.Column(verbose_name=gettext_lazy("project number"))
    institution = tables.Column(
        verbose_name=gettext_lazy("leading institution"), accessor="institution__short_name"
    )
    leader = tables.Column(verbose_name=gettext_lazy("leader"), accessor="leader__name")
    houses = tables.Column(verbose_name=gettext_lazy("institutions"), attrs=lists.NUMBER)
    first_day = tables.Column(verbose_name=gettext_lazy("first day"), orderable=True)
    last_day = tables.Column(verbose_name=gettext_lazy("last day"), orderable=True)

    class Meta(lists.Table.Meta):
        sequence = (
            "title", "state", "number", "institution", "leader", "houses", "first_day", "last_day",
        )  # fmt: skip

    def render_state(self, record: Research) -> SafeString:
        return state_chip(record)

    def render_first_day(self, value: date) -> str:
        return f"{value:%Y-%m-%d}"

    def render_last_day(self, value: date) -> str:
        return f"{value:%Y-%m-%d}"

    def render_houses(self, value: int) -> str:
        # The leading one and its partners.
        return words.num(value + 1)
