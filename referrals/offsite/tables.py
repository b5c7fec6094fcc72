"""The list of off-site filings."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.identity import mask_name
from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from referrals.offsite.models import Filing

CHIPS = {"waiting": "info", "more": "warn", "filed": "ok", "refused": "late", "withdrawn": ""}
NONE = Empty(
    gettext_lazy("No off-site filing here"),
    gettext_lazy("People file from their phone by the public page; staff file on behalf."),
)


def state_chip(row: Filing) -> Any:
    """The state as a chip."""
    return chip(CHIPS[row.state], row.get_state_display())


class FilingTable(lists.Table):
    """One line a filing, with the clock that runs."""

    number = tables.Column(
        verbose_name=pgettext_lazy("offsite", "number"), linkify=("offsite-filing", [tables.A("pk")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    name = tables.Column(verbose_name=pgettext_lazy("person", "name"), orderable=False)
    kind = tables.Column(verbose_name=pgettext_lazy("offsite", "kind of filing"))
    city = tables.Column(verbose_name=pgettext_lazy("offsite", "place of care"))
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    received_at = tables.Column(verbose_name=gettext_lazy("received at"))
    due = tables.Column(verbose_name=pgettext_lazy("offsite", "answer due"), empty_values=(), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_name(self, value: Any) -> str:
        """Masked: a list is read over shoulders."""
        return mask_name(value)

    def render_received_at(self, value: Any) -> str:
        """The moment."""
        return words.moment(value)

    def render_due(self, record: Any) -> Any:
        """What is left; how it was kept once it is answered."""
        if record.due is None:
            return words.DASH
        if record.answered is not None:
            kept = record.answered <= record.due
            return chip(
                "" if kept else "late",
                pgettext_lazy("offsite", "in time") if kept else pgettext_lazy("offsite", "late"),
            )
        if record.state != Filing.State.WAITING:
            return words.DASH
        now = timezone.now()
        kind = "late" if words.overdue(record.due, now) else "warn" if words.soon(record.due, now) else "info"
        return chip(kind, words.clock(record.due, now))

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record)
