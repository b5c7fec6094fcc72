"""Columns of the list of data sources."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web import lists, words
from grouping.models import Edition, Source
from grouping.tables import chip


class SourceTable(lists.Table):
    """One line a source, with the settings now in force (annotated by show.with_settings)."""

    name = tables.Column(
        verbose_name=gettext_lazy("name"), linkify=("source", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=(), attrs=lists.KEY)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), empty_values=())
    format = tables.Column(verbose_name=gettext_lazy("format"))
    edition = tables.Column(verbose_name=gettext_lazy("code edition"), empty_values=())
    since = tables.Column(verbose_name=gettext_lazy("in force from"), empty_values=())
    last = tables.Column(verbose_name=gettext_lazy("last delivery"), empty_values=(), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "institution", "format", "edition", "since", "last")

    def render_state(self, record: Any) -> SafeString:
        if not record.is_active:
            return chip("", _("retired"))
        if record.since is None:
            return chip("warn", _("needs settings"))
        return chip("ok", _("offered"))

    def render_institution(self, record: Source) -> str:
        return record.institution.short_name if record.institution else _("several members")

    def render_format(self, record: Source) -> str:
        return str(record.get_format_display())

    def render_edition(self, record: Any) -> str:
        return str(Edition(record.edition).label) if record.edition else words.DASH

    def render_since(self, record: Any) -> str:
        return str(record.since or words.DASH)

    def render_last(self, record: Any) -> str:
        return words.moment(record.last) if record.last else words.DASH
