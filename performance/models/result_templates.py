"""The alliance's own layout for results: a workbook with placeholders (practice.md 10)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.declared import link


class ResultTemplate(AllianceRow):
    """One uploaded layout, kept as it came; the same name again is its next version, and the last one counts.

    `spots`: sheet, cell and name of every placeholder.
    """

    append_only = True

    name = models.CharField(_("name"), max_length=60)
    file = link(_("file"), "alliance.Attachment")
    spots = models.JSONField(_("placeholders"))
    made_by = link(_("entered by"), "alliance.Membership")
    made_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("layout of results"), _("layouts of results")
        ordering = ["name", "-pk"]
        indexes = [models.Index(fields=["alliance", "name"], name="result_template_name")]

    def __str__(self) -> str:
        return self.name
