"""Disclosure to the public (S2-53): switched on by two people, a month's figures released by two.

Nothing here is read by the public page unless a second person has confirmed it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.lib.documents import Part
from alliance.lib.period import Month
from performance.engine.restore import restore
from performance.models.declared import link
from performance.models.pay import Entered

LANGUAGES = ("zh-hans", "en")


class DisclosureSwitch(Entered):
    """Whether the public page of the alliance answers; the latest confirmed row counts."""

    on = models.BooleanField(_("switched on"))
    reason = models.CharField(_("decision or reason"), max_length=200)

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("switch of the disclosure"), _("switches of the disclosure")
        ordering = ["-pk"]
        constraints: ClassVar[list[Any]] = [
            *Entered.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="disclosureswitch_reason"),
        ]

    def __str__(self) -> str:
        return str(pgettext_lazy("disclosure", "on") if self.on else pgettext_lazy("disclosure", "off"))


class Disclosure(Entered):
    """A month's figures for the public, in both languages, as they were when they were entered."""

    month = models.DateField(_("month"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    figures = models.JSONField(_("figures"))
    run = link(_("run of the month"), "performance.MonthRun")

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("disclosed month"), _("disclosed months")
        ordering = ["-month", "-revision"]
        constraints: ClassVar[list[Any]] = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "month", "revision"], name="disclosure_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="disclosure_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.revision}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)

    def parts(self, language: str) -> tuple[Part, ...]:
        """The figures as parts of a paper, in a language."""
        return restore(tuple[Part, ...], self.figures[language])
