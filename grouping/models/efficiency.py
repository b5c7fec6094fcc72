"""Evaluations of the insurance fund's use, written by the office and released by two people (S4-18)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class FundReport(AllianceRow):
    """One version of the evaluation of a period: figures frozen, texts written; a change is a new version."""

    append_only = True
    fill_once = ("released_at",)

    first = models.DateField(_("from month"))
    last = models.DateField(_("to month"))
    compared_first = models.DateField(_("compared: from month"))
    compared_last = models.DateField(_("compared: to month"))
    version = models.PositiveSmallIntegerField(_("version"))
    figures = models.JSONField(_("figures"))
    texts = models.JSONField(_("texts"))
    digest = models.CharField(max_length=64)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evaluation of the fund"), _("evaluations of the fund")
        ordering = ["-last", "-first", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "first", "last", "version"], name="fund_report_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="fund_report_period"),
        ]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m} – {self.last:%Y-%m} · {self.version}"
