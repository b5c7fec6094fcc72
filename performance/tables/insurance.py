"""The records behind figures of the insurance office's desk: no name of a patient in any of them."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists, words
from alliance.web.access import way
from alliance.web.cells import chip
from grouping.abnormal.tables import ReportTable as AbnormalTable


class RoundTable(lists.Table):
    """Requests to the desk of off-site filings, with the hour each had."""

    number = tables.Column(
        verbose_name=pgettext_lazy("offsite", "number"), accessor="filing__number", attrs=lists.HEAD
    )
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="filing__institution__short_name"
    )
    round = tables.Column(verbose_name=pgettext_lazy("offsite", "round"), accessor="number")
    asked_at = tables.Column(verbose_name=pgettext_lazy("offsite", "asked"))
    answered_at = tables.Column(verbose_name=pgettext_lazy("offsite", "answered"), empty_values=())

    class Meta(lists.Table.Meta):
        pass

    def render_number(self, record: Any) -> SafeString:
        member, filing = self.request.membership, record.filing
        url = way(member, "offsite-filing", filing.pk) if filing.sides_of(member) else ""
        return format_html('<a href="{}">{}</a>' if url else "{1}", url, filing.number)

    def render_asked_at(self, value: Any) -> str:
        return words.moment(value)

    def render_answered_at(self, record: Any) -> SafeString:
        if record.answered_at is None:
            return format_html("{}", words.DASH)
        kept = record.answered_at <= record.due_at
        late = "" if kept else chip("late", pgettext_lazy("offsite", "late"))
        return format_html("{} {}", words.moment(record.answered_at), late)


class ReportTable(AbnormalTable):
    """Abnormal cases by their number of the record; the case opens to who may read it."""

    class Meta(lists.Table.Meta):
        pass


class DayTable(lists.Table):
    """Days of patients held, with what was asked and settled."""

    topic = tables.Column(
        verbose_name=pgettext_lazy("patient day", "topic"), linkify=("patient-day", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    held_on = tables.Column(verbose_name=pgettext_lazy("patient day", "held on"))
    visitors = tables.Column(verbose_name=pgettext_lazy("patient day", "patients and families"))
    asked = tables.Column(verbose_name=pgettext_lazy("patient day", "questions and suggestions"))
    settled = tables.Column(verbose_name=pgettext_lazy("patient day", "settled on the spot"))

    class Meta(lists.Table.Meta):
        pass

    def render_held_on(self, value: Any) -> str:
        return words.day(value)


class GroupTable(lists.Table):
    """Focus groups held."""

    topic = tables.Column(
        verbose_name=pgettext_lazy("focus group", "topic"), linkify=("focus-group", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    held_on = tables.Column(verbose_name=pgettext_lazy("focus group", "held on"))
    follow_up = tables.Column(verbose_name=pgettext_lazy("focus group", "follow-up"))

    class Meta(lists.Table.Meta):
        pass

    def render_held_on(self, value: Any) -> str:
        return words.day(value)
