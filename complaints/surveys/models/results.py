"""What a counted survey says of groups: written once, never of fewer answers than its limit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from complaints.surveys.models.answers import Answer
from complaints.surveys.models.campaigns import FLOOR, Campaign
from complaints.surveys.models.questionnaires import link


class Result(AllianceRow):
    """One measure of one place: an institution, one of its departments or family-doctor teams by its code, or
    all of a level (staff).

    `measure`: `total`, a sub-scale, or `question=option` (share of the answers to it in percent). `value`:
    0 to 100 with its interval; None where `why` says so: `few` answers, or `hidden` so that another place's
    value does not follow. `detail`: the numbers of the formula, in text.
    """

    class Why(models.TextChoices):
        SHOWN = "", pgettext_lazy("survey", "shown")
        FEW = "few", _("too few answers")
        HIDDEN = "hidden", _("left out to protect a smaller group")

    append_only = True

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="results")
    institution = link("alliance.Institution", _("institution"), null=True)
    level = models.CharField(max_length=12, blank=True)
    department_code = models.CharField(max_length=20, blank=True)
    measure = models.CharField(max_length=50)
    answers = models.PositiveIntegerField(_("answers"))
    asked = models.PositiveIntegerField(pgettext_lazy("survey", "asked"))
    population = models.PositiveIntegerField(_("persons"))
    least = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    low = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    why = models.CharField(max_length=8, choices=Why, blank=True)
    detail = models.JSONField(default=dict)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("result of a survey"), _("results of surveys")
        ordering = ["campaign", "institution__code", "department_code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "campaign", "institution", "level", "department_code", "measure"],
                name="survey_result_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(value=None) & ~Q(why="")
                | Q(why="", value__gte=0, value__lte=100, answers__gte=F("least")),
                name="survey_result_small",
            ),
            models.CheckConstraint(condition=Q(least__gte=FLOOR), name="survey_result_floor"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.measure}"


class Exclusion(AllianceRow):
    """How many answers of an institution were flagged, why, and whether they count in its results."""

    append_only = True

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="exclusions")
    institution = link("alliance.Institution", _("institution"))
    flag = models.CharField(max_length=8, choices=Answer.Flag)
    answers = models.PositiveIntegerField(_("answers"))
    excluded = models.BooleanField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("flagged answers"), _("flagged answers")
        ordering = ["campaign", "institution__code", "flag"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "campaign", "institution", "flag"], name="survey_exclusion_once"
            ),
            models.CheckConstraint(condition=~Q(flag="") & Q(answers__gt=0), name="survey_exclusion_some"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.flag}"


class Comment(AllianceRow):
    """A free text that may be read: one of five at least of its place, written down in a drawn order."""

    append_only = True

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="comments")
    institution = link("alliance.Institution", _("institution"), null=True)
    level = models.CharField(max_length=12, blank=True)
    question = models.CharField(max_length=24)
    text = models.CharField(max_length=500)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("comment of a survey"), _("comments of surveys")

    def __str__(self) -> str:
        return str(self.campaign_id)
