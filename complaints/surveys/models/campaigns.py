"""Campaigns: a released edition asked of a sample for a month or a quarter; strata and one-time tickets.

A ticket says that somebody was asked and whether the ticket is spent. It bears no time, no order of spending
and no way to the answer, which stands in another table without person, ticket or time
(complaints.surveys.models.answers).
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from complaints.surveys.engine.kinds import KINDS
from complaints.surveys.engine.kinds import Kind as Plan
from complaints.surveys.models.questionnaires import Edition, link

FLOOR = 5  # answers that are read together at least, whatever is decided (walls 5, S3-23)


class Campaign(AllianceRow):
    """One survey: what is asked, of which months, from when until when, and the limits it began with."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("survey", "running")
        CLOSED = "closed", pgettext_lazy("survey", "counted")
        CANCELLED = "cancelled", pgettext_lazy("survey", "cancelled")

    state = StateField(_("state"), max_length=10, choices=State, default=State.RUNNING, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="campaigns")
    month = models.DateField(_("first month"))
    months = models.PositiveSmallIntegerField(_("months"))
    opens_on = models.DateField(pgettext_lazy("survey", "first day"))
    closes_on = models.DateField(pgettext_lazy("survey", "last day"))
    # Frozen when it begins: sample_min (answers of an institution), department_min, group_min, share, least,
    # level_points, quiz_pass, confidence; as text where they are decimals.
    limits = models.JSONField()
    seed = models.CharField(max_length=32)
    drawn_from = models.CharField(max_length=64)  # digest of the list that could be drawn
    opened_by = link("alliance.Membership", _("opened by"), editable=False)
    opened_at = models.DateTimeField(_("opened"), editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("survey", "counted at"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("survey"), _("surveys")
        ordering = ["-month", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="survey_month"),
            models.CheckConstraint(condition=Q(months__in=[1, 3, 12]), name="survey_months"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="survey_days"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="survey_closed"
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(why=""), name="survey_why"),
        ]

    def __str__(self) -> str:
        return f"{self.edition.title} {self.span}"

    @property
    def first(self) -> Month:
        """The first month it speaks of."""
        return Month.of(self.month)

    @property
    def last(self) -> Month:
        """The last month it speaks of."""
        return self.first.plus(self.months - 1)

    @property
    def span(self) -> str:
        """The month, quarter or year it asks about, in words."""
        if self.months == 1:
            return formats.date_format(self.month, "YEAR_MONTH_FORMAT")
        if self.months == 3:
            of = {"year": self.month.year, "n": self.first.quarter.number}
            return pgettext("survey", "quarter %(n)d of %(year)d") % of
        return pgettext("survey", "%(year)d") % {"year": self.month.year}

    @property
    def plan(self) -> Plan:
        """The kind of its questionnaire."""
        return KINDS[self.edition.questionnaire.kind]

    def is_open(self, today: date) -> bool:
        """Whether answers are taken today."""
        return bool(self.state == self.State.RUNNING and self.opens_on <= today <= self.closes_on)

    @transition(state, State.RUNNING, State.CLOSED)
    def close(self) -> None:
        """Its answers are counted; none is taken any more."""

    @transition(state, State.RUNNING, State.CANCELLED)
    def cancel(self) -> None:
        """It is given up; nothing of it is ever read."""


class Stratum(AllianceRow):
    """One part of one institution in a survey, a department or (of contracts) a family-doctor team: its code,
    how many persons there were, how many were drawn.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="strata")
    institution = link("alliance.Institution", _("institution"))
    department_code = models.CharField(_("department"), max_length=20, blank=True)
    population = models.PositiveIntegerField(_("persons"))
    drawn = models.PositiveIntegerField(pgettext_lazy("survey", "asked"))

    append_only = True

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("stratum of a survey"), _("strata of surveys")
        ordering = ["institution__code", "department_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "campaign", "institution", "department_code"], name="survey_stratum_once"
            ),
            models.CheckConstraint(condition=Q(drawn__lte=F("population")), name="survey_stratum_drawn"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.department_code}"


class Ticket(AllianceRow):
    """One invitation, good for one answer: a link of which only the hash is stored, or a member's own.

    `person` and `episode` say whom a drawn link was made for: staff hand it over, and nobody is asked twice.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="tickets")
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveIntegerField()
    token_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001 (absent where a member answers)
    member = link("alliance.Membership", null=True)
    person = link("alliance.Person", null=True)
    episode = models.BigIntegerField(null=True)  # key of the case it was drawn from
    # On which print run it is on paper, and how often its code was replaced because a run was declared void.
    run = models.ForeignKey("surveys.PrintRun", on_delete=models.PROTECT, null=True, related_name="tickets")
    turn = models.PositiveSmallIntegerField(default=0)
    spent = models.BooleanField(default=False)
    # Set for all tickets of a survey at once when it is counted: one statement writes every row anew, and no
    # trace is left of which transaction spent which (see complaints.surveys.sql).
    sealed = models.BooleanField(default=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("survey link"), _("survey links")
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "campaign", "number"], name="survey_ticket_number"),
            models.UniqueConstraint(fields=["alliance", "token_hash"], name="survey_ticket_token"),
            models.UniqueConstraint(fields=["alliance", "campaign", "person"], name="survey_ticket_person"),
            models.UniqueConstraint(fields=["alliance", "campaign", "member"], name="survey_ticket_member"),
            models.CheckConstraint(
                condition=Q(token_hash=None, member__isnull=False) | Q(token_hash__isnull=False, member=None),
                name="survey_ticket_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}-{self.number}"
