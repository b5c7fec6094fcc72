"""The list of indicators: its conditions and its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from alliance.web import lists
from alliance.web.cells import chip
from performance.dictionary import book, words
from performance.engine.dictionary import Entry
from performance.engine.indicators import Indicator
from performance.own import facts as own_books
from performance.show import labels


def _choices(everything: Any, named: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [("", everything), *named.items()]


class Conditions(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("name, code, initials"), required=False, max_length=60)
    area = forms.ChoiceField(
        label=gettext_lazy("area"), required=False, choices=_choices(gettext_lazy("area: all"), words.AREAS)
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("where it comes from"), required=False,
        choices=_choices(gettext_lazy("where it comes from: all"), words.ORIGINS),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=gettext_lazy("levels"),
        required=False,
        choices=_choices(gettext_lazy("levels: all"), words.LEVELS),
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("measured"), required=False,
        choices=_choices(gettext_lazy("measured: all"), words.FREQUENCIES),
    )  # fmt: skip


class Search:
    """The conditions of an address and the entries that satisfy them, as the list page asks for them."""

    def __init__(self, data: Any, queryset: list[Entry], request: Any) -> None:
        self.form = Conditions(data)
        self.form.is_valid()
        said = self.form.cleaned_data if self.form.is_bound else {}
        self.qs = book.found(
            word=said.get("q", ""), area=said.get("area", ""), origin=said.get("origin", ""),
            level=said.get("level", ""), frequency=said.get("frequency", ""), own=own_books.entries(),
        )  # fmt: skip


DESK_WRAP = {"th": {"class": "hide-s"}, "td": {"class": "hide-s wrap"}}


class EntryTable(lists.Table):
    """One line an indicator."""

    indicator = tables.Column(verbose_name=gettext_lazy("indicator"), attrs=lists.HEAD)
    area = tables.Column(verbose_name=gettext_lazy("area"), attrs={"td": {"class": "wrap"}})
    direction = tables.Column(
        verbose_name=gettext_lazy("unit and direction"), accessor="indicator", attrs=lists.DESK
    )
    origin = tables.Column(
        verbose_name=gettext_lazy("where it comes from"), attrs={"td": {"class": "key", "data-k": ""}}
    )
    frequency = tables.Column(verbose_name=gettext_lazy("measured"))
    levels = tables.Column(verbose_name=gettext_lazy("levels"), attrs=DESK_WRAP)
    owner = tables.Column(verbose_name=gettext_lazy("answers for it"))

    class Meta(lists.Table.Meta):
        pass

    def render_indicator(self, value: Indicator) -> SafeString:
        url = reverse("indicator", args=[value.code])
        return format_html(
            '<a href="{}">{}</a><div class="xs"><span class="code">{}</span></div>',
            url,
            labels.named(value),
            value.code,
        )

    def render_area(self, value: str) -> str:
        return str(words.AREAS[value])

    def render_direction(self, value: Indicator) -> SafeString:
        unit = labels.unit(value) or words.counted(value)
        return format_html('{}<div class="xs faint">{}</div>', unit, words.DIRECTIONS[value.direction])

    def render_origin(self, value: str) -> Any:
        return chip(words.CHIPS[value], str(words.ORIGINS[value]))

    def render_frequency(self, value: str) -> str:
        return str(words.FREQUENCIES[value])

    def render_levels(self, value: tuple[str, ...]) -> str:
        return words.levels(value)

    def render_owner(self, value: str) -> str:
        return str(words.OWNERS[value])
