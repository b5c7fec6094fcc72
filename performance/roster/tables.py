"""The roster of a month: who worked where, for how much of the time, in which post."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import RosterRow
from alliance.web import lists
from alliance.web import words as web_words
from alliance.web.parts import Empty
from performance.pay.tables import places


class RosterTable(lists.Table):
    """One line a person and place."""

    staff = tables.Column(verbose_name=gettext_lazy("staff member"), attrs=lists.HEAD)
    number = tables.Column(verbose_name=gettext_lazy("staff number"), accessor="staff__code")
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    department = tables.Column(
        verbose_name=gettext_lazy("department"), accessor="department__name", default=web_words.DASH
    )
    post_coefficient = tables.Column(verbose_name=gettext_lazy("post coefficient"), attrs=lists.NUMBER)
    share = tables.Column(verbose_name=gettext_lazy("share of time"), attrs=lists.NUMBER)
    days = tables.Column(verbose_name=gettext_lazy("days worked"), attrs=lists.KEY)
    leave_days = tables.Column(verbose_name=gettext_lazy("days of leave"), attrs=lists.NUMBER)
    employment = tables.Column(verbose_name=gettext_lazy("employment"))

    def render_staff(self, value: Any) -> str:
        """The name."""
        return str(value.name)

    def render_employment(self, record: RosterRow) -> str:
        """With whether the person is lent to this place."""
        said = str(record.get_employment_display())
        return f"{said} · {_('seconded')}" if record.seconded else said

    def render_post_coefficient(self, value: Any) -> str:
        """Without idle zeros."""
        return web_words.plain(value)

    def render_share(self, value: Any) -> str:
        """Without idle zeros."""
        return web_words.plain(value)


class RosterFilter(django_filters.FilterSet):
    """Conditions of a roster."""

    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: places(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(method="called", label=gettext_lazy("name, staff number or department"))

    class Meta:
        model = RosterRow
        fields: list[str] = []

    def called(self, rows: QuerySet[RosterRow], _name: str, value: str) -> QuerySet[RosterRow]:
        """Who is called so, or works in a department called so."""
        text = value.strip()
        return rows.filter(
            Q(staff__name__contains=text) | Q(staff__code=text) | Q(department__name__contains=text)
        )


def none() -> Empty:
    """What stands where a month has no roster."""
    return Empty(
        _("No roster of this month yet"),
        _("The institutions deliver it with their master data; nobody is paid a part of the month before."),
        icon="users",
    )  # fmt: skip
