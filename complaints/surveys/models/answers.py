"""Answers and free texts: no person, no ticket, no time. The database shows them to nobody.

Row security lets a row be read only while its survey is being counted (complaints.surveys.sql); what is
counted are groups of five answers at least.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from complaints.surveys.models.campaigns import Campaign, Stratum

COUNTED = "campaign_id = nullif(current_setting('app.counting_survey', true), '')::bigint"


class Answer(AllianceRow):
    """One filled questionnaire: levels and options by code of the question.

    `flag` says that it came as those of a person do not; nothing of the address or the time is kept.
    """

    class Flag(models.TextChoices):
        NONE = "", pgettext_lazy("survey", "nothing noticed")
        MANY = "many", pgettext_lazy("survey", "many answers from one address within minutes")
        STAFF = "staff", pgettext_lazy("survey", "from an address where staff of the institution sign in")

    append_only = True
    seen_when: ClassVar[str] = COUNTED

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField()
    flag = models.CharField(max_length=8, choices=Flag, blank=True, default="")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("answer of a survey"), _("answers of surveys")

    def __str__(self) -> str:
        return str(self.campaign_id)


class Remark(AllianceRow):
    """One free text, apart from the answer it came with."""

    append_only = True
    seen_when: ClassVar[str] = COUNTED

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=24)
    text = models.CharField(max_length=500)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("free text of a survey"), _("free texts of surveys")

    def __str__(self) -> str:
        return str(self.campaign_id)
