"""Which settlement list belongs to which front page, and what people say about their differences."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class Pairing(AllianceRow):
    """One settlement list and the front page of the same stay (practice.md section 2).

    Matched by institution, record number, visit number and day of discharge, else by a person. What was said
    about the differences counts as long as neither document has been corrected since.
    """

    class How(models.TextChoices):
        OPEN = "open", _("to be matched")
        KEY = "key", _("matched by its numbers")
        HAND = "hand", _("matched by a person")
        ALONE = "alone", _("no front page")

    class Verdict(models.TextChoices):
        NONE = "", _("not looked at")
        INTENDED = "intended", _("differs on purpose")
        PAGE = "page", _("front page to be corrected")
        LIST = "list", _("settlement list to be corrected")

    settlement = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, related_name="pairing")
    page = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, null=True, related_name="paired")
    how = models.CharField(_("match"), max_length=8, choices=How, default=How.OPEN)
    decided_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    verdict = models.CharField(_("finding"), max_length=8, choices=Verdict, blank=True, default=Verdict.NONE)
    verdict_note = models.CharField(_("note"), max_length=300, blank=True)
    verdict_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    verdict_at = models.DateTimeField(null=True)
    # The revisions the finding is about.
    page_revision = models.PositiveSmallIntegerField(null=True)
    list_revision = models.PositiveSmallIntegerField(null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("pair of documents"), _("pairs of documents")
        ordering = ["pk"]
        constraints: Any = [
            models.UniqueConstraint(fields=["alliance", "settlement"], name="pairing_list_once"),
            models.UniqueConstraint(fields=["alliance", "page"], name="pairing_page_once"),
            models.CheckConstraint(
                condition=Q(how__in=["key", "hand"], page__isnull=False)
                | Q(how__in=["open", "alone"], page__isnull=True),
                name="pairing_has_its_page",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(page_revision__isnull=False, list_revision__isnull=False),
                name="pairing_verdict_names_revisions",
            ),
        ]

    def __str__(self) -> str:
        return str(self.settlement)
