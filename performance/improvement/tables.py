"""The list of improvement items."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution
from alliance.web import lists
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.engine.indicators import Indicator
from performance.improvement.models import Item
from performance.show import labels

CHIPS = {"plan": "", "do": "info", "check": "prov", "withdrawn": ""}
NONE = Empty(
    gettext_lazy("No improvement item yet"),
    gettext_lazy("Open one from an indicator of an institution: its baseline is the computed figure."),
)


def measured(value: Any, defined: Indicator) -> str:
    """A figure with its unit: items of different indicators stand below each other."""
    return f"{labels.value(value, defined)} {labels.unit(defined)}".strip()


def state_chip(row: Item) -> Any:
    """The state; of a closed one whether the goal was reached."""
    if row.state == Item.State.CLOSED:
        word = (
            pgettext_lazy("improvement", "goal reached")
            if row.reached
            else pgettext_lazy("improvement", "goal not reached")
        )
        return chip("ok" if row.reached else "warn", word)
    return chip(CHIPS[row.state], row.get_state_display())


class ItemTable(lists.Table):
    """One line an item with its figures."""

    title = tables.Column(
        verbose_name=pgettext_lazy("improvement", "title"), linkify=("improvement", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    definition = tables.Column(verbose_name=gettext_lazy("indicator"), attrs=lists.WRAP)
    first = tables.Column(
        verbose_name=pgettext_lazy("improvement", "baseline"), empty_values=(), attrs=lists.NUMBER
    )
    last = tables.Column(
        verbose_name=pgettext_lazy("improvement", "now"), empty_values=(), attrs=lists.NUMBER
    )
    wanted = tables.Column(verbose_name=pgettext_lazy("improvement", "goal"), attrs=lists.NUMBER)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_definition(self, record: Any) -> str:
        """The indicator by its name."""
        return labels.named(record.defined())

    def render_first(self, record: Any) -> str:
        """The baseline."""
        return measured(record.first_value, record.defined())

    def render_last(self, record: Any) -> str:
        """The newest later figure."""
        return measured(record.last_value, record.defined()) if record.later else "—"

    def render_wanted(self, record: Any) -> str:
        """The goal."""
        return measured(record.wanted, record.defined())

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record)


class ItemFilter(django_filters.FilterSet):
    """By institution, state, source."""

    institution = django_filters.ModelChoiceFilter(
        label=gettext_lazy("institution"), queryset=lambda request: _places(request.membership)
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=Item.State.choices)
    source = django_filters.ChoiceFilter(
        label=pgettext_lazy("improvement", "follows from"), choices=Item.Source.choices
    )

    class Meta:
        model = Item
        fields: list[str] = []


def _places(membership: Any) -> Any:
    rows = Institution.objects.filter(is_active=True).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)
