"""Pay totals that rise with the score (S3-38): which indicators are linked, an institution's sheet of a year.

One person has a sheet worked out with the decision and its scan, another confirms; only then the new total
stands among the approved ones (`PayTotal.uplift`). A later sheet says which one it replaces and why, and
rises from the base in force: of an institution and year the last of that row is the one that counts.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from performance.models.declared import link
from performance.models.pay import DecidedSheet, Withdrawable
from performance.models.pay_sight import leads_all, sees_all


class PayLinked(Withdrawable):
    """The indicators linked with the pay total, from a month on; the latest confirmed counts."""

    from_date = models.DateField(_("from month"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    indicators = ArrayField(models.CharField(max_length=40), verbose_name=_("linked indicators"))
    decided_by = models.CharField(_("decided by"), max_length=200)

    class Meta(Withdrawable.Meta):
        verbose_name = _("list of linked indicators")
        verbose_name_plural = _("lists of linked indicators")
        ordering = ["-from_date", "-revision"]
        constraints = [
            *Withdrawable.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "from_date", "revision"], name="paylinked_once"),
            models.CheckConstraint(condition=Q(from_date__day=1), name="paylinked_first_day"),
            models.CheckConstraint(condition=~Q(decided_by=""), name="paylinked_decided"),
            models.CheckConstraint(condition=Q(indicators__len__gt=0), name="paylinked_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.from_date:%Y-%m}/{self.revision}"


class PayUpliftQuerySet(AllianceQuerySet):
    """Which sheets a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The offices that look at pay all; who leads an institution its own confirmed ones (second wall)."""
        here = membership.institution_id
        if sees_all(membership):
            return self.all()
        if here is None or not leads_all(membership):
            return self.none()
        return self.filter(confirmed_at__isnull=False, institution=here)

    def named(self) -> Any:
        """With all that a list or a page names."""
        later = PayUplift.objects.filter(replaces=OuterRef("pk"), confirmed_at__isnull=False)
        return self.select_related(
            "institution",
            "base",
            "entered_by__user",
            "confirmed_by__user",
            "set_aside_by__user",
            "scan",
            "replaces",
        ).annotate(
            successor=Subquery(later.values("pk")[:1]), successor_no=Subquery(later.values("number")[:1])
        )


class PayUplift(DecidedSheet):
    """A sheet: base, points of the linked indicators up to the month `through`, heads, what they give (fen).

    `earned` of `full` points; `weight_all` is the weight of every indicator of the same months; heads are
    full posts by the roster of the first and the last of them.
    """

    institution = link(_("institution"), "alliance.Institution")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("number"))
    base = link(_("approved pay total"), "performance.PayTotal")
    base_fen = models.BigIntegerField(_("base total (fen)"))
    through = models.DateField(_("last month counted"))
    terms = models.JSONField(_("parameters"))
    earned = models.DecimalField(_("points earned"), max_digits=30, decimal_places=10)
    full = models.DecimalField(_("full points"), max_digits=30, decimal_places=4)
    weight_all = models.DecimalField(_("weight of all indicators"), max_digits=30, decimal_places=4)
    heads_first = models.DecimalField(_("heads of the first month"), max_digits=12, decimal_places=3)
    heads = models.DecimalField(_("heads of the last month"), max_digits=12, decimal_places=3)
    fen = models.BigIntegerField(_("uplift (fen)"))
    replaces = link(pgettext_lazy("uplift", "replaces"), "performance.PayUplift", null=True)
    replaces_why = models.CharField(pgettext_lazy("uplift", "why it replaces"), max_length=200, blank=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayUpliftQuerySet)
    )

    class Meta(DecidedSheet.Meta):
        verbose_name, verbose_name_plural = _("uplift sheet"), _("uplift sheets")
        ordering = ["-year", "institution__code", "-number"]
        constraints = [
            *DecidedSheet.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "institution", "year", "number"], name="payuplift_number"
            ),
            models.UniqueConstraint(
                fields=["alliance", "institution", "year"], name="payuplift_one_waits",
                condition=Q(confirmed_at=None, set_aside_at=None),
            ),
            # One row of sheets an institution and year, each replaced once: its last one is in force.
            models.UniqueConstraint(
                fields=["alliance", "institution", "year"], name="payuplift_one_first",
                condition=Q(confirmed_at__isnull=False, replaces=None),
            ),
            models.UniqueConstraint(
                fields=["alliance", "replaces"], name="payuplift_replaced_once",
                condition=Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, replaces_why="")
                | Q(replaces__isnull=False, replaces_why__gt=""),
                name="payuplift_replaces_why",
            ),
            models.CheckConstraint(condition=Q(through__day=1), name="payuplift_first_day"),
            models.CheckConstraint(
                condition=Q(fen__gte=0, base_fen__gte=0, earned__gte=0, full__gt=0, weight_all__gt=0,
                            heads_first__gt=0, heads__gt=0),
                name="payuplift_not_negative",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.institution.short_name} {self.year}/{self.number}"

    @property
    def total_fen(self) -> int:
        """The new pay total."""
        return int(self.base_fen + self.fen)

    @property
    def until(self) -> Month:
        """The last month counted."""
        return Month.of(self.through)


class PayUpliftLine(AllianceRow):
    """A linked indicator of a month of a sheet: its weight and score as in the result it points at."""

    append_only = True

    sheet = models.ForeignKey(PayUplift, on_delete=models.PROTECT, related_name="lines")
    linked = link(_("list of linked indicators"), "performance.PayLinked")
    result = link(_("points"), "performance.Score")
    month = models.DateField(_("month"))
    indicator = models.CharField(_("indicator"), max_length=40)
    weight = models.DecimalField(_("weight"), max_digits=10, decimal_places=4)
    score = models.DecimalField(pgettext_lazy("uplift", "score"), max_digits=10, decimal_places=4, null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("line of an uplift sheet"), _("lines of uplift sheets")
        ordering = ["month", "indicator"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "sheet", "result"], name="payupliftline_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="payupliftline_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.month:%Y-%m} {self.indicator}"
