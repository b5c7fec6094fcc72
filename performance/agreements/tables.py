"""The list of agreements."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution
from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.agreements.models import Agreement, ClauseCheck

CHIPS = {"draft": "", "waiting": "prov", "in_force": "ok", "ending": "warn", "ended": "", "withdrawn": ""}
STANDINGS = {"kept": "ok", "at_risk": "warn", "broken": "late", "unassessed": ""}
NONE = Empty(
    gettext_lazy("No agreement yet"),
    gettext_lazy("Enter one as it was signed, with its scan and its clauses; a second person compares it."),
)


def state_chip(row: Agreement, today: Any) -> Any:
    """The state; one whose term is over has run out."""
    if row.state == "in_force" and row.ends < today:
        return chip("", pgettext_lazy("agreement", "run out"))
    return chip(CHIPS[row.state], row.get_state_display())


def standing_chip(standing: str) -> Any:
    """What a clause came to."""
    return chip(STANDINGS[standing], ClauseCheck.Standing(standing).label)


class AgreementTable(lists.Table):
    """One line an agreement."""

    title = tables.Column(
        verbose_name=pgettext_lazy("agreement", "title"), linkify=("agreement", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    number = tables.Column(verbose_name=pgettext_lazy("agreement", "number"))
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    party = tables.Column(verbose_name=pgettext_lazy("agreement", "other party"))
    begins = tables.Column(verbose_name=pgettext_lazy("agreement", "term"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def __init__(self, *args: Any, today: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def render_begins(self, record: Any) -> str:
        """From and to."""
        return f"{words.day(record.begins)} – {words.day(record.last_day)}"

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record, self.today)


class AgreementFilter(django_filters.FilterSet):
    """By institution, kind, state."""

    institution = django_filters.ModelChoiceFilter(
        label=gettext_lazy("institution"), queryset=lambda request: _places(request.membership)
    )
    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("agreement", "kind"), choices=Agreement.Kind.choices
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=Agreement.State.choices)

    class Meta:
        model = Agreement
        fields: list[str] = []


def _places(membership: Any) -> Any:
    rows = Institution.objects.filter(is_active=True).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)
