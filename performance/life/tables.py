"""The lists of the month's life."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.life import words
from performance.models import MonthLife


class PublicationTable(lists.Table):
    """One line a published month."""

    month = tables.Column(
        verbose_name=gettext_lazy("month"), attrs=lists.HEAD,
        linkify=("month-publication", [tables.A("period")]),
    )  # fmt: skip
    published_at = tables.Column(verbose_name=gettext_lazy("published from"))
    published_until = tables.Column(verbose_name=gettext_lazy("published until"))
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(Month.of(value))

    def render_published_at(self, value: Any) -> str:
        """As people say it."""
        return web_words.moment(value)

    def render_published_until(self, value: Any) -> str:
        """As people say it."""
        return web_words.until(value)

    def render_state(self, record: MonthLife) -> SafeString | None:
        """As a chip."""
        return words.life_chip(record)


class StatementTable(lists.Table):
    """One line a statement of the insurer."""

    document = tables.Column(
        verbose_name=gettext_lazy("number of the statement"), attrs=lists.HEAD,
        linkify=("statement", [tables.A("pk")]),
    )  # fmt: skip
    month = tables.Column(verbose_name=gettext_lazy("belongs to"))
    into = tables.Column(verbose_name=gettext_lazy("posted into"))
    stage = tables.Column(verbose_name=gettext_lazy("stage"))
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)

    def render_month(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_into(self, value: Any) -> str:
        """In words."""
        return web_words.month(value)

    def render_state(self, record: Any) -> SafeString:
        """As a chip."""
        return words.booked_chip(record)


def no_statement() -> Empty:
    """What stands where no statement is."""
    return Empty(
        _("No statement yet"),
        _("Deliver the insurer's file under Central groups; then it is taken in here and explained."),
    )


def no_publication() -> Empty:
    """What stands where nothing was published."""
    return Empty(_("Nothing published yet"), _("An approved month is published for five working days."))
