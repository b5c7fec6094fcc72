"""The list of uses."""

from __future__ import annotations

# django-tables2 and django-filter carry no types: their calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc,name-defined"
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equipment.models import Device, Usage
from alliance.equipment.tables import chip, institutions
from alliance.lib.identity import mask_name
from alliance.models import Membership
from alliance.web import lists, parts, words

CHIPS = {
    "stated": ("warn", "clock"),
    "confirmed": ("ok", "check"),
    "disputed": ("late", "flag"),
    "void": ("", "undo"),
}
VIEWS = ("waiting", "all")


def state_chip(use: Usage) -> SafeString:
    """The state of a use."""
    kind, icon = CHIPS[use.state]
    return chip(kind, str(use.get_state_display()), icon)


class UseTable(lists.Table):
    """One line a use."""

    started_at = tables.Column(
        verbose_name=gettext_lazy("started"), linkify=("equipment-use", [tables.A("pk")]), attrs=lists.HEAD
    )
    fee_fen = tables.Column(verbose_name=gettext_lazy("charged (yuan)"), attrs=lists.KEY)
    state = tables.Column(verbose_name=gettext_lazy("state"))
    device = tables.Column(verbose_name=gettext_lazy("device"), accessor="device__name")
    institution = tables.Column(
        verbose_name=gettext_lazy("using institution"), accessor="institution__short_name"
    )
    item_name = tables.Column(verbose_name=gettext_lazy("examination item"), attrs=lists.WRAP)
    person = tables.Column(verbose_name=gettext_lazy("patient"), empty_values=())
    minutes = tables.Column(verbose_name=gettext_lazy("minutes"), attrs=lists.NUMBER, empty_values=())

    def render_started_at(self, record: Usage) -> str:
        return words.moment(record.started_at)

    def render_fee_fen(self, value: int) -> str:
        return words.yuan(value)

    def render_state(self, record: Usage) -> SafeString:
        return state_chip(record)

    def render_person(self, record: Usage) -> str:
        return mask_name(record.person.name) if record.person else words.DASH


class UseFilter(django_filters.FilterSet):
    """Conditions of the log."""

    state = django_filters.ChoiceFilter(
        choices=Usage.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    device = django_filters.ModelChoiceFilter(
        queryset=lambda request: Device.objects.visible_to(request.membership),
        label=gettext_lazy("device"), empty_label=gettext_lazy("Device: all"),
    )  # fmt: skip
    institution = django_filters.ModelChoiceFilter(
        queryset=institutions, label=gettext_lazy("using institution"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    month = django_filters.CharFilter(label=gettext_lazy("month, as in 2026-10"), method="of_month")

    class Meta:
        model = Usage
        fields: list[str] = []

    def of_month(self, queryset: Any, name: str, value: str) -> Any:
        """Uses that began in the month; nothing for what names no month."""
        month = month_asked(value)
        return queryset.filter(month=month) if month else queryset.none()


def month_asked(text: str | None) -> date | None:
    """The first day of the month an address names; None where it names none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def waiting_for(by: Membership) -> Any:
    """Uses that wait for the confirmation of this member's institution."""
    here = by.institution_id
    rows = Usage.objects.filter(state__in=[Usage.State.STATED, Usage.State.DISPUTED])
    if here is None:
        return rows
    return (
        rows.filter(Q(owner=here) | Q(institution=here))
        .exclude(stated_for=here)
        .exclude(owner=F("institution"))
    )


def view_of(by: Membership, view: str) -> Any:
    """The rows of a saved view, newest first."""
    rows = waiting_for(by) if view == "waiting" else Usage.objects.visible_to(by)
    return rows.order_by("-started_at", "-pk")


def tabs(by: Membership, current: str) -> list[parts.Tab]:
    """The saved views, with a count of what waits; one bounded query."""
    labels = {"waiting": _("To confirm"), "all": _("All")}
    counts = {"waiting": lists.counted(waiting_for(by))}
    return [parts.Tab(labels[view], f"?view={view}", view == current, counts.get(view)) for view in VIEWS]
