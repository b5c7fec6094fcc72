"""The list of uplift sheets, and the figures of one."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.models import PayUplift
from performance.pay.tables import Yuan, places
from performance.uplift import words


class UpliftTable(lists.Table):
    """One line a sheet."""

    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", attrs=lists.HEAD,
        linkify=("pay-uplift", [tables.A("pk")]),
    )  # fmt: skip
    year = tables.Column(verbose_name=gettext_lazy("year"), attrs=lists.NUMBER)
    number = tables.Column(verbose_name=pgettext_lazy("entitlement", "sheet"), attrs=lists.NUMBER)
    through = tables.Column(verbose_name=gettext_lazy("last month counted"))
    base_fen = Yuan(gettext_lazy("approved pay total (yuan)"))
    fen = Yuan(gettext_lazy("uplift (yuan)"))
    total = Yuan(gettext_lazy("new pay total (yuan)"), accessor="total_fen", orderable=False, attrs=lists.KEY)
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=(), orderable=False)

    def render_year(self, value: Any) -> str:
        """Without a separator."""
        return str(value)

    def render_through(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_state(self, record: PayUplift) -> SafeString:
        """As a chip."""
        return words.state_chip(record)


class UpliftFilter(django_filters.FilterSet):
    """Conditions of the sheets."""

    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    year = django_filters.ChoiceFilter(
        label=gettext_lazy("year"), choices=list, empty_label=gettext_lazy("Year: all")
    )

    class Meta:
        model = PayUplift
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = PayUplift.objects.seen_by(self.request.membership).order_by("-year")
        years = rows.values_list("year", flat=True).distinct()
        self.form.fields["year"].choices = [("", _("Year: all")), *((str(one), str(one)) for one in years)]


def none() -> Empty:
    """No sheet yet."""
    return Empty(
        _("No uplift sheet yet"),
        _("A sheet works out how far a pay total rises with the linked indicators of the decided months."),
    )
