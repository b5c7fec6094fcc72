"""The list of abnormal cases."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from grouping.abnormal.models import AbnormalReport

CHIPS = {"sent": "info", "answered": "ok", "withdrawn": ""}
NONE = Empty(
    gettext_lazy("No abnormal case here"),
    gettext_lazy("A department's insurance liaison reports one from the page of the case."),
)


def state_chip(row: AbnormalReport) -> Any:
    """The state; of an answered one the finding."""
    if row.state == AbnormalReport.State.ANSWERED:
        return chip("warn" if row.finding == "confirmed" else "ok", row.get_finding_display())
    return chip(CHIPS[row.state], row.get_state_display())


class ReportTable(lists.Table):
    """One line a report."""

    case = tables.Column(
        verbose_name=gettext_lazy("record number"), accessor="case__record_no",
        linkify=("abnormal-report", [tables.A("pk")]), attrs=lists.HEAD,
    )  # fmt: skip
    kind = tables.Column(verbose_name=pgettext_lazy("abnormal", "what is unusual"))
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    department = tables.Column(
        verbose_name=gettext_lazy("department"), accessor="department__name", default="—"
    )
    reported_at = tables.Column(verbose_name=pgettext_lazy("abnormal", "reported"))
    due_at = tables.Column(verbose_name=pgettext_lazy("abnormal", "answer due"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_reported_at(self, value: Any) -> str:
        """The moment."""
        return words.moment(value)

    def render_due_at(self, record: Any) -> Any:
        """What is left, or how it was kept."""
        kept = record.in_time(timezone.now())
        if record.state == AbnormalReport.State.WITHDRAWN:
            return words.DASH
        if kept is None:
            return words.until(record.due_at)
        word = pgettext_lazy("abnormal", "in time") if kept else pgettext_lazy("abnormal", "late")
        return chip("" if kept else "late", word)

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record)
