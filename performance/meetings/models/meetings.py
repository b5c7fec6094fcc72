"""Meetings: planned, invited, held, signed; agenda, attendance, resolutions, minutes (X2, S1-52, S2-51).

Signed minutes never change, nor anything they speak of (performance.meetings.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.meetings.models.base import RUN, VIEW, link
from performance.meetings.models.bodies import Body, Seat


class MeetingQuerySet(AllianceQuerySet):
    """Which meetings a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The alliance's members all; an institution those of its own bodies; who sits or sat there those.

        Who has no right to look at meetings sees those of the bodies they sat in on the day of the meeting.
        """
        sat = Seat.objects.filter(body=models.OuterRef("body"), user=membership.user_id)
        if not membership.can(VIEW):
            day = models.OuterRef("begins_on")
            ended = Q(ended_on=None) | Q(ended_on__gte=day)
            sat = sat.filter(ended, Q(until=None) | Q(until__gte=day), from_date__lte=day)
            return self.alias(begins_on=TruncDate("begins_at")).filter(models.Exists(sat))
        if membership.institution_id is None:
            return self.all()
        return self.filter(Q(body__institution=membership.institution_id) | models.Exists(sat))

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related("body__alliance", "body__institution", "planned_by__user")


class Meeting(AllianceRow, Stepped):
    """One meeting of a body about a month. `due_on`: by when the rhythm of the body asks for it."""

    class Kind(models.TextChoices):
        REGULAR = "regular", pgettext_lazy("meeting", "regular meeting")
        DATA_CHECK = "data_check", pgettext_lazy("meeting", "data-check meeting")
        REVIEW = "review", pgettext_lazy("meeting", "case review")
        CONSULTATION = "consultation", pgettext_lazy("meeting", "consultation with insurer and others")
        EXTRA = "extra", pgettext_lazy("meeting", "extraordinary meeting")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "planned")
        INVITED = "invited", pgettext_lazy("meeting", "invited")
        HELD = "held", pgettext_lazy("meeting", "held, minutes open")
        SIGNED = "signed", pgettext_lazy("meeting", "minutes signed")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")

    body = models.ForeignKey(Body, verbose_name=_("body"), on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.REGULAR)
    month = models.DateField(_("month"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(pgettext_lazy("meeting", "title"), max_length=120)
    begins_at = models.DateTimeField(pgettext_lazy("meeting", "begins"))
    place = models.CharField(pgettext_lazy("meeting", "place"), max_length=80)
    due_on = models.DateField(pgettext_lazy("meeting", "due by"), null=True)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    planned_by = link(pgettext_lazy("meeting", "planned by"), "alliance.Membership")
    planned_at = models.DateTimeField(pgettext_lazy("meeting", "planned at"))
    invited_at = models.DateTimeField(pgettext_lazy("meeting", "invited at"), null=True)
    held_at = models.DateTimeField(pgettext_lazy("meeting", "held at"), null=True)
    signed_at = models.DateTimeField(pgettext_lazy("meeting", "signed at"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(MeetingQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("meeting"), _("meetings")
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "body", "month", "number"], name="meeting_number"),
            models.CheckConstraint(condition=Q(month__day=1), name="meeting_first_day"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(place=""), name="meeting_named"),
            # Planned for the day of planning at the earliest: by then it is not known how it went.
            models.CheckConstraint(
                condition=GreaterThanOrEqual(TruncDate("begins_at"), TruncDate("planned_at")),
                name="meeting_from_today",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "invited", "cancelled"]) | Q(held_at__isnull=False),
                name="meeting_held",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "state"], name="meeting_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Month:
        """The month it is about."""
        return Month.of(self.month)

    @property
    def open(self) -> bool:
        """Whether its agenda may still grow."""
        return self.state in (self.State.PLANNED, self.State.INVITED, self.State.HELD)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Desk: who runs meetings of the alliance or of the institution; the body's secretary and chair."""
        return frozenset({"desk"}) if desk(membership, self.body) else frozenset()

    @transition(state, State.PLANNED, State.INVITED, custom=step(
        1, "desk", VIEW, _("Invite the members"), "send", "invited_at"))  # fmt: skip
    def invite(self) -> None:
        """Everybody who sits there that day is asked."""

    @transition(state, State.INVITED, State.HELD, custom=step(
        2, "desk", VIEW, _("Record who came"), "users", "held_at"))  # fmt: skip
    def hold(self) -> None:
        """It took place."""

    @transition(state, State.HELD, State.HELD, custom=step(
        4, "desk", VIEW, _("Correct who came"), "users"))  # fmt: skip
    def recount(self) -> None:
        """Who came was recorded wrongly."""

    @transition(state, State.HELD, State.SIGNED, custom=step(9, "", VIEW, "", "check", "signed_at"))
    def sign(self) -> None:
        """Chair and secretary have signed the minutes."""

    @transition(state, [State.PLANNED, State.INVITED], State.CANCELLED, custom=step(
        3, "desk", VIEW, _("Cancel the meeting"), "x"))  # fmt: skip
    def cancel(self) -> None:
        """It does not take place."""


