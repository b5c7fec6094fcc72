"""The lists of recognition: orders, results, items; columns, conditions, saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.identity import mask_name
from alliance.lib.period import Month, PeriodRefused
from alliance.models import Institution, Membership
from alliance.services import people
from alliance.web import lists, parts, words
from alliance.web.cells import chip
from referrals.measuring import bounds
from referrals.recognition import reasons
from referrals.recognition.models import Item, Modality, Order, Result

STATES = {"recognised": "ok", "repeated": "info", "clear": "", "withdrawn": ""}


def state_chip(row: Order, now: datetime) -> SafeString:
    """The state of an order; while it waits for its decision, with the clock."""
    if row.state == Order.State.OPEN:
        kind = "late" if row.is_late_at(now) else "warn"
        return chip(kind, words.clock(row.due_at, now), "clock")
    return chip(STATES.get(row.state, "info"), row.get_state_display())


class OrderTable(lists.Table):
    """One line an order; names masked, because lists stand open on shared screens."""

    number = tables.Column(
        verbose_name=gettext_lazy("examination order number"),
        linkify=("recognition-order", [tables.A("pk")]),
        attrs=lists.HEAD, orderable=True,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    person = tables.Column(verbose_name=gettext_lazy("patient and examination"), attrs=lists.WRAP)
    institution = tables.Column(
        verbose_name=gettext_lazy("ordering institution"), accessor="institution__short_name"
    )
    doctor = tables.Column(verbose_name=gettext_lazy("ordering doctor"), accessor="ordered_by__user__name")
    decision = tables.Column(
        verbose_name=gettext_lazy("what was decided"), empty_values=(), accessor="reason", attrs=lists.WRAP
    )
    ordered_at = tables.Column(verbose_name=gettext_lazy("ordered at"), orderable=True, attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("number", "state", "person", "institution", "doctor", "decision", "ordered_at")

    def render_state(self, record: Order) -> SafeString:
        return state_chip(record, timezone.now())

    def render_person(self, record: Order) -> SafeString:
        urgent = chip("late", _("emergency order"), "urgent") if record.emergency else ""
        return format_html(
            '{} {}<br><span class="sm faint">{}</span>',
            mask_name(record.person.name),
            urgent,
            record.item.name,
        )

    def render_decision(self, record: Order) -> str:
        if record.result is not None:
            made = {"place": record.result.institution.short_name, "day": words.day(record.result.taken_at)}
            return _("result of %(place)s of %(day)s") % made
        return " ".join(filter(None, (record.reason_words, record.reason_text))) or words.DASH

    def render_ordered_at(self, record: Order) -> str:
        return words.moment(record.ordered_at)


def places(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from."""
    return Institution.objects.filter(is_active=True)


