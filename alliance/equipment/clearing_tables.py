"""The lists of clearings and of their lines."""

from __future__ import annotations

# django-tables2 and django-filter carry no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc,name-defined"
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equipment.models import Clearing, ClearingLine, Device
from alliance.equipment.services.settling import rule_words
from alliance.equipment.tables import chip, institutions
from alliance.models import Institution
from alliance.web import lists, words

CHIPS = {"draft": ("prov", "dash"), "proposed": ("warn", "clock"), "posted": ("ok", "lock")}
USES_SHOWN = 3


def state_chip(clearing: Clearing) -> SafeString:
    """The state of a clearing."""
    kind, icon = CHIPS[clearing.state]
    return chip(kind, str(clearing.get_state_display()), icon)


class ClearingTable(lists.Table):
    """One line a clearing."""

    month = tables.Column(
        verbose_name=gettext_lazy("month"), linkify=("equipment-clearing", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"))
    made_by = tables.Column(verbose_name=gettext_lazy("drawn up by"), accessor="made_by__user")
    made_at = tables.Column(verbose_name=gettext_lazy("made"))

    def render_month(self, record: Clearing) -> str:
        suffix = f" · {record.number}" if record.number > 1 else ""
        return words.month(record.month) + suffix

    def render_state(self, record: Clearing) -> SafeString:
        return state_chip(record)

    def render_made_at(self, record: Clearing) -> str:
        return words.moment(record.made_at)


class LineTable(lists.Table):
    """One line of a clearing, explaining itself."""

    number = tables.Column(verbose_name=gettext_lazy("line"), attrs=lists.HEAD)
    fen = tables.Column(verbose_name=gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    payer = tables.Column(verbose_name=gettext_lazy("owes"), accessor="payer__short_name")
    payee = tables.Column(verbose_name=gettext_lazy("receives"), accessor="payee__short_name")
    device = tables.Column(verbose_name=gettext_lazy("device"), accessor="device__name")
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    about_month = tables.Column(verbose_name=gettext_lazy("belongs to"))
    numbers = tables.Column(verbose_name=gettext_lazy("how it comes about"), attrs=lists.WRAP)
    uses = tables.Column(verbose_name=gettext_lazy("uses"), attrs=lists.WRAP, default="—")

    def render_fen(self, value: int) -> str:
        return words.yuan(value)

    def render_kind(self, record: ClearingLine) -> str:
        return str(record.get_kind_display())

    def render_about_month(self, value: object) -> str:
        return words.month(value)

    def render_numbers(self, record: ClearingLine) -> str:
        return explained(record)

    def render_uses(self, value: list[int]) -> SafeString:
        """The uses behind the line, the first ones as links."""
        links = format_html_join(
            " ",
            '<a href="{}">{}</a>',
            ((reverse("equipment-use", args=[pk]), pk) for pk in value[:USES_SHOWN]),
        )
        more = len(value) - USES_SHOWN
        return format_html("{} {}", links, _("and %(n)d more") % {"n": more}) if more > 0 else links


class LineFilter(django_filters.FilterSet):
    """Conditions of the lines of a clearing."""

    institution = django_filters.ModelChoiceFilter(
        queryset=institutions, method="of_place", label=gettext_lazy("owes or receives"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    kind = django_filters.ChoiceFilter(
        choices=ClearingLine.Kind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )
    device = django_filters.ModelChoiceFilter(
        queryset=lambda request: Device.objects.visible_to(request.membership),
        label=gettext_lazy("device"), empty_label=gettext_lazy("Device: all"),
    )  # fmt: skip

    class Meta:
        model = ClearingLine
        fields: list[str] = []

    def of_place(self, queryset: Any, name: str, value: Institution) -> Any:
        """Lines by which the institution owes or receives."""
        return queryset.filter(Q(payer=value) | Q(payee=value))


def explained(line: ClearingLine) -> str:
    """The rule with its numbers put in."""
    numbers = line.numbers
    said = next((say for key, say in SAID if key in numbers), _passed_on)
    return f"{said(numbers)} · {rule_words(line.rule)}"


def _difference(numbers: dict[str, int]) -> str:
    owed, settled = (words.yuan(abs(numbers[name])) for name in ("owed_fen", "settled_fen"))
    return _("owed now %(owed)s, settled before %(settled)s") % {"owed": owed, "settled": settled}


def _share(numbers: dict[str, object]) -> str:
    percent = f"{Decimal(str(numbers['percent'])).normalize():f}"
    fee = words.yuan(int(str(numbers["fee_fen"])))
    return _("%(percent)s%% of %(fee)s") % {"percent": percent, "fee": fee}


def _by_hours(numbers: dict[str, int]) -> str:
    return _("%(minutes)s of %(all)s minutes of a month's cost of %(pool)s") % {
        "minutes": numbers["minutes"],
        "all": numbers["all_minutes"],
        "pool": words.yuan(numbers["pool_fen"]),
    }


def _readings(numbers: dict[str, int]) -> str:
    fee = words.yuan(numbers["reading_fen"])
    return _("%(n)s readings of %(fee)s") % {"n": numbers["uses"], "fee": fee}


def _passed_on(numbers: dict[str, int]) -> str:
    return _("fees of %(n)s uses, passed on") % {"n": numbers.get("uses", 0)}


# What a line says, by the number that only its kind has.
SAID: Sequence[tuple[str, Callable[[Any], str]]] = (
    ("owed_fen", _difference),
    ("percent", _share),
    ("pool_fen", _by_hours),
    ("reading_fen", _readings),
)
