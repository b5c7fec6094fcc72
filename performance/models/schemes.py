"""Dated versions of the alliance's scheme: who is scored by what, as decided (conventions 15)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.engine.evaluators import Evaluators
from performance.engine.restore import restore
from performance.engine.scheme import Scheme
from performance.models.levels import Level


class SchemeVersion(AllianceRow):
    """One version of a scheme, written once; it holds from the first day of a month until the next does."""

    append_only = True

    # What it scores: institutions with their money, or departments, teams, persons, the alliance.
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.INSTITUTION)
    code = models.CharField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    # The engine's scheme as plain canonical data; `digest` names exactly this content.
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    # Weights of who judges what is opinion, by kind (performance.engine.evaluators); none: nobody is asked.
    evaluators = models.JSONField(_("evaluators"), null=True, editable=False)
    entered_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("scheme version"), _("scheme versions")
        ordering = ["-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "version"], name="scheme_version_once"),
            models.CheckConstraint(condition=Q(from_date__day=1), name="scheme_version_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def scheme(self) -> Scheme:
        """The content as the engine's frozen value."""
        return restore(Scheme, self.content)

    def judges(self) -> Evaluators | None:
        """Who judges, as the engine's frozen value."""
        return restore(Evaluators, self.evaluators) if self.evaluators else None
