"""The list of violation cases."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution
from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.violations.models import Violation

CHIPS = {
    "identified": "warn", "warned": "prov", "heard": "info", "found": "prov", "decided": "late",
    "closed": "ok", "dropped": "",
}  # fmt: skip
NONE = Empty(
    gettext_lazy("No violation case"),
    gettext_lazy("A case begins with a clue, a broken clause, or what an inspection found; it is open to "
                 "the institution from its warning on."),
)  # fmt: skip


def state_chip(row: Violation) -> Any:
    """The state; of one decided whether it was a violation."""
    if row.state == "closed" and row.violated is False:
        return chip("ok", pgettext_lazy("violation", "closed: no violation"))
    return chip(CHIPS[row.state], row.get_state_display())


class ViolationTable(lists.Table):
    """One line a case."""

    number = tables.Column(
        verbose_name=pgettext_lazy("violation", "number"), linkify=("violation", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    title = tables.Column(verbose_name=pgettext_lazy("violation", "title"), attrs=lists.WRAP)
    kind = tables.Column(verbose_name=pgettext_lazy("violation", "kind"))
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    opened_at = tables.Column(verbose_name=pgettext_lazy("violation", "opened"))
    due_at = tables.Column(verbose_name=pgettext_lazy("violation", "statement until"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_opened_at(self, value: Any) -> str:
        """The day."""
        return words.moment(value)

    def render_due_at(self, value: Any) -> str:
        """The end of the clock."""
        return words.until(value)

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record)


class ViolationFilter(django_filters.FilterSet):
    """By institution, kind, state."""

    institution = django_filters.ModelChoiceFilter(
        label=gettext_lazy("institution"), queryset=lambda request: _places(request.membership)
    )
    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("violation", "kind"), choices=Violation.Kind.choices
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=Violation.State.choices)

    class Meta:
        model = Violation
        fields: list[str] = []


def _places(membership: Any) -> Any:
    rows = Institution.objects.filter(is_active=True).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)
