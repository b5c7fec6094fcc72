"""Which indicators are watched, what the columns of sheets mean, what came in with one sheet."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.declared import link


class DeclaredDuty(AllianceRow):
    """An indicator whose facts are owed although no scheme counts it: watched from a month on (S3-27).

    `kinds` of institutions that owe them; empty: all with a line of their own.
    """

    append_only = True
    fill_once = ("last_month", "ended_by_id")

    indicator = models.CharField(_("indicator"), max_length=40)
    kinds = ArrayField(models.CharField(max_length=12), verbose_name=_("kinds"), default=list)
    first_month = models.DateField(_("from month"))
    last_month = models.DateField(_("last month"), null=True)
    set_by = link(_("entered by"), "alliance.Membership")
    set_at = models.DateTimeField(_("entered"))
    ended_by = link(_("ended by"), "alliance.Membership", null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("watched indicator"), _("watched indicators")
        ordering = ["indicator", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "indicator"], condition=Q(last_month=None), name="declared_duty_once"
            ),
            models.CheckConstraint(condition=Q(first_month__day=1), name="declared_duty_first_day"),
            models.CheckConstraint(
                condition=Q(last_month=None, ended_by=None)
                | Q(last_month__gte=F("first_month"), ended_by__isnull=False),
                name="declared_duty_end",
            ),
        ]

    def __str__(self) -> str:
        return self.indicator


class DeclaredLayout(AllianceRow):
    """What the columns of a source's sheets mean: heading -> target. The last one counts."""

    append_only = True

    source = models.CharField(_("source"), max_length=60)
    institution = link(_("institution"), "alliance.Institution", null=True)
    columns = models.JSONField(_("columns"))
    made_by = link(_("entered by"), "alliance.Membership")
    made_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("layout of a sheet"), _("layouts of sheets")
        ordering = ["source", "-pk"]
        indexes = [models.Index(fields=["alliance", "institution", "source"], name="declared_layout_source")]

    def __str__(self) -> str:
        return self.source


class DeclaredBatch(AllianceRow):
    """The values that came in with one sheet, and the rows that did not: line, column, text, remedy."""

    append_only = True

    layout = models.ForeignKey(DeclaredLayout, on_delete=models.PROTECT, related_name="+")
    file = link(_("file"), "alliance.Attachment")
    institution = link(_("institution"), "alliance.Institution", null=True)
    month = models.DateField(_("month"))
    taken = models.PositiveIntegerField(_("values taken"))
    empty = models.PositiveIntegerField(_("empty cells"))
    left = models.JSONField(_("rows left"))
    made_by = link(_("entered by"), "alliance.Membership")
    made_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("sheet of values"), _("sheets of values")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="declared_batch_first_day")]

    def __str__(self) -> str:
        return f"{self.layout} {self.month:%Y-%m}"
