"""The list of tolerance cases."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from performance.tolerance.models import ToleranceCase

CHIPS = {"open": "info", "review": "warn", "proposed": "prov", "withdrawn": ""}
NONE = Empty(
    gettext_lazy("No tolerance case yet"),
    gettext_lazy("Open one where a pathway was followed and a dispute or an error came of it."),
)


def state_chip(row: ToleranceCase) -> Any:
    """The state; of a decided one the decision."""
    if row.state == ToleranceCase.State.DECIDED:
        return chip("" if row.outcome == "not_covered" else "ok", row.get_outcome_display())
    return chip(CHIPS[row.state], row.get_state_display())


class CaseTable(lists.Table):
    """One line a case."""

    number = tables.Column(
        verbose_name=pgettext_lazy("tolerance", "number"), linkify=("tolerance-case", [tables.A("pk")]),
        attrs=lists.HEAD, order_by=("pk",),
    )  # fmt: skip
    kind = tables.Column(verbose_name=pgettext_lazy("tolerance", "kind"))
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    person = tables.Column(verbose_name=pgettext_lazy("tolerance", "person"), accessor="person__user")
    pathway = tables.Column(verbose_name=pgettext_lazy("tolerance", "pathway followed"), attrs=lists.WRAP)
    happened_on = tables.Column(verbose_name=pgettext_lazy("tolerance", "happened on"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_happened_on(self, value: Any) -> str:
        """The day."""
        return words.day(value)

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record)
