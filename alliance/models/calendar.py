"""The editable working-day calendar behind `alliance.lib.workdays` (definitions section 9)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models.base import AllianceRow


class WorkCalendarDay(AllianceRow):
    """A day on which work differs from the plain week: a holiday, or a make-up working day.

    A year is official when it has any row with `official`; days after the last official year are provisional.
    """

    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=60, blank=True)
    official = models.BooleanField(_("officially published"), default=True)
    source = models.CharField(_("source"), max_length=100)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("calendar day"), _("working-day calendar")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["alliance", "date"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.note}"
