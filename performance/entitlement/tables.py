"""The list of entitlement sheets."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.decided.show import state_chip
from performance.models import Entitlement, EntitlementKind
from performance.pay.tables import Yuan


class SheetTable(lists.Table):
    """One line a sheet."""

    kind = tables.Column(
        verbose_name=gettext_lazy("kind"), linkify=("pay-entitlement", [tables.A("pk")]), attrs=lists.HEAD
    )
    month = tables.Column(verbose_name=gettext_lazy("month"))
    number = tables.Column(verbose_name=pgettext_lazy("entitlement", "sheet"), attrs=lists.NUMBER)
    document = tables.Column(verbose_name=gettext_lazy("decision number"), attrs=lists.WRAP)
    own_fen = Yuan(gettext_lazy("amount (yuan)"), attrs=lists.KEY)
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=(), orderable=False)

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_state(self, record: Entitlement) -> SafeString:
        """As a chip."""
        return state_chip(record)


class SheetFilter(django_filters.FilterSet):
    """Conditions of the sheets."""

    month = asked.MonthFilter(
        label=gettext_lazy("month"), choices=list, empty_label=gettext_lazy("Month: all")
    )
    kind = django_filters.ChoiceFilter(
        choices=EntitlementKind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )

    class Meta:
        model = Entitlement
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Entitlement.objects.seen_by(self.request.membership).order_by("-month")
        found = [Month.of(day) for day in rows.values_list("month", flat=True).distinct()]
        self.form.fields["month"].choices = [
            ("", _("Month: all")),
            *((str(one), web_words.month(one.first_day)) for one in found),
        ]


def none() -> Empty:
    """No sheet yet."""
    return Empty(_("No entitlement sheet yet"), _("A sheet works out who is due what; a pool then pays it."))