class OrderFilter(django_filters.FilterSet):
    """Conditions of orders. A name is found only whole, by its token; nothing else of a patient is."""

    month = django_filters.CharFilter(method="of_month", label=gettext_lazy("month (2026-11)"))
    institution = django_filters.ModelChoiceFilter(
        queryset=places, label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all")
    )
    state = django_filters.ChoiceFilter(
        choices=Order.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    reason = django_filters.ChoiceFilter(
        label=gettext_lazy("reason for repeating"), empty_label=gettext_lazy("Reason: all"),
        choices=reasons.choices,
    )  # fmt: skip
    q = django_filters.CharFilter(method="search", label=gettext_lazy("number or whole name"))

    class Meta:
        model = Order
        fields: list[str] = []

    def of_month(self, queryset: Any, name: str, value: str) -> Any:
        """Ordered in a month; a text that is none finds nothing."""
        try:
            begin, end = bounds(Month.parse(value.strip()))
        except PeriodRefused:
            return queryset.none()
        return queryset.filter(ordered_at__gte=begin, ordered_at__lt=end)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By number, or by the whole name of the patient."""
        token = people.name_key(value, alliance=self.request.alliance)
        return queryset.filter(Q(number=value.strip().upper()) | Q(person__name_key=token))


class TraceTable(OrderTable):
    """The trace: who decided, and when, beside what was decided."""

    decided_by = tables.Column(
        verbose_name=gettext_lazy("decided by"), accessor="decided_by__user__name", default=words.DASH
    )
    decided_at = tables.Column(verbose_name=gettext_lazy("decided at"))

    class Meta(OrderTable.Meta):
        sequence = (
            "number", "state", "person", "institution", "doctor", "ordered_at", "decision", "decided_by",
            "decided_at",
        )  # fmt: skip

    def render_decided_at(self, value: datetime) -> str:
        return words.moment(value)


class TraceFilter(OrderFilter):
    """Conditions of the trace: also the department and the doctor a figure belongs to."""

    department = django_filters.NumberFilter(
        widget=forms.HiddenInput, field_name="department_id", label=gettext_lazy("ordering department")
    )
    doctor = django_filters.NumberFilter(
        widget=forms.HiddenInput, field_name="ordering_doctor_id", label=gettext_lazy("ordering doctor")
    )


VIEWS = ("open", "late", "all")


def view_of(membership: Membership, view: str, now: datetime) -> Any:
    """The rows of a saved view, most urgent first where something waits."""
    seen = Order.objects.visible_to(membership)
    if view == "open":
        return seen.undecided().order_by("due_at", "pk")
    return seen.late(now).order_by("due_at", "pk") if view == "late" else seen.order_by("-ordered_at", "-pk")


def tabs(membership: Membership, current: str, now: datetime) -> list[parts.Tab]:
    """The saved views, with counts where something waits; one query."""
    counts = (
        Order.objects.visible_to(membership)
        .undecided()
        .aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    )
    labels = {"open": _("To decide"), "late": _("Late"), "all": _("All")}
    return [parts.Tab(labels[view], f"?view={view}", view == current, counts.get(view)) for view in VIEWS]


class ResultTable(lists.Table):
    """One line a result of the own house."""

    number = tables.Column(
        verbose_name=gettext_lazy("report number"), linkify=("result", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(
        verbose_name=gettext_lazy("state"), attrs=lists.KEY, accessor="withdrawn_at", empty_values=()
    )
    person = tables.Column(verbose_name=gettext_lazy("patient and examination"), attrs=lists.WRAP)
    conclusion = tables.Column(verbose_name=gettext_lazy("conclusion"), attrs=lists.WRAP)
    taken_at = tables.Column(verbose_name=gettext_lazy("examination made"), orderable=True)
    channel = tables.Column(verbose_name=gettext_lazy("came by"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("number", "state", "person", "conclusion", "taken_at", "channel")

    def render_state(self, record: Result) -> SafeString:
        return validity_chip(record, timezone.now())

    def render_person(self, record: Result) -> SafeString:
        return format_html(
            '{}<br><span class="sm faint">{}</span>', mask_name(record.person.name), record.item.name
        )

    def render_conclusion(self, value: str) -> str:
        return value if len(value) <= 60 else f"{value[:60]}…"

    def render_taken_at(self, value: datetime) -> str:
        return words.moment(value)


def validity_chip(row: Result, now: datetime) -> SafeString:
    """Whether a result may still be recognised."""
    if row.withdrawn_at is not None:
        return chip("late", _("withdrawn"), "ban")
    if row.valid_until <= now:
        return chip("stale", _("no longer valid"))
    return chip("ok", _("valid until %(day)s") % {"day": words.day(row.valid_until)})


class ResultFilter(django_filters.FilterSet):
    """Conditions of results."""

    modality = django_filters.ChoiceFilter(
        field_name="item__modality", choices=Modality.choices, label=gettext_lazy("made by"),
        empty_label=gettext_lazy("Made by: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(method="search", label=gettext_lazy("number or whole name"))

    class Meta:
        model = Result
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By report number, or by the whole name of the patient."""
        token = people.name_key(value, alliance=self.request.alliance)
        return queryset.filter(Q(number=value.strip()) | Q(person__name_key=token))


class ItemTable(lists.Table):
    """One line an item as it holds today."""

    code = tables.Column(verbose_name=gettext_lazy("item code"), attrs=lists.HEAD, orderable=True)
    name = tables.Column(verbose_name=gettext_lazy("name"), attrs=lists.WRAP)
    modality = tables.Column(verbose_name=gettext_lazy("made by"))
    family = tables.Column(verbose_name=gettext_lazy("item family"))
    validity_days = tables.Column(verbose_name=gettext_lazy("valid for (days)"), attrs=lists.NUMBER)
    mark = tables.Column(verbose_name=gettext_lazy("recognition mark"))
    from_date = tables.Column(verbose_name=gettext_lazy("holds from"), attrs=lists.DESK)
    source = tables.Column(verbose_name=gettext_lazy("source of the register"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = ("code", "name", "modality", "family", "validity_days", "mark", "from_date", "source")


class ItemFilter(django_filters.FilterSet):
    """Conditions of the register."""

    modality = django_filters.ChoiceFilter(
        choices=Modality.choices, label=gettext_lazy("made by"), empty_label=gettext_lazy("Made by: all")
    )
    q = django_filters.CharFilter(method="search", label=gettext_lazy("code or name"))

    class Meta:
        model = Item
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By a part of code, family or name."""
        text = value.strip()
        return queryset.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(family__icontains=text))
