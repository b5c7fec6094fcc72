"""Columns of the list of pairs."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web import lists, words
from alliance.web.asked import MonthFilter
from grouping import visible
from grouping.filters import InstitutionFilter, PlacedFilter, months_to_choose
from grouping.models import Pairing
from grouping.pairs import differences
from grouping.tables import chip

CHIPS = {"intended": "ok", "page": "warn", "list": "warn"}


class PairTable(lists.Table):
    """One line a settlement list with its front page: in what they differ, what was said."""

    record = tables.Column(
        verbose_name=gettext_lazy("record number"), empty_values=(), accessor="settlement__record_no",
        attrs=lists.HEAD,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("finding"), empty_values=(), attrs=lists.KEY)
    kinds = tables.Column(verbose_name=gettext_lazy("differs in"), empty_values=())
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="settlement__institution__short_name"
    )
    discharged = tables.Column(
        verbose_name=gettext_lazy("discharged"), accessor="settlement__discharged_at", orderable=True
    )
    principal = tables.Column(verbose_name=gettext_lazy("principal diagnosis: page → list"), empty_values=())
    groups = tables.Column(verbose_name=gettext_lazy("group: page → list"), empty_values=())
    money = tables.Column(
        verbose_name=gettext_lazy("list − page (yuan)"), empty_values=(), attrs=lists.NUMBER
    )

    class Meta(lists.Table.Meta):
        sequence = (
            "record", "state", "kinds", "institution", "discharged", "principal", "groups", "money",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Roles that open no case open no pair."""
        super().__init__(*args, **kwargs)
        self.links = visible.sees_patients(self.request.membership)

    def render_record(self, value: str, record: Any) -> SafeString | str:
        if not self.links:
            return value
        return format_html('<a href="{}">{}</a>', reverse("pair", args=[record.pk]), value)

    def render_state(self, record: Any) -> SafeString:
        return state_chip(record)

    def render_kinds(self, record: Any) -> str:
        if record.page is None:
            return words.DASH
        return "、".join(str(differences.KINDS[kind]) for kind in differences.kinds_of(record)) or _(
            "nothing"
        )

    def render_discharged(self, value: Any) -> str:
        return words.day(value)

    def render_principal(self, record: Any) -> SafeString | str:
        other = record.settlement.diagnoses[0]
        return _arrow(record.page.diagnoses[0] if record.page else words.DASH, other)

    def render_groups(self, record: Any) -> SafeString | str:
        return _arrow(record.page_drg or words.DASH, record.list_drg or words.DASH)

    def render_money(self, record: Any) -> str:
        if record.page is None:
            return words.DASH
        return words.yuan_diff(record.settlement.total_fen - record.page.total_fen)


def _arrow(before: str, after: str) -> SafeString:
    if before == after:
        return format_html('<span class="code">{}</span>', before)
    return format_html_join(" → ", '<span class="code">{}</span>', ((before,), (after,)))


def state_chip(pair: Any) -> SafeString:
    """Where a pair stands."""
    if pair.how == Pairing.How.OPEN or (pair.page is None and pair.how != Pairing.How.ALONE):
        return chip("late", _("to be matched"))
    if pair.how == Pairing.How.ALONE:
        return chip("", _("no front page"))
    if differences.settled(pair):
        return chip(CHIPS[pair.verdict], str(pair.get_verdict_display()))
    if differences.kinds_of(pair):
        return chip("info", _("to be looked at"))
    return chip("ok", _("equal"))


class PairFilter(PlacedFilter):
    """Conditions of the list of pairs."""

    month = MonthFilter(
        choices=[], field_name="settlement__month", label=gettext_lazy("month"),
        empty_label=gettext_lazy("month: all"),
    )  # fmt: skip
    institution = InstitutionFilter(field_name="settlement__institution")
    kind = django_filters.ChoiceFilter(
        choices=list(differences.KINDS.items()), method="of_kind", label=gettext_lazy("differs in"),
        empty_label=gettext_lazy("differs in: anything"),
    )  # fmt: skip
    record = django_filters.CharFilter(
        field_name="settlement__record_no", label=gettext_lazy("record number")
    )

    class Meta:
        model = Pairing
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["month"].extra["choices"] = months_to_choose(self.request)

    def of_kind(self, queryset: Any, name: str, value: str) -> Any:
        """Pairs that differ in one thing."""
        return differences.of_kind(differences.matched(queryset), value)
