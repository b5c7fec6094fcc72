"""Questionnaires and their editions: an edition is written once; released it can be asked."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from complaints.surveys.engine.questions import Questions, from_plain


class Kind(models.TextChoices):
    """What a questionnaire is about (complaints.surveys.engine.kinds)."""

    INPATIENT = "inpatient", _("inpatients")
    OUTPATIENT = "outpatient", _("outpatients")
    CONTRACT = "contract", _("contracted residents")
    STAFF = "staff", pgettext_lazy("survey", "staff")
    TEACHING = "teaching", _("trainees about teaching")
    HEALTH_QUIZ = "health_quiz", _("health knowledge")
    PATIENT_QUIZ = "patient_quiz", _("insurance policy, patients")
    STAFF_QUIZ = "staff_quiz", _("insurance policy, staff")


def link(to: str, label: Any = "", **extra: Any) -> Any:
    """A link to a row of the ground."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class Questionnaire(AllianceRow):
    """A line of editions about one thing."""

    code = models.SlugField(_("code"), max_length=24)
    kind = models.CharField(pgettext_lazy("survey", "asks"), max_length=16, choices=Kind)

    append_only = True

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("questionnaire"), _("questionnaires")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["alliance", "code"], name="survey_questionnaire_code")]

    def __str__(self) -> str:
        return self.code


class Edition(AllianceRow):
    """What is asked, word for word. Nobody rewrites it; to change a word is to write the next edition."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(pgettext_lazy("survey", "edition"))
    title_zh = models.CharField(_("title in Chinese"), max_length=60)
    title_en = models.CharField(_("title in English"), max_length=80)
    intro_zh = models.CharField(_("introduction in Chinese"), max_length=300, blank=True)
    intro_en = models.CharField(_("introduction in English"), max_length=400, blank=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    written_by = link("alliance.Membership", _("written by"))
    written_at = models.DateTimeField(_("written at"))
    released_by = link("alliance.Membership", _("released by"), null=True)
    released_at = models.DateTimeField(pgettext_lazy("survey", "released at"), null=True)

    append_only = True
    fill_once = ("released_by_id", "released_at")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("edition of a questionnaire"), _("editions of questionnaires")
        ordering = ["questionnaire__code", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "questionnaire", "number"], name="survey_edition_number"
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None, released_by=None)
                | models.Q(released_at__isnull=False, released_by__isnull=False),
                name="survey_edition_released",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.number}"

    @property
    def title(self) -> str:
        """In the language of the page."""
        return self.words("title")

    @property
    def intro(self) -> str:
        """In the language of the page."""
        return self.words("intro")

    def words(self, what: str) -> str:
        """`title` or `intro` in the language of the page."""
        language = "en" if (get_language() or "").startswith("en") else "zh"
        return str(getattr(self, f"{what}_{language}"))

    @property
    def questions(self) -> Questions:
        """What is asked, in order."""
        return from_plain(self.content)
