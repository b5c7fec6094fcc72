"""The list of verification opinions."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution
from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.verification.models import Opinion

CHIPS = {"true": "ok", "partly": "warn", "false": "late"}
FOUND = {"": "", "confirmed": "ok", "differs": "late", "missing": "warn"}
NONE = Empty(
    gettext_lazy("No verification opinion"),
    gettext_lazy("An evaluator draws records of a month, looks at each at its source and signs an opinion."),
)


def verdict_chip(row: Opinion) -> Any:
    """What was signed, or that the records are being looked at."""
    if row.signed_at is None:
        return chip("prov", pgettext_lazy("verification", "being looked at"))
    return chip(CHIPS[row.verdict], row.get_verdict_display())


class OpinionTable(lists.Table):
    """One line an opinion."""

    month = tables.Column(
        verbose_name=gettext_lazy("month"), linkify=("verification", [tables.A("pk")]), attrs=lists.HEAD
    )
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    drawn_by = tables.Column(verbose_name=pgettext_lazy("verification", "evaluator"))
    size = tables.Column(verbose_name=pgettext_lazy("verification", "records drawn"), attrs=lists.NUMBER)
    verdict = tables.Column(verbose_name=pgettext_lazy("verification", "opinion"), empty_values=())

    def render_month(self, value: Any) -> str:
        """In words."""
        return words.month(value)

    def render_drawn_by(self, value: Any) -> str:
        """The person."""
        return str(value.user)

    def render_verdict(self, record: Any) -> Any:
        """As a chip."""
        return verdict_chip(record)


class OpinionFilter(django_filters.FilterSet):
    """By institution."""

    institution = django_filters.ModelChoiceFilter(
        label=gettext_lazy("institution"), queryset=lambda request: _places(request.membership)
    )

    class Meta:
        model = Opinion
        fields: list[str] = []


def _places(membership: Any) -> Any:
    rows = Institution.objects.filter(is_active=True).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)
