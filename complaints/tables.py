"""The list of complaints: columns, facets, saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, When
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership
from alliance.web import lists, parts, words
from alliance.web.access import way
from alliance.web.cells import chip
from complaints.categories import categories
from complaints.categories import words as kind_words
from complaints.models import Channel, Complaint, Level, Severity

State = Complaint.State
CHIPS = {
    State.RESOLVED: "info", State.CLOSED: "ok", State.WITHDRAWN: "", State.MERGED: "", State.REOPENED: "warn",
}  # fmt: skip
GRAVITY = {Severity.GRAVE: "late", Severity.SERIOUS: "warn"}
VIEWS = ("waiting", "late", "up", "confirm", "closed", "all")


def state_chip(row: Complaint, now: datetime) -> SafeString:
    """The state; while something is owed, with its clock."""
    if row.state in (State.WITHDRAWN, State.MERGED) and any(row.ended_late):
        return chip("late", _("%(state)s, after its limit") % {"state": row.get_state_display()})
    if row.clock is None:
        return chip(CHIPS.get(row.state, "info"), row.get_state_display())
    which, due = row.clock
    text = _("first answer: %(clock)s") if which == "first" else _("result: %(clock)s")
    kind = "late" if row.is_late(now) else "warn" if words.soon(due, now) else "info"
    return chip(kind, text % {"clock": words.due(due, now)}, "clock")


class ComplaintTable(lists.Table):
    """One line a complaint; no name stands in it."""

    number = tables.Column(
        verbose_name=gettext_lazy("complaint number"), linkify=("complaint", [tables.A("pk")]),
        attrs=lists.HEAD, orderable=True,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    text = tables.Column(verbose_name=gettext_lazy("complaint"), attrs=lists.WRAP)
    severity = tables.Column(verbose_name=gettext_lazy("gravity"), orderable=True)
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name"
    )  # fmt: skip
    level = tables.Column(verbose_name=gettext_lazy("stands with"))
    channel = tables.Column(verbose_name=gettext_lazy("how it came"), attrs=lists.DESK)
    received_at = tables.Column(
        verbose_name=gettext_lazy("received at"), orderable=True, attrs=lists.DESK
    )  # fmt: skip

    class Meta(lists.Table.Meta):
        sequence = (
            "number", "state", "text", "severity", "institution", "level", "channel", "received_at",
        )  # fmt: skip

    def render_state(self, record: Complaint) -> SafeString:
        return state_chip(record, timezone.now())

    def render_text(self, record: Complaint) -> SafeString:
        again = _(" · round %(n)d") % {"n": record.round} if record.round > 1 else ""
        return format_html(
            '{}<br><span class="sm faint">{}{}</span>', record.short, kind_words(record.category), again
        )

    def render_severity(self, record: Complaint) -> Any:
        kind = GRAVITY.get(Severity(record.severity))
        return chip(kind, record.get_severity_display()) if kind else record.get_severity_display()

    def render_institution(self, record: Complaint) -> str:
        return _placed(record)

    def render_received_at(self, record: Complaint) -> str:
        return words.moment(record.received_at)


class ComplaintRecords(lists.Table):
    """The complaints behind a figure: no words of theirs, no names; opened by who may know of them."""

    number = tables.Column(verbose_name=gettext_lazy("complaint number"), attrs=lists.HEAD)
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name"
    )  # fmt: skip
    category = tables.Column(verbose_name=gettext_lazy("kind of complaint"))
    received_at = tables.Column(verbose_name=gettext_lazy("received at"))
    first_answered_at = tables.Column(verbose_name=gettext_lazy("first answer at"), empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)

    class Meta(lists.Table.Meta):
        pass

    def render_number(self, record: Complaint) -> SafeString:
        url = way(self.request.membership, "complaint", record.pk)
        if not url or not record.sides_of(self.request.membership):
            return format_html("{}", record.number)
        return format_html('<a href="{}">{}</a>', url, record.number)

    def render_institution(self, record: Complaint) -> str:
        return _placed(record)

    def render_category(self, value: str) -> str:
        return kind_words(value)

    def render_received_at(self, value: datetime) -> str:
        return words.moment(value)

    def render_first_answered_at(self, record: Complaint) -> SafeString:
        at = record.first_answered_at
        if at is None:
            return format_html("{}", words.DASH)
        late = "" if record.first_was_in_time else chip("late", _("late"))
        return format_html("{} {}", words.moment(at), late)

    def render_state(self, record: Complaint) -> str:
        return str(record.get_state_display())


def _placed(row: Complaint) -> str:
    """The institution and its department in charge."""
    return " ".join(filter(None, (row.institution.short_name, row.department and row.department.name)))


def places(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from: all for the alliance, else the own one and its village rooms."""
    here = request.membership.institution_id
    rows = Institution.objects.filter(is_active=True)
    return rows if here is None else rows.filter(Q(pk=here) | Q(parent=here))


