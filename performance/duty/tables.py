"""The list of those who must sign, and of versions."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.models import Institution, Membership
from alliance.web import lists, words
from alliance.web.cells import chip
from alliance.web.parts import Empty

NONE = Empty(
    pgettext_lazy("duty", "Nobody is on this list"),
    pgettext_lazy("duty", "Whoever must sign and has not stands here, with the day until which."),
)
CHOICES = [
    ("missing", pgettext_lazy("duty", "not signed")), ("overdue", pgettext_lazy("duty", "overdue")),
    ("signed", pgettext_lazy("duty list", "signed")),
]  # fmt: skip


def state_chip(row: Any, today: date) -> Any:
    """Signed, to be signed, overdue."""
    if row.signature is not None:
        return chip("ok", pgettext("duty list", "signed"))
    if row.due_on < today:
        return chip("late", pgettext("duty", "overdue"))
    return chip("warn", pgettext("duty", "not signed"))


class DutyTable(lists.Table):
    """One line a person."""

    user = tables.Column(verbose_name=pgettext_lazy("duty", "person"), attrs=lists.HEAD)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    department = tables.Column(verbose_name=gettext_lazy("department"), accessor="department__name")
    due_on = tables.Column(verbose_name=pgettext_lazy("duty", "to be signed until"))
    valid_to = tables.Column(verbose_name=pgettext_lazy("duty", "holds until"))
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=(), attrs=lists.KEY)

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def render_user(self, record: Any) -> Any:
        """The name; of who signed it leads to the letter."""
        if record.signature is None:
            return str(record.user)
        return format_html(
            '<a href="{}">{}</a>', reverse("duty-letter", args=[record.signature]), record.user
        )

    def render_due_on(self, value: Any) -> str:
        """The day."""
        return words.day(value)

    def render_valid_to(self, value: Any) -> str:
        """The last day."""
        return words.day(value)

    def render_state(self, record: Any) -> Any:
        """As a chip."""
        return state_chip(record, self.today)


class DutyFilter(django_filters.FilterSet):
    """By institution and by whether it is signed."""

    institution = django_filters.ModelChoiceFilter(
        label=gettext_lazy("institution"), queryset=lambda request: _places(request.membership)
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("state"), choices=CHOICES, method="by_state")

    class Meta:
        model = Membership
        fields: list[str] = []

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        """Signed, not signed, or overdue today."""
        return by_state(rows, value, self.request.duty_day)


def by_state(rows: Any, value: str, today: date) -> Any:
    """The lines of one state."""
    if value == "signed":
        return rows.exclude(signature=None)
    rows = rows.filter(signature=None)
    return rows.filter(due_on__lt=today) if value == "overdue" else rows


def _places(membership: Any) -> Any:
    rows = Institution.objects.filter(is_active=True).order_by("code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)
