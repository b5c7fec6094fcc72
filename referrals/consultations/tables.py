"""The lists of consultations and centres: columns, conditions, saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.identity import mask_name
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import people
from alliance.web import lists, parts, words
from alliance.web.cells import chip
from referrals.consultations.models import Consultation, Kind, Urgency
from referrals.models.worded import years_between

ENDED = {"answered": "ok", "closed": "ok", "declined": "late", "cancelled": "", "returned": "prov"}


def state_chip(row: Consultation, now: datetime) -> SafeString:
    """The state of a consultation; while it waits for its answer, with the clock."""
    if row.is_open:
        late = row.is_late_at(now)
        return chip("late" if late else "warn", words.clock(row.answer_due_at, now), "clock")
    return chip(ENDED.get(row.state, "info"), row.get_state_display())


def who(row: Consultation) -> str:
    """Sex and age: 男 67 岁."""
    sex, born = str(row.person.get_sex_display()), row.person.birth_date
    if born is None:
        return sex
    age = years_between(born, row.asked_at.astimezone(SHANGHAI).date())
    return _("%(sex)s, %(age)d years") % {"sex": sex, "age": age}


class ConsultationTable(lists.Table):
    """One line a consultation; names masked, because lists stand open on shared screens."""

    number = tables.Column(
        verbose_name=gettext_lazy("consultation number"), linkify=("consultation", [tables.A("pk")]),
        attrs=lists.HEAD, orderable=True,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    person = tables.Column(verbose_name=gettext_lazy("patient and question"), attrs=lists.WRAP)
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    urgency = tables.Column(verbose_name=gettext_lazy("urgency"))
    origin_institution = tables.Column(
        verbose_name=gettext_lazy("asking side"), accessor="origin_institution__short_name"
    )
    target_institution = tables.Column(
        verbose_name=gettext_lazy("who answers"), accessor="target_institution__short_name"
    )
    asked_at = tables.Column(verbose_name=gettext_lazy("asked at"), orderable=True, attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = (
            "number", "state", "person", "kind", "urgency", "origin_institution", "target_institution",
            "asked_at",
        )  # fmt: skip

    def render_state(self, record: Consultation) -> SafeString:
        return state_chip(record, timezone.now())

    def render_person(self, record: Consultation) -> SafeString:
        return format_html(
            '{} <span class="sm">{}</span><br><span class="sm faint">{} {}</span>',
            mask_name(record.person.name), who(record), record.diagnosis_name, record.examination,
        )  # fmt: skip

    def render_target_institution(self, record: Consultation) -> str:
        room, doctor = record.target_department, record.assigned_to
        named = (record.target_institution.short_name, room and room.name, doctor and doctor.name)
        return " ".join(filter(None, named))

    def render_asked_at(self, record: Consultation) -> str:
        return words.moment(record.asked_at)


def places(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from."""
    return Institution.objects.filter(is_active=True)


class ConsultationFilter(django_filters.FilterSet):
    """Conditions of the list. A name is found only whole, by its token; nothing else of a patient is."""

    kind = django_filters.ChoiceFilter(
        choices=Kind.choices, label=gettext_lazy("kind"), empty_label=gettext_lazy("Kind: all")
    )
    urgency = django_filters.ChoiceFilter(
        choices=Urgency.choices, label=gettext_lazy("urgency"), empty_label=gettext_lazy("Urgency: all")
    )
    state = django_filters.ChoiceFilter(
        choices=Consultation.State.choices, label=gettext_lazy("state"),
        empty_label=gettext_lazy("State: all"),
    )  # fmt: skip
    place = django_filters.ModelChoiceFilter(
        queryset=places, method="of_place", label=gettext_lazy("institution"),
        empty_label=gettext_lazy("Institution: all"),
    )  # fmt: skip
    q = django_filters.CharFilter(method="search", label=gettext_lazy("number or whole name"))

    class Meta:
        model = Consultation
        fields: list[str] = []

    def of_place(self, queryset: Any, name: str, value: Institution) -> Any:
        """Asked or answered by the institution."""
        return queryset.filter(Q(origin_institution=value) | Q(target_institution=value))

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By number, or by the whole name of the patient."""
        token = people.name_key(value, alliance=self.request.alliance)
        return queryset.filter(Q(number=value.strip().upper()) | Q(person__name_key=token))


VIEWS = ("waiting", "asked", "late", "all")


def view_of(membership: Membership, view: str, now: datetime) -> Any:
    """The rows of a saved view, most urgent first where something waits."""
    seen = Consultation.objects.visible_to(membership)
    if view == "asked":
        return seen.filter(origin_institution=membership.institution_id).order_by("-asked_at", "-pk")
    if view == "late":
        return seen.late(now).order_by("answer_due_at", "pk")
    if view == "all":
        return seen.order_by("-asked_at", "-pk")
    return seen.filter(waiting(membership)).order_by("answer_due_at", "pk")


def waiting(membership: Membership) -> Q:
    """What needs us: open ones asked of us, our own that came back; all unfinished for the alliance."""
    open_now, back = Q(state__in=Consultation.OPEN), Q(state=Consultation.State.RETURNED)
    here = membership.institution_id
    if here is None:
        return open_now | back
    return (open_now & Q(target_institution=here)) | (back & Q(origin_institution=here))


def tabs(membership: Membership, current: str, now: datetime) -> list[parts.Tab]:
    """The saved views, with counts where something waits; one query."""
    live = Consultation.objects.visible_to(membership).filter(state__in=Consultation.LIVE)
    late = Q(state__in=Consultation.OPEN) & ~Consultation.in_time(now)
    counts = live.aggregate(waiting=Count("pk", filter=waiting(membership)), late=Count("pk", filter=late))
    labels = {
        "waiting": _("Waiting for us") if membership.institution_id else _("Unfinished"),
        "asked": _("Asked by us"), "late": _("Late"), "all": _("All"),
    }  # fmt: skip
    shown = [view for view in VIEWS if membership.institution_id or view != "asked"]
    return [parts.Tab(labels[view], f"?view={view}", view == current, counts.get(view)) for view in shown]


class CentreTable(lists.Table):
    """One line a shared centre, with its orders of the month."""

    department = tables.Column(verbose_name=gettext_lazy("shared centre"), attrs=lists.HEAD)
    is_active = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    kinds = tables.Column(verbose_name=gettext_lazy("serves with"), attrs=lists.WRAP)
    orders = tables.Column(verbose_name=gettext_lazy("orders of the month"), attrs=lists.NUMBER, default=0)
    results = tables.Column(verbose_name=gettext_lazy("results sent"), attrs=lists.NUMBER, default=0)
    in_time = tables.Column(verbose_name=gettext_lazy("done in time"), attrs=lists.NUMBER, default=0)
    turnaround = tables.Column(verbose_name=gettext_lazy("mean turnaround"), attrs=lists.NUMBER)

    def render_department(self, value: Any) -> str:
        return f"{value.institution.short_name} {value.name}"

    def render_kinds(self, value: list[str]) -> str:
        return " · ".join(str(Kind(kind).label) for kind in value)

    def render_is_active(self, value: bool) -> SafeString:
        return chip("ok", _("takes orders")) if value else chip("", _("takes no orders"))

    def render_turnaround(self, value: Any) -> str:
        return words.span(value)
