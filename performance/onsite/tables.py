"""Lists of on-site assessment: visits, rectifications, checklists, the items behind a number."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.models import OnsiteVisit
from performance.onsite import words


class VisitTable(lists.Table):
    """One line a visit."""

    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), linkify=("onsite-visit", [tables.A("pk")]), attrs=lists.HEAD
    )
    quarter = tables.Column(verbose_name=gettext_lazy("quarter"), orderable=True)
    planned_on = tables.Column(verbose_name=gettext_lazy("day of the visit"), orderable=True)
    checklist = tables.Column(verbose_name=gettext_lazy("checklist"), attrs=lists.WRAP)
    state = tables.Column(verbose_name=gettext_lazy("state"))
    percent = tables.Column(
        verbose_name=gettext_lazy("score"), empty_values=(), attrs=lists.KEY, orderable=True
    )

    class Meta(lists.Table.Meta):
        pass

    def render_institution(self, record: Any) -> str:
        return str(record.institution.short_name)

    def render_quarter(self, record: Any) -> str:
        return words.quarter(record.span)

    def render_planned_on(self, value: Any) -> str:
        return web_words.day(value)

    def render_state(self, record: Any) -> SafeString:
        return SafeString(words.state(words.VISIT, record))

    def render_percent(self, record: Any) -> str:
        return web_words.plain(record.percent)


class VisitFilter(django_filters.FilterSet):
    """Conditions of the list of visits."""

    state = django_filters.ChoiceFilter(
        choices=OnsiteVisit.State.choices, label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: inspected(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip

    class Meta:
        model = OnsiteVisit
        fields: list[str] = []


def inspected(membership: Any) -> Any:
    """The institutions of the visits a member sees."""
    seen = OnsiteVisit.objects.seen_by(membership).values("institution")
    return Institution.objects.filter(pk__in=seen).order_by("code")


class RectificationTable(lists.Table):
    """One line a rectification."""

    item = tables.Column(
        verbose_name=gettext_lazy("item"), accessor="result__item", attrs=lists.HEAD,
        linkify=("onsite-rectification", [tables.A("pk")]),
    )  # fmt: skip
    institution = tables.Column(verbose_name=gettext_lazy("institution"), attrs=lists.WRAP)
    lost = tables.Column(verbose_name=gettext_lazy("points taken"), empty_values=(), attrs=lists.NUMBER)
    due_at = tables.Column(verbose_name=gettext_lazy("due by"), orderable=True)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    class Meta(lists.Table.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = timezone.now()

    def render_item(self, record: Any) -> str:
        item = record.result.visit.checklist.checklist.items[record.result.item]
        return f"{item.code} {item.text}"

    def render_institution(self, record: Any) -> str:
        return f"{record.institution.short_name} · {words.quarter(record.result.visit.span)}"

    def render_lost(self, record: Any) -> str:
        return web_words.plain(record.result.full - record.result.now)

    def render_due_at(self, record: Any) -> SafeString:
        moment = web_words.until(record.due_at)
        if record.state in record.WITH_INSTITUTION and record.due_at < self.now:
            return format_html("{} {}", moment, chip("late", _("late")))
        return format_html("{}", moment)

    def render_state(self, record: Any) -> SafeString:
        again = chip("warn", _("found again")) if record.result.repeated else ""
        return format_html("{} {}", words.state(words.RECTIFICATION, record), again)


class ChecklistTable(lists.Table):
    """One line a version of a checklist."""

    name = tables.Column(
        verbose_name=gettext_lazy("checklist"), linkify=("onsite-checklist", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    number = tables.Column(verbose_name=gettext_lazy("version"), attrs=lists.NUMBER)
    items = tables.Column(verbose_name=gettext_lazy("items"), accessor="body", attrs=lists.NUMBER)
    from_date = tables.Column(verbose_name=gettext_lazy("in force from"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    class Meta(lists.Table.Meta):
        pass

    def render_items(self, record: Any) -> str:
        return web_words.num(len(record.checklist.items))

    def render_from_date(self, value: Any) -> str:
        return f"{value:%Y-%m-%d}"

    def render_state(self, record: Any) -> SafeString:
        return SafeString(words.state(words.CHECKLIST, record))


def no_visit(plans: bool) -> Empty:
    """What stands where no visit is."""
    return Empty(
        _("No visit"), _("Signed visits of your institution and those you inspect stand here."),
        reverse("onsite-plan") if plans else "", _("Plan a visit") if plans else "", "flag",
    )  # fmt: skip
