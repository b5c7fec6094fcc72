"""The list of clues."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.fairness import words
from performance.models import Clue, Detector, FairnessRun


class ClueTable(lists.Table):
    """One line a clue."""

    detector = tables.Column(
        verbose_name=gettext_lazy("clue"), linkify=("clue", [tables.A("pk")]), attrs=lists.HEAD
    )
    institution = tables.Column(verbose_name=gettext_lazy("institution"), attrs=lists.WRAP)
    month = tables.Column(verbose_name=gettext_lazy("month"), orderable=True)
    seen = tables.Column(verbose_name=gettext_lazy("what was seen"), accessor="numbers", attrs=lists.WRAP)
    severity = tables.Column(verbose_name=gettext_lazy("strength"))
    evidence = tables.Column(verbose_name=gettext_lazy("records"), attrs=lists.NUMBER)
    state = tables.Column(verbose_name=gettext_lazy("state"))
    due_at = tables.Column(verbose_name=gettext_lazy("explanation due"), orderable=True)

    class Meta(lists.Table.Meta):
        pass

    def render_detector(self, record: Clue) -> str:
        return str(record.get_detector_display())  # type: ignore[attr-defined]

    def render_institution(self, record: Clue) -> str:
        return words.places(record)

    def render_month(self, record: Clue) -> str:
        return web_words.month(record.month)

    def render_seen(self, record: Clue) -> str:
        return words.sentence(record)

    def render_severity(self, record: Clue) -> SafeString:
        return words.severity(record)

    def render_state(self, record: Clue) -> SafeString:
        if record.measure and record.state in (Clue.State.PROPOSED, Clue.State.CONFIRMED):
            follows = record.get_measure_display()  # type: ignore[attr-defined]
            return format_html("{} <span class='sub'>{}</span>", words.state(record), follows)
        return words.state(record)

    def render_due_at(self, record: Clue) -> str:
        if record.state != Clue.State.OPEN:
            return web_words.DASH
        return web_words.until(record.due_at)


def concerned(membership: Membership) -> Any:
    """Institutions a member may ask for."""
    rows = Institution.objects.filter(is_active=True).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)


def months() -> list[tuple[str, str]]:
    """The months that were looked at, newest first; one query."""
    days = FairnessRun.objects.order_by("-month").values_list("month", flat=True).distinct()[:24]
    return [(f"{day:%Y-%m}", web_words.month(day)) for day in days]


class ClueFilter(django_filters.FilterSet):
    """Conditions of the list."""

    detector = django_filters.ChoiceFilter(
        choices=Detector.choices, label=gettext_lazy("pattern"), empty_label=gettext_lazy("Pattern: all")
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: concerned(request.membership), method="of_place",
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    severity = django_filters.ChoiceFilter(
        choices=Clue.Severity.choices, label=gettext_lazy("strength"),
        empty_label=gettext_lazy("Strength: all"),
    )  # fmt: skip
    month = asked.MonthFilter(
        label=gettext_lazy("month"), choices=months, empty_label=gettext_lazy("Month: all")
    )

    class Meta:
        model = Clue
        fields: list[str] = []

    def of_place(self, rows: Any, name: str, value: Institution) -> Any:
        """Clues about the institution, on whichever side of a pair."""
        return rows.filter(institution=value) | rows.filter(other=value)


def empty() -> Empty:
    """What stands where there is none."""
    return Empty(
        _("No clue here"),
        _(
            "Each month the alliance looks for patterns that luck does not explain. "
            "What it finds stands here."
        ),
    )
