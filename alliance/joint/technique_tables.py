"""Lists of techniques and of their cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from alliance.joint.models import Technique, TechniqueCase
from alliance.joint.tables import months, places
from alliance.lib.period import Month
from alliance.web import asked, lists, words
from alliance.web.cells import chip

CHIP = {"entered": "warn", "confirmed": "ok", "rejected": ""}

WORDS = {
    "entered": gettext_lazy("waits for the second person"),
    "confirmed": gettext_lazy("confirmed, counts"),
    "rejected": gettext_lazy("rejected"),
}


def case_chip(row: TechniqueCase) -> SafeString:
    """The state of a case."""
    return chip(CHIP[row.state], WORDS[row.state])


def technique_chip(row: Technique) -> SafeString:
    """The state of a technique."""
    return chip("ok" if row.state == Technique.State.OPEN else "", row.get_state_display())


class CaseTable(lists.Table):
    """One line a case."""

    day = tables.Column(
        verbose_name=gettext_lazy("day"), orderable=True, linkify=("joint-case", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    technique = tables.Column(verbose_name=gettext_lazy("appropriate technique"), accessor="technique__name")
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    operator = tables.Column(verbose_name=gettext_lazy("operator"), accessor="operator__name")
    whom = tables.Column(verbose_name=gettext_lazy("patient or record"), empty_values=())
    fen = tables.Column(verbose_name=gettext_lazy("subsidy (yuan)"), attrs=lists.NUMBER)
    payer = tables.Column(verbose_name=gettext_lazy("paid from"), empty_values=())

    class Meta(lists.Table.Meta):
        sequence = ("day", "state", "technique", "institution", "operator", "whom", "fen", "payer")

    def render_day(self, value: date) -> str:
        return f"{value:%Y-%m-%d}"

    def render_state(self, record: TechniqueCase) -> SafeString:
        return case_chip(record)

    def render_whom(self, record: TechniqueCase) -> str:
        return record.record_no or str(record.person)

    def render_fen(self, value: int) -> str:
        return words.yuan(value)

    def render_payer(self, record: TechniqueCase) -> str:
        return payer_word(record)


def payer_word(row: Any) -> str:
    """The paying institution, or the fund that pays."""
    return str(row.payer.short_name) if row.payer_id else str(row.get_source_display())


def techniques(request: Any) -> QuerySet[Technique]:
    """Techniques that may be asked for."""
    rows: QuerySet[Technique] = Technique.objects.order_by("code")
    return rows


class CaseFilter(django_filters.FilterSet):
    """Conditions of the list of cases."""

    month = asked.MonthFilter(
        method="of_month", label=gettext_lazy("month"), choices=months,
        empty_label=gettext_lazy("Month: all"),
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        choices=list(WORDS.items()), label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip
    technique = django_filters.ModelChoiceFilter(
        queryset=techniques,
        label=gettext_lazy("appropriate technique"),
        empty_label=gettext_lazy("Technique: all"),
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=places, label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all")
    )

    class Meta:
        model = TechniqueCase
        fields: list[str] = []

    def of_month(self, queryset: Any, name: str, value: Month) -> Any:
        """Done in the month."""
        return queryset.filter(day__range=(value.first_day, value.last_day))


class TechniqueTable(lists.Table):
    """One line a technique with the subsidy that holds today."""

    name = tables.Column(
        verbose_name=gettext_lazy("name"), linkify=("joint-technique", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    code = tables.Column(verbose_name=gettext_lazy("code"))
    fen = tables.Column(verbose_name=gettext_lazy("subsidy for a case (yuan)"), attrs=lists.NUMBER)
    payer = tables.Column(verbose_name=gettext_lazy("paid from"), empty_values=())
    places = tables.Column(verbose_name=gettext_lazy("institutions"), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "code", "fen", "payer", "places")

    def render_state(self, record: Technique) -> SafeString:
        return technique_chip(record)

    def render_fen(self, value: int) -> str:
        return words.yuan(value)

    def render_payer(self, record: Technique) -> str:
        return payer_word(record)
