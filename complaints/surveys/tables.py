"""The list of surveys."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists, words
from complaints.surveys import few
from complaints.surveys.models import Campaign
from complaints.surveys.models.questionnaires import Kind
from complaints.surveys.show.words import state_chip


class SurveyTable(lists.Table):
    """One line a survey; `asked` and `groups` are counted beside each row of the page."""

    survey = tables.Column(
        verbose_name=gettext_lazy("survey"), accessor="edition__title", linkify=("survey", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    response = tables.Column(
        verbose_name=pgettext_lazy("survey", "response"), empty_values=(), attrs=lists.KEY
    )
    state = tables.Column(verbose_name=gettext_lazy("state"))
    span = tables.Column(verbose_name=pgettext_lazy("survey", "period"))
    closes_on = tables.Column(verbose_name=pgettext_lazy("survey", "last day"))
    asked = tables.Column(verbose_name=pgettext_lazy("survey", "asked"), attrs=lists.NUMBER)
    spent = tables.Column(
        verbose_name=pgettext_lazy("survey", "answers"), empty_values=(), attrs=lists.NUMBER
    )

    class Meta(lists.Table.Meta):
        sequence = ("survey", "response", "state", "span", "closes_on", "asked", "spent")

    def render_state(self, record: Campaign) -> SafeString:
        return state_chip(record)

    def render_closes_on(self, value: Any) -> str:
        return words.day(value)

    def render_asked(self, value: int) -> str:
        return words.num(value)

    def render_spent(self, record: Any) -> str:
        return _told(record).said

    def render_response(self, record: Any) -> str:
        return _told(record).response


def _told(record: Any) -> few.Told:
    """What may be said of the answers of all institutions of a row together: of a counted survey of those
    that were read, as everywhere, of another roughly of those that were taken (few).
    """
    rough = record.state != Campaign.State.CLOSED
    groups = record.taken if rough else record.read
    return few.together(((one["n"], one["of"]) for one in groups), rough=rough)


class SurveyFilter(django_filters.FilterSet):
    """Conditions of the list."""

    state = django_filters.ChoiceFilter(
        choices=Campaign.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    kind = django_filters.ChoiceFilter(
        field_name="edition__questionnaire__kind", choices=Kind.choices,
        label=pgettext_lazy("survey", "asks"), empty_label=gettext_lazy("Asks: all"),
    )  # fmt: skip

    class Meta:
        model = Campaign
        fields: list[str] = []