def desk(membership: Membership, body: Body) -> bool:
    """Whether the member runs the meetings of a body: by right over its place, or as its secretary or chair.

    A chair's or secretary's seat is looked up once a request (`seat_functions`).
    """
    if membership.can(RUN) and membership.sees(body.institution_id):
        return True
    return body.pk in leading(membership)


def leading(membership: Membership) -> frozenset[int]:
    """Ids of the bodies the member chairs or writes for today; one query a request."""
    from django.utils import timezone

    kept = getattr(membership, "_leading", None)
    if kept is None:
        seats = Seat.objects.on(timezone.localdate()).filter(
            user=membership.user_id, function__in=[Seat.Function.CHAIR, Seat.Function.SECRETARY]
        )
        kept = frozenset(seats.values_list("body", flat=True))
        membership._leading = kept  # type: ignore[attr-defined]
    return kept


class Attendance(AllianceRow):
    """Who was asked, and who came."""

    class Presence(models.TextChoices):
        ASKED = "asked", pgettext_lazy("attendance", "invited")
        PRESENT = "present", pgettext_lazy("attendance", "present")
        EXCUSED = "excused", pgettext_lazy("attendance", "excused")
        ABSENT = "absent", pgettext_lazy("attendance", "absent")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    seat = link(_("seat"), "meetings.Seat")
    presence = models.CharField(
        pgettext_lazy("attendance", "attendance"), max_length=8, choices=Presence, default=Presence.ASKED
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("attendance"), _("attendances")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "meeting", "seat"], name="meeting_attendance_once")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.seat_id}"


class AgendaItem(AllianceRow):
    """A point of the agenda: written by hand, or brought by the month (`key` names what it is about)."""

    class Source(models.TextChoices):
        HAND = "hand", pgettext_lazy("agenda", "entered")
        ABNORMAL = "abnormal", pgettext_lazy("agenda", "abnormal departments and institutions")
        CLUE = "clue", pgettext_lazy("agenda", "open clues")
        LATE = "late", pgettext_lazy("agenda", "late items")
        FORECAST = "forecast", pgettext_lazy("agenda", "money of the month")
        TASK = "task", pgettext_lazy("agenda", "open tasks of earlier resolutions")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    place = models.PositiveSmallIntegerField(_("number"))
    source = models.CharField(pgettext_lazy("agenda", "brought by"), max_length=10, choices=Source)
    key = models.CharField(max_length=80)
    title = models.CharField(pgettext_lazy("agenda", "point"), max_length=160)
    text = models.CharField(pgettext_lazy("agenda", "what is known"), max_length=2000, blank=True)
    # What was said; part of the minutes.
    said = models.CharField(pgettext_lazy("agenda", "what was said"), max_length=2000, blank=True)
    page = models.CharField(max_length=40, blank=True)
    arguments = models.JSONField(default=list)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("point of an agenda"), _("points of agendas")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "meeting", "key"], name="agenda_once"),
            models.UniqueConstraint(fields=["alliance", "meeting", "place"], name="agenda_place"),
            models.CheckConstraint(condition=~Q(title=""), name="agenda_titled"),
        ]

    def __str__(self) -> str:
        return self.title
