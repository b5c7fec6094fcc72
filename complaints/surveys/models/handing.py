"""Print runs: each code of a survey is on paper once, and no page shows it a second time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from complaints.surveys.models.campaigns import Campaign
from complaints.surveys.models.questionnaires import link


class PrintRun(AllianceRow):
    """The slips one member of the alliance's office printed at once for one institution. Declared void, its
    codes that are not used lead nowhere and others can be printed.
    """

    append_only = True
    fill_once = ("voided_by_id", "voided_at", "void_why")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="runs")
    institution = link("alliance.Institution", _("institution"))
    number = models.PositiveSmallIntegerField(_("number"))
    slips = models.PositiveSmallIntegerField(pgettext_lazy("survey", "slips"))
    printed_by = link("alliance.Membership", pgettext_lazy("survey", "printed by"))
    printed_at = models.DateTimeField(pgettext_lazy("survey", "printed"))
    voided_by = link("alliance.Membership", pgettext_lazy("survey", "declared void by"), null=True)
    voided_at = models.DateTimeField(null=True)
    void_why = models.CharField(_("why"), max_length=200, null=True)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("print run"), _("print runs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "campaign", "institution", "number"], name="survey_run_number"
            ),
            models.CheckConstraint(
                condition=Q(voided_by=None, voided_at=None, void_why=None)
                | Q(voided_by__isnull=False, voided_at__isnull=False, void_why__gt=""),
                name="survey_run_void_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.number}"
