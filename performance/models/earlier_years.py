"""Years decided before this system: what streaks of years and honours begin with (S2-46, S3-42)."""

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


class EarlierYear(AllianceRow, Stepped):
    """The decision on one year: which body, when, its document and scan; entered by one, checked by another.

    One decision of a year counts; a later one that was checked takes its place, the former stays readable.
    """

    class State(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("earlier year", "waits for the second person")
        CONFIRMED = "confirmed", pgettext_lazy("earlier year", "checked, counts")
        REFUSED = "refused", pgettext_lazy("earlier year", "does not agree with its document")
        REPLACED = "replaced", pgettext_lazy("earlier year", "replaced by a later entry")

    year = models.PositiveSmallIntegerField(_("year"))
    body = models.CharField(_("decided by"), max_length=200)
    decided_on = models.DateField(_("decided on"))
    document = models.CharField(_("document number"), max_length=80)
    scan = link(_("scan"), "alliance.Attachment")
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.ENTERED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))
    checked_by = link(_("checked by"), "alliance.Membership", null=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    why = models.CharField(_("why"), max_length=500, blank=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("decision on an earlier year"), _("decisions on earlier years")
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "year"], condition=Q(state="confirmed"), name="earlier_year_once"
            ),
            models.UniqueConstraint(
                fields=["alliance", "year"], condition=Q(state="entered"), name="earlier_year_one_waits"
            ),
            models.CheckConstraint(condition=Q(body__gt="", document__gt=""), name="earlier_year_document"),
            models.CheckConstraint(
                condition=Q(state="entered") | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="earlier_year_checked",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | Q(why__gt=""), name="earlier_year_why"),
            models.CheckConstraint(condition=~Q(checked_by=F("entered_by")), name="earlier_year_two_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.document}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Second: anybody of the office who did not enter it; an institution has no hand in its own score."""
        if membership.institution_id is not None:
            return frozenset()
        own = self.entered_by.user_id == membership.user_id
        return frozenset({"office"} if own else {"office", "second"})

    @transition(
        state, State.ENTERED, State.CONFIRMED,
        custom=step(1, "second", PROPOSE, _("Agrees with its document"), "check", "checked_at"),
    )  # fmt: skip
    def confirm(self) -> None:
        """Another person has compared every line with the document."""

    @transition(
        state, State.ENTERED, State.REFUSED,
        custom=step(2, "second", PROPOSE, _("Does not agree…"), "x", "checked_at"),
    )  # fmt: skip
    def refuse(self) -> None:
        """It does not agree: it is entered again."""

    @transition(state, State.CONFIRMED, State.REPLACED, custom=step(9, "", PROPOSE, "", ""))
    def replace(self) -> None:
        """A later entry of the same year was checked."""


class EarlierScore(AllianceRow):
    """What the decision says of one institution: its score (points of 100) and its grade."""

    append_only = True

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", _("excellent")
        PASS = "pass", _("passed")
        FAIL = "fail", _("not passed")

    decision = models.ForeignKey(EarlierYear, on_delete=models.PROTECT, related_name="scores")
    institution = link(_("institution"), "alliance.Institution")
    score = models.DecimalField(_("score of the year"), max_digits=7, decimal_places=4)
    grade = models.CharField(_("grade"), max_length=10, choices=Grade)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("score of an earlier year"), _("scores of earlier years")
        ordering = ["decision", "institution__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "decision", "institution"], name="earlier_score_once"
            ),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="earlier_score_range"),
            models.CheckConstraint(
                condition=Q(grade__in=["excellent", "pass", "fail"]), name="earlier_score_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.score}"
