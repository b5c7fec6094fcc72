"""Lists of postings and of their days."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership
from alliance.postings.forms import WEEKDAYS
from alliance.postings.models import Posting, Visit
from alliance.web import lists, parts, words
from alliance.web.cells import chip

POSTING_CHIP = {"proposed": "warn", "agreed": "ok", "refused": "late", "withdrawn": "", "ended": ""}
VISIT_CHIP = {
    "planned": "info", "reported": "warn", "confirmed": "ok", "disputed": "late", "absent": "late",
    "moved": "", "dropped": "",
}  # fmt: skip


def posting_chip(posting: Posting) -> SafeString:
    """The state of a posting."""
    return chip(POSTING_CHIP[posting.state], posting.get_state_display())


def visit_chip(visit: Visit) -> SafeString:
    """The state of a day."""
    return chip(VISIT_CHIP[visit.state], visit.get_state_display())


def halves(row: Posting | Visit) -> str:
    """Morning, afternoon or the whole day."""
    if row.morning and row.afternoon:
        return _("whole day")
    return _("morning") if row.morning else _("afternoon")


def weekdays(posting: Posting) -> str:
    """Mon Wed."""
    named = dict(WEEKDAYS)
    return " ".join(str(named[day]) for day in posting.weekdays)


class PostingTable(lists.Table):
    """One line a posting."""

    staff = tables.Column(
        verbose_name=gettext_lazy("expert"), linkify=("posting", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    kind = tables.Column(verbose_name=gettext_lazy("kind of posting"))
    sender = tables.Column(verbose_name=gettext_lazy("posted from"), accessor="sender__short_name")
    host = tables.Column(verbose_name=gettext_lazy("posted to"), accessor="host__short_name")
    first_day = tables.Column(verbose_name=gettext_lazy("from, to"), orderable=True)
    weekdays = tables.Column(verbose_name=gettext_lazy("weekdays"))

    class Meta(lists.Table.Meta):
        sequence = ("staff", "state", "kind", "sender", "host", "first_day", "weekdays")

    def render_state(self, record: Posting) -> SafeString:
        return posting_chip(record)

    def render_first_day(self, record: Posting) -> str:
        return f"{words.day(record.first_day)} – {words.day(record.ended_on or record.last_day)}"

    def render_weekdays(self, record: Posting) -> str:
        return f"{weekdays(record)} {halves(record)}"


class VisitTable(lists.Table):
    """One line a day."""

    day = tables.Column(
        verbose_name=gettext_lazy("day"),
        linkify=("visit", [tables.A("pk")]),
        attrs=lists.HEAD,
        orderable=True,
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    staff = tables.Column(verbose_name=gettext_lazy("expert"))
    where = tables.Column(verbose_name=gettext_lazy("from → to"), accessor="posting__host__short_name")
    half = tables.Column(verbose_name=gettext_lazy("time"), accessor="morning")
    patients_seen = tables.Column(verbose_name=gettext_lazy("patients seen"), attrs=lists.NUMBER)
    teaching_minutes = tables.Column(verbose_name=gettext_lazy("teaching, minutes"), attrs=lists.NUMBER)
    retained = tables.Column(
        verbose_name=gettext_lazy("patients kept instead of referred"), attrs=lists.NUMBER
    )

    class Meta(lists.Table.Meta):
        sequence = (
            "day", "state", "staff", "where", "half", "patients_seen", "teaching_minutes", "retained",
        )  # fmt: skip

    def render_state(self, record: Visit) -> SafeString:
        return visit_chip(record)

    def render_day(self, record: Visit) -> str:
        return f"{words.day(record.day)} {dict(WEEKDAYS)[record.day.isoweekday()]}"

    def render_where(self, record: Visit) -> SafeString:
        return format_html("{} → {}", record.posting.sender.short_name, record.posting.host.short_name)

    def render_half(self, record: Visit) -> str:
        return halves(record)


def places(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from."""
    return Institution.objects.filter(is_active=True)


class PostingFilter(django_filters.FilterSet):
    """Conditions of the list of postings."""

    state = django_filters.ChoiceFilter(
        choices=Posting.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    kind = django_filters.ChoiceFilter(
        choices=Posting.Kind.choices,
        label=gettext_lazy("kind"),
        empty_label=gettext_lazy("Kind of posting: all"),
    )
    place = django_filters.ModelChoiceFilter(
        queryset=places, method="of_place", label=gettext_lazy("institution"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(field_name="staff__name", label=gettext_lazy("name of the expert"))

    class Meta:
        model = Posting
        fields: list[str] = []

    def of_place(self, queryset: QuerySet[Posting], name: str, value: Institution) -> QuerySet[Posting]:
        """Sent or hosted by the institution."""
        return queryset.filter(Q(sender=value) | Q(host=value))


DAY_VIEWS = {"report": gettext_lazy("Days to report"), "all": gettext_lazy("All days")}


def days_of(by: Membership, view: str, today: date) -> tuple[Any, parts.Empty]:
    """The rows of a list of days, and what it says without any: oldest first where something is to do."""
    if view == "report":
        rows = Visit.objects.to_report(by, today).order_by("day", "pk")
        return rows, parts.Empty(_("Every past day is reported"), icon="ok")
    rows = Visit.objects.visible_to(by).order_by("-day", "-pk")
    return rows, parts.Empty(
        _("No day here"), _("A posting that the host has agreed to fills its days here."), icon="user"
    )


class VisitFilter(django_filters.FilterSet):
    """Conditions of the lists of days."""

    state = django_filters.ChoiceFilter(
        choices=Visit.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    place = django_filters.ModelChoiceFilter(
        queryset=places, method="of_place", label=gettext_lazy("institution"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(field_name="staff__name", label=gettext_lazy("name of the expert"))

    class Meta:
        model = Visit
        fields: list[str] = []

    def of_place(self, queryset: QuerySet[Visit], name: str, value: Institution) -> QuerySet[Visit]:
        """Sent or hosted by the institution."""
        return queryset.filter(Q(posting__sender=value) | Q(posting__host=value))
