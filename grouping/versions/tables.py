"""Columns of the lists of versions and of findings."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from alliance.web import lists, words
from grouping.models import SchemeFinding, SchemeVersion
from grouping.tables import chip
from grouping.versions import show

CHIPS = {"received": "info", "refused": "late", "draft": "prov", "released": "ok", "discarded": ""}


def state_chip(version: SchemeVersion) -> SafeString:
    """The state of a version as a chip."""
    icon = {"received": "refresh", "refused": "alert"}.get(version.state, "")
    return chip(CHIPS[version.state], str(version.get_state_display()), icon)


class VersionTable(lists.Table):
    """One line a version, the newest on top."""

    name = tables.Column(
        verbose_name=gettext_lazy("version"), empty_values=(), linkify=("scheme-version", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    code = tables.Column(verbose_name=gettext_lazy("code"))
    form = tables.Column(verbose_name=gettext_lazy("delivered as"))
    errors = tables.Column(verbose_name=gettext_lazy("errors"), attrs=lists.NUMBER)
    warnings = tables.Column(verbose_name=gettext_lazy("warnings"), attrs=lists.NUMBER)
    made_at = tables.Column(verbose_name=gettext_lazy("made"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "code", "form", "errors", "warnings", "made_at")

    def render_name(self, record: SchemeVersion) -> str:
        return str(record) or words.DASH

    def render_state(self, record: SchemeVersion) -> SafeString:
        return state_chip(record)

    def render_errors(self, value: int) -> SafeString | str:
        return format_html('<span class="bad-t">{}</span>', words.num(value)) if value else "0"

    def render_warnings(self, value: int) -> str:
        return words.num(value)

    def render_made_at(self, record: SchemeVersion) -> str:
        return f"{words.moment(record.made_at)} {record.made_by.user if record.made_by else ''}"


class FindingTable(lists.Table):
    """One line a finding: where, what stands there, what is wrong, what to do."""

    place = tables.Column(verbose_name=gettext_lazy("where"), empty_values=(), attrs=lists.HEAD)
    line = tables.Column(verbose_name=gettext_lazy("line"), attrs=lists.KEY)
    column = tables.Column(verbose_name=gettext_lazy("column"))
    text = tables.Column(verbose_name=gettext_lazy("what stands there"), empty_values=(), attrs=lists.WRAP)
    reason = tables.Column(verbose_name=gettext_lazy("what about it"), empty_values=(), attrs=lists.WRAP)
    remedy = tables.Column(verbose_name=gettext_lazy("what to do"), empty_values=(), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        sequence = ("place", "line", "column", "text", "reason", "remedy")

    def render_place(self, record: SchemeFinding) -> SafeString:
        kind = (
            chip("late", str(gettext_lazy("error")), "alert")
            if record.grave
            else chip("warn", str(gettext_lazy("warning")))
        )
        return format_html("{} {}", record.file, kind)

    def render_text(self, record: SchemeFinding) -> SafeString:
        return format_html('<span class="code">{}</span>', record.text[:80] or words.DASH)

    def render_reason(self, record: SchemeFinding) -> str:
        return show.reason(record)

    def render_remedy(self, record: SchemeFinding) -> str:
        return show.remedy(record)
