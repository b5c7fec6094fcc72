"""The list of departments or persons of a month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution
from alliance.web import lists, words
from performance.engine.scheme import Scheme
from performance.models import LevelSubject
from performance.show import labels
from performance.tables.cells import small

STATES = {
    "assessed": ("ok", gettext_lazy("assessed")),
    "reweighted": ("prov", gettext_lazy("re-weighted")),
    "not_assessed": ("stale", gettext_lazy("not assessed")),
    "blocked": ("warn", gettext_lazy("blocked by the scheme")),
}


class SubjectTable(lists.Table):
    """One line a department, team or person; `scheme` names columns and dimensions."""

    scheme: Scheme
    name = tables.Column(
        verbose_name=pgettext_lazy("of a department, team or person", "name"),
        accessor="code",
        attrs=lists.HEAD,
    )
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", default=words.DASH
    )
    column = tables.Column(verbose_name=gettext_lazy("scored as"))
    dimensions = tables.Column(verbose_name=gettext_lazy("points by dimension"), attrs=lists.DESK)
    possible = tables.Column(verbose_name=gettext_lazy("assessed, of 100"), attrs=lists.NUMBER)
    status = tables.Column(verbose_name=gettext_lazy("state"))
    score = tables.Column(
        verbose_name=gettext_lazy("score"), attrs=lists.KEY, empty_values=(), orderable=True
    )

    class Meta(lists.Table.Meta):
        pass

    def render_name(self, record: LevelSubject) -> SafeString:
        return format_html('<a href="{}">{}</a>', address(record), called(record))

    def render_column(self, value: str) -> str:
        return column_name(self.scheme, value)

    def render_dimensions(self, value: list[list[str]]) -> SafeString:
        names = {one.code: labels.named(one) for one in self.scheme.dimensions}
        parts = [
            (
                names.get(code, code),
                words.assessed(points if Decimal(possible) else None),
                words.num(possible),
            )
            for code, points, possible in value
        ]
        return format_html_join(" · ", '{} <b>{}</b> <span class="faint">/ {}</span>', parts)

    def render_possible(self, value: Decimal) -> str:
        return words.num(value, 0)

    def render_status(self, value: str) -> SafeString:
        kind, text = STATES[value]
        return small(kind, str(text))

    def render_score(self, record: LevelSubject) -> SafeString:
        return format_html('<a href="{}">{}</a>', address(record), words.assessed(record.score, 2))


def table_of(scheme: Scheme) -> type[SubjectTable]:
    """The table with the names of a scheme."""
    return type("SchemeSubjectTable", (SubjectTable,), {"scheme": scheme})


def called(record: LevelSubject) -> str:
    """What a subject is called."""
    thing = record.staff or record.team or record.department
    return str(thing.name) if thing else _("the whole alliance")


def column_name(scheme: Scheme, code: str) -> str:
    """The name of a column of the scheme."""
    return next((labels.named(one) for one in scheme.columns if one.code == code), code)


def address(record: LevelSubject) -> str:
    """Where a subject's score opens."""
    return reverse("level-subject", args=[record.pk])


def places(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from: those the member may look into."""
    rows = Institution.objects.filter(is_active=True)
    own = request.membership.institution_id
    return rows if own is None else rows.filter(pk=own)


class SubjectFilter(django_filters.FilterSet):
    """Conditions of the list."""

    institution = django_filters.ModelChoiceFilter(
        queryset=places, label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all")
    )
    status = django_filters.ChoiceFilter(
        choices=[(key, text) for key, (_kind, text) in STATES.items()], label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(
        method="of_name", label=gettext_lazy("name of the department, team or person")
    )

    class Meta:
        model = LevelSubject
        fields: list[str] = []

    def of_name(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of exactly this name, or this code."""
        found = queryset.filter(staff__name=value) | queryset.filter(department__name=value, staff=None)
        found |= queryset.filter(team__name=value)
        return found | queryset.filter(code=value)
