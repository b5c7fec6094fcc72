"""The year closed from its months, decided by a vote; interviews that follow a failed one (S2-40, S3-27)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.models.consequences import PROPOSE
from performance.models.declared import link


class YearEvaluation(AllianceRow, Stepped):
    """One attempt to close a year: rules and lines frozen, in force once the deciders have agreed."""

    class State(models.TextChoices):
        COMPUTED = "computed", pgettext_lazy("year", "computed")
        PROPOSED = "proposed", pgettext_lazy("year", "waits for the vote")
        DECIDED = "decided", pgettext_lazy("year", "decided and published")
        SUPERSEDED = "superseded", pgettext_lazy("year", "replaced by a later one")

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("run"))
    rules = models.JSONField(_("rules"))
    digest = models.CharField(_("digest"), max_length=64)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.COMPUTED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = link(_("computed by"), "alliance.Membership")
    made_at = models.DateTimeField(_("computed"))
    approval = link(_("approval"), "approvals.Approval", null=True)
    proposed_by = link(_("proposed by"), "alliance.Membership", null=True)
    decided_by = link(_("decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("annual evaluation"), _("annual evaluations")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "year", "number"], name="year_number"),
            models.UniqueConstraint(
                fields=["alliance", "year"], condition=~Q(state="superseded"), name="year_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "decided"])
                | Q(approval__isnull=False, proposed_by__isnull=False),
                name="year_voted",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="year_decided",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="year_two_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.year} #{self.number}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The alliance acts, institutions read."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(
        state, State.COMPUTED, State.PROPOSED,
        custom=step(1, "office", PROPOSE, _("Put to the vote…"), "up"),
    )  # fmt: skip
    def propose(self) -> None:
        """The office puts the year before the deciders."""

    @transition(state, State.PROPOSED, State.COMPUTED, custom=step(9, "", PROPOSE, "", ""))
    def give_back(self) -> None:
        """Not agreed or taken back."""

    @transition(state, State.PROPOSED, State.DECIDED, custom=step(9, "", PROPOSE, "", "", "decided_at"))
    def decide(self) -> None:
        """The deciders have agreed: grades hold and are published."""

    @transition(state, State.COMPUTED, State.SUPERSEDED, custom=step(9, "", PROPOSE, "", ""))
    def supersede(self) -> None:
        """Computed again."""


class YearLine(AllianceRow):
    """An institution's year: mean, grade, place, streaks, and the months it rests on.

    `months` holds month, score and line of each decided month; a mean of None is not assessed, never 0.
    `past` holds the years its streak and honour rest on: year, mean, grade, decision of an earlier one.
    """

    append_only = True

    year = models.ForeignKey(YearEvaluation, on_delete=models.PROTECT, related_name="lines")
    institution = link(_("institution"), "alliance.Institution")
    known = models.PositiveSmallIntegerField(_("months with a score"))
    mean = models.DecimalField(_("score of the year"), max_digits=10, decimal_places=4, null=True)
    grade = models.CharField(_("grade"), max_length=10, blank=True)
    place = models.PositiveIntegerField(_("place"), null=True)
    excellent_years = models.PositiveSmallIntegerField(_("excellent years in a row"))
    honour = models.BooleanField(_("honour"), null=True)
    quarters = models.JSONField(default=list)
    months = models.JSONField(default=list)
    past = models.JSONField(default=list)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("line of a year"), _("lines of a year")
        ordering = ["year", "institution__code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "year", "institution"], name="year_line_once"),
            models.CheckConstraint(
                # A vetoed year has failed also where its mean is not known (S3-35).
                condition=Q(mean=None, grade__in=["", "fail"], place=None)
                | Q(mean__isnull=False, grade__gt=""),
                name="year_line_grade",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.institution_id}"


class Interview(AllianceRow, Stepped):
    """An interview (约谈) that follows a failed year: owner, day, minutes, and the figure that closes it."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("interview", "to be held")
        HELD = "held", pgettext_lazy("interview", "held, measures run")
        CLOSED = "closed", pgettext_lazy("interview", "closed")

    consequence = link(_("consequence"), "performance.Consequence")
    institution = link(_("institution"), "alliance.Institution")
    owner = link(_("responsible"), "alliance.Membership")
    due_on = models.DateField(_("to be held by"))
    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.PLANNED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    held_on = models.DateField(_("held on"), null=True)
    minutes = models.CharField(_("minutes"), max_length=2000, blank=True)
    target = models.DecimalField(_("score that closes it"), max_digits=7, decimal_places=4, null=True)
    closing = models.DecimalField(_("closing figure"), max_digits=7, decimal_places=4, null=True)
    closing_note = models.CharField(_("note"), max_length=500, blank=True)
    closed_by = link(_("closed by"), "alliance.Membership", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("interview"), _("interviews")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "consequence"], name="interview_once"),
            models.CheckConstraint(
                condition=Q(state="planned") | Q(held_on__isnull=False, minutes__gt="", target__isnull=False),
                name="interview_held",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closing__gte=F("target"), closed_by__isnull=False),
                name="interview_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.due_on}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The alliance holds and closes it."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(
        state, State.PLANNED, State.HELD, custom=step(1, "office", PROPOSE, _("Enter the minutes…"), "check")
    )
    def hold(self) -> None:
        """It took place: minutes, and the score that has to be reached."""

    @transition(state, State.HELD, State.CLOSED, custom=step(1, "office", PROPOSE, _("Close…"), "check"))
    def close(self) -> None:
        """The figure has been reached."""
