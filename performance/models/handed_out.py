"""Evidence bundles of months as they were handed out: a later one takes no earlier one's digest away."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.declared import link


class HandedOut(AllianceRow):
    """One bundle that left the house, and its manifest (JSON), by which it is told what a later one changed.

    `size` (bytes) and `manifest` are unknown of bundles from before this list was kept.
    """

    append_only = True

    run = link(_("run of the month"), "performance.MonthRun")
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(_("digest"), max_length=64)
    size = models.BigIntegerField(_("size"), null=True)
    manifest = models.JSONField(null=True)
    handed_by = link(_("handed out by"), "alliance.Membership")
    handed_at = models.DateTimeField(_("handed out"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("bundle handed out"), _("bundles handed out")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "run", "number"], name="handedout_number"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="handedout_digest"),
            models.CheckConstraint(
                condition=Q(size=None, manifest__isnull=True) | Q(size__gt=0, manifest__isnull=False),
                name="handedout_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"

    @property
    def held(self) -> dict[str, Any]:
        """What it held, as far as it is known."""
        return self.manifest or {}
