"""Shared centres 共享中心: departments that read and test for other houses (S2-58)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from referrals.consultations.models.words import Kind, link


class Centre(AllianceRow):
    """A department of medical technology that reads or tests for others: a shared centre 共享中心 (S2-58)."""

    department = link("alliance.Department", _("department"))
    kinds = ArrayField(models.CharField(max_length=12, choices=Kind), verbose_name=_("serves with"))
    is_active = models.BooleanField(_("active"), default=True)
    registered_by = link("alliance.Membership", _("registered by"), editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("shared centre"), _("shared centres")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "department"], name="centre_once"),
            models.CheckConstraint(condition=~Q(kinds=[]), name="centre_serves"),
        ]
        indexes = [GinIndex(fields=["kinds"], name="centre_kinds")]

    def __str__(self) -> str:
        return str(self.department)
