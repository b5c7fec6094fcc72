"""The list of training sessions."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.training.models import Session
from alliance.web import lists, words
from alliance.web.cells import chip

CHIP = {"planned": "info", "closed": "ok", "cancelled": ""}


def session_chip(session: Session) -> SafeString:
    """The state of a session."""
    return chip(CHIP[session.state], session.get_state_display())


class SessionTable(lists.Table):
    """One line a session; `present` is counted in the same query."""

    title = tables.Column(
        verbose_name=gettext_lazy("title of the session"),
        linkify=("training-session", [tables.A("pk")]),
        attrs=lists.HEAD,
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    starts_at = tables.Column(verbose_name=gettext_lazy("begins"), orderable=True)
    minutes = tables.Column(verbose_name=gettext_lazy("minutes"), attrs=lists.NUMBER)
    organiser = tables.Column(verbose_name=gettext_lazy("organised by"), accessor="organiser__short_name")
    teacher = tables.Column(verbose_name=gettext_lazy("teacher"))
    mode = tables.Column(verbose_name=gettext_lazy("mode of training"))
    present = tables.Column(verbose_name=gettext_lazy("took part"), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = ("title", "state", "starts_at", "minutes", "organiser", "teacher", "mode", "present")

    def render_state(self, record: Session) -> SafeString:
        return session_chip(record)

    def render_starts_at(self, record: Session) -> str:
        return words.moment(record.starts_at)

    def render_present(self, value: Any) -> str:
        return _("%(n)s persons") % {"n": words.num(value)}


class SessionFilter(django_filters.FilterSet):
    """Conditions of the list."""

    state = django_filters.ChoiceFilter(
        choices=Session.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    tier = django_filters.ChoiceFilter(
        choices=Session.Tier.choices, label=pgettext_lazy("training", "policy training for"),
        empty_label=pgettext_lazy("training", "Policy training for: all"),
    )  # fmt: skip
    course = django_filters.ChoiceFilter(
        choices=Session.Course.choices, label=pgettext_lazy("training", "kind of course"),
        empty_label=pgettext_lazy("training", "Kind of course: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", label=gettext_lazy("part of the title")
    )

    class Meta:
        model = Session
        fields: list[str] = []
