"""The lists of letters and consequences."""

from __future__ import annotations

from collections import Counter
from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership
from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.consequences import words
from performance.models import Consequence, Letter


def places(membership: Membership) -> Any:
    """Institutions that sign letters and that the member sees."""
    rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)


class LetterTable(lists.Table):
    """One line a letter, with where its promises stood at the last look."""

    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name",
        linkify=("letter", [tables.A("pk")]), attrs=lists.HEAD,
    )  # fmt: skip
    year = tables.Column(verbose_name=gettext_lazy("year"), attrs=lists.NUMBER, orderable=True)
    state = tables.Column(verbose_name=gettext_lazy("state"))
    progress = tables.Column(
        verbose_name=gettext_lazy("promises"), empty_values=(), accessor="progress", attrs=lists.WRAP
    )
    signed_name = tables.Column(verbose_name=gettext_lazy("legal representative"), attrs=lists.DESK)
    signed_at = tables.Column(verbose_name=gettext_lazy("signed"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        pass

    def render_year(self, value: int) -> str:
        return str(value)

    def render_state(self, record: Letter) -> SafeString:
        return words.letter_chip(record)

    def render_progress(self, record: Letter) -> SafeString:
        counted = Counter(one["standing"] for one in record.progress or [])
        if not counted:
            return SafeString(web_words.DASH)
        return format_html_join(
            " ", "{} {}", ((words.standing(code), number) for code, number in sorted(counted.items()))
        )

    def render_signed_at(self, value: Any) -> str:
        return web_words.moment(value)


class LetterFilter(django_filters.FilterSet):
    """Conditions of the list."""

    year = django_filters.NumberFilter(label=gettext_lazy("year"))
    state = django_filters.ChoiceFilter(
        choices=Letter.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip

    class Meta:
        model = Letter
        fields: list[str] = []


def no_letter() -> Empty:
    """What stands where no letter is."""
    return Empty(
        _("No commitment letter yet"),
        _("The office drafts one for each institution from the template of its kind and offers it."),
    )


class ConsequenceTable(lists.Table):
    """One line a consequence."""

    kind = tables.Column(
        verbose_name=gettext_lazy("consequence"), linkify=("consequence", [tables.A("pk")]), attrs=lists.HEAD
    )
    subject = tables.Column(
        verbose_name=gettext_lazy("of"), accessor="institution", empty_values=(), attrs=lists.WRAP
    )
    period = tables.Column(verbose_name=gettext_lazy("period"))
    percent = tables.Column(verbose_name=gettext_lazy("percent"), attrs=lists.NUMBER)
    fen = tables.Column(verbose_name=gettext_lazy("amount (yuan)"), attrs=lists.KEY, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("state"))
    opened_at = tables.Column(verbose_name=gettext_lazy("found"), attrs=lists.DESK, orderable=True)
    decided_at = tables.Column(verbose_name=gettext_lazy("decided at"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        pass

    def render_kind(self, record: Consequence) -> str:
        return str(record.get_kind_display())

    def render_subject(self, record: Consequence) -> str:
        return record.subject or _("the whole alliance")

    def render_period(self, value: str) -> str:
        return words.period(value)

    def render_percent(self, value: Any) -> str:
        return words.percent(value)

    def render_fen(self, record: Consequence) -> str:
        return web_words.yuan(record.fen)

    def render_state(self, record: Consequence) -> SafeString:
        if record.since:
            return format_html(
                "{} <span class='sub'>{}</span>", words.state_chip(record), _("figures changed since")
            )
        return words.state_chip(record)

    def render_opened_at(self, value: Any) -> str:
        return web_words.moment(value)

    def render_decided_at(self, value: Any) -> str:
        return web_words.moment(value)


class ConsequenceFilter(django_filters.FilterSet):
    """Conditions of the list."""

    kind = django_filters.ChoiceFilter(
        choices=Consequence.Kind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )
    state = django_filters.ChoiceFilter(
        choices=Consequence.State.choices, label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    period = django_filters.CharFilter(label=gettext_lazy("period"))

    class Meta:
        model = Consequence
        fields: list[str] = []


def no_consequence() -> Empty:
    """What stands where no consequence is."""
    return Empty(
        _("No consequence here"),
        _("Letters, quarters and years are looked at every night; what follows is proposed, never applied."),
    )
