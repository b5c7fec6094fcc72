"""The list of MDT records."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty
from referrals.mdt.models import MdtMeeting

CHIPS = {"planned": "info", "held": "ok", "cancelled": ""}
NONE = Empty(
    gettext_lazy("No multidisciplinary record yet"),
    gettext_lazy(
        "Plan one for a stay: doctor, pharmacist, nutritionist, rehabilitation and insurance together."
    ),
)


def state_chip(row: MdtMeeting) -> Any:
    """The state as a chip."""
    return chip(CHIPS[row.state], row.get_state_display())


class MeetingTable(lists.Table):
    """One line a meeting."""

    record_no = tables.Column(
        verbose_name=gettext_lazy("record number"),
        linkify=("mdt-meeting", [tables.A("pk")]),
        attrs=lists.HEAD,
    )
    question = tables.Column(verbose_name=pgettext_lazy("mdt", "question"), attrs=lists.WRAP)
    institution = tables.Column(verbose_name=gettext_lazy("institution"))
    starts_at = tables.Column(verbose_name=pgettext_lazy("mdt", "begins"))
    own_fen = tables.Column(
        verbose_name=pgettext_lazy("mdt", "estimate: own part (yuan)"), attrs=lists.NUMBER, empty_values=()
    )
    state = tables.Column(verbose_name=gettext_lazy("state"))

    def render_starts_at(self, value: Any) -> str:
        """The moment."""
        return words.moment(value)

    def render_own_fen(self, record: Any) -> str:
        """In yuan; a dash before it was held."""
        return words.yuan(record.own_fen)

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record)
