"""The list of papers."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.models import Paper


class PaperTable(lists.Table):
    """One line a paper."""

    title = tables.Column(
        verbose_name=pgettext_lazy("paper", "title"), linkify=("paper", [tables.A("pk")]), attrs=lists.HEAD
    )
    month = tables.Column(verbose_name=gettext_lazy("month"))
    kind = tables.Column(verbose_name=gettext_lazy("kind"), attrs=lists.WRAP)
    number = tables.Column(verbose_name=pgettext_lazy("paper", "number"), attrs=lists.NUMBER)
    state = tables.Column(verbose_name=gettext_lazy("state"))
    released_at = tables.Column(
        verbose_name=pgettext_lazy("paper", "released"), default="—", attrs=lists.DESK
    )

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_released_at(self, value: Any) -> str:
        """In words."""
        return web_words.moment(value)


class PaperFilter(django_filters.FilterSet):
    """By kind and state."""

    kind = django_filters.ChoiceFilter(label=gettext_lazy("kind"), choices=Paper.Kind.choices)
    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=Paper.State.choices)

    class Meta:
        model = Paper
        fields: list[str] = []


def no_paper(makes: bool) -> Empty:
    """What to do while there is none."""
    text = (
        gettext_lazy(
            "Make one: it is filled from an approved month, then edited and released by a colleague."
        )
        if makes
        else gettext_lazy("The performance office releases them after each month.")
    )
    return Empty(gettext_lazy("No paper yet"), text)