def _kinds() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in categories().values()]


class ComplaintFilter(django_filters.FilterSet):
    """The facets. Neither name nor telephone can be searched for."""

    category = django_filters.ChoiceFilter(
        choices=_kinds, label=gettext_lazy("kind of complaint"), empty_label=gettext_lazy("Kind: all")
    )
    severity = django_filters.ChoiceFilter(
        choices=Severity.choices, label=gettext_lazy("gravity"), empty_label=gettext_lazy("Gravity: all")
    )
    channel = django_filters.ChoiceFilter(
        choices=Channel.choices, label=gettext_lazy("how it came"), empty_label=gettext_lazy("Source: all")
    )
    state = django_filters.ChoiceFilter(
        choices=State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=places, label=gettext_lazy("institution"), empty_label=gettext_lazy("Institution: all")
    )
    q = django_filters.CharFilter(method="search", label=gettext_lazy("number, order or words"))

    class Meta:
        model = Complaint
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By number, order number, or words of the text."""
        text = value.strip()
        return queryset.filter(
            Q(number=text.upper())
            | Q(order_number=text)
            | Q(text__icontains=text)
            | Q(subject__icontains=text)
        )


def view_of(membership: Membership, view: str, now: datetime) -> Any:
    """The rows of a saved view, the first limit to pass first where something is owed."""
    seen = Complaint.objects.visible_to(membership)
    if view == "late":
        return _urgent(seen.late(now))
    if view == "up":
        return _urgent(seen.live().filter(level=_level(membership)))
    if view == "waiting":
        return _urgent(seen.live())
    if view == "confirm":
        return seen.filter(state=State.RESOLVED).order_by("resolved_at", "pk")
    if view == "closed":
        return seen.filter(state__in=Complaint.ENDED).order_by("-closed_at", "-pk")
    return seen.order_by("-received_at", "-pk")


def _level(membership: Membership) -> str:
    return Level.ALLIANCE if membership.institution_id is None else Level.INSTITUTION


def _urgent(rows: Any) -> Any:
    due = Case(
        When(state__in=Complaint.FIRST, then=F("first_due_at")), default=F("result_due_at"),
        output_field=DateTimeField(),
    )  # fmt: skip
    return rows.alias(due=due).order_by("due", "pk")


def tabs(membership: Membership, current: str, now: datetime) -> list[parts.Tab]:
    """The saved views, with counts where something waits; one query."""
    rows = Complaint.objects.visible_to(membership).filter(state__in=(*Complaint.LIVE, State.RESOLVED))
    live = Q(state__in=Complaint.LIVE)
    counts = rows.aggregate(
        waiting=Count("pk", filter=live), late=Count("pk", filter=live & Complaint.late_at(now)),
        up=Count("pk", filter=live & Q(level=_level(membership))),
        confirm=Count("pk", filter=Q(state=State.RESOLVED)),
    )  # fmt: skip
    labels = {
        "waiting": _("To answer"), "late": _("Late"), "up": _("Stands with us"),
        "confirm": _("Waiting for the person"), "closed": _("Ended"), "all": _("All"),
    }  # fmt: skip
    return [parts.Tab(labels[view], f"?view={view}", view == current, counts.get(view)) for view in VIEWS]
