"""A correction of a frozen roster (practice.md 4, D1): named, by two people, one line each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from performance.models.declared import link
from performance.models.pay import Entered


class RosterChange(Entered):
    """What a line of a frozen roster was and is (values by field, None for no line); the confirmed ones of a
    month are numbered. Pools before a number were computed without it.
    """

    fill_once: ClassVar[tuple[str, ...]] = (
        "confirmed_by_id", "confirmed_at", "number", "applied_at", "declined_by_id", "declined_at",
    )  # fmt: skip

    month = models.DateField(_("month"))
    staff = link(_("staff member"), "alliance.Staff")
    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    was = models.JSONField(_("so far"), null=True)
    now = models.JSONField(_("corrected"), null=True)
    reason = models.CharField(_("reason"), max_length=300)
    number = models.PositiveIntegerField(_("number"), null=True)
    applied_at = models.DateTimeField(null=True)
    declined_by = link(_("declined by"), "alliance.Membership", null=True)
    declined_at = models.DateTimeField(_("declined"), null=True)

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("correction of a roster"), _("corrections of rosters")
        ordering = ["-month", "-pk"]
        constraints: ClassVar[list[Any]] = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "month", "number"], name="rosterchange_number"),
            models.UniqueConstraint(
                fields=["alliance", "month", "staff", "institution", "department"],
                name="rosterchange_one_waits", nulls_distinct=False,
                condition=Q(confirmed_at=None, declined_at=None),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="rosterchange_first_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="rosterchange_says_why"),
            models.CheckConstraint(
                condition=Q(was__isnull=False) | Q(now__isnull=False), name="rosterchange_says_what"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, number=None, applied_at=None)
                | Q(confirmed_at__isnull=False, number__isnull=False, declined_at=None),
                name="rosterchange_numbered",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None)
                | Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(declined_by=F("entered_by")),
                name="rosterchange_declined_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.staff} {self.month:%Y-%m}"
