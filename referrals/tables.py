"""The list of referrals: columns, conditions, saved views."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership, Person
from alliance.services import people
from alliance.web import lists, parts, words
from referrals.machine import LIVE
from referrals.models import Referral
from referrals.models.queries import in_hand, late

UNFINISHED = (*LIVE, Referral.State.FOLLOWUP_DUE)
ENDED = {
    Referral.State.RETURNED: "warn",
    Referral.State.DECLINED: "late",
    Referral.State.NO_SHOW: "warn",
    Referral.State.COMPLETED: "ok",
    Referral.State.CLOSED: "ok",
    Referral.State.CANCELLED: "",
    Referral.State.EXPIRED: "warn",
}
# States whose own clock says more than their name.
CLOCKED = (Referral.State.SUBMITTED, Referral.State.FOLLOWUP_DUE)


def state_chip(referral: Referral, now: datetime) -> SafeString:
    """The state of a referral; while it waits for its answer, with the clock."""
    running = referral.clock
    if running and referral.state in CLOCKED:
        text = words.clock(running[1], now)
        if running[0] == "followup":
            text = _("follow-up: %(left)s") % {"left": text}
        return chip("late" if running[1] < now else "warn", text, "clock")
    return chip(ENDED.get(Referral.State(referral.state), "info"), referral.get_state_display())


@lru_cache(maxsize=1_024)
def chip(kind: str, text: str, icon: str = "") -> SafeString:
    """A chip as in templates."""
    from alliance.templatetags.xietong import CHIP_ICONS

    return SafeString(
        render_to_string("_chip.html", {"kind": kind, "text": text, "icon": icon or CHIP_ICONS.get(kind, "")})
    )


class ReferralTable(lists.Table):
    """One line a referral; names masked, because lists stand open on shared screens."""

    number = tables.Column(
        verbose_name=gettext_lazy("referral number"),
        linkify=("referral", [tables.A("pk")]),
        attrs=lists.HEAD,
        orderable=True,
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    person = tables.Column(
        verbose_name=gettext_lazy("patient and diagnosis"), attrs=lists.WRAP, empty_values=()
    )
    direction = tables.Column(verbose_name=gettext_lazy("direction"))
    urgency = tables.Column(verbose_name=gettext_lazy("urgency"))
    origin_institution = tables.Column(
        verbose_name=gettext_lazy("sent from"), accessor="origin_institution__short_name"
    )
    target_institution = tables.Column(verbose_name=gettext_lazy("sent to"), accessor="target_short")
    logged_at = tables.Column(verbose_name=gettext_lazy("logged"), orderable=True, attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        sequence = (
            "number", "state", "person", "direction", "urgency", "origin_institution", "target_institution",
            "logged_at",
        )  # fmt: skip

    def render_state(self, record: Referral) -> SafeString:
        return state_chip(record, timezone.now())

    def render_person(self, record: Referral) -> SafeString:
        return patient(record)

    def render_target_institution(self, record: Referral) -> str:
        room = record.target_department
        return f"{record.target_short} {room.name if room else ''}".strip()

    def render_logged_at(self, record: Referral) -> str:
        return words.moment(record.logged_at)


class LoneTable(lists.Table):
    """Logged down-referrals that arrived and join no stay of the sender; the rows of one page are given."""

    number = tables.Column(
        verbose_name=gettext_lazy("referral number"), linkify=("referral", [tables.A("pk")]), attrs=lists.HEAD
    )
    person = tables.Column(
        verbose_name=gettext_lazy("patient and diagnosis"), attrs=lists.WRAP, empty_values=()
    )
    origin_institution = tables.Column(
        verbose_name=gettext_lazy("sent from"), accessor="origin_institution__short_name"
    )
    target_institution = tables.Column(verbose_name=gettext_lazy("sent to"), accessor="target_short")
    arrived_at = tables.Column(verbose_name=gettext_lazy("arrived"))

    def render_person(self, record: Referral) -> SafeString:
        return patient(record)

    def render_arrived_at(self, record: Referral) -> str:
        return words.moment(record.arrived_at)


def patient(referral: Referral) -> SafeString:
    """The patient, masked, with sex, age and diagnosis."""
    return format_html(
        '{} <span class="sm">{}</span><br><span class="sm faint">{}</span>',
        referral.patient_masked, who(referral), referral.diagnosis_words,
    )  # fmt: skip


def who(referral: Referral) -> str:
    """Sex and age: 男 67 岁; what is known of them."""
    if referral.person is None:
        return ""
    age = referral.age()
    sex = str(referral.person.get_sex_display())
    return sex if age is None else _("%(sex)s, %(age)d years") % {"sex": sex, "age": age}


def places(request: Any) -> QuerySet[Institution]:
    """Institutions to choose from."""
    return Institution.objects.filter(is_active=True)


class ReferralFilter(django_filters.FilterSet):
    """Conditions of the list. A name is found only whole, by its token; nothing else of a patient is."""

    direction = django_filters.ChoiceFilter(
        choices=Referral.Direction.choices,
        label=gettext_lazy("direction"),
        empty_label=gettext_lazy("Direction: all"),
    )
    urgency = django_filters.ChoiceFilter(
        choices=Referral.Urgency.choices,
        label=gettext_lazy("urgency"),
        empty_label=gettext_lazy("Urgency: all"),
    )
    state = django_filters.ChoiceFilter(
        choices=Referral.State.choices, label=gettext_lazy("state"), empty_label=gettext_lazy("State: all")
    )
    place = django_filters.ModelChoiceFilter(
        queryset=places,
        method="of_place",
        label=gettext_lazy("institution"),
        empty_label=gettext_lazy("Institution: all"),
    )
    q = django_filters.CharFilter(method="search", label=gettext_lazy("number or whole name"))

    class Meta:
        model = Referral
        fields: list[str] = []

    def of_place(self, queryset: QuerySet[Referral], name: str, value: Institution) -> QuerySet[Referral]:
        """Sent or received by the institution."""
        return queryset.filter(Q(origin_institution=value) | Q(target_institution=value))

    def search(self, queryset: QuerySet[Referral], name: str, value: str) -> QuerySet[Referral]:
        """By number, or by the whole name of the patient."""
        token = people.name_key(value, alliance=self.request.alliance)
        # Asked apart: joined by an “or”, every referral would be looked at.
        known = list(Person.objects.filter(name_key=token).values_list("pk", flat=True))
        return queryset.filter(Q(number=value.strip().upper()) | Q(person__in=known))


VIEWS = ("waiting", "sent", "late", "all")


def view_of(membership: Membership, view: str, now: datetime) -> Any:
    """The rows of a saved view, most urgent first where something waits."""
    seen = Referral.objects.visible_to(membership)
    return {
        "waiting": lambda: seen.filter(waiting(membership)).order_by("answer_due_at", "pk"),
        "sent": lambda: seen.filter(origin_institution=membership.institution_id).order_by(
            "-logged_at", "-pk"
        ),
        "late": lambda: seen.late(now).order_by("answer_due_at", "pk"),
        "all": lambda: seen.order_by("-logged_at", "-pk"),
    }[view]()


def waiting(membership: Membership) -> Q:
    """Where the next step is ours; for the whole alliance everything unfinished."""
    here = membership.institution_id
    return Q(state__in=UNFINISHED) if here is None else in_hand(here)


def tabs(membership: Membership, current: str, now: datetime) -> list[parts.Tab]:
    """The saved views, with counts where something waits; one query."""
    open_rows = Referral.objects.visible_to(membership).unfinished()
    counts = open_rows.aggregate(
        waiting=Count("pk", filter=waiting(membership)), late=Count("pk", filter=late(now))
    )
    labels = {
        "waiting": _("Waiting for us") if membership.institution_id else _("Unfinished"),
        "sent": _("Sent by us"), "late": _("Late"), "all": _("All"),
    }  # fmt: skip
    shown = [view for view in VIEWS if membership.institution_id or view != "sent"]
    return [parts.Tab(labels[view], f"?view={view}", view == current, counts.get(view)) for view in shown]
