"""The list of work items: columns, conditions, saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import lists, words
from alliance.web.asked import MonthFilter
from alliance.web.parts import Tab
from grouping.filters import PlacedFilter
from grouping.models import CaseQuestion, WorkItem
from grouping.models.queues import LIVE, Cause, State
from grouping.queues import show
from grouping.tables import chip, with_department

TODO = Q(state__in=[State.OPEN, State.ANSWERED])
VIEWS = ("todo", "live", "asked", "late", "waiting", "internal", "done", "all")


class ItemTable(lists.Table):
    """One line an item; the box at its front takes part in the action below."""

    box = tables.Column(verbose_name="", empty_values=(), attrs={"td": {"class": "box", "data-k": ""}})
    subject = tables.Column(
        verbose_name=gettext_lazy("record number"), linkify=("work-item", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    cause = tables.Column(verbose_name=gettext_lazy("cause"))
    what = tables.Column(verbose_name=gettext_lazy("what is wrong"), empty_values=(), attrs=lists.WRAP)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), empty_values=())
    department_name = tables.Column(verbose_name=gettext_lazy("department"), empty_values=())
    month = tables.Column(verbose_name=gettext_lazy("month of discharge"), orderable=True)

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        member = request.membership
        # The office reads both in one column, so that the sentence about what is wrong has room.
        hidden = ["department_name"] if member.institution_id is None else ["institution"]
        hidden += [] if _acts(member) else ["box"]
        super().__init__(*args, request=request, exclude=hidden, **kwargs)

    def render_box(self, record: WorkItem) -> SafeString:
        return format_html(
            '<input type="checkbox" form="bulk" name="item" value="{}" aria-label="{} {}">',
            record.pk, _("choose"), record.subject,
        )  # fmt: skip

    def render_state(self, record: Any) -> SafeString:
        return chip(*show.state_word(record, timezone.now()))

    def render_cause(self, record: WorkItem) -> str:
        return str(Cause(record.cause).label)

    def render_what(self, record: WorkItem) -> str:
        found = show.findings(record)
        return found[0] if len(found) == 1 else _("%(first)s (and %(n)d more)") % {
            "first": found[0], "n": len(found) - 1,
        }  # fmt: skip

    def render_institution(self, record: Any) -> SafeString:
        place = record.institution
        name = (place.short_name or place.name) if place else words.DASH
        room = record.department_name or record.department_code or ""
        return format_html("{} <span class='sub'>{}</span>", name, room)

    def render_department_name(self, record: Any) -> str:
        return str(record.department_name or record.department_code or words.DASH)

    def render_month(self, record: WorkItem, value: Any) -> SafeString:
        shown = words.month(value)
        if record.internal_from and timezone.now() >= record.internal_from and record.state in LIVE:
            return format_html("{} {}", shown, chip("", _("internal only"), "lock"))
        return format_html("{}", shown)


def _acts(membership: Membership) -> bool:
    return membership.can("queue.work") or membership.can("queue.answer")


class ItemFilter(PlacedFilter):
    """Conditions of the list."""

    cause = django_filters.ChoiceFilter(
        choices=Cause.choices, label=gettext_lazy("cause"), empty_label=gettext_lazy("cause: all")
    )
    department = django_filters.CharFilter(
        field_name="department_code", label=gettext_lazy("department code")
    )
    month = MonthFilter(choices=[], label=gettext_lazy("month"), empty_label=gettext_lazy("month: all"))
    record = django_filters.CharFilter(
        field_name="subject", lookup_expr="startswith", label=gettext_lazy("record number")
    )

    coder = django_filters.CharFilter(method="of_coder", label=gettext_lazy("coder"))

    class Meta:
        model = WorkItem
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["month"].extra["choices"] = _months(self.request.membership)
        if not self.request.membership.can("coding.quality"):
            del self.filters["coder"]

    def filter_queryset(self, queryset: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        """Nothing for a month nobody understands: work for many must never mean more than was asked for."""
        return queryset.none() if self.form.errors else super().filter_queryset(queryset)

    def of_coder(self, queryset: QuerySet[WorkItem], name: str, value: str) -> QuerySet[WorkItem]:
        """Records whose front page names this coder; for the office only."""
        return queryset.filter(case__recorded__doctors__B29=value)


def _months(membership: Membership) -> list[tuple[str, str]]:
    """Months of discharge of the items the member sees, newest first."""
    seen = WorkItem.objects.visible_to(membership).exclude(month=None)
    found = seen.order_by("-month").values_list("month", flat=True).distinct()
    return [(str(Month.of(day)), words.month(day)) for day in found[:36]]


def rows(membership: Membership, view: str, now: datetime) -> QuerySet[WorkItem]:
    """The items of a saved view, with what the columns show."""
    found = items(membership, view, now).select_related("institution")
    order = "-changed_at" if view == "done" else "due_at" if view in ("asked", "late") else "found_at"
    return with_department(found).order_by(order, "pk")


def items(membership: Membership, view: str, now: datetime) -> QuerySet[WorkItem]:
    """The items of a saved view with the day their answer is due; in no order of its own."""
    asked = CaseQuestion.objects.filter(item=OuterRef("pk"), answered_at=None).values("due_at")[:1]
    found: QuerySet[WorkItem] = WorkItem.objects.visible_to(membership).annotate(due_at=Subquery(asked))
    return found.filter(_condition(view, now))


def _condition(view: str, now: datetime) -> Q:
    return {
        "todo": TODO,
        "live": Q(state__in=LIVE),
        "asked": Q(state=State.ASKED),
        "late": Q(state=State.ASKED, due_at__lte=now),
        "waiting": Q(state=State.WAITING),
        "internal": Q(state__in=LIVE, internal_from__lte=now),
        "done": Q(state__in=[State.ACCEPTED, State.CLOSED]),
        "all": Q(),
    }[view]


def default_view(membership: Membership) -> str:
    """A doctor begins with what was asked, others with what is to be looked at."""
    works = membership.can("queue.work") or not membership.can("queue.answer")
    return "todo" if works else "asked"


def tabs(request: Any, view: str, now: datetime) -> list[Tab]:
    """Saved views with how many; one query."""
    labels = {
        "todo": _("To do"), "live": _("Everything open"), "asked": _("The doctor is asked"),
        "late": _("Answer overdue"), "waiting": _("Wait for the source"), "internal": _("Internal only"),
        "done": _("Done"), "all": _("All"),
    }  # fmt: skip
    asked = CaseQuestion.objects.filter(item=OuterRef("pk"), answered_at=None).values("due_at")[:1]
    seen = WorkItem.objects.visible_to(request.membership).annotate(due_at=Subquery(asked))
    counted = seen.filter(state__in=LIVE).aggregate(
        **{
            name: Count("pk", filter=_condition(name, now), distinct=True)
            for name in labels
            if name not in ("done", "all")
        }
    )
    kept = request.GET.copy()
    kept.pop("page", None)
    found = []
    for name, label in labels.items():
        kept["view"] = name
        found.append(Tab(label, f"?{kept.urlencode()}", name == view, counted.get(name)))
    return found
