"""Training 培训: sessions with attendance and examination, and the fund that pays for further study.

S2-24, S3-18, S3-33, S3-52. Hours count once the organiser has closed the session.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


def link(label: Any, *, to: str = "alliance.Institution", **extra: Any) -> Any:
    """A link to a place or person of the ground."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class Session(AllianceRow):
    """One lesson or course day: organised by one institution, open to the staff of all."""

    class Mode(models.TextChoices):
        ONSITE = "onsite", _("on site")
        ONLINE = "online", _("online")
        BOTH = "both", _("on site and online")

    class Tier(models.TextChoices):
        """Whom a session of policy training is for (S1-61); empty: other training."""

        MANAGEMENT = "management", pgettext_lazy("training", "management")
        CLINICAL = "clinical", pgettext_lazy("training", "clinical staff")
        INSURANCE = "insurance", pgettext_lazy("training", "insurance office")
        ALL = "all", pgettext_lazy("training", "all tiers")

    class Course(models.TextChoices):
        """A kind of course that is looked for by itself (S1-62); empty: another one."""

        WARNING = "warning", pgettext_lazy("training", "warning education")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CLOSED = "closed", _("closed, hours count")
        CANCELLED = "cancelled", _("cancelled")

    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(_("title"), max_length=100)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    tier = models.CharField(
        pgettext_lazy("training", "policy training for"), max_length=10, choices=Tier, blank=True
    )
    course = models.CharField(
        pgettext_lazy("training", "kind of course"), max_length=10, choices=Course, blank=True
    )
    organiser = link(_("organised by"))
    teacher = models.CharField(_("teacher"), max_length=60)
    mode = models.CharField(_("mode of training"), max_length=8, choices=Mode, default=Mode.ONSITE)
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    # Points needed to pass the examination of 100; empty: no examination.
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark of 100"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("training session"), _("training sessions")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="training_times"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="training_closed"
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(why=""), name="training_why"),
        ]
        indexes = [models.Index(fields=["alliance", "-starts_at"], name="training_starts")]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        """Length of the session."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @transition(state, State.PLANNED, State.CLOSED)
    def close(self) -> None:
        """The list of attendance is complete: hours count."""

    @transition(state, State.PLANNED, State.CANCELLED)
    def cancel(self) -> None:
        """It does not take place."""


class Attendance(AllianceRow):
    """One person at one session: minutes, way, points. A wrong line is voided with a reason."""

    class Way(models.TextChoices):
        ONSITE = "onsite", _("on site")
        ONLINE = "online", _("online")

    class Source(models.TextChoices):
        TYPED = "typed", _("typed")
        SHEET = "sheet", _("from a sheet")
        API = "api", _("sent by a program")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    staff = link(_("staff member"), to="alliance.Staff")
    minutes = models.PositiveIntegerField(_("minutes"))
    way = models.CharField(_("way"), max_length=8, choices=Way)
    points = models.PositiveSmallIntegerField(
        _("points of 100"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    source = models.CharField(_("source"), max_length=8, choices=Source, editable=False)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    entered_at = models.DateTimeField(_("entered"), editable=False)
    voided_at = models.DateTimeField(_("voided"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, null=True, editable=False)  # noqa: DJ001 (filled once)

    append_only = True
    fill_once = ("voided_at", "why")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("attendance"), _("attendances")
        ordering = ["staff__institution__code", "staff__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "session", "staff"], condition=Q(voided_at=None), name="attendance_once"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="attendance_minutes"),
            models.CheckConstraint(condition=Q(points__lte=100) | Q(points=None), name="attendance_points"),
            models.CheckConstraint(condition=Q(voided_at=None) | Q(why__gt=""), name="attendance_why"),
        ]
        indexes = [models.Index(fields=["alliance", "staff"], name="attendance_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.minutes}"


def attendances_for(membership: Membership) -> models.QuerySet[Attendance]:
    """Who took part, as a member may read it: the own staff; all of sessions the own house organised, and
    all for who stands for the whole alliance.
    """
    here = membership.institution_id
    rows: models.QuerySet[Attendance] = Attendance.objects.all()
    return rows if here is None else rows.filter(Q(staff__institution=here) | Q(session__organiser=here))


class Spending(AllianceRow):
    """One payment out of the training fund of an institution: entered by one person, confirmed by another."""

    class State(models.TextChoices):
        ENTERED = "entered", _("waits for the second person")
        CONFIRMED = "confirmed", pgettext_lazy("state", "confirmed")
        REJECTED = "rejected", _("rejected")

    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.ENTERED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    institution = link(_("institution"))
    day = models.DateField(_("day"))
    fen = models.BigIntegerField(_("amount"), validators=[MinValueValidator(1)])
    purpose = models.CharField(pgettext_lazy("training fund", "purpose"), max_length=200)
    staff = link(_("for"), to="alliance.Staff", null=True, blank=True)
    voucher = models.CharField(_("voucher number"), max_length=40)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    entered_at = models.DateTimeField(_("entered"), editable=False)
    decided_by = link(_("decided by"), to="alliance.Membership", null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = (
            _("payment of the training fund"),
            _("payments of the training fund"),
        )
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="training_spending_positive"),
            models.CheckConstraint(
                condition=Q(state="entered", decided_by__isnull=True)
                | Q(decided_by__isnull=False) & ~Q(state="entered") & ~Q(decided_by=F("entered_by")),
                name="training_spending_two_persons",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(why=""), name="training_spending_why"),
            models.UniqueConstraint(
                fields=["alliance", "institution", "voucher"],
                condition=~Q(state="rejected"),
                name="training_spending_voucher",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "institution", "-day"], name="training_spending_day")]

    def __str__(self) -> str:
        return f"{self.voucher} {self.day:%Y-%m-%d}"

    @transition(state, State.ENTERED, State.CONFIRMED)
    def confirm(self) -> None:
        """A second person has seen the voucher."""

    @transition(state, State.ENTERED, State.REJECTED)
    def reject(self) -> None:
        """A second person says no, and why."""


def seen_by(membership: Membership) -> Q:
    """Condition on a row with an institution: the member's own, or all for the whole alliance."""
    here = membership.institution_id
    return Q() if here is None else Q(institution=here)
