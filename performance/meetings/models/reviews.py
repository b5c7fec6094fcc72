"""Case review (S1-49): cases drawn by a seed that anybody can draw again, what reviewers say of each."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from performance.meetings.models.base import link
from performance.meetings.models.meetings import Meeting


class CaseReview(AllianceRow):
    """The draw of a meeting: seed, how many of how many discharges of the month; once a meeting."""

    append_only = True

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="reviews")
    seed = models.CharField(pgettext_lazy("review", "seed"), max_length=32)
    size = models.PositiveSmallIntegerField(pgettext_lazy("review", "drawn"))
    population = models.PositiveIntegerField(pgettext_lazy("review", "of discharges"))
    drawn_by = link(pgettext_lazy("review", "drawn by"), "alliance.Membership")
    drawn_at = models.DateTimeField(pgettext_lazy("review", "drawn at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("case review"), _("case reviews")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "meeting"], name="case_review_once"),
            models.CheckConstraint(condition=~Q(seed=""), name="case_review_seeded"),
            models.CheckConstraint(condition=Q(population__gte=F("size")), name="case_review_of_more"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.seed}"


class DrawnCase(AllianceRow):
    """A case that was drawn, in its place; `group`: the code it was grouped to then."""

    append_only = True

    review = models.ForeignKey(CaseReview, on_delete=models.PROTECT, related_name="cases")
    place = models.PositiveSmallIntegerField(_("number"))
    case = link(_("case"), "grouping.Case")
    group = models.CharField(pgettext_lazy("review", "group"), max_length=20, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("drawn case"), _("drawn cases")
        ordering = ["review", "place"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "review", "case"], name="drawn_case_once"),
            models.UniqueConstraint(fields=["alliance", "review", "place"], name="drawn_case_place"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}/{self.place}"


class CaseOpinion(AllianceRow):
    """What one reviewer says of a drawn case: once, never changed."""

    append_only = True

    class Verdict(models.TextChoices):
        SOUND = "sound", pgettext_lazy("review", "treatment and charges sound")
        CHARGES = "charges", pgettext_lazy("review", "charges questionable")
        TREATMENT = "treatment", pgettext_lazy("review", "treatment questionable")
        CODING = "coding", pgettext_lazy("review", "coding questionable")

    drawn = models.ForeignKey(DrawnCase, on_delete=models.PROTECT, related_name="opinions")
    verdict = models.CharField(pgettext_lazy("review", "opinion"), max_length=10, choices=Verdict)
    text = models.CharField(pgettext_lazy("review", "reasons"), max_length=1000, blank=True)
    said_by = link(pgettext_lazy("review", "reviewer"), "alliance.Membership")
    said_at = models.DateTimeField(pgettext_lazy("review", "said at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("reviewer's opinion"), _("reviewers' opinions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "drawn", "said_by"], name="case_opinion_once"),
            models.CheckConstraint(condition=Q(verdict="sound") | ~Q(text=""), name="case_opinion_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_id} {self.verdict}"
