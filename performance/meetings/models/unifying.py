"""The six unifications (六统一, S2-52): how far each member is, with what shows it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from performance.meetings.models.base import link


class UnifiedQuerySet(AllianceQuerySet):
    """Which entries a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The member's own institution's, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)


class Unified(AllianceRow):
    """How far an institution is in one area; the newest entry counts, earlier ones stay."""

    append_only = True

    class Area(models.TextChoices):
        PERSONNEL = "personnel", pgettext_lazy("unified", "personnel")
        FINANCE = "finance", pgettext_lazy("unified", "finance")
        DRUGS = "drugs", pgettext_lazy("unified", "drug catalogue")
        SUPPLIES = "supplies", pgettext_lazy("unified", "purchase of consumables")
        STANDARDS = "standards", pgettext_lazy("unified", "standards of practice")
        INFORMATION = "information", pgettext_lazy("unified", "information platform")

    class Degree(models.TextChoices):
        NOT = "not", pgettext_lazy("unified", "not begun")
        PARTLY = "partly", pgettext_lazy("unified", "under way")
        DONE = "done", pgettext_lazy("unified", "unified")

    institution = link(_("institution"), "alliance.Institution")
    area = models.CharField(pgettext_lazy("unified", "area"), max_length=12, choices=Area)
    degree = models.CharField(pgettext_lazy("unified", "how far"), max_length=8, choices=Degree)
    evidence = models.CharField(pgettext_lazy("unified", "what shows it"), max_length=300, blank=True)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(UnifiedQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("unified area"), _("unified areas")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(degree="not") | ~Q(evidence=""), name="unified_shown")
        ]
        indexes = [models.Index(fields=["alliance", "institution", "area"], name="unified_place")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.area}"
