"""The list of declared values, and the values behind a number of a month."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution, Membership
from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.declared import words
from performance.models import DeclaredValue
from performance.show import labels


class ValueTable(lists.Table):
    """One line a value."""

    fact = tables.Column(
        verbose_name=gettext_lazy("fact"), linkify=("declared-value", [tables.A("pk")]), attrs=lists.HEAD
    )
    value = tables.Column(verbose_name=gettext_lazy("value"), attrs=lists.KEY)
    unit = tables.Column(verbose_name=gettext_lazy("unit"), accessor="fact")
    period = tables.Column(
        verbose_name=pgettext_lazy("declared value", "period"), accessor="first_day", orderable=True
    )
    place = tables.Column(
        verbose_name=gettext_lazy("of"), accessor="institution", empty_values=(), attrs=lists.WRAP
    )
    state = tables.Column(verbose_name=gettext_lazy("state"))
    revision = tables.Column(verbose_name=gettext_lazy("revision"), attrs=lists.NUMBER)
    proofs = tables.Column(verbose_name=gettext_lazy("evidence files"), attrs=lists.NUMBER)
    responsible = tables.Column(verbose_name=gettext_lazy("responsible person"), attrs=lists.DESK)
    by = tables.Column(
        verbose_name=gettext_lazy("second person"), accessor="confirmed_by__user", attrs=lists.DESK
    )

    class Meta(lists.Table.Meta):
        pass

    def render_fact(self, record: DeclaredValue) -> str:
        return labels.named(labels.facts()[record.fact])

    def render_value(self, record: DeclaredValue) -> str:
        return words.number(record)

    def render_unit(self, record: DeclaredValue) -> str:
        return words.unit(record.fact)

    def render_period(self, record: DeclaredValue) -> str:
        return words.span(record.span)

    def render_place(self, record: DeclaredValue) -> str:
        return words.place(record)

    def render_state(self, record: DeclaredValue) -> SafeString:
        if record.state == DeclaredValue.State.RETURNED:
            return format_html("{} <span class='sub'>{}</span>", words.state(record), record.why)
        return words.state(record)

    def render_by(self, record: DeclaredValue) -> str:
        return f"{record.confirmed_by.user} {web_words.moment(record.confirmed_at)}"


def declaring(membership: Membership) -> Any:
    """Institutions that declare and that the member sees: village rooms do it through their township."""
    rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)


class ValueFilter(django_filters.FilterSet):
    """Conditions of the list."""

    state = django_filters.ChoiceFilter(
        choices=DeclaredValue.State.choices,
        label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: declaring(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(method="by_name", label=gettext_lazy("name or key of a fact"))

    class Meta:
        model = DeclaredValue
        fields: list[str] = []

    def by_name(self, rows: Any, name: str, value: str) -> Any:
        """Facts whose key or name holds the text."""
        wanted = value.strip().casefold()
        keys = [
            key
            for key, fact in labels.facts().items()
            if wanted in f"{key}\n{fact.name_zh}\n{fact.name_en}".casefold()
        ]
        return rows.filter(fact__in=keys)


def empty() -> Empty:
    """What stands where no value is."""
    return Empty(
        _("No declared value here"),
        _("Values come in by form, from a sheet or from another system; a second person confirms them."),
    )


class SheetTable(lists.Table):
    """One line a sheet."""

    source = tables.Column(
        verbose_name=gettext_lazy("source"), accessor="layout__source",
        linkify=("declared-sheet", [tables.A("pk")]), attrs=lists.HEAD,
    )  # fmt: skip
    month = tables.Column(verbose_name=gettext_lazy("month"))
    taken = tables.Column(verbose_name=gettext_lazy("values taken"), attrs=lists.KEY)
    left = tables.Column(verbose_name=gettext_lazy("cells left with a reason"), attrs=lists.NUMBER)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    file = tables.Column(verbose_name=gettext_lazy("file"), accessor="file__shown_name", attrs=lists.DESK)
    made_by = tables.Column(verbose_name=gettext_lazy("entered by"), accessor="made_by__user")
    made_at = tables.Column(verbose_name=gettext_lazy("time"))

    class Meta(lists.Table.Meta):
        pass

    def render_month(self, value: Any) -> str:
        return web_words.month(value)

    def render_left(self, value: Any) -> str:
        return web_words.num(len(value))

    def render_made_at(self, value: Any) -> str:
        return web_words.moment(value)


def no_sheet() -> Empty:
    """What stands where no sheet came in."""
    return Empty(
        _("No sheet yet"),
        _("Any workbook or CSV file is read; what its columns mean is asked once for each source."),
    )


class SampleTable(lists.Table):
    """One line a sample."""

    month = tables.Column(
        verbose_name=gettext_lazy("month"), linkify=("declared-sample", [tables.A("pk")]), attrs=lists.HEAD
    )
    number = tables.Column(verbose_name=gettext_lazy("sample"), attrs=lists.NUMBER)
    population = tables.Column(verbose_name=gettext_lazy("values that could be drawn"), attrs=lists.NUMBER)
    share = tables.Column(verbose_name=gettext_lazy("share in percent"), attrs=lists.NUMBER)
    seed = tables.Column(verbose_name=gettext_lazy("seed"), attrs=lists.DESK)
    drawn_by = tables.Column(verbose_name=gettext_lazy("drawn by"), accessor="drawn_by__user")
    drawn_at = tables.Column(verbose_name=gettext_lazy("drawn"))

    class Meta(lists.Table.Meta):
        pass

    def render_month(self, value: Any) -> str:
        return web_words.month(value)

    def render_drawn_at(self, value: Any) -> str:
        return web_words.moment(value)


def no_sample() -> Empty:
    """What stands where no sample was drawn."""
    return Empty(
        _("No sample yet"),
        _("From the confirmed values of a month a sample is drawn that anybody can draw again."),
    )
