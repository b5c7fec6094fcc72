"""The list of appeals."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.appeals import words
from performance.models import Appeal


class AppealTable(lists.Table):
    """One line an appeal."""

    pk = tables.Column(
        verbose_name=pgettext_lazy("appeal", "appeal"), linkify=("appeal", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    month = tables.Column(verbose_name=gettext_lazy("month"))
    filed_by = tables.Column(verbose_name=gettext_lazy("filed by"), accessor="filed_by__user")
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", attrs=lists.WRAP
    )
    filed_at = tables.Column(verbose_name=gettext_lazy("filed"), orderable=True)
    handler = tables.Column(verbose_name=gettext_lazy("examined by"), accessor="handler__user", default="—")
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.WRAP)
    clock = tables.Column(
        verbose_name=gettext_lazy("answer due"), accessor="due_at", order_by="due_at", orderable=True,
        attrs=lists.KEY,
    )  # fmt: skip

    class Meta(lists.Table.Meta):
        pass

    def render_pk(self, record: Appeal) -> str:
        return f"{record.pk} · {record.get_kind_display()}"

    def render_month(self, value: Any) -> str:
        return web_words.month(value)

    def render_filed_at(self, value: Any) -> str:
        return web_words.moment(value)

    def render_state(self, record: Appeal) -> SafeString:
        return words.state(record)

    def render_clock(self, record: Appeal) -> SafeString:
        return words.clock(record, timezone.now())


class AppealFilter(django_filters.FilterSet):
    """Conditions of the appeals."""

    month = asked.MonthFilter(
        label=gettext_lazy("month"), choices=list, empty_label=gettext_lazy("Month: all")
    )
    kind = django_filters.ChoiceFilter(
        choices=Appeal.Kind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )
    state = django_filters.ChoiceFilter(
        choices=Appeal.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )

    class Meta:
        model = Appeal
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Appeal.objects.seen_by(self.request.membership).order_by("-month")
        days = rows.values_list("month", flat=True).distinct()
        self.form.fields["month"].choices = [
            ("", _("Month: all")), *((str(Month.of(day)), web_words.month(day)) for day in days)
        ]  # fmt: skip


def empty() -> Empty:
    """What stands where no appeal is."""
    return Empty(
        _("No appeal here"),
        _("An appeal begins at the number itself: open your slip, an indicator or a case, and use the flag."),
        icon="flag",
    )  # fmt: skip
