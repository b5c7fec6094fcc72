"""A third party's opinion on the truth of a month's data (S3-24): a drawn sample, each record, a signature.

The evaluator reads and says; nothing of the month changes. What is signed stays.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from performance.improvement.models import link

VIEW, GIVE = "verification.view", "verification.give"


class OpinionQuerySet(AllianceQuerySet):
    """Which opinions a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The own institution's once signed, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here, signed_at__isnull=False)

    def named(self) -> Any:
        """With what a page names."""
        return self.select_related("institution", "drawn_by__user", "file")


class Opinion(AllianceRow):
    """One evaluator's opinion of one institution's month, on `size` records of `population` by `seed`."""

    class Verdict(models.TextChoices):
        TRUE = "true", pgettext_lazy("verification", "the data are true")
        PARTLY = "partly", pgettext_lazy("verification", "true but for what is listed")
        FALSE = "false", pgettext_lazy("verification", "the data are not true")

    month = models.DateField(_("month"))
    institution = link(_("institution"), "alliance.Institution")
    seed = models.CharField(pgettext_lazy("verification", "seed"), max_length=32)
    size = models.PositiveIntegerField(pgettext_lazy("verification", "records drawn"))
    population = models.PositiveIntegerField(pgettext_lazy("verification", "of records"))
    drawn_by = link(pgettext_lazy("verification", "evaluator"), "alliance.Membership")
    drawn_at = models.DateTimeField(pgettext_lazy("verification", "drawn"))
    verdict = models.CharField(
        pgettext_lazy("verification", "opinion"), max_length=8, choices=Verdict, blank=True
    )
    text = models.CharField(pgettext_lazy("verification", "reasons"), max_length=4000, blank=True)
    file = link(pgettext_lazy("verification", "signed opinion"), "alliance.Attachment", null=True)
    digest = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(pgettext_lazy("verification", "signed"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(OpinionQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("verification opinion"), _("verification opinions")
        ordering = ["-month", "institution__code", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "month", "institution", "drawn_by"], name="verification_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="verification_first_day"),
            models.CheckConstraint(condition=~Q(seed="") & Q(size__gte=1), name="verification_drawn"),
            models.CheckConstraint(
                condition=Q(signed_at=None, verdict="", digest="")
                | Q(signed_at__isnull=False) & ~Q(verdict="") & ~Q(text="") & ~Q(digest=""),
                name="verification_signed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.institution_id}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)


class VerifiedItem(AllianceRow):
    """A record of the sample: confirmed at its source, or different, with what was seen."""

    class Found(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("verification", "confirmed")
        DIFFERS = "differs", pgettext_lazy("verification", "differs")
        MISSING = "missing", pgettext_lazy("verification", "source not shown")

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField(pgettext_lazy("verification", "number"))
    case = link(_("case"), "grouping.Case")
    record_no = models.CharField(_("record number"), max_length=60)
    found = models.CharField(pgettext_lazy("verification", "found"), max_length=10, choices=Found, blank=True)
    note = models.CharField(pgettext_lazy("verification", "what was seen"), max_length=500, blank=True)
    file = link(pgettext_lazy("verification", "evidence"), "alliance.Attachment", null=True)
    checked_at = models.DateTimeField(pgettext_lazy("verification", "checked"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("verified record"), _("verified records")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "opinion", "place"], name="verified_place"),
            models.UniqueConstraint(fields=["alliance", "opinion", "case"], name="verified_case_once"),
            models.CheckConstraint(
                condition=~Q(found__in=["differs", "missing"]) | ~Q(note=""), name="verified_says_what"
            ),
            models.CheckConstraint(
                condition=Q(found="", checked_at=None) | ~Q(found="") & Q(checked_at__isnull=False),
                name="verified_when",
            ),
        ]

    def __str__(self) -> str:
        return self.record_no
