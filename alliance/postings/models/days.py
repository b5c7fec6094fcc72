"""The days of a posting: what came of each, and what the host thinks of a month (S2-07, S3-31, S3-60)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.postings import machine
from alliance.postings.models.agreements import Posting, Sided, place


class VisitQuerySet(AllianceQuerySet):
    """Which days, in one word each."""

    def visible_to(self, membership: Membership) -> VisitQuerySet:
        """Days of postings the member's institution sends or hosts; all for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(posting__sender=here) | Q(posting__host=here))

    def to_report(self, membership: Membership, today: date) -> VisitQuerySet:
        """Past days of the sender that nobody has reported: of the own postings for who plans them, else the
        member's own days.
        """
        due = self.filter(state=Visit.State.PLANNED, day__lt=today)
        here = membership.institution_id
        if here is None:
            return due
        own = Q() if membership.can("posting.plan") else Q(staff__user=membership.user_id)
        return due.filter(own, posting__sender=here)

    def with_names(self) -> VisitQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "staff", "posting__staff", "posting__sender", "posting__host", "posting__host_department"
        )


class Visit(Sided):
    """One expert, one day, one host: a person-time 人次. It counts once the host has confirmed it."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        REPORTED = "reported", _("waits for the host")
        CONFIRMED = "confirmed", _("confirmed by the host")
        DISPUTED = "disputed", _("disputed")
        ABSENT = "absent", _("did not take place")
        MOVED = "moved", _("swapped")
        DROPPED = "dropped", _("dropped")

    class Absence(models.TextChoices):
        LEAVE = "leave", _("leave")
        ILL = "ill", _("ill")
        RECALLED = "recalled", _("recalled by the sender")
        HOST = "host", _("the host could not receive")
        ROAD = "road", _("weather or road")
        OTHER = "other", _("other reason")

    STANDING = ("planned", "reported", "confirmed", "disputed")

    state = StateField(
        _("state"), max_length=12, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    posting = models.ForeignKey(
        Posting, verbose_name=_("posting"), on_delete=models.PROTECT, related_name="visits"
    )
    # The expert of the posting, or who stands in for them.
    staff = place(_("expert"), to="alliance.Staff")
    day = models.DateField(_("day"))
    morning = models.BooleanField(_("morning"))
    afternoon = models.BooleanField(_("afternoon"))
    checked_in_at = models.DateTimeField(_("arrived"), null=True, editable=False)
    checked_out_at = models.DateTimeField(_("left"), null=True, editable=False)
    # Only where the alliance has switched it on (posting.check_in_place): latitude, longitude, metres.
    place_in = models.CharField(_("place"), max_length=40, blank=True, editable=False)
    patients_seen = models.PositiveIntegerField(_("patients seen"), null=True, blank=True)
    teaching_minutes = models.PositiveIntegerField(_("teaching, minutes"), null=True, blank=True)
    retained = models.PositiveIntegerField(_("patients kept instead of referred"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reported_at = models.DateTimeField(_("reported"), null=True, editable=False)
    reported_by = place(_("reported by"), to="alliance.Membership", null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    confirmed_by = place(_("confirmed by"), to="alliance.Membership", null=True, editable=False)
    absence = models.CharField(
        _("reason"), max_length=10, choices=Absence, blank=True, default="", editable=False
    )
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)
    # The day this one takes the place of.
    stands_for = place(_("instead of"), to="self", null=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(VisitQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("day of a posting"), _("days of postings")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(morning=True) | Q(afternoon=True), name="visit_half"),
            # Nobody is at two places at once.
            models.UniqueConstraint(
                fields=["alliance", "staff", "day"],
                condition=Q(morning=True, state__in=["planned", "reported", "confirmed", "disputed"]),
                name="visit_one_morning",
            ),
            models.UniqueConstraint(
                fields=["alliance", "staff", "day"],
                condition=Q(afternoon=True, state__in=["planned", "reported", "confirmed", "disputed"]),
                name="visit_one_afternoon",
            ),
            models.UniqueConstraint(fields=["alliance", "stands_for"], name="visit_swapped_once"),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_at__isnull=False, confirmed_by__isnull=False)
                & Q(patients_seen__isnull=False, teaching_minutes__isnull=False, retained__isnull=False)
                | ~Q(state="confirmed") & Q(confirmed_at__isnull=True),
                name="visit_confirmed",
            ),
            models.CheckConstraint(condition=~Q(state="absent") | ~Q(absence=""), name="visit_absence"),
            models.CheckConstraint(condition=~Q(state="disputed") | ~Q(why=""), name="visit_dispute"),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")),
                name="visit_in_out",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "day", "state"], name="visit_day"),
            models.Index(fields=["alliance", "posting", "day"], name="visit_posting"),
            models.Index(fields=["alliance", "staff", "day"], name="visit_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.day:%Y-%m-%d}"

    @property
    def ends(self) -> tuple[int, int]:
        return self.posting.sender_id, self.posting.host_id

    @property
    def halves(self) -> int:
        """Half days: 1 or 2."""
        return int(self.morning) + int(self.afternoon)

    @transition(state, [State.PLANNED, State.DISPUTED], State.REPORTED, custom=machine.REPORT)
    def report(self) -> None:
        """The expert's side says what was done."""

    @transition(state, [State.PLANNED, State.REPORTED], State.CONFIRMED, custom=machine.CONFIRM)
    def confirm(self) -> None:
        """The host says that it was so: from now on the day counts."""

    @transition(state, State.REPORTED, State.DISPUTED, custom=machine.DISPUTE)
    def dispute(self) -> None:
        """The host says that it was not so, and why."""

    @transition(state, [State.PLANNED, State.REPORTED, State.DISPUTED], State.ABSENT, custom=machine.ABSENT)
    def absent(self) -> None:
        """The expert was not there."""

    @transition(state, State.PLANNED, State.MOVED, custom=machine.MOVE)
    def move(self) -> None:
        """Another day or another expert takes its place."""

    @transition(state, State.PLANNED, State.DROPPED, custom=machine.DROP)
    def drop(self) -> None:
        """The posting ended before this day."""


def points(label: Any) -> Any:
    """One to five points."""
    return models.PositiveSmallIntegerField(
        label,
        choices=[(n, str(n)) for n in range(1, 6)],
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )


class Evaluation(AllianceRow):
    """What the host thinks of a posting in a month (S3-53: satisfaction with teaching)."""

    append_only = True

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="evaluations")
    month = models.DateField(_("month"))
    attendance = points(_("attendance"))
    service = points(_("service"))
    teaching = points(_("teaching"))
    words = models.CharField(_("in words"), max_length=300, blank=True)
    by = place(_("by"), to="alliance.Membership", editable=False)
    at = models.DateTimeField(_("time"), editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evaluation of a posting"), _("evaluations of postings")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "posting", "month"], name="posting_evaluation_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="posting_evaluation_month"),
            models.CheckConstraint(
                condition=Q(attendance__range=(1, 5), service__range=(1, 5), teaching__range=(1, 5)),
                name="posting_evaluation_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.month:%Y-%m}"
