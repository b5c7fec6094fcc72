"""The list of months."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web import lists, words
from performance.show import labels
from performance.tables.cells import small


class MonthTable(lists.Table):
    """One line a month."""

    month = tables.Column(verbose_name=gettext_lazy("month"), attrs=lists.HEAD)
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=())
    count = tables.Column(verbose_name=gettext_lazy("institutions"), attrs=lists.NUMBER)
    pool = tables.Column(verbose_name=gettext_lazy("pool (yuan)"), attrs=lists.KEY)
    computed = tables.Column(verbose_name=gettext_lazy("computed"), attrs=lists.DESK)
    digest = tables.Column(verbose_name=gettext_lazy("digest of the result"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        pass

    def render_month(self, record: Any) -> SafeString:
        url = reverse("month", args=[str(record.month)])
        return format_html('<a href="{}">{}</a>', url, words.month(record.month))

    def render_state(self, record: Any) -> SafeString:
        if record.run is None:
            return small("", _("not begun"))
        return small(**labels.chip(record.run))

    def render_pool(self, value: int) -> str:
        return words.yuan(value)

    def render_computed(self, value: Any) -> str:
        return words.moment(value)

    def render_digest(self, value: str) -> SafeString:
        return format_html('<span class="code">{}…{}</span>', value[:4], value[-4:])
