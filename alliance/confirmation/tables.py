"""Lists of mutual confirmation: months, lines of a month, the queue of differences."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from alliance.confirmation.models import Difference, Round, Statement
from alliance.confirmation.show.line import DIFFERENCE_CHIP
from alliance.confirmation.show.rows import Row, kind_name
from alliance.web import asked, lists, words
from alliance.web.cells import chip


class RoundTable(lists.Table):
    """One line a month; the counts are those last taken."""

    month = tables.Column(verbose_name=gettext_lazy("month"), attrs=lists.HEAD)
    lines_seen = tables.Column(verbose_name=gettext_lazy("number of lines"), attrs=lists.NUMBER)
    agreed = tables.Column(verbose_name=gettext_lazy("both confirmed"), attrs=lists.KEY)
    differences = tables.Column(verbose_name=gettext_lazy("open differences"), attrs=lists.NUMBER)
    opened_at = tables.Column(verbose_name=gettext_lazy("opened on"))
    opened_by = tables.Column(verbose_name=gettext_lazy("opened by whom"), empty_values=())
    due_at = tables.Column(verbose_name=gettext_lazy("answers due"))

    class Meta(lists.Table.Meta):
        sequence = ("month", "lines_seen", "agreed", "differences", "opened_at", "opened_by", "due_at")

    def render_month(self, record: Round) -> SafeString:
        url = reverse("confirmation-month", args=[str(record)])
        return format_html('<a href="{}">{}</a>', url, words.month(record.month))

    def render_opened_at(self, record: Round) -> str:
        return words.moment(record.opened_at)

    def render_opened_by(self, record: Round) -> Any:
        return record.opened_by.user if record.opened_by else gettext_lazy("the calendar")

    def render_due_at(self, record: Round) -> str:
        return words.day(record.last_day)


class LineTable(lists.Table):
    """One line a pair and kind, for the office; rows are `Row`s."""

    kind = tables.Column(verbose_name=gettext_lazy("what is counted"), attrs=lists.HEAD)
    chip = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    giver = tables.Column(verbose_name=gettext_lazy("giving side"), accessor="line__giver__short_name")
    taker = tables.Column(verbose_name=gettext_lazy("taking side"), accessor="line__taker__short_name")
    count = tables.Column(verbose_name=gettext_lazy("records"), attrs=lists.NUMBER)
    giver_said = tables.Column(verbose_name=gettext_lazy("giving side said"), attrs=lists.WRAP)
    taker_said = tables.Column(verbose_name=gettext_lazy("taking side said"), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        sequence = ("kind", "chip", "giver", "taker", "count", "giver_said", "taker_said")

    def render_kind(self, record: Row) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, record.kind)

    def render_count(self, record: Row) -> str:
        return " · ".join(filter(None, (words.num(record.count), record.units)))


class DifferenceTable(lists.Table):
    """One line a difference."""

    kind = tables.Column(
        verbose_name=gettext_lazy("what is counted"), accessor="line__kind", attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    month = tables.Column(verbose_name=gettext_lazy("month"), accessor="line__round__month")
    objects_ = tables.Column(verbose_name=gettext_lazy("who objects"), accessor="statement__institution")
    partner = tables.Column(verbose_name=gettext_lazy("partner"), accessor="line")
    count = tables.Column(
        verbose_name=gettext_lazy("records"), accessor="statement__count", attrs=lists.NUMBER
    )
    own = tables.Column(
        verbose_name=gettext_lazy("own count"), accessor="statement__own_count", attrs=lists.NUMBER
    )
    reason = tables.Column(
        verbose_name=gettext_lazy("reason"), accessor="statement__reason", attrs=lists.WRAP
    )
    opened_at = tables.Column(verbose_name=gettext_lazy("opened on"), orderable=True)

    class Meta(lists.Table.Meta):
        sequence = (
            "kind", "state", "month", "objects_", "partner", "count", "own", "reason", "opened_at",
        )  # fmt: skip

    def render_kind(self, record: Difference) -> SafeString:
        url = reverse("confirmation-line", args=[record.line_id])
        return format_html('<a href="{}">{}</a>', url, kind_name(record.line.kind))

    def render_state(self, record: Difference) -> SafeString:
        return chip(DIFFERENCE_CHIP[record.state], record.get_state_display())

    def render_month(self, value: Any) -> str:
        return words.month(value)

    def render_objects_(self, record: Difference) -> str:
        return str(record.statement.institution.short_name)

    def render_partner(self, record: Difference) -> str:
        line = record.line
        return str((line.taker if record.side == "giver" else line.giver).short_name)

    def render_reason(self, record: Difference) -> str:
        return f"{record.statement.get_reason_display()} · {record.statement.text}"

    def render_opened_at(self, record: Difference) -> str:
        return words.moment(record.opened_at)


def month_choices() -> list[tuple[str, str]]:
    """The months that were opened, newest first."""
    months = Round.objects.order_by("-month").values_list("month", flat=True)[:24]
    return [(f"{one:%Y-%m}", words.month(one)) for one in months]


class DifferenceFilter(django_filters.FilterSet):
    """Conditions of the queue."""

    month = asked.MonthFilter(
        field_name="line__round__month",
        label=gettext_lazy("month"),
        choices=month_choices,
        empty_label=gettext_lazy("Month: all"),
    )
    reason = django_filters.ChoiceFilter(
        field_name="statement__reason", choices=Statement.Reason.choices, label=gettext_lazy("reason"),
        empty_label=gettext_lazy("Reason: all"),
    )  # fmt: skip

    class Meta:
        model = Difference
        fields: list[str] = []
