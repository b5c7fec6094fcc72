"""Columns of files of central results and of their rows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web import lists, words
from grouping.models import CentralFile, CentralResult
from grouping.tables import chip

CHIPS = {"received": "info", "read": "ok", "refused": "late"}
SOFT = ("no_case", "pending")


class CentralFileTable(lists.Table):
    """One line a file, with how much of it agrees (annotated: equal, compared)."""

    name = tables.Column(
        verbose_name=gettext_lazy("file"), accessor="attachment__shown_name",
        linkify=("central-file", [tables.A("pk")]), attrs=lists.HEAD,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), empty_values=())
    rows_read = tables.Column(verbose_name=gettext_lazy("rows"), attrs=lists.NUMBER)
    rate = tables.Column(verbose_name=gettext_lazy("same group"), empty_values=(), attrs=lists.NUMBER)
    received_at = tables.Column(verbose_name=gettext_lazy("received"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "institution", "rows_read", "rate", "received_at")

    def render_state(self, record: CentralFile) -> SafeString:
        return chip(CHIPS[record.state], str(record.get_state_display()))

    def render_institution(self, record: CentralFile) -> str:
        return record.institution.short_name if record.institution else _("several members")

    def render_rate(self, record: Any) -> str:
        return rate_word(record.equal, record.compared)

    def render_received_at(self, value: Any) -> str:
        return words.moment(value)


class ResultTable(lists.Table):
    """One line a case: both groups, and why they differ."""

    record_no = tables.Column(
        verbose_name=gettext_lazy("record number"), linkify=("central-row", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    why = tables.Column(verbose_name=gettext_lazy("comparison"), attrs=lists.KEY)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    day = tables.Column(verbose_name=gettext_lazy("discharged"))
    drg = tables.Column(verbose_name=gettext_lazy("central group"))
    ours = tables.Column(verbose_name=gettext_lazy("our group"), empty_values=())
    settled_fen = tables.Column(verbose_name=gettext_lazy("settled (yuan)"), attrs=lists.NUMBER)
    line = tables.Column(verbose_name=gettext_lazy("line"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("record_no", "why", "institution", "day", "drg", "ours", "settled_fen", "line")

    def render_why(self, record: CentralResult) -> SafeString:
        return why_chip(record)

    def render_day(self, value: Any) -> str:
        return words.day(value)

    def render_drg(self, value: str) -> SafeString:
        return format_html('<span class="code">{}</span>', value)

    def render_ours(self, record: CentralResult) -> SafeString | str:
        return format_html('<span class="code">{}</span>', record.ours) if record.ours else words.DASH

    def render_settled_fen(self, value: int) -> str:
        return words.yuan(value)


def why_chip(row: CentralResult) -> SafeString:
    """How the two groups compare."""
    kind = "ok" if row.why == "equal" else "" if row.why in SOFT else "warn"
    return chip(kind, str(row.get_why_display()))


def rate_word(equal: int, compared: int) -> str:
    """Share of compared cases with the same group; a dash when none could be compared."""
    return words.pct(Fraction(equal, compared)) if compared else words.DASH
