"""The cases behind a figure."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.identity import mask_name
from alliance.web import lists, words
from alliance.web.access import way
from performance.tables.cells import small

STATUS = {
    "grouped": ("ok", gettext_lazy("grouped")),
    "adrg_only": ("warn", gettext_lazy("ADRG only")),
    "ambiguous": ("warn", gettext_lazy("ambiguous")),
    "ungroupable": ("warn", gettext_lazy("ungrouped")),
    None: ("stale", gettext_lazy("not grouped yet")),
}


class CaseTable(lists.Table):
    """The cases behind a figure; names masked."""

    record_no = tables.Column(verbose_name=gettext_lazy("record"), attrs=lists.HEAD)
    discharged_at = tables.Column(verbose_name=gettext_lazy("discharged"))
    person = tables.Column(verbose_name=gettext_lazy("patient"))
    diagnoses = tables.Column(verbose_name=gettext_lazy("principal diagnosis"))
    drg = tables.Column(verbose_name=gettext_lazy("group"))
    group_status = tables.Column(verbose_name=gettext_lazy("outcome"), empty_values=())
    weight = tables.Column(verbose_name=gettext_lazy("weight"), attrs=lists.NUMBER)
    stay_days = tables.Column(verbose_name=gettext_lazy("days"), attrs=lists.NUMBER)
    total_fen = tables.Column(verbose_name=gettext_lazy("cost (yuan)"), attrs=lists.KEY)

    class Meta(lists.Table.Meta):
        pass

    def render_record_no(self, record: Any) -> SafeString:
        text = f"{record.record_no}/{record.visit_no}"
        url = way(self.request.membership, "case", record.pk)
        return format_html('<a href="{}">{}</a>', url, text) if url else format_html("{}", text)

    def render_discharged_at(self, value: Any) -> str:
        return words.day(value)

    def render_person(self, record: Any) -> str:
        return _("%(name)s, %(age)d years") % {"name": mask_name(record.person.name), "age": record.age}

    def render_diagnoses(self, value: list[str]) -> str:
        return value[0] if value else words.DASH

    def render_group_status(self, record: Any) -> SafeString:
        kind, word = STATUS[record.group_status]
        return small(kind, str(word))

    def render_weight(self, value: Any) -> str:
        return words.num(value, 4)

    def render_total_fen(self, value: int) -> str:
        return words.yuan(value)
